"""The metadata of a flat apt repository: Packages from apt-ftparchive, Release from that, signed."""

import gzip
import hashlib
import lzma
import os
import tempfile

from .packages import ARCHITECTURES
from .programs import mail_date, moment, run

DIGESTS = ("SHA256", "SHA512")  # MD5 and SHA-1 prove nothing any more, and no apt of today asks for them


def stanza(folder, file):
    """What Packages says of `file` in `folder`. This reads the whole package, for its digests."""
    with tempfile.TemporaryDirectory(prefix="stanza-", dir=folder) as alone:
        os.link(os.path.join(folder, file), os.path.join(alone, file))
        off = [word for digest in ("MD5", "SHA1") for word in ("-o", f"APT::FTPArchive::{digest}=false")]
        text = run("apt-ftparchive", *off, "packages", ".", folder=alone)
    return text.strip() + "\n"


def packages_files(stanzas):
    """{name: bytes} of Packages as it is and compressed, always the same bytes for the same stanzas."""
    text = "\n".join(stanzas).encode()
    return {"Packages": text, "Packages.gz": gzip.compress(text, 9, mtime=0),
            "Packages.xz": lzma.compress(text, preset=6)}


def release(files, arch, fields):
    """Release over `files`. `fields` come first: Origin, Label, Acquire-By-Hash."""
    head = {**fields, "Architectures": ARCHITECTURES[arch][0], "Date": mail_date(moment())}
    lines = [f"{name}: {value}" for name, value in head.items()]
    for digest in DIGESTS:
        lines.append(f"{digest}:")
        lines += [f" {hashlib.new(digest.lower(), data).hexdigest()} {len(data):>16} {name}"
                  for name, data in sorted(files.items())]
    return "\n".join(lines) + "\n"


def write_signed(folder, text, key):
    """Release, its detached signature, and InRelease, which modern apt reads alone."""
    path = os.path.join(folder, "Release")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    key.sign(path, f"{path}.gpg", ["--armor", "--detach-sign"])
    key.sign(path, os.path.join(folder, "InRelease"), ["--clearsign"])


def write_repository(folder, arch, key, fields):
    """Metadata for all packages in `folder`, for a repository that never changes."""
    files = packages_files([stanza(folder, file) for file in sorted(os.listdir(folder)) if file.endswith(".deb")])
    for name, data in files.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
    write_signed(folder, release(files, arch, fields), key)


def source_line(keyring, uri):
    """One line for sources.list.d, as every apt since 1.1 reads it."""
    return f"deb [signed-by={keyring}] {uri} /\n"
