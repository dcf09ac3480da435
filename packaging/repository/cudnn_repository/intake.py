"""Takes packages into a repository: each is read once, and what is published under a name never changes."""

import hashlib
import os
import re
import shutil

from . import apt
from .programs import Failure
from .state import identity, sync


def file_digest(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def copy_in(source, folder):
    """A copy, durable, under its final name; no index names it yet."""
    file = os.path.basename(source)
    part, path = os.path.join(folder, f".{file}.new"), os.path.join(folder, file)
    shutil.copyfile(source, part)
    sync(part)
    os.chmod(part, 0o644)
    os.replace(part, path)
    return path


class Intake:
    """The packages of one repository folder and what `state` remembers of them."""

    def __init__(self, folder, state, key):
        self.folder, self.state, self.key = folder, state, key

    def take(self, packages):
        """Adds those that are new; one that is published already may come again, with the same bytes."""
        fresh = [package for package in packages if not self._known(package)]
        for package in fresh:
            copy_in(package.path, self.folder)
        self.key.sign_rpms([os.path.join(self.folder, package.file) for package in fresh if package.kind == "rpm"])
        for package in fresh:
            self._remember(package)
        if fresh:
            sync(self.folder)
        return [package.file for package in fresh]

    def _known(self, package):
        record = self.state.packages.get(package.file)
        if record is None:
            if package.file in self.state.dropped:
                raise Failure(f"'{package.file}' was dropped a short while ago and is still served; publish it later")
            return False
        given = identity(package.path)
        if given in (record["source"], record["served"]):
            return True
        if file_digest(package.path) not in (record["source_sha256"], record["sha256"]):
            raise Failure(f"'{package.file}' is published with other bytes: give the new one a new release number")
        record["source"] = given
        return True

    def _remember(self, package):
        path = os.path.join(self.folder, package.file)
        record = {"source": identity(package.path)}
        if package.kind == "deb":
            record["stanza"] = apt.stanza(self.folder, package.file)
            record["sha256"] = re.search(r"^SHA256: (\w+)$", record["stanza"], re.M)[1]
            record["source_sha256"] = record["sha256"]
        else:
            os.utime(path, (package.built, package.built))  # createrepo_c writes it down, so it has to be the package's own
            record["sha256"], record["source_sha256"] = file_digest(path), file_digest(package.path)
        record["served"] = identity(path)
        self.state.packages[package.file] = record

    def recheck(self):
        """A file that is not the one that was read, by its identity, is read again: other bytes are damage."""
        for file, record in self.state.packages.items():
            path = os.path.join(self.folder, file)
            if not os.path.exists(path):
                raise Failure(f"'{path}' is published and not there any more: put it back, or --drop it")
            if identity(path) == record["served"]:
                continue
            if file_digest(path) != record["sha256"]:
                raise Failure(f"'{path}' was changed since it was published")
            record["served"] = identity(path)

    def drop(self, files):
        """Out of the next generation; the files stay for the clients of the older ones."""
        for file in files:
            if self.state.packages.pop(file, None) is None:
                raise Failure(f"'{file}' is not in this repository")
            self.state.dropped[file] = self.state.number + 1
