"""Runs that are stopped at a chosen moment: by Ctrl-C at a real terminal, before and after the package manager began, and by
kills while a maintainer script runs."""

import contextlib
import os
import pty
import re
import signal
import subprocess
import tempfile
import time
import unittest

from home import NEW, OLD, Home, RedHat, packs

TOOL = r"/cudnn-install\0(install|uninstall)\0"
MANAGERS = r"^(/usr/bin/)?(apt-get|dpkg|rpm)\0|/dnf\0"
BEGAN, ENDED = "began\n", "began\nended\n"
SCRIPT = "echo began >>/root/marks\nsleep 2\necho ended >>/root/marks\n"


class Moments(Home):
    BUILDS = (OLD, NEW)
    # Command lines, their words ended by zeros.
    before_work = (r"apt-get\0.*\0update\0", r"apt-get\0.*\0--download-only\0")
    at_work = r"dpkg\0.*\0--(unpack|configure|purge|remove)\0"

    def setUp(self):
        super().setUp()
        self.open_home()
        self.published(OLD, NEW)

    # --- looking from outside ----------------------------------------------------------------------------------------

    def lines(self):
        """Process number and command line of all that runs in the system."""
        ours = os.stat(self.home.path("/").replace("/root/", "/ns/mnt")).st_ino
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.stat(f"/proc/{pid}/ns/mnt").st_ino == ours:
                    with open(f"/proc/{pid}/cmdline", "rb") as file:
                        found.append((int(pid), file.read().decode("utf-8", "replace")))
            except OSError:
                continue
        return found

    def running(self, pattern):
        return [pid for pid, line in self.lines() if re.search(pattern, line)]

    def wait_for(self, met, what):
        until = time.monotonic() + 120
        while not met():
            self.assertLess(time.monotonic(), until, f"never seen: {what}")
            time.sleep(0.002)

    def started(self, arguments):
        return subprocess.Popen(self.home.command(*self.command(*arguments)), stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self, pattern):
        for pid in self.running(pattern):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def marks(self):
        path = self.home.path("/root/marks")
        return self.home.read("/root/marks") if os.path.exists(path) else ""

    # --- a terminal --------------------------------------------------------------------------------------------------

    def at_a_terminal(self, arguments):
        """The tool in the foreground of a terminal, below a shell that outlives the key; answers process and terminal."""
        command = self.home.command("sh", "-c", 'trap : INT; "$@"; echo "ended with $?."', "sh", *self.command(*arguments))
        command.insert(1, "--no-fork")  # else nsenter is the one that the key ends
        pid, terminal = pty.fork()
        if pid == 0:
            os.execvp(command[0], command)
        self.addCleanup(os.close, terminal)
        return pid, terminal

    @staticmethod
    def shown(pid, terminal):
        text = b""
        while True:
            try:
                block = os.read(terminal, 65536)
            except OSError:  # what a terminal answers when the last program has closed it
                break
            if not block:
                break
            text += block
        os.waitpid(pid, 0)
        return text.decode("utf-8", "replace")

    def interrupted(self, arguments, pattern):
        """The exit code of a run whose user types Ctrl-C when a process with this command line is there."""
        pid, terminal = self.at_a_terminal(arguments)
        self.wait_for(lambda: self.running(pattern), pattern)
        os.write(terminal, b"\x03")
        text = self.shown(pid, terminal)
        return int(re.search(r"ended with (\d+)\.", text)[1]), text

    def test_ctrl_c_before_the_manager_begins_takes_everything_back(self):
        before = self.state()
        for pattern in self.before_work:
            code, text = self.interrupted(self.from_network(OLD), pattern)
            self.assertEqual(19, code, text)
            self.assert_state(before)
        self.must_run("uninstall", "--prefix", "/nowhere", "--yes", "--lock-timeout", "0")
        self.must_run(*self.from_network(OLD))
        self.expect(OLD)

    def test_ctrl_c_while_the_manager_works_comes_too_late(self):
        before = self.state()
        runs = (self.from_network(OLD), OLD), (self.from_network(NEW), NEW), (["uninstall", "--yes"], None)
        for arguments, expected in runs:
            code, text = self.interrupted(arguments, self.at_work)
            self.assertEqual(0, code, text)
            self.expect(expected) if expected else self.assert_state(before)
            self.assertEqual([], self.running(TOOL))

    def test_an_uninstall_that_is_killed_with_its_manager_is_carried_on_by_the_next(self):
        before = self.state()
        self.must_run(*self.from_network(OLD))
        process = self.started(["uninstall", "--yes"])
        self.wait_for(lambda: self.running(self.at_work), self.at_work)
        self.kill(f"{TOOL}|{MANAGERS}")
        process.wait()
        self.assertNotEqual(0, process.returncode)
        self.must_run("uninstall", "--yes", "--lock-timeout", "120")
        self.assert_state(before)
        self.assertEqual([], self.records())

    # --- maintainer scripts ------------------------------------------------------------------------------------------

    def with_script(self, path):
        """The package again, with a script that runs for a while after its files have been placed."""
        with tempfile.TemporaryDirectory(dir=self.scratch) as scratch:
            tree = os.path.join(scratch, "tree")
            packs.run("dpkg-deb", "-R", path, tree)
            packs.write(f"{tree}/DEBIAN/postinst", f"#!/bin/sh\nset -e\n{SCRIPT}")
            os.chmod(f"{tree}/DEBIAN/postinst", 0o755)
            out = os.path.join(self.scratch, os.path.basename(path))
            packs.run("dpkg-deb", "--root-owner-group", "-Zxz", "--build", tree, out)
        return out

    def slow(self):
        """A repository where the runtime has such a script."""
        self.out = os.path.join(self.scratch, "slow")
        packages = self.builds[OLD]
        runtime = next(path for path in packages if os.path.basename(path).startswith(("libcudnn8_", "libcudnn8-8")))
        slow = [self.with_script(path) if path == runtime else path for path in packages]
        self.server = self.serve()
        self.must_publish(*slow, distro=self.distro, arch=self.arch, url=self.server.url)

    def killed_in_the_script(self, whom):
        process = self.started(self.from_network(OLD))
        self.wait_for(lambda: self.marks() == BEGAN, "the script")
        self.kill(whom)
        process.wait()
        self.assertNotEqual(0, process.returncode)

    def settled(self):
        self.must_run("uninstall", "--prefix", "/nowhere", "--yes", "--lock-timeout", "120")
        self.whole()

    def test_the_tool_is_killed_while_a_script_runs_and_the_next_run_waits_for_it(self):
        self.slow()
        before = self.state()
        self.killed_in_the_script(TOOL)
        self.settled()
        self.assertTrue(self.marks().startswith(ENDED), "the script that nobody killed went on to its end")
        self.taken_back(before)

    def test_script_manager_and_tool_are_killed_while_the_script_runs(self):
        self.slow()
        before = self.state()
        self.killed_in_the_script(rf"{TOOL}|{MANAGERS}|^(sh|/bin/sh|sleep)\0")
        self.assertEqual(BEGAN, self.marks())
        self.settled()
        self.taken_back(before)

    def test_ctrl_c_while_a_script_runs_comes_too_late(self):
        self.slow()
        pid, terminal = self.at_a_terminal(self.from_network(OLD))
        self.wait_for(lambda: self.marks() == BEGAN, "the script")
        os.write(terminal, b"\x03")
        self.assertIn("ended with 0.", self.shown(pid, terminal))
        self.assertEqual(ENDED, self.marks())
        self.expect(OLD)

    def taken_back(self, before):
        """Whatever stands, the same install completes it, and uninstall gives back what was there before."""
        self.must_run(*self.from_network(OLD))
        self.expect(OLD)
        self.must_run("uninstall", "--yes")
        self.assert_state(before)


class Bookworm(Moments):
    pass


class Rhel(RedHat, Moments):
    before_work = (r"/dnf\0.*\0makecache\0", r"/dnf\0.*\0--downloadonly\0")
    at_work = r"/dnf\0-y\0(?!.*--downloadonly).*\0(install|downgrade|remove)\0"

    def with_script(self, path):
        spec = packs.SPEC.replace("%files\n", f"%post\n{SCRIPT}%files\n", 1)
        with tempfile.TemporaryDirectory(dir=self.scratch) as scratch:
            return next(each for each in self.made(spec, scratch) if os.path.basename(each) == os.path.basename(path))

    def made(self, spec, scratch):
        number, cuda = OLD.split("-1+cuda")
        tree = os.path.join(scratch, "tree")
        packs._lay_out(packs.payload(number, cuda, "x86_64", scratch), tree, "usr/include", "usr/lib64")
        return packs._rpmbuild(spec.format(version=number, cuda=cuda, tree=tree), "x86_64", scratch, self.scratch)


if __name__ == "__main__":
    unittest.main()
