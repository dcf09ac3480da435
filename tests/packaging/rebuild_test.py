#!/usr/bin/env python3
"""The same archive gives the same bytes: in another directory, under another umask, clock and user, by another number of
processors."""

import os
import shutil
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import elsewhere  # noqa: E402
import factory  # noqa: E402
from factory import Build  # noqa: E402

ASKED = 'umask; id -u; date +%Z; nproc; getconf _NPROCESSORS_ONLN; rpm -E "%{getncpus}"'


class Rebuilds(factory.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = factory.demo(cls.scratch / "archives")
        cls.before = elsewhere.before(os.path.join(factory.SOURCE, "packaging", "CMakeLists.txt"))

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
        os.makedirs(self.scratch / "another/and/a/longer")
        home = elsewhere.home(self.scratch / "another/and/a/longer/path")
        tool = shutil.copy(factory.TOOL, self.scratch.path)
        second = self.made("another/and/a/longer/path/b", "-D", f"CUDNN_INSTALL={tool}", before=self.before,
                           environment={**elsewhere.ENVIRONMENT, "HOME": home})
        self.assertEqual(first, second)

    def test_elsewhere_is_another_place_to_every_tool(self):
        """The comparison above can fail: all that it varies is seen."""
        build = Build(self.scratch.path, "asked")
        here = build.run(["sh", "-ec", ASKED]).stdout.split()
        there = build.run([*self.before, "sh", "-ec", ASKED], environment=elsewhere.ENVIRONMENT).stdout.split()
        self.assertEqual(there, ["0077", str(elsewhere.STRANGER), "+14", "1", "1", "1"])
        for what, one, other in zip(("umask", "user", "time zone", "nproc", "processors online", "rpm"), here, there):
            self.assertNotEqual(one, other, what)

    def test_another_moment_gives_other_bytes(self):
        """SOURCE_DATE_EPOCH is in every package."""
        first = Build(self.scratch.path, "now").make(self.archive)
        later = Build(self.scratch.path, "later").make(self.archive, environment={"SOURCE_DATE_EPOCH": "1700000001"})
        for name in first.files():
            self.assertNotEqual(factory.digest_of(first.path(name)), factory.digest_of(later.path(name)), name)


if __name__ == "__main__":
    unittest.main()
