"""Small packages with NVIDIA's names, from the demo payload's files: what the tests here put into repositories."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.normpath(os.path.join(HERE, "..", ".."))
MOMENT = "1700000000"
DEB = {"x86_64": ("amd64", "x86_64-linux-gnu"), "sbsa": ("arm64", "aarch64-linux-gnu"),
       "ppc64le": ("ppc64el", "powerpc64le-linux-gnu")}
RPM = {"x86_64": "x86_64", "sbsa": "aarch64", "ppc64le": "ppc64le"}
CUDA = {"12.2": 12, "11.8": 11}
SPEC = """Name: libcudnn8
Version: {version}
Release: 1.cuda{cuda}
Summary: cuDNN runtime libraries
License: none
%description
cuDNN runtime libraries
%package devel
Summary: cuDNN development libraries and headers
Requires: libcudnn8 = %{{version}}-%{{release}}
%description devel
cuDNN development libraries and headers
%package samples
Summary: cuDNN samples
%description samples
cuDNN samples
%install
mkdir -p %{{buildroot}}
cp -a {tree}/. %{{buildroot}}/
%files
/usr/lib64/libcudnn*.so.8*
%files devel
/usr/include/cudnn*_v8.h
/usr/lib64/libcudnn*.a
%files samples
/usr/src/cudnn_samples_v8
"""


def run(*command, **more):
    environment = {**os.environ, "SOURCE_DATE_EPOCH": MOMENT, "LC_ALL": "C", **more.pop("environment", {})}
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, env=environment,
                          **more)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def payload(version, cuda, arch, into):
    """The demo archive of this release, unpacked; answers its top folder."""
    line = run(os.path.join(SOURCE, "scripts", "demo-payload"), "--out", into, "--version", version, "--cuda", str(CUDA[cuda]),
               "--arch", arch, "--size", "0.3")
    archive = line.split()[1]
    with tarfile.open(archive) as tar:
        tar.extractall(into, filter="tar") if sys.version_info >= (3, 12) else tar.extractall(into)
    return os.path.join(into, os.path.basename(archive)[:-len(".tar.xz")])


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _lay_out(top, tree, include, library):
    """The files of all three packages, where the packages have them, as one tree."""
    for folder in (include, library):
        os.makedirs(os.path.join(tree, folder))
    for name in sorted(os.listdir(os.path.join(top, "include"))):
        if name.endswith("_v8.h"):
            shutil.copy(os.path.join(top, "include", name), os.path.join(tree, include))
    for name in sorted(os.listdir(os.path.join(top, "lib"))):
        if not name.endswith(".so"):
            shutil.copy(os.path.join(top, "lib", name), os.path.join(tree, library), follow_symlinks=False)
    write(os.path.join(tree, "usr/src/cudnn_samples_v8/README"), "the samples' place\n")


def _deb(name, version, arch, out, tree, chosen, more=""):
    with tempfile.TemporaryDirectory() as top:
        for folder, _, files in os.walk(tree):
            for file in files:
                path = os.path.relpath(os.path.join(folder, file), tree)
                if chosen(path):
                    os.makedirs(os.path.join(top, os.path.dirname(path)), exist_ok=True)
                    shutil.copy(os.path.join(tree, path), os.path.join(top, path), follow_symlinks=False)
        os.chmod(top, 0o755)
        write(os.path.join(top, f"usr/share/doc/{name}/copyright"), "The demo payload's licence: Apache-2.0\n")
        write(os.path.join(top, "DEBIAN/control"),
              f"Package: {name}\nVersion: {version}\nArchitecture: {arch}\nMaintainer: demo <demo@localhost.invalid>\n"
              f"{more}Section: non-free/libs\nPriority: optional\nDescription: cuDNN, the demo payload\n")
        write(os.path.join(top, "DEBIAN/triggers"), "activate-noawait ldconfig\n")
        path = os.path.join(out, f"{name}_{version}_{arch}.deb")
        run("dpkg-deb", "--root-owner-group", "-Zxz", "--build", top, path)
    return path


def debs(out, version="8.9.6.50", cuda="12.2", arch="x86_64"):
    """libcudnn8, -dev and -samples; answers their paths."""
    architecture, triplet = DEB[arch]
    full, library, include = f"{version}-1+cuda{cuda}", f"usr/lib/{triplet}", f"usr/include/{triplet}"
    with tempfile.TemporaryDirectory() as scratch:
        tree = os.path.join(scratch, "tree")
        _lay_out(payload(version, cuda, arch, scratch), tree, include, library)
        return [_deb("libcudnn8", full, architecture, out, tree, lambda path: ".so." in path,
                     "Depends: libc6, zlib1g\nMulti-Arch: same\n"),
                _deb("libcudnn8-dev", full, architecture, out, tree, lambda path: path.endswith((".h", ".a")),
                     f"Depends: libcudnn8 (= {full})\nMulti-Arch: same\n"),
                _deb("libcudnn8-samples", full, architecture, out, tree, lambda path: path.startswith("usr/src"))]


def rpms(out, version="8.9.6.50", cuda="12.2", arch="x86_64", of="x86_64"):
    """libcudnn8, -devel and -samples; answers their paths. `of` is the machine that the libraries in them are for."""
    with tempfile.TemporaryDirectory() as scratch:
        tree = os.path.join(scratch, "tree")
        _lay_out(payload(version, cuda, of, scratch), tree, "usr/include", "usr/lib64")
        return rpmbuild(SPEC.format(version=version, cuda=cuda, tree=tree), RPM[arch], scratch, out)


def deb_of(name, version, out):
    """A package for amd64 that is nothing but its name and version."""
    with tempfile.TemporaryDirectory() as empty:
        return _deb(name, version, "amd64", out, empty, lambda path: False)


def rpmbuild(spec, arch, scratch, out):
    write(os.path.join(scratch, "package.spec"), spec)
    defines = {"_topdir": scratch, "_buildhost": "tests", "use_source_date_epoch_as_buildtime": "1", "debug_package": "%{nil}",
               "clamp_mtime_to_source_date_epoch": "1", "__spec_install_post": "%{nil}", "_build_id_links": "none",
               "_binary_payload": "w2.xzdio"}
    words = [word for name, value in defines.items() for word in ("-D", f"{name} {value}")]
    run("rpmbuild", "-bb", "--quiet", "--target", f"{arch}-linux", *words, os.path.join(scratch, "package.spec"))
    folder = os.path.join(scratch, "RPMS", arch)
    return [shutil.move(os.path.join(folder, name), os.path.join(out, name)) for name in sorted(os.listdir(folder))]


def probe_debs(out, count):
    """`count` versions of a package that is nothing but its version, oldest first."""
    return [deb_of("libcudnn8-probe", f"8.9.6.{number}-1+cuda12.2", out) for number in range(1, count + 1)]


def probe_rpms(out, count):
    """The same as rpm, by one call: a version of each sub-package."""
    parts = [f"%package -n libcudnn8-probe{number}\nSummary: probe\n%description -n libcudnn8-probe{number}\nprobe\n"
             f"%files -n libcudnn8-probe{number}\n" for number in range(1, count + 1)]
    head = "Name: probes\nVersion: 8.9.6.50\nRelease: 1.cuda12.2\nSummary: probes\nLicense: none\n%description\nprobes\n"
    with tempfile.TemporaryDirectory() as scratch:
        return sorted(rpmbuild(head + "".join(parts), "x86_64", scratch, out),
                      key=lambda path: int(path.split("probe")[-1].split("-")[0]))


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()
