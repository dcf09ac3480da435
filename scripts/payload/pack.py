"""Writes members as a tar file, always the same bytes for the same input, through a compressor of the system."""

import hashlib
import os
import subprocess
import tarfile

SUFFIX = {"xz": "tar.xz", "gz": "tar.gz", "zst": "tar.zst"}


def cache_dir() -> str:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "cudnn-install-build")


def file_digest(path: str) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def _entry(name, mode, mtime, kind=tarfile.REGTYPE):
    info = tarfile.TarInfo(name)
    info.mode, info.mtime, info.type = mode, mtime, kind
    info.uname = info.gname = "root"
    return info


def _write_tar(stream, top, members, mtime):
    rank = {"LICENSE": 0, "include": 1, "lib": 2}
    ordered = sorted(members, key=lambda member: (rank.get(member.path.split("/")[0], 3), member.path))
    with tarfile.open(fileobj=stream, mode="w|", format=tarfile.GNU_FORMAT, bufsize=1 << 20) as tar:
        tar.addfile(_entry(top, 0o755, mtime, tarfile.DIRTYPE))
        opened = set()
        for member in ordered:
            folder = os.path.dirname(member.path)
            if folder and folder not in opened:
                opened.add(folder)
                tar.addfile(_entry(f"{top}/{folder}", 0o755, mtime, tarfile.DIRTYPE))
            if member.target is not None:
                info = _entry(f"{top}/{member.path}", 0o777, mtime, tarfile.SYMTYPE)
                info.linkname = member.target
                tar.addfile(info)
                continue
            info = _entry(f"{top}/{member.path}", member.mode, mtime)
            info.size = member.size
            with member.source() as data:
                tar.addfile(info, data)


def pack(path, top, members, mtime, compressor):
    """Makes `path` whole or not at all; `compressor` reads the tar file on stdin and writes to stdout."""
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    part = f"{path}.part{os.getpid()}"
    try:
        with open(part, "wb") as out:
            child = subprocess.Popen(compressor, stdin=subprocess.PIPE, stdout=out)
            try:
                with child.stdin:
                    _write_tar(child.stdin, top, members, mtime)
            finally:
                status = child.wait()
        if status != 0:
            raise SystemExit(f"'{' '.join(compressor)}' failed with status {status}")
        os.replace(part, path)
    finally:
        if os.path.exists(part):
            os.unlink(part)
