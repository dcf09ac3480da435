"""Runs at the same time, and prefixes that share their directories: what each leaves is one whole installation."""

import fcntl
import os
import subprocess
import time
import unittest

import rig


class Together(rig.Case):
    def start(self, *arguments):
        return subprocess.Popen([rig.TOOL, *arguments, "--prefix", self.rig.prefix], stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
                                env=self.rig.environment(), cwd=self.rig.scratch)

    def finished(self, runs):
        """What they said, in order. Each did its work, or was told that another changed the place meanwhile."""
        said = [run.communicate(timeout=120)[0] for run in runs]
        for run, text in zip(runs, said):
            self.assertIn(run.returncode, (0, 17), text)
        self.assertIn(0, [run.returncode for run in runs])
        return said

    def fresh(self, archive):
        scratch = self.new_rig()
        scratch.install(archive)
        return scratch.tree()

    def assert_one_of(self, archives):
        found = self.rig.tree()
        differences = [rig.difference(self.fresh(archive), found) for archive in archives]
        self.assertIn([], differences)
        self.rig.must("verify")
        self.assertEqual([], self.rig.leftovers())
        self.rig.must("uninstall", "--yes")
        self.assertEqual({}, {name: entry for name, entry in self.rig.tree(records=True).items()})

    def test_the_same_archive_several_times_is_installed_once(self):
        runs = [self.start("install", *rig.Archive().options()) for _ in range(4)]
        said = self.finished(runs)
        self.assertEqual([0] * 4, [run.returncode for run in runs])
        self.assertEqual(1, sum("\ninstalled " in "\n" + text for text in said))
        self.assertEqual(3, sum("\nunchanged: " in "\n" + text for text in said))
        self.assert_one_of([rig.Archive()])

    def test_different_archives_on_a_fresh_prefix_leave_one_of_them_whole(self):
        archives = [rig.Archive("8.9.6.50", "11"), rig.Archive("8.9.6.50", "12"), rig.Archive("8.9.7.29", "12")]
        self.finished([self.start("install", *archive.options()) for archive in archives])
        self.assert_one_of(archives)

    def test_runs_that_made_their_plans_before_the_lock_was_free_leave_one_of_them_whole(self):
        self.rig.install(rig.Archive("8.9.6.50", "11"))
        archives = [rig.Archive("8.9.6.50", "12"), rig.Archive("8.9.7.29", "12")]
        with open(os.path.join(self.rig.prefix, rig.STATE_NAME, "lock"), "r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            runs = [self.start("install", *archive.options()) for archive in archives]
            time.sleep(2)
            self.assertEqual([None, None], [run.poll() for run in runs])
        self.finished(runs)
        self.assert_one_of(archives)

    def test_an_uninstall_beside_an_install_leaves_all_or_nothing(self):
        self.rig.install(rig.Archive("8.9.6.50", "11"))
        newer = rig.Archive("8.9.7.29", "12")
        runs = [self.start("install", *newer.options()), self.start("uninstall", "--yes")]
        self.finished(runs)
        if self.rig.tree():
            self.assert_one_of([newer])


class Shared(rig.Case):
    """Two prefixes whose include and lib64 are the same directories. The second is refused, or both stay right."""

    def setUp(self):
        super().setUp()
        self.first, self.second = (os.path.join(self.rig.prefix, name) for name in ("one", "two"))
        for name in ("include", "lib"):
            os.mkdir(os.path.join(self.rig.prefix, name))
        for place in (self.first, self.second):
            os.mkdir(place)
            os.symlink("../include", os.path.join(place, "include"))
            os.symlink("../lib", os.path.join(place, "lib64"))
        self.rig.install(rig.Archive("8.9.6.50", "12"), prefix=self.first)
        self.one = self.rig.tree(times=True)

    def install_second(self):
        """False if it was refused; then nothing has changed."""
        done = self.rig.run("install", *rig.Archive("8.9.7.29", "12").options(), prefix=self.second)
        if done.returncode == 0:
            return True
        self.assert_ends(17, done)
        self.assertIn(self.first, done.stderr)
        self.assert_tree(self.one, self.rig.tree(times=True))
        self.rig.must("verify", prefix=self.first)
        return False

    def test_the_first_is_as_before_when_the_second_has_gone(self):
        if self.install_second():
            self.rig.must("verify", prefix=self.second)
            self.rig.must("uninstall", "--yes", prefix=self.second)
            self.assert_tree(self.one, self.rig.tree(times=True))
            self.rig.must("verify", prefix=self.first)

    def test_the_second_stays_whole_when_the_first_has_gone(self):
        if self.install_second():
            self.rig.must("uninstall", "--yes", prefix=self.first)
            self.rig.must("verify", prefix=self.second)
            self.rig.must("uninstall", "--yes", prefix=self.second)
            self.assertEqual([], [name for name in self.rig.tree() if "cudnn" in name])


if __name__ == "__main__":
    unittest.main()
