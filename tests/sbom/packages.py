"""Small packages of the demo's files, made by the tools that make real ones."""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.normpath(os.path.join(HERE, "..", ".."))
EPOCH = "1700000000"
SPEC = """Name: {name}
Version: 8.9.6.50
Release: 1.cuda12.2
Summary: cuDNN
License: LicenseRef-cuDNN
Vendor: Example
%define _binary_payload w3.zstdio
%define __spec_install_post %{{nil}}
%define debug_package %{{nil}}
%define _build_id_links none
%description
cuDNN
%install
cp -a {tree}/. %{{buildroot}}
%files
/usr
"""


def run(*command, **more):
    done = subprocess.run([*command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **more)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def demo(out, *options):
    """Path of a demo archive below `out`."""
    return run(os.path.join(SOURCE, "scripts", "demo-payload"), "--out", out, "--size", "1", *options).strip().split("  ", 1)[1]


def library_tree(top, archive, package="libcudnn8"):
    """What the runtime package holds, with the archive's licence as its copyright file."""
    folder, doc = os.path.join(top, "usr/lib/x86_64-linux-gnu"), os.path.join(top, "usr/share/doc", package)
    os.makedirs(folder)
    os.makedirs(doc)
    with tarfile.open(archive) as tar:
        tar.extractall(top + ".unpacked")
    inside = glob.glob(top + ".unpacked/*")[0]
    for library in glob.glob(inside + "/lib/libcudnn*.so.*"):
        shutil.copy2(library, folder, follow_symlinks=False)
    shutil.copy(inside + "/LICENSE", os.path.join(doc, "copyright"))
    return top


def samples_tree(top):
    target = os.path.join(top, "usr/src/cudnn_samples_v8/mnistCUDNN/data")
    shutil.copytree(os.path.join(SOURCE, "packaging/samples/mnistCUDNN/data"), target)
    return top


def installer_tree(top, *packages):
    folder = os.path.join(top, "var/cudnn-local-repo-debian12-8.9.6.50")
    os.makedirs(folder)
    for package in packages:
        shutil.copy(package, folder)
    return top


def deb(tree, out, name, version="8.9.6.50-1+cuda12.2", compression="zstd"):
    os.makedirs(os.path.join(tree, "DEBIAN"))
    with open(os.path.join(tree, "DEBIAN", "control"), "w", encoding="utf-8") as control:
        control.write(f"Package: {name}\nVersion: {version}\nArchitecture: amd64\nMaintainer: Example <a@example.org>\n"
                      "Description: cuDNN\n")
    path = os.path.join(out, f"{name}_{version}_amd64.deb")
    run("dpkg-deb", "--root-owner-group", f"-Z{compression}", "--build", tree, path,
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH})
    shutil.rmtree(os.path.join(tree, "DEBIAN"))
    return path


def rpm(tree, out, name):
    spec = os.path.join(out, f"{name}.spec")
    with open(spec, "w", encoding="utf-8") as stream:
        stream.write(SPEC.format(name=name, tree=tree))
    run("rpmbuild", "--quiet", "-bb", "--target", "x86_64", "--define", f"_topdir {out}/rpmbuild", spec)
    return glob.glob(f"{out}/rpmbuild/RPMS/x86_64/{name}-*.rpm")[0]


def need(*programs):
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        sys.exit(f"this test needs '{missing[0]}': scripts/test installs it")


def digests_told(bill):
    """path → sha256 of each file that an SPDX document names."""
    with open(bill, encoding="utf-8") as stream:
        files = json.load(stream)["files"]
    return {re.sub(r"^\.?/*", "/", file["fileName"]):
            next(sum["checksumValue"] for sum in file["checksums"] if sum["algorithm"] == "SHA256") for file in files}
