#!/usr/bin/env python3
"""compat install and uninstall killed at moments spread over each run, by the network and with the package in hand: the next
run finds the package whole or not at all, and goes on from there."""

import os
import shutil
import sys
import unittest

sys.dont_write_bytecode = True
from home_of_compat import KERNEL, NEWER, CompatHome, RedHat  # noqa: E402

import packs  # noqa: E402
from stops_test import MOMENTS, Stops  # noqa: E402

EVERYTHING = "cudnn-install compat|apt-get|dpkg|dnf|rpm "


class CompatStops(CompatHome, Stops):
    def setUp(self):
        Stops.setUp(self)

    def in_hand(self):
        (made,) = self.builds[NEWER]
        file = f"/root/{os.path.basename(made)}"
        shutil.copy(made, self.home.path(file))
        return ["compat", "install", "--archive", file, "--sha256", packs.digest(made), "--yes", "--accept-license", *KERNEL]

    def by_network(self):
        self.published(NEWER)
        return self.wish("13.0", *KERNEL)

    def settled_either_way(self):
        done = self.tool_run("uninstall", "--prefix", "/nowhere", "--yes", "--lock-timeout", "120")
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.whole()
        self.assertIn(self.ours(), [[], [self.full(*NEWER)]])
        self.assertEqual(0, self.tool_run("status").returncode)

    def sweep_of(self, install, whom):
        before = self.state()
        span = self.duration(install)
        for number in range(MOMENTS):
            self.must_run("compat", "uninstall", "--yes")
            self.assert_state(before)
            self.killed(install, span * (number + 0.5) / MOMENTS, whom)
            self.settled_either_way()
            self.must_run(*install)
            self.expect_compat(NEWER)
            self.killed(["compat", "uninstall", "--yes"], span * (number + 0.5) / MOMENTS / 2, whom)
            self.settled_either_way()
            self.must_run(*install)
        self.must_run("compat", "uninstall", "--yes")
        self.assert_state(before)
        self.assertGreater(self.hits, MOMENTS // 2, "kills that came in time")


class Bookworm(CompatStops):
    def test_by_the_network_the_tool_alone_is_killed(self):
        self.sweep_of(self.by_network(), "")

    def test_with_the_package_in_hand_the_tool_alone_is_killed(self):
        self.sweep_of(self.in_hand(), "")

    def test_with_the_package_in_hand_all_that_runs_is_killed(self):
        self.sweep_of(self.in_hand(), EVERYTHING)


class Rhel(RedHat, Bookworm):
    pass


if __name__ == "__main__":
    unittest.main()
