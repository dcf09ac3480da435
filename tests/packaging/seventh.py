"""Packages for development as those of cuDNN 7 registered themselves in the group libcudnn: the header is the master,
library and archive its slaves."""

import glob
import os

from factory import text_of

SCRIPTS = {
    "add": "update-alternatives --install /usr/include/cudnn.h libcudnn {include}/cudnn_v7.h 70605 "
           "--slave {lib}/libcudnn.so libcudnn_so {lib}/libcudnn.so.7 "
           "--slave {lib}/libcudnn_static.a libcudnn_stlib {lib}/libcudnn_static_v7.a",
    "remove": "update-alternatives --remove libcudnn {include}/cudnn_v7.h",
}
CONTROL = "Package: libcudnn7-dev\nVersion: 7.6.5.32-1+cuda10.2\nArchitecture: amd64\nMaintainer: x <x@x.invalid>\nDescription: x\n"
SPEC = """Name: libcudnn7-devel
Version: 7.6.5.32
Release: 1.cuda10.2
Summary: x
License: x
%description
x
%post
{add}
%preun
{remove}
%install
cp -a {tree}/. %{{buildroot}}
%files
{include}/cudnn_v7.h
{lib}/libcudnn*7*
"""


def _laid_out(tree, include, lib):
    """The files in `tree`; answers the scripts for them."""
    for folder in (include, lib):
        os.makedirs(tree + folder)
    for path in (f"{include}/cudnn_v7.h", f"{lib}/libcudnn.so.7.6.5", f"{lib}/libcudnn_static_v7.a"):
        open(tree + path, "w", encoding="ascii").close()
    os.symlink("libcudnn.so.7.6.5", f"{tree}{lib}/libcudnn.so.7")
    return {name: text.format(include=include, lib=lib) for name, text in SCRIPTS.items()}


def deb(folder, triplet="x86_64-linux-gnu"):
    tree = os.path.join(folder, "libcudnn7-dev")
    scripts = _laid_out(tree, f"/usr/include/{triplet}", f"/usr/lib/{triplet}")
    os.makedirs(f"{tree}/DEBIAN")
    for name, text in (("control", CONTROL), ("postinst", f"#!/bin/sh\nset -e\n{scripts['add']}\n"),
                       ("prerm", f"#!/bin/sh\nset -e\n{scripts['remove']}\n")):
        with open(f"{tree}/DEBIAN/{name}", "w", encoding="ascii") as file:
            file.write(text)
        os.chmod(file.name, 0o644 if name == "control" else 0o755)
    text_of("dpkg-deb", "--build", tree, f"{tree}.deb")
    return f"{tree}.deb"


def rpm(folder):
    tree, include, lib = os.path.join(folder, "libcudnn7-devel"), "/usr/include", "/usr/lib64"
    scripts = _laid_out(tree, include, lib)
    with open(f"{tree}.spec", "w", encoding="ascii") as file:
        file.write(SPEC.format(tree=tree, include=include, lib=lib, **scripts))
    text_of("rpmbuild", "-bb", "--quiet", "--target", "x86_64-linux", "-D", f"_topdir {tree}.rpmbuild", "-D",
            "__spec_install_post %{nil}", file.name)
    return glob.glob(f"{tree}.rpmbuild/RPMS/*/*.rpm")[0]
