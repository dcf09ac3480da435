"""The package for cross compiling: what the packages of another architecture carry, below the CUDA toolkit's targets."""

import os
import re
import tempfile

from . import builders
from .packages import ARCHITECTURES, read
from .programs import Failure, run

OVERRIDES = """# The documented place of libraries for cross compiling, inside the toolkit's own folder.
{name}: dir-in-usr-local *
{name}: file-in-usr-local *
{name}: file-in-unusual-dir *
# They are for another architecture and run on none that could install this package; nothing of them may be changed.
{name}: arch-independent-package-contains-binary-or-object *
{name}: unstripped-binary-or-object *
{name}: shared-library-is-executable *
{name}: library-not-linked-against-libc *
{name}: shared-library-lacks-prerequisites *
{name}: undeclared-elf-prerequisites *
# It is made from finished packages and never uploaded to Debian.
{name}: initial-upload-closes-no-bugs *
"""
TARGETS = "usr/local/cuda/targets/{word}-linux"
# libcudnn8, libcudnn8-dev; libcudnn9-cuda-12, libcudnn9-dev-cuda-12, …
SOURCE = re.compile(r"libcudnn(?P<major>[0-9]+)(?P<part>-dev|-headers|-static)?(?P<cuda>-cuda-[0-9]+)?")


def sources_for(word, packages):
    """Of `packages` those that the cross package for `word` is made from: runtime, headers, static libraries."""
    own = ARCHITECTURES[word][0]
    return [package for package in packages if package.architecture == own and SOURCE.fullmatch(package.name)]


def _unpack(sources, into):
    for package in sources:
        run("dpkg-deb", "--extract", package.path, into)


def _move(folder, to):
    if os.path.isdir(folder):
        for name in os.listdir(folder):
            if "cudnn" in name:
                os.rename(os.path.join(folder, name), os.path.join(to, name))


def _link(folder, name, target):
    if not os.path.lexists(os.path.join(folder, name)):
        os.symlink(target, os.path.join(folder, name))


def _name_plainly(include, library, major):
    """The names that alternatives supply on the target itself: cudnn.h, libcudnn.so, libcudnn_x_static.a."""
    for name in sorted(os.listdir(include)):
        if found := re.fullmatch(rf"(\w+)_v{major}\.h", name):
            _link(include, f"{found[1]}.h", name)
    for name in sorted(os.listdir(library)):
        if found := re.fullmatch(rf"(libcudnn\w*)\.so\.{major}", name):
            _link(library, f"{found[1]}.so", name)
        elif found := re.fullmatch(rf"(libcudnn\w*_static)_v{major}\.a", name):
            _link(library, f"{found[1]}.a", name)


def _tree(word, sources, top, major):
    target = os.path.join(top, TARGETS.format(word=word))
    include, library = os.path.join(target, "include"), os.path.join(target, "lib")
    os.makedirs(include)
    os.makedirs(library)
    triplet = ARCHITECTURES[word][2]
    with tempfile.TemporaryDirectory(prefix="unpacked-", dir=os.path.dirname(top)) as unpacked:
        _unpack(sources, unpacked)
        _move(os.path.join(unpacked, "usr/include", triplet), include)
        _move(os.path.join(unpacked, "usr/lib", triplet), library)
        copyright_file = os.path.join(unpacked, "usr/share/doc", sources[0].name, "copyright")
        terms = ""
        if os.path.exists(copyright_file):
            with open(copyright_file, encoding="utf-8") as file:
                terms = file.read()
    _name_plainly(include, library, major)
    return terms


def build(word, packages, out, compression):
    """libcudnn8-cross-sbsa_<version>_all.deb in `out`, as a package of its own."""
    sources = sources_for(word, packages)  # of one version
    names = {package.name for package in sources}
    found = [SOURCE.fullmatch(name) for name in names]
    if {"-dev"} - {match["part"] for match in found} or None not in {match["part"] for match in found}:
        raise Failure(f"a cross package for {word} needs the packages of runtime and development for "
                      f"{ARCHITECTURES[word][0]}, here are: {', '.join(sorted(names)) or 'none'}")
    major, cuda = found[0]["major"], found[0]["cuda"] or ""
    version, revision = sources[0].version.rsplit("-", 1)
    with tempfile.TemporaryDirectory(prefix=".cross-", dir=out) as scratch:
        top = os.path.join(scratch, "tree")
        terms = _tree(word, sources, top, major)
        name = f"libcudnn{major}-cross-{word}{cuda}"
        builders.write(os.path.join(top, "usr/share/lintian/overrides", name), OVERRIDES.format(name=name))
        what = builders.Description(
            name=name, version=version, revision=revision, architecture="all",
            summary=f"cuDNN headers and libraries for cross compiling to {word}",
            text=f"For a cross compiler for {ARCHITECTURES[word][2]} to link against.",
            section="non-free/devel", fields={"Multi-Arch": "foreign"}, copyright=terms)
        return read(builders.build_deb(top, what, out, compression=compression))
