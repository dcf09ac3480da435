"""Local repository installers: one package that lays a repository of finished packages below /var and makes it known."""

import os
import tempfile

from . import apt, builders, keys, yum
from .packages import ARCHITECTURES
from .programs import Failure, need

REVISION = ("1.0", "1")
LOCAL = {"Origin": "cudnn-install", "Label": "cuDNN local repository"}
COPYRIGHT = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: none, since these are facts: a list of packages, a public key and an address
License: public-domain
 Do with it what you want. Each package in the repository tells its own licence, below /usr/share/doc once it is installed.
"""
OVERRIDES = """# A repository that its users reach by file:///var/... and that goes as a whole: this is its documented place.
{name}: non-standard-dir-in-var [var/{name}/]
{name}: file-in-unusual-dir *
# It is the package's purpose to make the repository known.
{name}: package-installs-apt-sources *
# As a conffile it would outlive the repository when the package is removed, and every later refresh would fail.
{name}: file-in-etc-not-marked-as-conffile *
# The packages inside are compressed already.
{name}: uses-no-compression-for-data-tarball *
{name}: uses-no-compression-for-control-tarball *
# It is made from finished packages and never uploaded to Debian.
{name}: initial-upload-closes-no-bugs *
"""
CONFIGURE = """#!/bin/sh
set -e
if [ "$1" = configure ] && ! [ -e "/usr/share/keyrings/{keyring}" ]; then
  echo "Before the first refresh, install the key of this repository:"
  echo "  cp /var/{name}/*-keyring.gpg /usr/share/keyrings/"
fi
"""
# The repository is gone by now, so the copy of its key is told by its digest.
PURGE = """#!/bin/sh
set -e
keyring=/usr/share/keyrings/{keyring}
if [ "$1" = purge ] && [ -f "$keyring" ]; then
  sum=$(sha256sum "$keyring")
  if [ "${{sum%% *}}" = {digest} ] && ! grep -rqsF "$keyring" /etc/apt/sources.list.d /etc/apt/sources.list; then
    rm -f "$keyring"
  fi
fi
"""


def release_of(packages):
    """The version of cuDNN that the packages are of; a local repository has one, and names three parts of it from 9 on."""
    releases = {package.release for package in packages}
    if len(releases) != 1:
        raise Failure(f"a local repository is for one version of cuDNN, the packages are of {', '.join(sorted(releases))}")
    parts = releases.pop().split(".")
    return ".".join(parts if int(parts[0]) < 9 else parts[:3])


class Installer:
    """One installer in the making: `word` is the architecture as --arch says it, or cross-sbsa."""

    def __init__(self, distro, word, packages):
        for package in packages:
            distro.refuse_unreadable(package)
        self.distro, self.word, self.packages = distro, word, packages
        cross = f"{word}-" if word.startswith("cross-") else ""
        self.id = f"{cross}{distro.name}-{release_of(packages)}"
        self.name = f"cudnn-local-repo-{self.id}"

    @property
    def architecture(self):
        if self.word.startswith("cross-"):
            return "all"
        return ARCHITECTURES[self.word][0 if self.distro.kind == "deb" else 1]

    def description(self):
        return builders.Description(
            name=self.name, version=REVISION[0], revision=REVISION[1], architecture=self.architecture,
            summary="cudnn-local repository configuration files",
            text=f"The packages of cuDNN {release_of(self.packages)} for {self.distro.name}, as a repository below /var.",
            section="non-free/admin" if self.distro.kind == "deb" else "", copyright=COPYRIGHT)

    def lay_out(self, top, key):
        """Packages, public key and keyring in their folder below `top`, which is the answer."""
        folder = os.path.join(top, "var", self.name)
        for package in self.packages:
            builders.place(package.path, folder)
        key.write_public(os.path.join(folder, f"{key.short}.pub"), armored=True)
        key.write_public(os.path.join(folder, self.keyring(key)), armored=False)
        return folder

    def keyring(self, key):
        return f"cudnn-local-{key.short}-keyring.gpg"

    def build(self, top, key, out):
        key.refuse_unfit_for(self.distro.kind)
        folder = self.lay_out(top, key)
        return self._deb(top, folder, key, out) if self.distro.kind == "deb" else self._rpm(top, folder, key, out)

    def _deb(self, top, folder, key, out):
        apt.write_repository(folder, "x86_64" if self.architecture == "all" else self.word, key, LOCAL)
        keyring = self.keyring(key)
        builders.write(os.path.join(top, f"etc/apt/sources.list.d/cudnn-local-{self.id}.list"),
                       apt.source_line(f"/usr/share/keyrings/{keyring}", f"file:///var/{self.name}"))
        builders.write(os.path.join(top, "usr/share/lintian/overrides", self.name), OVERRIDES.format(name=self.name))
        scripts = {"postinst": CONFIGURE.format(name=self.name, keyring=keyring),
                   "postrm": PURGE.format(keyring=keyring, digest=builders.sha256(os.path.join(folder, keyring)))}
        return builders.build_deb(top, self.description(), out, scripts)

    def _rpm(self, top, folder, key, out):
        key.sign_rpms([os.path.join(folder, package.file) for package in self.packages])
        builders.settle_times(folder)
        yum.write_repository(folder, key)
        place = "etc/zypp/repos.d" if self.distro.family == "zypper" else "etc/yum.repos.d"
        url = f"file:///var/{self.name}"
        builders.write(os.path.join(top, place, f"cudnn-local-{self.id}.repo"),
                       yum.repository_file(f"cudnn-local-{self.id}", f"cudnn-local-{self.id}", url,
                                           f"{url}/{key.short}.pub", self.distro))
        made = builders.build_rpm(top, self.description(), out, owned=[f"var/{self.name}"])
        key.sign_rpms([made])
        return made


def make(installer, out, key_name):
    """Builds the installer into `out`, signed by the named key, else by one that is made for it and forgotten."""
    need(*(("apt-ftparchive", "dpkg-deb") if installer.distro.kind == "deb" else ("createrepo_c", "rpmbuild", "rpmsign")))
    os.makedirs(out, exist_ok=True)
    signer = keys.named(key_name) if key_name else keys.throw_away(installer.name)
    with signer as key, tempfile.TemporaryDirectory(prefix=".installer-", dir=out) as top:
        tree = os.path.join(top, "tree")
        os.mkdir(tree)
        return installer.build(tree, key, out)
