"""What is in a finished package, told by the tools of its own kind: dpkg-deb, rpm and bsdtar; zip files by Python."""

import hashlib
import os
import re
import subprocess
import tarfile
import tempfile
import zipfile
from typing import List, NamedTuple, Optional


class File(NamedTuple):
    path: str  # without a leading slash
    size: int
    sha1: str
    sha256: str


class Contents(NamedTuple):
    kind: str  # deb, rpm, zip or file: the last one is not looked into
    file_name: str
    sha256: str
    name: str
    version: str
    architecture: str
    supplier: Optional[str]
    files: List[File]
    licence: Optional[str]  # the text that the package itself carries


class NotReadable(Exception):
    """The package cannot be looked into; the text says why."""


LICENCE_FILES = re.compile(r"(^|/)(usr/share/doc/[^/]+/copyright|usr/share/licenses/[^/]+/[^/]+|[^/]+-archive/LICENSE)$")
ARCHIVE_NAME = re.compile(r"cudnn-(?P<platform>[a-z0-9_-]+)-(?P<version>[0-9]+(\.[0-9]+){3})_cuda(?P<cuda>[0-9.]+)-archive")


def output_of(*command) -> str:
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout
    except FileNotFoundError:
        raise NotReadable(f"'{command[0]}' is not installed: it reads '{command[-1]}'") from None
    except subprocess.CalledProcessError as error:
        raise NotReadable(f"'{' '.join(command)}' failed: {error.stderr.strip()}") from None


def digest_of(stream):
    """(size, sha1, sha256, first bytes) of what is left to read: SPDX wants the one, everybody else the other."""
    one, other, size, head = hashlib.sha1(usedforsecurity=False), hashlib.sha256(), 0, b""
    for block in iter(lambda: stream.read(1 << 20), b""):
        one.update(block)
        other.update(block)
        size += len(block)
        head = head or block[:1 << 18]
    return size, one.hexdigest(), other.hexdigest(), head


def sha256_of(path: str) -> str:
    with open(path, "rb") as stream:
        return digest_of(stream)[2]


class Listing:
    """Gathers the files of a package and the text of its licence."""

    def __init__(self):
        self.files, self.licence = [], None

    def add(self, path, stream):
        size, sha1, sha256, head = digest_of(stream)
        path = re.sub(r"^(\./|/)+", "", path)
        self.files.append(File(path, size, sha1, sha256))
        if self.licence is None and LICENCE_FILES.search(path):
            self.licence = head.decode("utf-8", "replace")


def through_tar(*command) -> Listing:
    """Each regular file of the tar file that the command writes; its failure is ours."""
    listing = Listing()
    with tempfile.TemporaryFile() as complaints:
        try:
            child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints)
        except FileNotFoundError:
            raise NotReadable(f"'{command[0]}' is not installed: it reads '{command[-1]}'") from None
        broken = None
        with child:
            try:
                with tarfile.open(fileobj=child.stdout, mode="r|", bufsize=1 << 20) as tar:
                    for entry in tar:
                        if entry.isreg():
                            listing.add(entry.name, tar.extractfile(entry))
            except tarfile.TarError as error:
                broken = error
            child.stdout.read()
        complaints.seek(0)
        if child.returncode or broken:
            reason = complaints.read().decode("utf-8", "replace").strip() or broken
            raise NotReadable(f"'{' '.join(command)}' failed: {reason}")
    return listing


def deb(path):
    fields = dict(line.split(": ", 1) for line in
                  output_of("dpkg-deb", "-f", path, "Package", "Version", "Architecture", "Maintainer").splitlines())
    listing = through_tar("dpkg-deb", "--fsys-tarfile", path)
    return fields["Package"], fields["Version"], fields["Architecture"], fields.get("Maintainer"), listing


def rpm(path):
    query = r"%{NAME}\n%{VERSION}-%{RELEASE}\n%{ARCH}\n%|PACKAGER?{%{PACKAGER}}:{%|VENDOR?{%{VENDOR}}|}|\n"
    name, version, architecture, supplier = output_of("rpm", "-qp", "--nosignature", "--qf", query, path).split("\n")[:4]
    return name, version, architecture, supplier or None, through_tar("bsdtar", "-cf", "-", "--format", "pax", f"@{path}")


def of_archive_name(path):
    """(name, version, platform) of a file that is named as NVIDIA names its archives, else what the name is."""
    base = os.path.basename(path)
    found = ARCHIVE_NAME.search(base)
    if not found:
        return base, "", ""
    return f"cudnn-{found['platform']}", f"{found['version']}+cuda{found['cuda']}", found["platform"]


def zip_file(path):
    listing = Listing()
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    with archive.open(info) as stream:
                        listing.add(info.filename, stream)
    except zipfile.BadZipFile as error:
        raise NotReadable(f"'{path}' is no whole zip file: {error}") from None
    return (*of_archive_name(path), None, listing)


def opaque(path):
    return (*of_archive_name(path), None, Listing())


READERS = {"deb": deb, "rpm": rpm, "zip": zip_file}


def contents_of(path: str) -> Contents:
    kind = os.path.splitext(path)[1][1:].lower()
    name, version, architecture, supplier, listing = READERS.get(kind, opaque)(path)
    files = sorted(listing.files)
    return Contents(kind if kind in READERS else "file", os.path.basename(path), sha256_of(path), name, version,
                    architecture, supplier, files, listing.licence)
