"""Calls that the system refuses: once, or from there on for good. Afterwards the old files or the new ones, and no lie.

A code that says that all was put back (14, 15) comes with the old tree, or with the words that the files are in place.
"""

import unittest

import fault_at
import kill_sweep
import rig

REFUSED = {"renameat", "symlinkat", "unlinkat", "fchmod", "mkdirat", "fsync"}
IN_PLACE = "the files are in place"


class Refusals(rig.Case):
    def setUp(self):
        super().setUp()
        self.rig.install(rig.Archive("8.9.6.50", "12"))
        self.rig.save()
        self.old = self.rig.tree()
        self.upgrade = ["upgrade", *rig.Archive("8.9.7.29", "12").options()]
        self.calls = [call for call in kill_sweep.calls_of(self.rig, self.upgrade) if call[0] in REFUSED]
        self.new = self.rig.tree()

    def settled(self):
        self.assert_ends(0, self.rig.settle())
        self.assertEqual([], self.rig.leftovers())
        self.rig.must("verify")
        tree = self.rig.tree()
        self.assertIn(tree, (self.old, self.new))
        return tree

    def check(self, call, error, when, codes):
        """`when` as strace takes it: '7' is the seventh call alone, '7+' all from there on."""
        self.rig.restore()
        done = self.rig.run(*self.upgrade, before=["strace", "-o", "/dev/null", "-e", f"trace={call}",
                                                   "-e", f"inject={call}:error={error}:when={when}"])
        self.assertIn(done.returncode, codes, done.stderr)
        found = {name: entry for name, entry in self.rig.tree().items() if rig.STATE_NAME not in name}
        if done.returncode == 0:
            self.assert_tree(self.new, found)
        elif done.returncode in (14, 15):
            self.assert_tree(self.new if IN_PLACE in done.stderr else self.old, found)
        tree = self.settled()
        if done.returncode in (0, 14, 15):
            self.assert_tree(found, tree)

    def test_one_call_that_fails_leaves_the_old_files_or_the_new_ones(self):
        for name, _, number in self.calls[::5]:
            with self.subTest(call=name, number=number):
                self.check(name, "EIO", str(number), (0, 14, 20))

    def test_a_disk_that_is_full_from_a_call_on_leaves_the_old_files_or_the_new_ones(self):
        for name, _, number in self.calls[::9]:
            if name in ("symlinkat", "fsync", "mkdirat"):
                with self.subTest(call=name, number=number):
                    self.check(name, "ENOSPC", f"{number}+", (0, 14, 20))

    def test_a_rename_that_is_refused_for_good_gives_the_old_files_back(self):
        renames = [call for call in self.calls if call[0] == "renameat"]
        for name, _, number in (renames[8], renames[len(renames) // 2], renames[-6]):
            for error in ("EACCES", "EIO"):
                with self.subTest(number=number, error=error):
                    self.check(name, error, str(number), (0, 14, 15))


class Halting(rig.Case):
    def test_case_137_calls_that_are_interrupted_and_calls_that_do_half_of_it_are_not_seen(self):
        faults = fault_at.Faults()
        self.addCleanup(faults.close)
        older, newer = rig.Archive("8.9.6.50", "12"), rig.Archive("8.9.7.29", "12")
        life = (["install", *older.options()], ["upgrade", *newer.options()], ["rollback", "--yes"],
                ["uninstall", "--yes"])
        plain = self.new_rig()
        for deed in ("i", "h"):
            for arguments in life:
                with self.subTest(deed, verb=arguments[0]):
                    plain.must(*arguments)
                    self.rig.must(*arguments, before=faults.at(("all", 0), deed))
                    self.assert_tree(plain.tree(), self.rig.tree())
                    self.assertEqual([], self.rig.leftovers())


if __name__ == "__main__":
    for program in ("cc", "strace"):
        rig.need(program)
    unittest.main()
