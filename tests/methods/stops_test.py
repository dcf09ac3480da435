"""Runs that are stopped: the tool killed, and the package manager below it, at moments spread over each run. The next run
finds old or new and nothing in between, and goes on from there."""

import os
import re
import signal
import subprocess
import time
import unittest

import home
from home import NEW, OLD, Home, Leap, RedHat

MOMENTS = int(os.environ.get("CUDNN_MOMENTS", "3"))


class Stops(Home):
    def setUp(self):
        super().setUp()
        self.open_home()
        self.hits = 0

    def started(self, arguments):
        return subprocess.Popen(self.home.command(*self.command(*arguments)), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def inside(self, pattern):
        """Process numbers of the system whose command line matches, as it counts them itself."""
        script = 'for p in /proc/[0-9]*; do printf "%s " "${p#/proc/}"; tr "\\0" " " <"$p/cmdline" 2>/dev/null; echo; done'
        lines = self.home.run("sh", "-c", script).stdout.splitlines()
        return [line.split()[0] for line in lines if re.search(pattern, line) and "printf" not in line]

    def duration(self, arguments):
        begin = time.monotonic()
        process = self.started(arguments)
        process.communicate()
        self.assertEqual(0, process.returncode)
        return time.monotonic() - begin

    def signalled(self, process, number):
        """The tool alone; what waits for it, in the other namespace, has one child."""
        with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as file:
            for child in file.read().split():
                os.kill(int(child), number)

    def killed(self, arguments, after, whom):
        process = self.started(arguments)
        time.sleep(after)
        if whom:
            self.home.run("sh", "-c", 'kill -KILL "$@"', "sh", *self.inside(whom))
        else:
            self.signalled(process, signal.SIGKILL)
        process.communicate()
        self.hits += process.returncode != 0

    def settled(self, builds):
        """The next changing run, here one that has nothing else to do, leaves one of the builds or none."""
        done = self.tool_run("uninstall", "--prefix", "/nowhere", "--yes", "--lock-timeout", "120")
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.whole()
        self.assertIn(self.ours(), [[f"{name} {self.version(full)}" for name in self.PACKAGES] if full else []
                                    for full in builds])
        self.assertEqual(0, self.tool_run("status").returncode)

    def sweep(self, way, whom):
        before = self.state()
        span = self.duration(way(OLD))
        for number in range(MOMENTS):
            self.must_run("uninstall", "--yes")
            self.assert_state(before)
            self.killed(way(OLD), span * (number + 0.5) / MOMENTS, whom)
            self.settled((None, OLD))
            self.must_run(*way(OLD))
            self.expect(OLD)
            self.killed(way(NEW), span * (number + 0.5) / MOMENTS, whom)
            self.settled((OLD, NEW))
            self.must_run(*way(OLD))
            self.killed(["uninstall", "--yes"], span * (number + 0.5) / MOMENTS / 2, whom)
            self.settled((None, OLD))
            self.must_run(*way(OLD))
        self.must_run("uninstall", "--yes")
        self.assert_state(before)
        self.assertGreater(self.hits, MOMENTS, "kills that came in time")


class Network(Stops):
    def setUp(self):
        super().setUp()
        self.published()

    def test_the_tool_alone_is_killed(self):
        self.sweep(self.from_network, "")

    def test_an_interrupt_takes_back_or_comes_too_late(self):
        before = self.state()
        span = self.duration(self.from_network(OLD))
        self.must_run("uninstall", "--yes")
        codes = []
        for number in range(MOMENTS):
            process = self.started(self.from_network(OLD))
            time.sleep(span * (number + 0.5) / MOMENTS / 2)
            self.signalled(process, signal.SIGINT)
            process.communicate()
            codes.append(process.returncode)
            if process.returncode == 0:
                self.expect(OLD)
                self.must_run("uninstall", "--yes")
            self.assert_state(before)
        self.assertEqual(set(), set(codes) - {0, 19}, codes)
        self.assertIn(19, codes)

    def test_the_tool_and_what_it_started_are_killed(self):
        self.sweep(self.from_network, "cudnn-install (install|uninstall)|apt-get|dpkg|dnf|zypper|rpm ")


class Bookworm(Network):
    pass


class Rhel(RedHat, Network):
    pass


class Fedora(home.Fedora, Network):
    pass


class Suse(Leap, Network):
    pass


if __name__ == "__main__":
    unittest.main()
