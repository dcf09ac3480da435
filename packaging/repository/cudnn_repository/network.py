"""Publishes into a network repository, OUT/DISTRO/ARCH, while clients read it.

New files come first, under names that nobody knows; then the indices under names made from their digests; last of all
the one small file that leads to them. What an older one of those leads to stays for three generations at least.
"""

import hashlib
import os
import shutil
import tempfile

from . import access, apt, yum
from .intake import Intake
from .packages import read
from .programs import Failure, need
from .state import State, replace, replace_all, sync


class Repository:
    """`settings`: distro, arch (the --arch word), out, url, names, generations, grace."""

    def __init__(self, settings, key):
        self.settings, self.key, self.distro = settings, key, settings.distro
        word = self.distro.architectures.get(settings.arch)
        if word is None:
            raise Failure(f"{self.distro.name} has no network repository for {settings.arch}; it has: "
                          f"{', '.join(self.distro.architectures)}")
        key.refuse_unfit_for(self.distro.kind)
        need(*(("apt-ftparchive", "dpkg-deb") if self.distro.kind == "deb" else ("createrepo_c", "rpm", "rpmsign")))
        self.place = f"{self.distro.word}/{word}"
        self.url = f"{settings.url.rstrip('/')}/{self.place}"
        self.folder = os.path.join(settings.out, self.place)
        os.makedirs(self.folder, exist_ok=True)
        self.state = State(os.path.join(settings.out, ".publish", f"{self.place.replace('/', '-')}.json"))

    def publish(self, packages, drop=()):
        """Adds `packages`, takes the files `drop` out, and answers what is new. Nothing to change writes nothing."""
        for package in packages:
            if package.kind != self.distro.kind or not package.fits(self.settings.arch):
                raise Failure(f"'{package.file}' is not for {self.place}")
            self.distro.refuse_unreadable(package)
        intake = Intake(self.folder, self.state, self.key)
        intake.drop(drop)
        intake.recheck()
        new = intake.take(packages)
        new_access = self._renew_access(intake)
        if new or drop or new_access:
            (self._publish_apt if self.distro.kind == "deb" else self._publish_yum)()
        self._sweep()
        return new

    def _renew_access(self, intake):
        """Key, source and pin change with the key, the address and the names alone; answers whether they did."""
        with tempfile.TemporaryDirectory(prefix=".access-", dir=self.folder) as scratch:
            now = access.digest(self, scratch)
            if self.state.access == now:
                return False
            for path in access.files(self, scratch):
                if path.endswith(".deb"):
                    intake.take([read(path)])
                else:
                    with open(path, "rb") as file:
                        replace(os.path.join(self.folder, os.path.basename(path)), file.read())
        self.state.access = now
        return True

    def _publish_apt(self):
        files = apt.packages_files([record["stanza"] for _, record in sorted(self.state.packages.items())])
        named = {}
        for data in files.values():
            for digest in apt.DIGESTS:
                named[f"by-hash/{digest}/{hashlib.new(digest.lower(), data).hexdigest()}"] = data
        for name, data in named.items():
            path = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if not os.path.exists(path):
                replace(path, data)
        self.state.begin_generation(named)
        self.state.save()
        names = self.settings.names
        text = apt.release(files, self.settings.arch,
                           {"Origin": names.origin, "Label": names.label, "Acquire-By-Hash": "yes"})
        with tempfile.TemporaryDirectory(prefix=".release-", dir=self.folder) as scratch:
            apt.write_signed(scratch, text, self.key)
            for name, data in files.items():  # for clients that know nothing of by-hash
                replace(os.path.join(self.folder, name), data)
            for name in ("Release", "Release.gpg", "InRelease"):
                with open(os.path.join(scratch, name), "rb") as file:
                    replace(os.path.join(self.folder, name), file.read())

    def _publish_yum(self):
        repodata = os.path.join(self.folder, "repodata")
        os.makedirs(repodata, exist_ok=True)
        known = self.folder if os.path.exists(os.path.join(repodata, "repomd.xml")) else None
        scratch = yum.make_repodata(self.folder, self.state.packages, known)
        try:
            made = os.path.join(scratch, "repodata")
            indices = [name for name in os.listdir(made) if name != "repomd.xml"]
            for name in indices:
                sync(os.path.join(made, name))
                os.replace(os.path.join(made, name), os.path.join(repodata, name))
            sync(repodata)
            self._lead_to(os.path.join(made, "repomd.xml"), repodata, indices)
        finally:
            shutil.rmtree(scratch)

    def _lead_to(self, repomd, repodata, indices):
        """repomd.xml and its signature are two files, so they are made first and then replaced at one go."""
        self.key.sign(repomd, f"{repomd}.asc", ["--armor", "--detach-sign"])
        self.key.write_public(f"{repomd}.key", armored=True)
        self.state.begin_generation([f"repodata/{name}" for name in indices])
        self.state.save()
        made = {}
        for name in ("repomd.xml.key", "repomd.xml.asc", "repomd.xml"):
            with open(os.path.join(os.path.dirname(repomd), name), "rb") as file:
                made[os.path.join(repodata, name)] = file.read()
        replace_all(made)

    def _sweep(self):
        for file in self.state.expire(self.settings.generations, self.settings.grace):
            path = os.path.join(self.folder, file)
            if os.path.exists(path):
                os.unlink(path)
        self.state.save()
