"""Makes .deb and .rpm files from a tree, the same bytes for the same tree, name and SOURCE_DATE_EPOCH."""

import gzip
import hashlib
import os
import shutil
import stat
import tempfile
import time
from typing import Dict, List, NamedTuple

from .programs import Failure, mail_date, moment, run

MAINTAINER = "cudnn-install <cudnn-install@localhost.invalid>"


class Description(NamedTuple):
    name: str
    version: str
    revision: str
    architecture: str  # in the family's own words
    summary: str
    text: str  # one paragraph
    section: str = "non-free/libs"
    fields: Dict[str, str] = {}  # more of them: Depends, Multi-Arch
    licence: str = "Apache-2.0"
    copyright: str = ""  # what /usr/share/doc/NAME/copyright says


def settle_times(top):
    """Files get the one moment and plain modes, whatever umask and clock they were made under."""
    when = moment()
    for folder, folders, files in os.walk(top, topdown=False):
        for name in files:
            path = os.path.join(folder, name)
            if not os.path.islink(path):
                os.chmod(path, 0o755 if os.stat(path).st_mode & stat.S_IXUSR else 0o644)
            os.utime(path, (when, when), follow_symlinks=False)
        os.chmod(folder, 0o755)
        os.utime(folder, (when, when))


def paths_below(top):
    """(path below `top`, kind) of everything, sorted; kind is file, link or folder."""
    for folder, folders, files in os.walk(top):
        folders.sort()
        for name in sorted(files + folders):
            path = os.path.join(folder, name)
            kind = "link" if os.path.islink(path) else "folder" if os.path.isdir(path) else "file"
            yield os.path.relpath(path, top), kind


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def place(source, folder):
    """A copy with its own inode: what is packed never shares one with what the user keeps."""
    os.makedirs(folder, exist_ok=True)
    return shutil.copyfile(source, os.path.join(folder, os.path.basename(source)))


def _digest(path, name):
    digest = hashlib.new(name)
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def sha256(path):
    return _digest(path, "sha256")


def _documents(top, what):
    """The changelog and copyright file that every Debian package has."""
    documents = os.path.join(top, "usr/share/doc", what.name)
    entry = (f"{what.name} ({what.version}-{what.revision}) unstable; urgency=medium\n\n  * Made from finished packages.\n\n"
             f" -- {MAINTAINER}  {mail_date(moment())}\n")
    os.makedirs(documents, exist_ok=True)
    with open(os.path.join(documents, "changelog.Debian.gz"), "wb") as file:
        file.write(gzip.compress(entry.encode(), 9, mtime=0))
    write(os.path.join(documents, "copyright"), what.copyright)


def _control(top, what):
    sizes = [max(1, -(-os.lstat(os.path.join(top, path)).st_size // 1024)) if kind == "file" else 1
             for path, kind in paths_below(top)]
    fields = {"Package": what.name, "Version": f"{what.version}-{what.revision}", "Architecture": what.architecture,
              "Maintainer": MAINTAINER, "Installed-Size": str(sum(sizes)), **what.fields, "Section": what.section,
              "Priority": "optional", "Description": f"{what.summary}\n {what.text}"}
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def build_deb(top, what, out, scripts=(), compression="none"):
    """Packs the tree `top`, to which the documents and the control files are added; `scripts` is {name: text}."""
    _documents(top, what)
    sums = "".join(f"{_digest(os.path.join(top, path), 'md5')}  {path}\n"
                   for path, kind in paths_below(top) if kind == "file")
    control = _control(top, what)
    write(os.path.join(top, "DEBIAN/control"), control)
    write(os.path.join(top, "DEBIAN/md5sums"), sums)
    for name, text in dict(scripts).items():
        script = os.path.join(top, "DEBIAN", name)
        write(script, text)
        os.chmod(script, 0o755)
    settle_times(top)
    command = ["dpkg-deb", "--root-owner-group", f"-Z{compression}", "--build", top]
    return _finished(out, f"{what.name}_{what.version}-{what.revision}_{what.architecture}.deb",
                     lambda part: run(*command, part))


def _finished(out, file, make):
    """A file appears under its final name whole, or not at all."""
    os.makedirs(out, exist_ok=True)
    part, path = os.path.join(out, f".{file}.part{os.getpid()}"), os.path.join(out, file)
    try:
        make(part)
        os.replace(part, path)
    finally:
        if os.path.exists(part):
            os.unlink(part)
    return path


RPM_DEFINES = {
    "_buildhost": "reproducible",
    "use_source_date_epoch_as_buildtime": "1",
    "clamp_mtime_to_source_date_epoch": "1",
    "source_date_epoch_from_changelog": "0",
    "_build_id_links": "none",
    "debug_package": "%{nil}",
    "__spec_install_post": "%{nil}",  # else the machine's own scripts strip and repack what is installed
    "_binary_payload": "w0.ufdio",  # what is inside is compressed already
    "_source_filedigest_algorithm": "8",
    "_binary_filedigest_algorithm": "8",
    "_rpmfilename": "%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm",
}


def _spec(top, what, owned: List[str]):
    listed = [f'%dir "/{path}"' if kind == "folder" else f'"/{path}"' for path, kind in paths_below(top)
              if kind != "folder" or path in owned or any(path.startswith(f"{folder}/") for folder in owned)]
    return "\n".join([
        f"Name: {what.name}", f"Version: {what.version}", f"Release: {what.revision}", f"Summary: {what.summary}",
        f"License: {what.licence}", "Group: System/Packages", f"Packager: {MAINTAINER}", "AutoReqProv: no", "",
        "%description", what.text, "",
        "%install", 'rmdir "%{buildroot}"', f'mv "{os.path.abspath(top)}" "%{{buildroot}}"', "",
        "%files", "%defattr(-,root,root,-)", *listed, "",
        "%changelog", f"* {time.strftime('%a %b %d %Y', time.gmtime(moment()))} {MAINTAINER} - {what.version}-{what.revision}",
        "- Made from finished packages.", ""])


def build_rpm(top, what, out, owned=()):
    """Packs the tree `top` and uses it up; of its folders the package owns those in `owned` and what is below them."""
    settle_times(top)
    with tempfile.TemporaryDirectory(prefix="rpm-", dir=os.path.dirname(os.path.abspath(top))) as scratch:
        if " " in scratch:
            raise Failure(f"rpmbuild cannot work in a folder with a space in its name: '{scratch}'")
        spec = os.path.join(scratch, "package.spec")
        write(spec, _spec(top, what, list(owned)))
        defines = {**RPM_DEFINES, "_topdir": scratch}
        words = [word for name, value in defines.items() for word in ("-D", f"{name} {value}")]
        run("rpmbuild", "-bb", "--quiet", "--target", f"{what.architecture}-linux", *words, spec)
        made = os.path.join(scratch, "RPMS", f"{what.name}-{what.version}-{what.revision}.{what.architecture}.rpm")
        return _finished(out, os.path.basename(made), lambda part: shutil.move(made, part))
