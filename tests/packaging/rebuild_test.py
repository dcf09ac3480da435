#!/usr/bin/env python3
"""The same archive gives the same bytes: in another directory, at another hour, under another umask, user and clock."""

import os
import shutil
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import factory  # noqa: E402
from factory import Build, Scratch  # noqa: E402

STRANGER = 65533


class Rebuilds(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.scratch = Scratch()
        cls.addClassCleanup(cls.scratch.close)
        cls.archive = factory.demo(cls.scratch / "archives")
        cls.distros = ["-D", "CUDNN_DISTRO=debian12;debian11;rhel9;rhel7"]

    def made(self, name, *options, **more):
        # debian11's deb and rhel7's rpm have the names of the others, so each family is built by itself.
        found = {}
        for distros in ("debian12;rhel9", "debian11;rhel7"):
            build = Build(self.scratch.path, f"{name}-{distros[:8]}").make(self.archive, "-D", f"CUDNN_DISTRO={distros}",
                                                                          *options, **more)
            found.update({(distros, each): factory.digest_of(build.path(each)) for each in build.files()})
            shutil.rmtree(build.folder)
        return found

    def test_two_builds_that_share_nothing_are_byte_identical(self):
        first = self.made("a")
        self.assertEqual(len(first), 12)
        os.makedirs(self.scratch / "another/and/a/longer/path")
        one_core = f"{min(os.sched_getaffinity(0))}"
        before = ["taskset", "-c", one_core, "sh", "-c", 'umask 077; exec "$@"', "with-umask"]
        second = self.made("another/and/a/longer/path/b", before=before,
                           environment={"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "MAKEFLAGS": "-j1"})
        self.assertEqual(first, second)
        if os.getuid() == 0:
            self.assertEqual(first, self.made_by_a_stranger())

    def made_by_a_stranger(self):
        home = self.scratch / "stranger"
        os.makedirs(home)
        os.chown(home, STRANGER, STRANGER)
        tool = shutil.copy(factory.TOOL, self.scratch.path)
        before = ["setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups"]
        if subprocess.run([*before, "test", "-r", os.path.join(factory.SOURCE, "packaging/CMakeLists.txt")],
                          check=False).returncode != 0:
            self.fail("the source tree is not readable for others: the build by another user cannot be tried")
        return self.made("stranger/c", "-D", f"CUDNN_INSTALL={tool}", before=before, environment={"HOME": home})

    def test_another_moment_gives_other_bytes(self):
        """The comparison above can fail: SOURCE_DATE_EPOCH is in every package."""
        first = Build(self.scratch.path, "now").make(self.archive)
        later = Build(self.scratch.path, "later").make(self.archive, environment={"SOURCE_DATE_EPOCH": "1700000001"})
        for name in first.files():
            self.assertNotEqual(factory.digest_of(first.path(name)), factory.digest_of(later.path(name)), name)


if __name__ == "__main__":
    unittest.main()
