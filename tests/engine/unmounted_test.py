"""A directory that is not mounted when the next run settles: nothing is taken for done, nothing is forgotten.

The run is killed at a call, the file system with include/, lib64/ or the whole prefix is taken away, a changing run
settles what it can reach, the file system comes back, and the next one must leave the old files or the new ones with
nothing left over. Needs root.
"""

import os
import shutil
import subprocess
import unittest

import disk
import kill_sweep
import rig

POINTS = 6


class Apart:
    """`name` below the prefix ("": the prefix itself) is another directory, mounted there; of its own file system or of
    the same one."""

    def __init__(self, scratch, name, own):
        self.scratch, self.own = scratch, own
        self.place, self.other = os.path.join(scratch.prefix, name), os.path.join(scratch.scratch, "other")
        for folder in ("include", "lib64"):
            os.makedirs(os.path.join(scratch.prefix, folder) if name else os.path.join(self.other, folder))
        os.makedirs(self.other, exist_ok=True)
        if own:
            disk.call("mount", "-t", "tmpfs", "-o", "mode=755", "none", self.other)
            for folder in () if name else ("include", "lib64"):
                os.mkdir(os.path.join(self.other, folder))

    def attach(self):
        disk.call("mount", "--bind", self.other, self.place)

    def detach(self):
        disk.call("umount", self.place)

    def save(self):
        self.scratch.save()
        subprocess.run(["cp", "-a", self.other, os.path.join(self.scratch.scratch, "saved")], check=True)

    def restore(self):
        self.scratch.restore()
        for name in os.listdir(self.other):
            path = os.path.join(self.other, name)
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
        subprocess.run(["cp", "-a", os.path.join(self.scratch.scratch, "saved", "other") + "/.", self.other], check=True)

    def close(self):
        if self.own:
            disk.call("umount", self.other)


class Unmounted(rig.Case):
    def setUp(self):
        super().setUp()
        self.killer = kill_sweep.Killer()
        self.addCleanup(self.killer.close)

    def begun(self, sweep, apart):
        """Everything as it is before the operation, and the calls that it makes."""
        apart.attach()
        sweep.prepare(apart.scratch)
        apart.scratch.old = apart.scratch.tree()
        apart.scratch.had_records = os.path.isdir(os.path.join(apart.scratch.prefix, rig.STATE_NAME))
        apart.detach()
        apart.save()
        apart.attach()
        calls = kill_sweep.calls_of(apart.scratch, sweep.arguments)
        apart.scratch.new = apart.scratch.tree()
        apart.detach()
        return calls

    def check(self, sweep, apart, call):
        apart.restore()
        apart.attach()
        killed = apart.scratch.run(*sweep.arguments, before=self.killer.at(call))
        self.assertIn(killed.returncode, (-9, 137))
        committed = os.path.exists(os.path.join(apart.scratch.prefix, rig.STATE_NAME, "journal"))
        apart.detach()
        try:
            settled = apart.scratch.settle()
            in_sight = os.path.exists(os.path.join(apart.scratch.prefix, rig.STATE_NAME, "journal"))
            self.assertEqual(20 if in_sight else 0, settled.returncode, settled.stderr)
            self.assertEqual(committed and apart.place != apart.scratch.prefix + "/", in_sight)
        finally:
            apart.attach()
            _, complaints = sweep.judge(apart.scratch, f"{call[0]}:{call[1]}")
            apart.detach()
        self.assertEqual([], complaints)

    def test_what_was_begun_there_is_ended_when_it_is_back(self):
        old, new = rig.Archive("8.9.6.50", "12"), rig.Archive("8.9.7.29", "12")
        sweeps = [kill_sweep.Sweep("install", lambda scratch: None, ["install", *old.options()]),
                  kill_sweep.Sweep("upgrade", lambda scratch: scratch.install(old), ["upgrade", *new.options()]),
                  kill_sweep.Sweep("uninstall", lambda scratch: scratch.install(old), ["uninstall", "--yes"])]
        for number, sweep in enumerate(sweeps):
            for name, own in (("include", number == 0), ("lib64", number != 0), ("", number == 1)):
                apart = Apart(self.new_rig(), name, own)
                calls = self.begun(sweep, apart)
                for index in range(POINTS):
                    call = calls[(2 * index + 1) * len(calls) // (2 * POINTS)]
                    with self.subTest(operation=sweep.name, away=name or "the prefix", own=own, call=call):
                        self.check(sweep, apart, call)
                apart.close()


if __name__ == "__main__":
    disk.need_programs()
    disk.private_mounts()
    unittest.main()
