"""Runs at the same time, and prefixes that share their directories: what each leaves is one whole installation."""

import fcntl
import os
import re
import subprocess
import time
import unittest

import fault_at
import rig

SMALL = ("--size", "0.3")
STRANGER = 12345


class AtOnce(rig.Case):
    def start(self, *arguments):
        return subprocess.Popen([rig.TOOL, *arguments, "--prefix", self.rig.prefix], stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
                                env=self.rig.environment(), cwd=self.rig.scratch)

    def finished(self, runs, codes=(0, 17)):
        """What they said, in order. Each did its work, or was told that another changed the place meanwhile."""
        said = [run.communicate(timeout=120)[0] for run in runs]
        for run, text in zip(runs, said):
            self.assertIn(run.returncode, codes, text)
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


class Together(AtOnce):
    """A few, so that each does its work."""

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


class Many(AtOnce):
    """Sixty-four at once: one works, the others wait or are told 16."""

    def setUp(self):
        super().setUp()
        self.archives = [rig.Archive(*release, *SMALL) for release in
                         (("8.9.6.50", "11"), ("8.9.6.50", "12"), ("8.9.7.29", "12"))]

    def assert_whole(self, archives):
        self.assertEqual(0, self.rig.settle().returncode)
        if self.rig.tree():
            self.assert_one_of(archives)
        self.assertEqual([], self.rig.leftovers())

    def test_the_same_install_where_there_was_no_prefix(self):
        os.rmdir(self.rig.prefix)
        said = self.finished([self.start("install", *self.archives[0].options()) for _ in range(64)], codes=(0, 16))
        self.assertEqual(1, sum("\ninstalled " in "\n" + text for text in said))
        self.assert_whole(self.archives[:1])

    def test_the_same_install_by_runs_that_do_not_wait(self):
        command = ["install", *self.archives[0].options(), "--lock-timeout", "0"]
        said = self.finished([self.start(*command) for _ in range(64)], codes=(0, 16))
        self.assertEqual(1, sum("\ninstalled " in "\n" + text for text in said))
        self.assert_whole(self.archives[:1])

    def test_installs_of_three_builds_and_uninstalls(self):
        commands = [["install", *archive.options()] for archive in self.archives] + [["uninstall", "--yes"]]
        self.finished([self.start(*commands[number % 4]) for number in range(64)], codes=(0, 16, 17))
        self.assert_whole(self.archives)

    def test_lookers_on_see_whole_installations_alone(self):
        runs = [self.start("install", *archive.options()) for archive in self.archives * 4]
        looks = []
        while len(looks) < 3 or any(run.poll() is None for run in runs):
            looks.append(self.rig.run("status"))
        self.finished(runs)
        for look in looks:
            self.assert_ends(0, look)
            self.assertRegex(look.stdout, "nothing is installed here|another run is in progress|cuDNN 8.9.[67]")
        self.assert_whole(self.archives)


class Locks(AtOnce):
    """The lock in strange hands."""

    def lock(self):
        return os.path.join(self.rig.prefix, rig.STATE_NAME, "lock")

    def test_a_user_who_is_no_owner_cannot_hold_it(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")
        self.rig.install(rig.Archive())
        stranger = ["setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups"]
        for locked in (self.lock(), os.path.dirname(self.lock())):
            held = subprocess.Popen([*stranger, "flock", "--shared", locked, "sleep", "30"], stderr=subprocess.DEVNULL)
            time.sleep(0.3)
            try:
                self.rig.install(rig.Archive("8.9.7.29", "12"), "--lock-timeout", "0")
                self.rig.install(rig.Archive(), "--lock-timeout", "0")
            finally:
                held.kill()
                held.wait()

    def test_case_148_the_lock_of_a_run_that_is_dead_is_free(self):
        killed = self.rig.run("install", *rig.Archive().options(), before=[
            "strace", "-o", "/dev/null", "-e", "trace=symlinkat", "-e", "inject=symlinkat:signal=KILL:when=3"])
        self.assertIn(killed.returncode, (-9, 137))
        with open(self.lock(), encoding="ascii") as file:
            holder = re.search(r"\d+", file.read())[0]
        self.assertFalse(os.path.exists(f"/proc/{holder}"))
        self.rig.install(rig.Archive(), "--lock-timeout", "0")
        self.assert_tree(self.fresh(rig.Archive()), self.rig.tree())
        self.assertEqual([], self.rig.leftovers())

    def removed_at(self, call, deed, second):
        """The first run's lock is removed at a call, and a second run does its work at once. Answers both codes."""
        code = os.path.join(self.rig.scratch, "code")
        other = " ".join([rig.TOOL, *second, "--prefix", self.rig.prefix, "--lock-timeout", "0"])
        script = f"{deed.format(self.lock())}; {other} > {code}.said 2>&1; echo $? > {code}"
        newer = rig.Archive("8.9.7.29", "12", *SMALL)
        done = self.rig.run("install", *newer.options(), before=self.faults.run_at(call, script))
        with open(code, encoding="ascii") as file:
            return done, int(file.read())

    def test_a_lock_that_is_removed_or_replaced_under_its_holder_still_keeps_others_out(self):
        self.faults = fault_at.Faults()
        self.addCleanup(self.faults.close)
        older, newer = rig.Archive("8.9.6.50", "12", *SMALL), rig.Archive("8.9.7.29", "12", *SMALL)
        expected = self.fresh(newer)
        self.rig.install(older)
        self.rig.save()
        calls = self.faults.calls_of(self.rig, ["install", *newer.options()])
        self.rig.restore()
        # From the first staged link on: before that, a run that asks for what is installed may truthfully say "unchanged".
        places = [call for call in calls if call[0] in ("renameat", "symlinkat")]
        places = places[places.index(("symlinkat", 1)):]
        for number, call in enumerate(places[::3]):
            deed = ("rm -f {0}", "rm -f {0}; touch {0}")[number % 2]
            second = (["install", *older.options()], ["uninstall", "--yes"])[number // 2 % 2]
            self.rig.restore()
            with self.subTest(call=call, deed=deed, second=second[0]):
                done, code = self.removed_at(call, deed, second)
                self.assert_ends(0, done)
                self.assertEqual(16, code)
                self.assert_tree(expected, self.rig.tree())
                self.rig.must("verify")
                self.assertEqual([], self.rig.leftovers())


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
    for program in ("cc", "flock", "setpriv", "strace"):
        rig.need(program)
    unittest.main()
