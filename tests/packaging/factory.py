"""Packages made from demo archives by the real build, and questions about them that the real tools answer."""

import hashlib
import io
import lzma
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.normpath(os.path.join(HERE, "..", ".."))
TOOL = os.environ.get("CUDNN_INSTALL", os.path.join(SOURCE, "build", "release", "cudnn-install"))
MACHINES = {  # platform: deb, rpm, triplet, as readelf calls it
    "x86_64": ("amd64", "x86_64", "x86_64-linux-gnu", "X86-64"),
    "sbsa": ("arm64", "aarch64", "aarch64-linux-gnu", "AArch64"),
    "ppc64le": ("ppc64el", "ppc64le", "powerpc64le-linux-gnu", "PowerPC64"),
}


def text_of(*command, **more):
    """What a command says; it must end well."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, **more)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n"
                             f"{done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}")
    return done.stdout.decode()


def digest_of(path):
    with open(path, "rb") as file:
        return digest_in(file)


def demo(out, version="8.9.6.50", cuda="12", arch="x86_64", *options):
    """The path of a demo archive."""
    line = text_of(os.path.join(SOURCE, "scripts", "demo-payload"), "--out", out, "--version", version, "--cuda", cuda,
                   "--arch", arch, *options)
    return line.strip().split("  ", 1)[1]


class Build:
    """One build directory of packaging/."""

    def __init__(self, scratch, name):
        self.folder = os.path.join(scratch, name)

    def configure(self, archive, *options, before=(), **more):
        known = ["-D", f"CUDNN_INSTALL={TOOL}", "-D", f"CUDNN_ARCHIVE={archive}"]
        if os.path.exists(archive) and not any("CUDNN_SHA256" in option for option in options):
            known += ["-D", f"CUDNN_SHA256={digest_of(archive)}"]
        return self.run([*before, "cmake", "-S", os.path.join(SOURCE, "packaging"), "-B", self.folder, *known, *options], **more)

    def package(self, before=(), **more):
        return self.run([*before, "cmake", "--build", self.folder, "--target", "package"], **more)

    def run(self, command, environment=None, **more):
        clean = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME")}
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, text=True,
                              stdin=subprocess.DEVNULL, env={**clean, "LC_ALL": "C.UTF-8", **(environment or {})}, **more)

    def make(self, archive, *options, **more):
        for done in (self.configure(archive, *options, **more), self.package(**more)):
            if done.returncode != 0:
                raise AssertionError(done.stdout)
        return self

    def files(self):
        return sorted(name for name in os.listdir(self.folder) if name.endswith((".deb", ".rpm"))) \
            if os.path.isdir(self.folder) else []

    def path(self, name):
        return os.path.join(self.folder, name)


def digest_in(stream):
    found = hashlib.sha256()
    for block in iter(lambda: stream.read(1 << 20), b""):
        found.update(block)
    return found.hexdigest()


def members_of(package):
    """{path: ('file', mode, digest) | ('link', target) | ('directory', mode)} of a deb or rpm, as the real tools unpack it."""
    command = ["dpkg-deb", "--fsys-tarfile", package] if package.endswith(".deb") else \
        ["sh", "-ec", 'rpm2cpio "$1" | bsdtar -cf - --format=gnutar @-', "as-tar", package]
    found = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE) as unpacking:
        with tarfile.open(fileobj=unpacking.stdout, mode="r|") as tar:
            for entry in tar:
                path = "/" + entry.name.lstrip("./")
                if entry.issym():
                    found[path] = ("link", entry.linkname)
                elif entry.isdir():
                    found[path] = ("directory", oct(entry.mode))
                else:
                    found[path] = ("file", oct(entry.mode), digest_in(tar.extractfile(entry)))
        unpacking.stdout.read()
    if unpacking.returncode != 0:
        raise AssertionError(f"'{package}' cannot be unpacked")
    return found


def archive_members(archive):
    """The same of an archive, by the name below its top directory: digests of files, targets of links."""
    files, links = {}, {}
    with tarfile.open(archive) as tar:
        for entry in tar:
            name = entry.name.split("/", 1)[-1]
            if entry.issym():
                links[name] = entry.linkname
            elif entry.isfile():
                files[name] = digest_in(tar.extractfile(entry))
    return files, links


def repacked(archive, out, change, top=None):
    """A copy of an archive: `change(name, info, data)` answers the new data of a member, or None to leave it out."""
    path = os.path.join(out, (top or os.path.basename(archive)[:-len(".tar.xz")]) + ".tar.xz")
    with tarfile.open(archive) as old, lzma.open(path, "wb", preset=0) as stream, \
            tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as new:
        for info in old:
            data = old.extractfile(info).read() if info.isfile() else b""
            name = info.name.split("/", 1)[1] if "/" in info.name else ""
            data = change(name, info, data)
            if data is None:
                continue
            if top:
                info.name = top + ("/" + name if name else "")
            info.size = len(data)
            new.addfile(info, io.BytesIO(data))
    return path


def control_of(deb):
    """{name: text} of a deb's control files."""
    data = subprocess.run(["dpkg-deb", "--ctrl-tarfile", deb], stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {os.path.basename(entry.name): tar.extractfile(entry).read().decode() for entry in tar if entry.isfile()}


def fields_of(deb):
    return dict(line.split(": ", 1) for line in control_of(deb)["control"].splitlines() if re.match(r"[A-Z][\w-]*: ", line))


def rpm_says(package, query):
    return [line for line in text_of("rpm", "-qp", "--nosignature", "--qf", query, package).splitlines() if line]


def ghosts_of(package):
    return {line.split(" ", 1)[1] for line in rpm_says(package, "[%{FILEFLAGS:fflags} %{FILENAMES}\n]")
            if "g" in line.split(" ", 1)[0]}


class Scratch:
    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="cudnn-packaging-", dir=os.environ.get("CUDNN_PACKAGING_SCRATCH"))
        os.chmod(self.path, 0o755)

    def __truediv__(self, name):
        return os.path.join(self.path, name)

    def close(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Case(unittest.TestCase):
    """Tests that share a place for archives and builds."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.scratch = Scratch()
        cls.addClassCleanup(cls.scratch.close)
