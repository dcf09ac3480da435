"""What a machine needs to use a network repository: the key, a source that is bound to it, and a pin."""

import hashlib
import os
from typing import NamedTuple

from . import apt, builders, yum

COPYRIGHT = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: none, since these are facts: a public key, an address and a priority
License: public-domain
 Do with it what you want.
"""
OVERRIDES = """# To make the repository known, and to prefer it, is what the package is for.
{name}: package-installs-apt-sources *
{name}: package-installs-apt-preferences *
# They go with the package: a source without its key would make every refresh fail.
{name}: file-in-etc-not-marked-as-conffile *
# It is made with the repository and never uploaded to Debian.
{name}: initial-upload-closes-no-bugs *
"""
PIN = """Package: *
Pin: release l={label}
Pin-Priority: 600
"""


class Names(NamedTuple):
    """How clients know the repository. `stem` names its files: STEM-keyring, STEM-DISTRO.repo."""
    stem: str
    origin: str
    label: str
    version: str  # of the keyring package, with its revision: other bytes need another one


def digest(repository, scratch):
    """Of all that the files depend on: the public key with its dates, the address, the names."""
    public = os.path.join(scratch, "public")
    repository.key.write_public(public, armored=False)
    with open(public, "rb") as file:
        told = [file.read().hex(), repository.url, *repository.settings.names]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def files(repository, scratch):
    """Makes them in `scratch` and answers their paths; the keyring package among them is there for apt alone."""
    key, names, distro = repository.key, repository.settings.names, repository.distro
    if distro.kind == "rpm":
        public = os.path.join(scratch, f"{key.short}.pub")
        source = os.path.join(scratch, f"{names.stem}-{distro.word}.repo")
        section = f"{names.stem}-{repository.place.replace('/', '-')}"
        builders.write(source, yum.repository_file(section, section, repository.url,
                                                   f"{repository.url}/{key.short}.pub", distro))
        key.write_public(public, armored=True)
        return [public, source]
    public, pin = os.path.join(scratch, f"{key.short.lower()}.pub"), os.path.join(scratch, f"{names.stem}-{distro.word}.pin")
    key.write_public(public, armored=True)
    builders.write(pin, PIN.format(label=names.label))
    return [public, pin, _keyring_package(repository, scratch)]


def _keyring_package(repository, scratch):
    key, names, top = repository.key, repository.settings.names, os.path.join(scratch, "tree")
    keyring = f"usr/share/keyrings/{names.stem}-archive-keyring.gpg"
    os.makedirs(os.path.join(top, os.path.dirname(keyring)))
    key.write_public(os.path.join(top, keyring), armored=False)
    builders.write(os.path.join(top, f"etc/apt/sources.list.d/{names.stem}-{repository.place.replace('/', '-')}.list"),
                   apt.source_line(f"/{keyring}", f"{repository.url}/"))
    builders.write(os.path.join(top, f"etc/apt/preferences.d/{names.stem}-repository-pin-600"),
                   PIN.format(label=names.label))
    builders.write(os.path.join(top, "usr/share/lintian/overrides", f"{names.stem}-keyring"),
                   OVERRIDES.format(name=f"{names.stem}-keyring"))
    version, revision = names.version.rsplit("-", 1)
    what = builders.Description(
        name=f"{names.stem}-keyring", version=version, revision=revision, architecture="all",
        summary=f"GPG keyring for the {names.label} repository",
        text=f"The public key {key.short}, and the repository {repository.place} that it signs.",
        section="non-free/admin", fields={"Multi-Arch": "foreign"}, copyright=COPYRIGHT)
    return builders.build_deb(top, what, scratch, compression="xz")
