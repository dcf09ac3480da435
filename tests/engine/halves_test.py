"""A run is two processes, the installer and its archive reader: what becomes of one when the other is gone or stopped.

The deed is done by a shell that the installer itself starts at a call (fault_at.c), so that nothing depends on time.
"""

import os
import time
import unittest

import fault_at
import rig

# In the words of a shell whose parent is the installer: its other child, the archive reader.
READER = 'reader=$(tr " " "\\n" < /proc/$PPID/task/$PPID/children | grep -v "^$$\\$" | head -n 1); '
READING_CALLS = [("mkdirat", 1), ("symlinkat", 3), ("openat", 12)]  # the archive is not read to its end


def is_gone(process):
    """No longer there, or dead and only not yet collected."""
    try:
        with open(f"/proc/{process}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] in "ZX"
    except FileNotFoundError:
        return True


class Halves(rig.Case):
    @classmethod
    def setUpClass(cls):
        cls.faults = fault_at.Faults()
        cls.addClassCleanup(cls.faults.close)

    def setUp(self):
        super().setUp()
        self.rig.install(rig.Archive("8.9.6.50", "11"))
        self.old = self.rig.tree()
        self.newer = ["install", *rig.Archive("8.9.7.29", "12").options()]
        self.note = os.path.join(self.rig.scratch, "reader")

    def at(self, call, script, **more):
        """The newer one is installed; at the call, the shell script runs first."""
        script = READER + f'echo "$reader" > {self.note}; ' + script
        return self.rig.run(*self.newer, before=self.faults.run_at(call, script), **more)

    def reader(self):
        with open(self.note, encoding="ascii") as file:
            return int(file.read())

    def assert_reader_goes(self):
        until = time.monotonic() + 10
        while not is_gone(self.reader()) and time.monotonic() < until:
            time.sleep(0.01)
        self.assertTrue(is_gone(self.reader()), "the archive reader has outlived the installer")

    def assert_as_before(self):
        self.assert_tree(self.old, self.rig.tree())
        self.assertEqual([], self.rig.leftovers())

    def test_the_reader_alone_is_killed(self):
        for call in READING_CALLS:
            with self.subTest(call):
                done = self.at(call, 'kill -KILL "$reader"')
                self.assert_ends(11, done)
                self.assertIn("the archive's reader died", done.stderr)
                self.assert_as_before()

    def test_the_installer_alone_is_killed(self):
        for call in READING_CALLS:
            with self.subTest(call):
                self.assert_ends(-9, self.at(call, "kill -KILL $PPID"))
                self.assert_reader_goes()
                self.assertEqual(0, self.rig.settle().returncode)
                self.assert_as_before()

    def test_the_reader_is_stopped_and_the_installer_killed(self):
        for call in READING_CALLS:
            with self.subTest(call):
                self.assert_ends(-9, self.at(call, 'kill -STOP "$reader"; kill -KILL $PPID'))
                self.assert_reader_goes()
                self.assertEqual(0, self.rig.settle().returncode)
                self.assert_as_before()

    def test_the_reader_is_stopped_and_goes_on_after_a_while(self):
        self.assert_ends(0, self.at(READING_CALLS[1], 'kill -STOP "$reader"; (sleep 3; kill -CONT "$reader") >&- 2>&- &'))
        self.rig.must("verify")
        self.assert_reader_goes()

    def test_a_signal_to_the_whole_group_is_an_interruption(self):
        for signal in ("TERM", "HUP"):
            for call in READING_CALLS:
                with self.subTest(signal=signal, call=call):
                    done = self.at(call, f"trap '' {signal}; kill -{signal} 0", start_new_session=True)
                    self.assert_ends(19, done)
                    self.assert_reader_goes()
                    self.assert_as_before()


if __name__ == "__main__":
    rig.need("cc")
    unittest.main()
