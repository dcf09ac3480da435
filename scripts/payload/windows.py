"""The Windows zip of cuDNN 8.8 and newer in NVIDIA's layout: names, guards, and the same bytes for the same input."""

import os
import re
import struct
import time
import zipfile

from . import layout

DOS_DAWN = 315532800  # 1980, before which a zip file knows no time
MACHINE_AMD64 = 0x8664
STEM = r"cudnn(_[a-z]+)*"


class Release(layout.Release):
    @property
    def top(self) -> str:
        return f"cudnn-windows-x86_64-{self.version}_cuda{self.cuda}-archive"

    @property
    def libraries(self) -> str:
        """Where the DLLs lie: a folder deeper from 9.18 on."""
        return "bin/x64" if tuple(map(int, self.version.split("."))) >= (9, 18) else "bin"


def release(version: str, cuda: int) -> Release:
    if not re.fullmatch(r"[0-9]+(\.[0-9]+){3}", version) or tuple(map(int, version.split("."))) < (8, 8):
        raise SystemExit(f"version '{version}' is not four parts of 8.8 or newer, such as 8.9.6.50")
    return Release(version, cuda, "x86_64")


def path_of(name: str, of: Release):
    """Where a file of this name belongs in the archive; None where it does not belong there."""
    if re.fullmatch(STEM + rf"64_{of.major}\.dll", name):
        return f"{of.libraries}/{name}"
    if re.fullmatch(STEM + rf"(_v{of.major})?\.h", name):
        return f"include/{name}"
    if re.fullmatch(STEM + rf"(64_{of.major})?\.lib", name):
        return f"lib/x64/{name}"
    return "LICENSE" if name.lower() in ("license", "license.txt") else None


def members_of_zip(archive: zipfile.ZipFile, of: Release):
    """What belongs into the archive out of a wheel or of another zip file."""
    members = []
    for info in archive.infolist():
        path = path_of(os.path.basename(info.filename), of)
        if path:
            members.append(layout.Member(path, 0o644, info.file_size, lambda info=info: archive.open(info)))
    return members


def members_of_folder(folder: str, of: Release):
    members = []
    for where, _, names in os.walk(folder):
        for name in names:
            path, source = path_of(name, of), os.path.join(where, name)
            if path:
                members.append(layout.Member(path, 0o644, os.path.getsize(source), lambda source=source: open(source, "rb")))
    return members


def read(member: layout.Member, most: int) -> bytes:
    with member.source() as stream:
        return stream.read(most)


def machine_of(dll: bytes):
    """The machine in a PE file's header; None where it is no PE file."""
    if dll[:2] != b"MZ" or len(dll) < 64:
        return None
    place = struct.unpack_from("<I", dll, 60)[0]
    return struct.unpack_from("<H", dll, place + 4)[0] if dll[place:place + 4] == b"PE\0\0" and len(dll) >= place + 6 else None


def header_version(text: str):
    numbers = dict(re.findall(r"#define CUDNN_(MAJOR|MINOR|PATCHLEVEL) ([0-9]+)", text))
    return ".".join(numbers.get(name, "?") for name in ("MAJOR", "MINOR", "PATCHLEVEL"))


def check(members, of: Release):
    """Ends the run where the members are not one whole cuDNN of this release for x86_64."""
    found = {}
    for member in members:
        if member.path in found:
            raise SystemExit(f"'{member.path}' is there twice")
        found[member.path] = member
    dlls = [path for path in found if path.endswith(".dll")]
    front = f"{of.libraries}/cudnn64_{of.major}.dll"
    for path in ("LICENSE", front, "include/cudnn.h", "include/cudnn_version.h"):
        if path not in found:
            raise SystemExit(f"'{path}' is missing")
    for path in sorted(dlls):
        machine = machine_of(read(found[path], 4096))
        if machine != MACHINE_AMD64:
            raise SystemExit(f"'{path}' is for machine {machine and hex(machine)}, not for x86_64 ({hex(MACHINE_AMD64)})")
        stem = os.path.basename(path)[:-len(".dll")]
        for library in (f"lib/x64/{stem}.lib", f"lib/x64/{stem.rsplit('64_', 1)[0]}.lib"):
            if library not in found:
                raise SystemExit(f"'{library}' is missing: '{path}' cannot be linked against")
    version = header_version(read(found["include/cudnn_version.h"], 1 << 20).decode("utf-8", "replace"))
    if version != of.short:
        raise SystemExit(f"the header is of {version}, the release {of.version}")


def _entry(path, mtime):
    info = zipfile.ZipInfo(path, time.gmtime(max(mtime, DOS_DAWN))[:6])
    info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
    return info


def write(path, of: Release, members, mtime):
    """Makes `path` whole or not at all: names sorted, one time, so nothing of this machine or moment is in it."""
    check(members, of)
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    part = f"{path}.part{os.getpid()}"
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as out:
            for member in sorted(members, key=lambda member: member.path):
                info = _entry(f"{of.top}/{member.path}", mtime)
                info.file_size = member.size
                with member.source() as data, out.open(info, "w") as entry:
                    for block in iter(lambda data=data: data.read(1 << 20), b""):
                        entry.write(block)
        os.replace(part, path)
    finally:
        if os.path.exists(part):
            os.unlink(part)
