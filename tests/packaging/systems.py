#!/usr/bin/env python3
"""The packages on whole systems, by apt, dnf and piuparts: see run."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import factory  # noqa: E402
from factory import Build, text_of  # noqa: E402

REPOSITORY = os.path.join(factory.SOURCE, "packaging", "repository")
sys.path[:0] = [REPOSITORY, os.path.join(factory.SOURCE, "tests", "roots")]
import roots  # noqa: E402
from cudnn_repository import keys  # noqa: E402
from emulation import Emulated  # noqa: E402

DEBIAN_ROOT = os.path.join(factory.SOURCE, "scripts", "debian-root")
SUITE = "bookworm"
NAMES = ["libcudnn8", "libcudnn8-dev", "libcudnn8-samples"]
RPM_NAMES = ["libcudnn8", "libcudnn8-devel", "libcudnn8-samples"]


class Systems(factory.Case):
    @classmethod
    def setUpClass(cls):
        if os.getuid() != 0:
            sys.exit("needs root, to make and enter other roots")
        os.environ["CUDNN_PACKAGING_SCRATCH"] = "/var/tmp"
        super().setUpClass()

    def made(self, version="8.9.6.50", cuda="12", arch="x86_64"):
        build = Build(self.scratch.path, f"{version}-{cuda}-{arch}")
        if not build.files():
            build.make(factory.demo(self.scratch / "archives", version, cuda, arch))
        return build

    def debs(self, **which):
        build = self.made(**which)
        return [build.path(name) for name in build.files() if name.endswith(".deb")]

    def system(self, name, *binds):
        """A root that a test may spoil, with a network and Debian's own packages where it is a Debian."""
        root = self.opened.enter_context(roots.open_root(name, binds))
        root.write("etc/apt/sources.list", self.debian() + "\n")
        return root

    def debian(self):
        """The line of sources.list for the suite itself, without its updates."""
        return next(line for line in roots.mirror(SUITE) if line.split()[2] == SUITE)

    def setUp(self):
        self.opened = contextlib.ExitStack()
        self.addCleanup(self.opened.close)

    def life(self, name, **which):
        """Install, reinstall, upgrade, downgrade and purge by apt, with the real dependencies."""
        older, newer = self.debs(**which), self.debs(**{**which, "version": "8.9.7.29"})
        root = self.system(name, (self.scratch.path, "/srv"))
        there = lambda paths: ["/srv" + path[len(self.scratch.path):] for path in paths]  # noqa: E731
        apt = lambda *words: root.must("apt-get", "-q", "-y", "--no-install-recommends", "--allow-downgrades", *words,  # noqa: E731
                                       timeout=1200)
        apt("update")
        apt("install", *there(older))
        self.assertIn("libcudnn.so.8", root.must("ldconfig", "-p"))
        self.assertEqual(root.must("dpkg", "--verify", *NAMES), "")
        self.assertEqual(root.must("readlink", "/usr/include/cudnn.h").strip(), "/etc/alternatives/libcudnn")
        apt("install", "--reinstall", *there(older))
        apt("install", *there(newer))
        self.assertIn("8.9.7.29", root.must("dpkg-query", "-W", "libcudnn8"))
        apt("install", *there(older))
        apt("purge", *NAMES)
        left = root.must("sh", "-c", "find / -xdev -name '*cudnn*' -not -path '/var/log/*' -not -path '/srv/*'")
        self.assertEqual(left, "")
        self.assertNotIn("libcudnn", root.must("ldconfig", "-p"))

    def test_debian_by_apt(self):
        self.life("bookworm")

    def test_debian_on_arm_servers_by_apt(self):
        with Emulated("aarch64"):
            self.life("bookworm-arm64", arch="sbsa")

    def test_debian_on_power_by_apt(self):
        with Emulated("ppc64le"):
            self.life("bookworm-ppc64el", arch="ppc64le")

    def rpm_life(self, name, machine, **which):
        """Install, reinstall and removal by the rpm of that architecture, which takes no package of another. What they require
        is in no package of rpm's there, so that it must not ask."""
        root = self.system(name, (self.scratch.path, "/srv"))
        root.must("apt-get", "-q", "update")
        root.must("apt-get", "-q", "-y", "--no-install-recommends", "install", "rpm", timeout=1200)
        root.must("sh", "-ec", "mkdir -p /usr/lib64; echo /usr/lib64 >/etc/ld.so.conf.d/lib64.conf; "
                               "ln -s ../bin/update-alternatives /usr/sbin/update-alternatives")
        build = self.made(**which)
        packages = ["/srv" + build.path(each)[len(self.scratch.path):] for each in build.files() if each.endswith(".rpm")]
        another = self.made().path("libcudnn8-8.9.6.50-1.cuda12.2.x86_64.rpm")
        refused = root.run("rpm", "-i", "--nodeps", "/srv" + another[len(self.scratch.path):])
        self.assertIn("different architecture", refused.stdout + refused.stderr)
        root.must("rpm", "-i", "--nodeps", *packages)
        self.assertEqual({f"{each} {machine}" for each in RPM_NAMES[:2]},
                         set(root.must("rpm", "-q", "--qf", "%{NAME} %{ARCH}\\n", *RPM_NAMES[:2]).splitlines()))
        self.assertIn("libcudnn.so.8", root.must("ldconfig", "-p"))
        self.assertEqual(root.must("readlink", "-f", "/usr/include/cudnn.h").strip(), "/usr/include/cudnn_v8.h")
        self.assertEqual(root.must("rpm", "-V", "--nodeps", *RPM_NAMES), "")
        root.must("rpm", "-U", "--nodeps", "--replacepkgs", *packages)
        root.must("rpm", "-e", *RPM_NAMES)
        self.assertEqual(root.must("sh", "-c", "find /usr /etc -xdev -name '*cudnn*'"), "")

    def test_rpm_on_arm_servers(self):
        with Emulated("aarch64"):
            self.rpm_life("bookworm-arm64", "aarch64", arch="sbsa")

    def test_rpm_on_power(self):
        with Emulated("ppc64le"):
            self.rpm_life("bookworm-ppc64el", "ppc64le", arch="ppc64le")

    def test_piuparts_of_cudnn_8(self):
        self.judged_by_piuparts(NAMES, self.debs(), self.debs(version="8.9.7.29"))

    def test_piuparts_of_cudnn_9(self):
        names = [f"libcudnn9{part}-cuda-12" for part in ("", "-headers", "-dev", "-static")] + ["libcudnn9-samples"]
        self.judged_by_piuparts(names, self.debs(version="9.10.2.21"), self.debs(version="9.19.0.56"))

    def judged_by_piuparts(self, names, older, newer):
        """Install and purge of all packages, and their upgrade from the previous version, which a signed repository offers."""
        versions = [factory.fields_of(debs[0])["Version"] for debs in (older, newer)]
        self.assertEqual(sorted(names), sorted(factory.fields_of(deb)["Package"] for deb in newer))
        with tempfile.TemporaryDirectory(dir=self.scratch.path) as root:  # whole: manual pages too, which the other roots lack
            text_of("tar", "--numeric-owner", "-C", root, "-xpf", text_of(DEBIAN_ROOT, SUITE).strip())
            said = self.piuparts(root, self.published(root, older), newer)
        for name in names:
            self.assertRegex(said, rf"Unpacking {name}[^ ]* \({re.escape(versions[1])}\) over \({re.escape(versions[0])}\)")

    def published(self, root, packages):
        """Lays a repository of them into the root; answers its line for sources.list."""
        with keys.throw_away("piuparts") as key:
            factory.text_of(os.path.join(REPOSITORY, "network-repository"), "--out", f"{root}/srv/repository", "--distro",
                            "debian12", "--arch", "x86_64", "--url", "file:///srv/repository", "--sign-key", key.fingerprint,
                            *packages, env={**os.environ, "GNUPGHOME": key.home})
            key.write_public(f"{root}/usr/share/keyrings/previous.gpg", armored=False)
        return "deb [signed-by=/usr/share/keyrings/previous.gpg] file:///srv/repository/debian12/x86_64 /"

    def piuparts(self, root, repository, packages):
        """What it says; whatever a purge leaves is an error to it."""
        with tempfile.TemporaryDirectory(dir=self.scratch.path) as folder:
            log = os.path.join(folder, "log")
            done = subprocess.run(["piuparts", "-d", SUITE, "-m", f"{self.debian().split()[1]} main", "--existing-chroot", root,
                                   "--no-eatmydata", "--extra-repo", repository, "-l", log, *packages],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, check=False)
            with open(log, encoding="utf-8", errors="replace") as file:
                said = file.read()
        self.assertEqual(done.returncode, 0, said[-4000:])
        self.assertIn("PASS: All tests", said)
        return said

    def test_an_rpm_system_by_dnf(self):
        folder = self.scratch / "rpms"
        os.makedirs(folder)
        for build in (self.made(), self.made("8.9.7.29")):
            for name in build.files():
                if name.endswith(".rpm"):
                    shutil.copy(build.path(name), folder)
        text_of("createrepo_c", "--quiet", "--general-compress-type=gz", folder)
        root = self.system("rhel", (folder, "/srv"))
        root.write("etc/yum.repos.d/srv.repo", "[srv]\nname=srv\nbaseurl=file:///srv\ngpgcheck=0\nskip_if_unavailable=0\n")
        dnf = ["dnf", "-q", "-y", "--setopt=install_weak_deps=False"]
        older = [f"{name}-8.9.6.50" for name in RPM_NAMES]
        root.must(*dnf, "install", *older)
        self.assertIn("libcudnn.so.8", root.must("ldconfig", "-p"))
        self.assertEqual(root.must("readlink", "-f", "/usr/include/cudnn.h").strip(), "/usr/include/cudnn_v8.h")
        self.assertEqual(root.must("rpm", "-V", *RPM_NAMES), "")
        root.must(*dnf, "reinstall", older[0])
        root.must(*dnf, "upgrade")
        self.assertIn("8.9.7.29", root.must("rpm", "-q", "libcudnn8"))
        root.must(*dnf, "downgrade", *older)
        root.must(*dnf, "remove", "--noautoremove", *RPM_NAMES)
        self.assertNotIn("libcudnn", root.must("rpm", "-qa"))
        self.assertEqual(root.must("sh", "-c", "find /usr /etc -xdev -name '*cudnn*'"), "")


if __name__ == "__main__":
    unittest.main()
