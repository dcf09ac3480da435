"""The portable programs at work: each installs, proves and takes back the demo payload where nothing was prepared for it."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "engine")]
import rig  # noqa: E402
from roots import Root  # noqa: E402

PLATFORMS = os.environ.get("CUDNN_PORTABLE_PLATFORMS", "x86_64").split()
SUITES = {"bullseye": "2.31", "bookworm": "2.36", "trixie": "2.41"}
USER = 1234


def tree_in(archive):
    """What the guide's commands would leave, read from the archive by another reader than the tool's."""
    tree = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            folder, _, name = member.name.partition("/")[2].partition("/")
            place = {"include": "include", "lib": "lib64"}.get(folder)
            if place and member.isdir():
                tree[place] = ("directory", "0o755")
            elif place and member.issym():
                tree[f"{place}/{name}"] = ("link", member.linkname)
            elif place:
                digest = rig.hashlib.sha256(tar.extractfile(member).read()).hexdigest()
                tree[f"{place}/{name}"] = ("file", "0o755" if member.mode & 0o100 else "0o644", digest)
    return tree


class Life(unittest.TestCase):
    maxDiff = None

    def kept(self, root):
        self.addCleanup(root.close)
        return root

    def must(self, root, *arguments, user=0):
        done = root.tool(*arguments, user=user)
        self.assertEqual(0, done.returncode, f"{arguments}\n{done.stdout}{done.stderr}")
        return done.stdout

    def prepare(self, root, archive, user):
        """A prefix with something of its owner in it. Answers what to install with."""
        shutil.copy(archive.path, root.path("demo.tar.xz"))
        os.chmod(root.path("demo.tar.xz"), 0o644)
        for name in ("opt/cuda", "opt/cuda/include"):
            os.makedirs(root.path(name))
            os.chmod(root.path(name), 0o755)
            os.chown(root.path(name), user, user)
        rig.write(root.path("opt/cuda/include/cuda.h"), "/* the toolkit's */\n", 0o644)
        return ["--method", "tar", "--archive", "/demo.tar.xz", "--cuda", archive.cuda, "--prefix", "/opt/cuda", "--yes"]

    def install(self, root, archive, user):
        options = self.prepare(root, archive, user)
        before = rig.tree_of(root.path("opt/cuda"))
        self.must(root, *options, "--sha256", archive.sha256, user=user)
        self.assertEqual([], rig.difference({**tree_in(archive.path), **before}, rig.tree_of(root.path("opt/cuda"))))
        return before

    def protection(self, root):
        with open(root.path("opt/cuda/.cudnn-install/receipt.json"), encoding="utf-8") as file:
            return json.load(file)["installations"][0]["protection"]

    def take_back(self, root, before, user):
        self.must(root, "uninstall", "--prefix", "/opt/cuda", "--yes", user=user)
        self.assertEqual([], rig.difference(before, rig.tree_of(root.path("opt/cuda"))))


class GlibcAlone(Life):
    """A root with glibc's files; of zlib, which the payload wants, it has none at first."""

    def check(self, platform, user):
        root = self.kept(Root.bare(platform))
        archive = rig.Archive("8.9.6.50", "12", "--arch", platform)
        before = self.install(root, archive, user)
        self.assertEqual(self.expected_protection(platform, user), self.protection(root))
        self.must(root, "verify", "--prefix", "/opt/cuda", user=user)
        wanting = root.tool("verify", "--load", "--prefix", "/opt/cuda", user=user)
        self.assertEqual(12, wanting.returncode, wanting.stdout + wanting.stderr)
        self.assertIn("libz.so.1: cannot open shared object file", wanting.stdout)
        root.with_zlib()
        self.assertIn("loads: cuDNN 8.9.6 with CUDA 12.2, 7 libraries",
                      self.must(root, "verify", "--load", "--prefix", "/opt/cuda", user=user))
        self.take_back(root, before, user)

    def expected_protection(self, platform, user):
        """An emulated program cannot have its calls filtered by the kernel that it does not talk to."""
        walls = ([] if platform != "x86_64" else ["seccomp"]) + ([] if user else ["uid"])
        return "+".join(walls) or "none"

    def test_root_installs_proves_and_takes_back(self):
        for platform in PLATFORMS:
            with self.subTest(platform):
                self.check(platform, 0)

    def test_a_user_installs_proves_and_takes_back(self):
        for platform in PLATFORMS:
            with self.subTest(platform):
                self.check(platform, USER)

    def test_without_any_wall_an_archive_that_nobody_vouches_for_is_refused(self):
        for platform in (each for each in PLATFORMS if each != "x86_64"):
            with self.subTest(platform):
                root = self.kept(Root.bare(platform))
                options = self.prepare(root, rig.Archive("8.9.6.50", "12", "--arch", platform), USER)
                before = rig.tree_of(root.path("opt/cuda"), records=True)
                done = root.tool(*options, "--allow-unverified", user=USER)
                self.assertEqual(21, done.returncode, done.stdout + done.stderr)
                self.assertEqual([], rig.difference(before, rig.tree_of(root.path("opt/cuda"))))

    def test_the_root_is_as_bare_as_is_said(self):
        for platform in PLATFORMS:
            with self.subTest(platform):
                root = self.kept(Root.bare(platform))
                files = {name for _, _, names in os.walk(root.place) for name in names}
                stems = {name.split(".so")[0].split("-")[0].rstrip("0123456789.") for name in files if ".so" in name}
                self.assertLessEqual(stems, {"ld", "libc", "libm", "libdl", "libpthread", "librt", "libresolv", "libnss_compat",
                                             "libnss_dns", "libnss_files", "libnss_hesiod"})
                self.assertLessEqual({name for name in files if ".so" not in name}, {"cudnn-install", "emulator"})


class Debian(Life):
    """A plain Debian: the loader's cache is kept too, and the host is what the tool says that it is."""

    def check(self, suite, glibc, user):
        root = self.kept(Root.debian(suite))
        rig.write(root.path("etc/ld.so.conf.d/cuda.conf"), "/opt/cuda/lib64\n", 0o644)
        host = json.loads(self.must(root, "host", "--json", user=user))
        self.assertEqual((suite, glibc), (self.codename(root), host["libc"]["version"]), host)
        archive = rig.Archive("8.9.6.50", "12")
        before = self.install(root, archive, user)
        self.assertIn("loads: cuDNN 8.9.6", self.must(root, "verify", "--load", "--prefix", "/opt/cuda", user=user))
        known = root.enter("/sbin/ldconfig", "-p").stdout
        self.assertEqual(user == 0, "/opt/cuda/lib64/libcudnn.so.8" in known, known)
        self.take_back(root, before, user)

    def codename(self, root):
        with open(root.path("etc/os-release"), encoding="utf-8") as file:
            return next(line.split("=")[1].strip() for line in file if line.startswith("VERSION_CODENAME="))

    def test_root_installs_proves_and_takes_back(self):
        for suite, glibc in SUITES.items():
            with self.subTest(suite):
                self.check(suite, glibc, 0)

    def test_a_user_installs_proves_and_takes_back(self):
        for suite, glibc in SUITES.items():
            with self.subTest(suite):
                self.check(suite, glibc, USER)


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("this test needs root, to enter other roots")
    rig.need("unshare")
    subprocess.run(["unshare", "--mount", "true"], check=True)
    unittest.main()
