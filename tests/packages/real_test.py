"""What package managers are told and how they are read, tried on the real ones in roots of their own.

The program `speak` says the words and reads the answers; SPEAK names it.
"""

import os
import shutil
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(HERE, "..", "repository")]
import workbench  # noqa: E402
import packs  # noqa: E402

SPEAK = os.environ.get("SPEAK") or os.path.join(packs.SOURCE, "build", "dev", "tests", "packages", "speak")
ENVIRONMENT = ("env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "HOME=/")
KEYRING = "/usr/share/keyrings/cuda-archive-keyring.gpg"


class Manager(workbench.Case):
    """One manager in its root, with a repository of three builds, refreshed by loopback."""

    speaks, packages = "", ()

    def words(self, verb, *more):
        return packs.run(SPEAK, self.speaks, verb, *more).split("\0")[:-1]

    def ask(self, verb, *more):
        return self.system.run(*ENVIRONMENT, *self.words(verb, *more))

    def read(self, asked, done):
        """The answer as the readers have it."""
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write(f"manager {self.speaks}\nasked {asked}\nstatus {done.returncode}\n--- out\n{done.stdout}"
                       f"--- err\n{done.stderr}--- read\n")
            file.flush()
            return packs.run(SPEAK, "read", file.name)

    def reading(self, asked, verb, *more):
        return self.read(asked, self.ask(verb, *more))

    def place(self, verb, *more):
        path, text = self.words(verb, *more)
        self.system.write(path, text)
        return path

    def all_in(self, version):
        return [f"{name}={version}" for name in self.packages]

    def installs(self, version):
        self.assertEqual("well\n", self.reading("carry install it", "install", *self.all_in(version)))
        self.assertEqual("".join(f"{name} {version}\n" for name in self.packages),
                         self.reading("versions", "versions", *self.packages))

    def expect_changes(self, old, new, version):
        done = self.reading("simulate", "simulate", *self.all_in(version))
        told = sorted(f"{name} [{old}] [{new}]" for name in self.packages)
        self.assertEqual(told, sorted(done.splitlines()))

    def life(self, old, new, other, tells_old=True):
        """Fresh, upgrade, downgrade to another variant, removal: each is foretold, and then so."""
        self.expect_changes("", old, old)
        self.installs(old)
        self.expect_changes(old if tells_old else "?", new, new)
        self.installs(new)
        self.expect_changes(new if tells_old else "?", other, other)
        self.installs(other)
        self.assertEqual("nothing\n", self.reading("simulate", "simulate", *self.all_in(other)))
        told = sorted(f"{name} [{other}] []" for name in self.packages)
        self.assertEqual(told, sorted(self.reading("simulate", "simulate-removal", *self.packages).splitlines()))
        self.assertEqual("well\n", self.reading("carry remove it", "remove", *self.packages))
        self.assertEqual("", self.reading("versions", "versions", *self.packages))

    def assert_reads(self, begin, reading):
        self.assertEqual(begin, reading[:len(begin)], reading)


class Apt(Manager):
    speaks, packages = "apt", ("libcudnn8", "libcudnn8-dev", "libcudnn8-samples")
    OLD, NEW, OTHER = "8.9.6.50-1+cuda12.2", "8.9.7.29-1+cuda12.2", "8.9.6.50-1+cuda11.8"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for version in (cls.OLD, cls.NEW, cls.OTHER):
            packs.debs(cls.given, *version.split("-1+cuda"))

    def ready(self, suite):
        self.server = self.serve()
        self.must_publish(self.given, url=self.server.url)
        self.system = self.root(suite)
        packs.run("cp", os.path.join(self.out, "debian12/x86_64/cuda-keyring_1.1-1_all.deb"), self.system.path("/k.deb"))
        self.system.must("dpkg-deb", "-x", "/k.deb", "/k")
        self.system.must("cp", f"/k{KEYRING}", KEYRING)
        self.list = self.place("repository", "cuda", f"{self.server.url}/debian12/x86_64", KEYRING)
        self.assertEqual("well\n", self.reading(f"refresh {self.list}", "refresh", self.list))

    def upgrade_of_all(self):
        """What dist-upgrade would do to our packages, in the order of their names."""
        done = self.system.must("apt-get", "-s", "dist-upgrade")
        return sorted(line.split()[1] for line in done.splitlines() if line.startswith("Inst libcudnn8"))

    def whole(self, suite):
        self.ready(suite)
        self.life(self.OLD, self.NEW, self.OTHER)
        self.installs(self.OLD)
        self.assertEqual(sorted(self.packages), self.upgrade_of_all())
        pin = self.place("pin", *self.all_in(self.OLD))
        self.assertEqual([], self.upgrade_of_all())
        self.system.must("rm", pin)
        self.old_index_stays_an_error()

    def old_index_stays_an_error(self):
        """apt itself ends with 0 here where it is not asked to be strict."""
        self.system.must("rm", KEYRING)
        os.utime(os.path.join(self.out, "debian12/x86_64/InRelease"), (2_000_000_000,) * 2)
        for name in ("apt", "apt-2.0"):
            words = packs.run(SPEAK, name, "refresh", self.list).split("\0")[:-1]
            done = self.system.run(*ENVIRONMENT, *words)
            self.assert_reads(f"integrity: cannot refresh '{self.list}': ", self.read(f"refresh {self.list}", done))
        self.server.close()
        done = self.system.run(*ENVIRONMENT, *packs.run(SPEAK, "apt-2.0", "refresh", self.list).split("\0")[:-1])
        self.assertEqual(0, done.returncode, done.stderr)
        self.assert_reads(f"network: cannot refresh '{self.list}': ", self.read(f"refresh {self.list}", done))

    def test_bullseye(self):
        self.whole("bullseye")

    def test_bookworm(self):
        self.whole("bookworm")

    def test_trixie(self):
        self.whole("trixie")


class Rpm(Manager):
    packages = ("libcudnn8", "libcudnn8-devel", "libcudnn8-samples")
    OLD, NEW, OTHER = "8.9.6.50-1.cuda12.2", "8.9.7.29-1.cuda12.2", "8.9.6.50-1.cuda11.8"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for version in (cls.OLD, cls.NEW, cls.OTHER):
            packs.rpms(cls.given, *version.split("-1.cuda"))

    def ready(self, root, distro, word=None):
        self.server = self.serve()
        self.must_publish(self.given, distro=distro, url=self.server.url)
        self.folder = os.path.join(self.out, word or distro, "x86_64")
        self.url = f"{self.server.url}/{word or distro}/x86_64"
        self.key = next(name for name in os.listdir(self.folder) if name.endswith(".pub"))
        self.system = self.root(root)

    def source(self, key):
        return self.place("repository", "cuda", self.url, key)

    def wrong_key_is_refused(self):
        other = self.keyring.make("other")
        self.system.write("/etc/other.pub", self.keyring.gpg("--export", "--armor", other))
        self.source("file:///etc/other.pub")
        self.assert_reads("integrity: cannot refresh 'cuda': ", self.reading("refresh cuda", "refresh", "cuda"))
        self.system.run("sh", "-c", "rm -rf /var/cache/dnf /var/cache/zypp")

    def held_by_locks(self, upgrade, moves):
        self.installs(self.OLD)
        self.assertIn(moves, self.system.run(*ENVIRONMENT, *upgrade).stdout)
        for package in self.all_in(self.OLD):
            self.assertEqual(0, self.ask("lock", package).returncode)
        self.assertEqual("".join(f"{name}\n" for name in self.packages), self.reading("locks", "locks"))
        self.assertNotIn(moves, self.system.run(*ENVIRONMENT, *upgrade).stdout)
        self.assert_reads("conflict: cannot install it: ",
                          self.reading("carry install it", "install", *self.all_in(self.NEW)))
        for package in self.all_in(self.OLD):
            self.assertEqual(0, self.ask("unlock", package).returncode)
        self.assertEqual("", self.reading("locks", "locks"))


class Dnf(Rpm):
    speaks = "dnf"

    def test_whole_life_in_a_look_alike_of_rhel(self):
        self.ready("rhel", "rhel9")
        self.wrong_key_is_refused()
        self.source(f"{self.url}/{self.key}")
        self.assertEqual("well\n", self.reading("refresh cuda", "refresh", "cuda"))
        self.life(self.OLD, self.NEW, self.OTHER, tells_old=False)
        self.held_by_locks((self.speaks, "--assumeno", "upgrade"), "Upgrade  3 Packages")


class Yum(Dnf):
    """dnf under yum's name: yum 3 itself is not to be had."""

    speaks = "yum"


class Dnf5(Rpm):
    speaks = "dnf5"

    def test_whole_life_in_a_look_alike_of_fedora(self):
        self.ready("fedora", "fedora", "fedora42")
        self.wrong_key_is_refused()
        self.source(f"{self.url}/{self.key}")
        self.assertEqual("well\n", self.reading("refresh cuda", "refresh", "cuda"))
        self.life(self.OLD, self.NEW, self.OTHER)
        self.held_by_locks((self.speaks, "--assumeno", "upgrade"), "x86_64 0:8.9.7.29-1.cuda12.2")


class Zypper(Rpm):
    speaks = "zypper"

    def test_whole_life_in_a_look_alike_of_suse(self):
        self.ready("suse", "sles15")
        self.wrong_key_is_refused()
        self.source(f"{self.url}/{self.key}")
        self.assert_reads("integrity: cannot refresh 'cuda': it is signed by a key that is not installed",
                          self.reading("refresh cuda", "refresh", "cuda"))
        shutil.copy(os.path.join(self.folder, self.key), self.system.path("/etc/cuda.pub"))
        self.assertEqual(0, self.ask("import-key", "/etc/cuda.pub").returncode)
        self.assertEqual("well\n", self.reading("refresh cuda", "refresh", "cuda"))
        self.life(self.OLD, self.NEW, self.OTHER)
        self.held_by_locks(("zypper", "-n", "update", "--dry-run"), "are going to be upgraded")


if __name__ == "__main__":
    unittest.main()
