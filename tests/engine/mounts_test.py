"""Mounts with a will of their own: no programs there, no renames, a quota, a file system that lives in another process.

Needs root; what is mounted ends with the process.
"""

import os
import unittest

import disk
import places_test
import rig

MOST = "2M"  # less than the archive unpacks to, more than an empty prefix needs


class Mounts(places_test.Place):
    def over(self, name, *command):
        """A mount of `command` over prefix/<name>, which it gets last."""
        place = os.path.join(self.rig.prefix, name)
        os.makedirs(place, exist_ok=True)
        disk.call(*command, place)
        self.addCleanup(disk.call, "umount", "--lazy", place)
        return place

    def test_case_123_without_programs_it_installs_and_says_that_nothing_can_be_loaded(self):
        self.over("", "mount", "-t", "tmpfs", "-o", "noexec,mode=755", "none")
        install = ["install", *rig.Archive(*places_test.OLD).options()]
        for arguments in (["plan", *install[1:-1]], install):
            done = self.rig.must(*arguments)
            self.assertIn(f"'{self.rig.prefix}' is on a file system that is mounted noexec: the loader will refuse the "
                          "libraries there", done.stdout + done.stderr)
        self.rig.must("verify")
        refused = self.rig.run("verify", "--load")
        self.assert_ends(12, refused)
        self.assertIn("failed to map segment", refused.stdout + refused.stderr)
        self.assert_tree(self.fresh(places_test.OLD), self.rig.tree())

    def fresh(self, archive):
        scratch = self.new_rig()
        scratch.install(rig.Archive(*archive))
        return scratch.tree()

    def test_case_124_in_another_process(self):
        below = os.path.join(self.rig.scratch, "below")
        os.mkdir(below)
        self.over("", "bindfs", below)
        self.assert_whole_life(self.rig)

    def test_where_nothing_can_be_renamed_it_is_found_before_the_archive_is_read(self):
        for name in ("include", "lib64"):
            with self.subTest(name):
                self.setUp()
                place = self.over(name, "bindfs", "--rename-deny", os.path.join(self.rig.prefix, name))
                before, log = self.rig.tree(), os.path.join(self.rig.scratch, "strace.log")
                done = self.rig.run("install", *rig.Archive(*places_test.OLD).options(),
                                    before=["strace", "-o", log, "-e", "trace=openat"])
                self.assert_ends(15, done)
                self.assertIn(f"try whether files can be put into '{place}'", done.stderr)
                self.assert_tree(before, self.rig.tree(records=True))
                with open(log, encoding="utf-8") as calls:
                    self.assertNotIn("libcudnn", "".join(line for line in calls if "O_CREAT" in line))


class Quotas(places_test.Place):
    def limited(self, most):
        """A rig in a part of a disk that has a quota."""
        place = os.path.join(self.mounted("btrfs").place, "part")
        disk.call("btrfs", "quota", "enable", os.path.dirname(place))
        disk.call("btrfs", "subvolume", "create", place)
        disk.call("btrfs", "qgroup", "limit", most, place)
        return rig.Rig("quota", within=place)

    def test_case_131_quota_that_is_used_up(self):
        scratch = self.limited(MOST)
        done = scratch.run("install", *rig.Archive(*places_test.OLD).options())
        self.assert_ends(14, done)
        self.assertIn("Disk quota exceeded", done.stderr)
        self.assertEqual({}, scratch.tree(records=True))
        self.assertEqual([], scratch.leftovers())

    def test_case_131_quota_that_an_upgrade_would_exceed(self):
        scratch = self.limited("none")
        scratch.install(rig.Archive(*places_test.OLD))
        before, part = scratch.tree(times=True), os.path.dirname(scratch.scratch)
        disk.call("sync", "-f", part)
        disk.call("btrfs", "qgroup", "limit", "6M", part)
        done = scratch.run("upgrade", *rig.Archive(*places_test.NEWER).options())
        self.assert_ends(14, done)
        self.assertIn("Disk quota exceeded", done.stderr)
        self.assert_tree(before, scratch.tree(times=True))
        self.assertEqual([], scratch.leftovers())
        scratch.must("verify")
        scratch.must("uninstall", "--yes")
        self.assertEqual({}, scratch.tree(records=True))


if __name__ == "__main__":
    disk.need_programs("btrfs")
    for program in ("bindfs", "btrfs"):
        rig.need(program)
    disk.private_mounts()
    unittest.main()
