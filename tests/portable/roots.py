"""Throwaway roots for the portable programs: a Debian of some age, or glibc's own files and nothing else.

A program of another processor is run by qemu's user emulation, which lies in the root beside it: the kernel then needs to
know nothing of foreign programs, and what the tool forks is emulated too.
"""

import glob
import os
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
DEBIAN = {"x86_64": "amd64", "sbsa": "arm64", "ppc64le": "ppc64el"}
EMULATOR = {"sbsa": "/usr/bin/qemu-aarch64-static", "ppc64le": "/usr/bin/qemu-ppc64le-static"}
GLIBC = ("ld*.so*", "libc.so*", "libm.so*", "libdl.so*", "libpthread.so*", "librt.so*", "libresolv.so*", "libnss_*.so*")
ENTER = """
mkdir -p "$ROOT/proc" "$ROOT/dev"
mount -t proc proc "$ROOT/proc"
mount --rbind /dev "$ROOT/dev"
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8 CI=true \
  chroot --userspec="$WHO" --groups= "$ROOT" "$@"
"""


def unpacked(suite, *options):
    """A scratch copy of a root that scripts/debian-root makes."""
    tar = subprocess.run([os.path.join(SOURCE, "scripts", "debian-root"), suite, *options], check=True, stdout=subprocess.PIPE,
                         text=True).stdout.strip()
    place = tempfile.mkdtemp(prefix="cudnn-root-", dir="/var/tmp")
    os.chmod(place, 0o755)
    subprocess.run(["tar", "-I", "zstd", "-xf", tar, "-C", place], check=True)
    return place


class Root:
    """One root with the program of `platform` in it. The mounts of a run end with it."""

    def __init__(self, place, platform):
        self.place, self.platform = place, platform
        for name in ("opt", "tmp", "var/lib", "etc"):
            os.makedirs(self.path(name), exist_ok=True)
        os.chmod(self.path("tmp"), 0o1777)
        shutil.copy(os.path.join(SOURCE, "build", f"portable-{platform}", "cudnn-install"), self.path("cudnn-install"))
        self.words = ["/cudnn-install"]
        if platform in EMULATOR:
            if not os.path.exists(EMULATOR[platform]):
                sys.exit(f"this test needs '{EMULATOR[platform]}': scripts/install-packages portable")
            shutil.copy(EMULATOR[platform], self.path("emulator"))
            self.words = ["/emulator", "/cudnn-install"]

    @classmethod
    def debian(cls, suite):
        return cls(unpacked(suite), "x86_64")

    @classmethod
    def bare(cls, platform):
        """glibc's files alone; zlib's lie aside, for with_zlib()."""
        whole = unpacked("bookworm", "--arch", DEBIAN[platform], "--only", "libc6,zlib1g")
        place = tempfile.mkdtemp(prefix="cudnn-root-", dir="/var/tmp")
        os.chmod(place, 0o755)
        try:
            for pattern in GLIBC:
                copy_libraries(whole, place, pattern)
            root = cls(place, platform)
            root.zlib = tempfile.mkdtemp(prefix="cudnn-zlib-", dir="/var/tmp")
            os.chmod(root.zlib, 0o755)
            copy_libraries(whole, root.zlib, "libz.so*")
        except BaseException:
            shutil.rmtree(place)
            raise
        finally:
            shutil.rmtree(whole)
        return root

    zlib = ""

    def with_zlib(self):
        """What the guide asks of every machine before cuDNN comes."""
        shutil.copytree(self.zlib, self.place, symlinks=True, dirs_exist_ok=True)

    def close(self):
        for place in (self.place, self.zlib):
            shutil.rmtree(place, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.place, name.lstrip("/"))

    def enter(self, *command, user=0):
        """Runs a command in the root, as `user`, in namespaces of its own."""
        return subprocess.run(["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private",
                               "/bin/sh", "-ec", ENTER, "sh", *command],
                              env={**os.environ, "ROOT": self.place, "WHO": f"{user}:{user}"}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=300, check=False)

    def tool(self, *arguments, user=0):
        return self.enter(*self.words, *arguments, user=user)


def copy_libraries(source, target, pattern):
    """Files and links of the loader's directories whose names fit, at the same place."""
    for folder in ("lib", "lib64", "usr/lib", "usr/lib64"):
        for found in glob.glob(os.path.join(source, folder, "**", pattern), recursive=True):
            name = os.path.relpath(found, source)
            if "gconv" in name or "audit" in name:
                continue
            os.makedirs(os.path.dirname(os.path.join(target, name)), exist_ok=True)
            shutil.copy2(found, os.path.join(target, name), follow_symlinks=False)
