#!/usr/bin/env python3
"""The packages on whole systems, by apt, dnf and piuparts: see run."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import factory  # noqa: E402
from factory import Build, Scratch, text_of  # noqa: E402

REPOSITORY = os.path.join(factory.SOURCE, "packaging", "repository")
sys.path.insert(0, REPOSITORY)
from cudnn_repository import keys  # noqa: E402

CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "cudnn-install-build", "roots")
SUITE = "bookworm"
RPM_TOOLS = ["rpm", "dnf", "createrepo-c"]
INSIDE = """
mount --bind "$R" "$R"
mount -t proc proc "$R/proc"
mount --bind /dev "$R/dev"
mount -t tmpfs none "$R/tmp"
exec chroot "$R" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
"""


def mirror():
    """The machine's own Debian mirror."""
    said = text_of("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages")
    return next(line.split()[0] for line in said.splitlines() if line.split()[1:] == [SUITE, "main"])


def root_archive(arch, packages):
    """A minimal root, made once and kept."""
    name = f"{SUITE}-{arch}-{'-'.join(packages) or 'minbase'}.tar"
    path = os.path.join(CACHE, name)
    if not os.path.exists(path):
        os.makedirs(CACHE, exist_ok=True)
        part = f"{path}.part{os.getpid()}.tar"
        text_of("mmdebstrap", "--quiet", "--variant=minbase", "--mode=root", f"--arch={arch}", f"--include={','.join(packages)}",
                SUITE, part, mirror())
        os.rename(part, path)
    return path


class System:
    def __init__(self, scratch, name, arch="amd64", packages=()):
        self.path = os.path.join(scratch, name)
        os.makedirs(self.path)
        text_of("tar", "-xf", root_archive(arch, packages), "-C", self.path)

    def run(self, *command, status=0):
        done = subprocess.run(["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", INSIDE, "inside", *command],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                              env={**os.environ, "R": self.path}, stdin=subprocess.DEVNULL)
        if done.returncode != status:
            raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")
        return done.stdout

    def take(self, *files):
        os.makedirs(f"{self.path}/srv", exist_ok=True)
        for file in files:
            shutil.copy(file, f"{self.path}/srv")
        return [f"/srv/{os.path.basename(file)}" for file in files]


class Systems(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        if os.getuid() != 0:
            sys.exit("needs root, to make and enter other roots")
        os.environ["CUDNN_PACKAGING_SCRATCH"] = "/var/tmp"
        cls.scratch = Scratch()
        cls.addClassCleanup(cls.scratch.close)

    def made(self, version="8.9.6.50", cuda="12", arch="x86_64"):
        build = Build(self.scratch.path, f"{version}-{cuda}-{arch}")
        if not build.files():
            build.make(factory.demo(self.scratch / "archives", version, cuda, arch))
        return build

    def debs(self, **which):
        build = self.made(**which)
        return [build.path(name) for name in build.files() if name.endswith(".deb")]

    def life(self, system, **which):
        """Install, reinstall, upgrade and purge by apt, with the real dependencies."""
        apt = ["apt-get", "-q", "-y", "--no-install-recommends", "--allow-downgrades"]
        system.run(*apt, "update")
        older, newer = system.take(*self.debs(**which)), None
        system.run(*apt, "install", *older)
        self.assertIn("libcudnn.so.8", system.run("ldconfig", "-p"))
        self.assertEqual(system.run("dpkg", "--verify"), "")
        self.assertEqual(system.run("readlink", "/usr/include/cudnn.h").strip(), "/etc/alternatives/libcudnn")
        system.run(*apt, "install", "--reinstall", *older)
        newer = system.take(*self.debs(**{**which, "version": "8.9.7.29"}))
        system.run(*apt, "install", *newer)
        self.assertIn("8.9.7.29", system.run("dpkg-query", "-W", "libcudnn8"))
        system.run(*apt, "install", *older)
        system.run(*apt, "purge", "libcudnn8", "libcudnn8-dev", "libcudnn8-samples")
        left = system.run("sh", "-c", "find / -xdev -path /srv -prune -o -name '*cudnn*' -print")
        self.assertEqual([line for line in left.splitlines() if not line.startswith(("/var/log", "/proc"))], [])
        self.assertNotIn("libcudnn", system.run("ldconfig", "-p"))

    def test_debian_by_apt(self):
        self.life(System(self.scratch.path, "amd64"))

    def test_debian_on_arm_servers_by_apt(self):
        with Emulated("aarch64"):
            self.life(System(self.scratch.path, "arm64", "arm64"), arch="sbsa")

    def test_debian_on_power_by_apt(self):
        with Emulated("ppc64le"):
            self.life(System(self.scratch.path, "ppc64el", "ppc64el"), arch="ppc64le")

    def test_piuparts(self):
        """Install and purge, and the upgrade from the previous version, which a signed repository offers."""
        system = System(self.scratch.path, "piuparts")
        said = self.piuparts(system, self.published(system), self.without_samples(version="8.9.7.29"))
        for name in ("libcudnn8", "libcudnn8-dev"):
            self.assertRegex(said, rf"Unpacking {name}[^ ]* \(8\.9\.7\.29-\S+\) over \(8\.9\.6\.50-")
        self.piuparts(system, None, self.without_samples())

    def without_samples(self, **which):
        return [path for path in self.debs(**which) if "samples" not in path]

    def published(self, system):
        """Lays a repository of the previous version into the root; answers its line for sources.list."""
        with keys.throw_away("piuparts") as key:
            factory.text_of(os.path.join(REPOSITORY, "network-repository"), "--out", f"{system.path}/srv/repository", "--distro",
                            "debian12", "--arch", "x86_64", "--url", "file:///srv/repository", "--sign-key", key.fingerprint,
                            *self.without_samples(), env={**os.environ, "GNUPGHOME": key.home})
            key.write_public(f"{system.path}/usr/share/keyrings/previous.gpg", armored=False)
        return "deb [signed-by=/usr/share/keyrings/previous.gpg] file:///srv/repository/debian12/x86_64 /"

    def piuparts(self, system, repository, packages):
        """What it says; whatever a purge leaves is an error to it."""
        how = ["--extra-repo", repository] if repository else ["--no-upgrade-test"]
        with tempfile.TemporaryDirectory(dir=self.scratch.path) as folder:
            log = os.path.join(folder, "log")
            done = subprocess.run(["piuparts", "-d", SUITE, "-m", f"{mirror()} main", "--existing-chroot", system.path,
                                   "--no-eatmydata", *how, "-l", log, *packages],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, check=False)
            with open(log, encoding="utf-8", errors="replace") as file:
                said = file.read()
        self.assertEqual(done.returncode, 0, said[-4000:])
        self.assertIn("PASS: All tests", said)
        return said

    def test_an_rpm_system_by_dnf(self):
        system = System(self.scratch.path, "dnf", packages=RPM_TOOLS)
        self.look_like_rhel(system)
        for version in ("8.9.6.50", "8.9.7.29"):
            build = self.made(version)
            system.take(*[build.path(name) for name in build.files() if name.endswith(".rpm")])
        system.run("createrepo_c", "--quiet", "--general-compress-type=gz", "/srv")
        dnf = ["dnf", "-q", "-y", "--setopt=install_weak_deps=False", "--releasever=9"]
        system.run(*dnf, "install", "libcudnn8-8.9.6.50", "libcudnn8-devel-8.9.6.50", "libcudnn8-samples-8.9.6.50")
        self.assertIn("libcudnn.so.8", system.run("ldconfig", "-p"))
        self.assertEqual(system.run("readlink", "-f", "/usr/include/cudnn.h").strip(), "/usr/include/cudnn_v8.h")
        self.assertEqual(system.run("rpm", "-V", "libcudnn8", "libcudnn8-devel", "libcudnn8-samples"), "")
        system.run(*dnf, "reinstall", "libcudnn8-8.9.6.50")
        system.run(*dnf, "upgrade")
        self.assertIn("8.9.7.29", system.run("rpm", "-q", "libcudnn8"))
        system.run(*dnf, "downgrade", "libcudnn8-8.9.6.50", "libcudnn8-devel-8.9.6.50", "libcudnn8-samples-8.9.6.50")
        system.run(*dnf, "remove", "--noautoremove", "libcudnn8")
        self.assertNotIn("libcudnn", system.run("rpm", "-qa"))
        self.assertEqual(system.run("sh", "-c", "find /usr /etc -xdev -name '*cudnn*'"), "")

    def look_like_rhel(self, system):
        """dnf of Debian, told that it is on RHEL 9; one empty package provides what RHEL's own packages would."""
        with open(f"{system.path}/etc/rpm/macros.zz-rhel", "w", encoding="ascii") as file:
            file.write("%_dbpath /var/lib/rpm\n")
        os.makedirs(f"{system.path}/etc/dnf/plugins", exist_ok=True)
        with open(f"{system.path}/etc/dnf/plugins/local.conf", "w", encoding="ascii") as file:
            file.write("[main]\nenabled=0\n")
        os.makedirs(f"{system.path}/etc/yum.repos.d", exist_ok=True)
        with open(f"{system.path}/etc/yum.repos.d/srv.repo", "w", encoding="ascii") as file:
            file.write("[srv]\nname=srv\nbaseurl=file:///srv\ngpgcheck=0\nskip_if_unavailable=0\n")
        with open(f"{system.path}/etc/ld.so.conf.d/lib64.conf", "w", encoding="ascii") as file:
            file.write("/usr/lib64\n")
        with open(f"{system.path}/tmp/base.spec", "w", encoding="ascii") as file:
            file.write("Name: base\nVersion: 9\nRelease: 1\nSummary: x\nLicense: x\nBuildArch: noarch\nProvides: /bin/sh "
                       "/sbin/ldconfig /usr/sbin/update-alternatives libz.so.1()(64bit) libdl.so.2()(64bit)\n"
                       "Provides: rtld(GNU_HASH)\n%description\nx\n%files\n")
        text_of("rpmbuild", "-bb", "--quiet", "--define", f"_topdir {self.scratch / 'base'}", f"{system.path}/tmp/base.spec")
        base = system.take(self.scratch / "base/RPMS/noarch/base-9-1.noarch.rpm")
        system.run("rpm", "--initdb")
        system.run("rpm", "-i", "--nodeps", *base)
        os.unlink(system.path + base[0])


class Emulated:
    """Programs of another architecture run, as long as this stands."""

    magic = {"aarch64": ("b700", ), "ppc64le": ("1500", )}
    place = "/proc/sys/fs/binfmt_misc"

    def __init__(self, arch):
        self.name, self.emulator = f"cudnn-packaging-{arch}", shutil.which(f"qemu-{arch}-static")
        self.machine = self.magic[arch][0]
        self.mounted = False

    def __enter__(self):
        if self.emulator is None:
            raise AssertionError("qemu-user-static is not installed")
        if not os.path.exists(f"{self.place}/register"):
            text_of("mount", "-t", "binfmt_misc", "none", self.place)
            self.mounted = True
        if any(self.emulator in open(f"{self.place}/{name}", encoding="ascii").read() for name in os.listdir(self.place)
               if name not in ("register", "status")):
            self.name = None
            return self
        machine = "".join(f"\\x{self.machine[at:at + 2]}" for at in (0, 2))
        head = "\\x7fELF\\x02\\x01\\x01" + "\\x00" * 9 + "\\x02\\x00" + machine
        mask = "\\xff" * 7 + "\\x00" + "\\xff" * 8 + "\\xfe\\xff" + "\\xff\\xff"
        with open(f"{self.place}/register", "w", encoding="ascii") as file:
            file.write(f":{self.name}:M::{head}:{mask}:{self.emulator}:FP")
        return self

    def __exit__(self, *_):
        if self.name:
            with open(f"{self.place}/{self.name}", "w", encoding="ascii") as file:
                file.write("-1")
        if self.mounted:
            text_of("umount", self.place)


if __name__ == "__main__":
    unittest.main()
