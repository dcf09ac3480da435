"""What a finished package says of itself; only its head is read."""

import os
from typing import NamedTuple

from .programs import Failure, run

# --arch word: (deb architecture, rpm architecture, multiarch triplet)
ARCHITECTURES = {
    "x86_64": ("amd64", "x86_64", "x86_64-linux-gnu"),
    "sbsa": ("arm64", "aarch64", "aarch64-linux-gnu"),
    "ppc64le": ("ppc64el", "ppc64le", "powerpc64le-linux-gnu"),
}
ANY = {"deb": "all", "rpm": "noarch"}
RPM_FIELDS = ("NAME", "VERSION", "RELEASE", "ARCH", "PAYLOADCOMPRESSOR", "BUILDTIME")
DEB_SUFFIXES = {".gz": "gzip", ".xz": "xz", ".zst": "zstd", ".bz2": "bzip2", "": "none"}


class Package(NamedTuple):
    path: str
    kind: str  # deb or rpm
    name: str
    version: str  # with the revision: 8.9.6.50-1+cuda12.2, 8.9.6.50-1.cuda12.2
    architecture: str  # in the family's own words
    compression: str
    built: int  # when, in seconds; 0 where the format does not tell

    @property
    def file(self):
        return os.path.basename(self.path)

    @property
    def release(self):
        """The version of cuDNN: what stands before the revision."""
        return self.version.rsplit("-", 1)[0]

    def fits(self, arch):
        """Whether it may lie in a repository for the --arch word `arch`."""
        own = ARCHITECTURES[arch][0 if self.kind == "deb" else 1]
        return self.architecture in (own, ANY[self.kind])


def _data_compression(path):
    """The suffix of data.tar in the ar file; dpkg-deb does not tell."""
    with open(path, "rb") as file:
        if file.read(8) != b"!<arch>\n":
            raise Failure(f"'{path}' is no Debian package")
        while header := file.read(60):
            name = header[:16].decode("ascii", "replace").strip().rstrip("/")
            if name.startswith("data.tar"):
                return DEB_SUFFIXES.get(name[len("data.tar"):], "unknown")
            size = int(header[48:58])
            file.seek(size + size % 2, os.SEEK_CUR)
    raise Failure(f"'{path}' has no data.tar")


def _read_deb(path):
    compression = _data_compression(path)
    fields = dict(line.split(": ", 1) for line in
                  run("dpkg-deb", "--field", path, "Package", "Version", "Architecture").splitlines())
    return Package(path, "deb", fields["Package"], fields["Version"], fields["Architecture"], compression, 0)


def _read_rpm(path):
    wanted = "".join(f"%{{{field}}}\\n" for field in RPM_FIELDS)
    name, version, release, architecture, compression, built = run(
        "rpm", "-qp", "--nodigest", "--nosignature", "--qf", wanted, path).splitlines()
    compression = "none" if compression == "(none)" else compression
    return Package(path, "rpm", name, f"{version}-{release}", architecture, compression, int(built))


def read(path):
    """The package at `path`, a .deb or .rpm file."""
    readers = {".deb": _read_deb, ".rpm": _read_rpm}
    suffix = os.path.splitext(path)[1]
    if suffix not in readers:
        raise Failure(f"'{path}' is neither .deb nor .rpm")
    if not os.path.isfile(path):
        raise Failure(f"there is no file '{path}'")
    return readers[suffix](path)


def paths_in(places):
    """The package files that `places` name: files as they are, of folders the .deb and .rpm files right inside, except
    for installers of repositories."""
    found = []
    for place in places:
        if os.path.isdir(place):
            found += [os.path.join(place, name) for name in os.listdir(place)
                      if name.endswith((".deb", ".rpm")) and not name.startswith("cudnn-local-repo-")]
        else:
            found.append(place)
    return sorted(set(found), key=lambda path: (os.path.basename(path), path))
