"""Runs that are stopped: the tool killed, and the package manager below it, at moments spread over each run. The next run
finds old or new and nothing in between, and goes on from there."""

import collections
import os
import re
import signal
import subprocess
import sys
import time
import unittest

import home
from home import NEW, OLD, Home, Leap, RedHat

MOMENTS = int(os.environ.get("CUDNN_MOMENTS", "3"))
EVERYTHING = "cudnn-install (install|uninstall)|apt-get|dpkg|dnf|zypper|rpm "


class Stops(Home):
    def setUp(self):
        super().setUp()
        self.open_home()
        self.hits = 0
        self.left = collections.Counter()

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
        text, _ = process.communicate()
        self.assertEqual(0, process.returncode, text)
        return time.monotonic() - begin

    @staticmethod
    def tool_of(process):
        """The tool alone; what waits for it, in the other namespace, has one child."""
        with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as file:
            return [int(child) for child in file.read().split()]

    def signalled(self, process, number):
        for child in self.tool_of(process):
            os.kill(child, number)

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
        whole = {full: [f"{name} {self.version(full)}" for name in self.PACKAGES] if full else [] for full in builds}
        ours = self.ours()
        self.assertIn(ours, list(whole.values()))
        self.left[builds.index(next(full for full in builds if whole[full] == ours))] += 1
        self.assertEqual(0, self.tool_run("status").returncode)

    def sweep(self, way, whom):
        """Install, upgrade and uninstall, each killed at every moment, settled, and then carried out or taken back."""
        before = self.state()
        uninstall = ["uninstall", "--yes"]
        spans = [self.duration(arguments) for arguments in (way(OLD), way(NEW), uninstall)]
        for number in range(MOMENTS):
            moments = iter(span * (number + 0.5) / MOMENTS for span in spans)
            self.killed(way(OLD), next(moments), whom)
            self.settled((None, OLD))
            self.must_run(*way(OLD))
            self.expect(OLD)
            self.killed(way(NEW), next(moments), whom)
            self.settled((OLD, NEW))
            standing = (NEW, OLD)[number % 2]
            self.must_run(*way(standing))
            self.expect(standing)
            self.killed(uninstall, next(moments), whom)
            self.settled((standing, None))
            self.must_run(*uninstall)
            self.assert_state(before)
        print(f"{self.id()}: {3 * MOMENTS} runs, {self.hits} killed before their end; then as before them {self.left[0]}, "
              f"as after them {self.left[1]}", file=sys.stderr)
        self.assertGreater(self.hits, MOMENTS, "kills that came in time")


class Network(Stops):
    def setUp(self):
        super().setUp()
        self.published()

    def test_the_tool_alone_is_killed(self):
        self.sweep(self.from_network, "")

    def test_the_tool_and_what_it_started_are_killed(self):
        self.sweep(self.from_network, EVERYTHING)

    def test_an_interrupt_takes_back_or_comes_too_late(self):
        before = self.state()
        span = self.duration(self.from_network(OLD))
        self.must_run("uninstall", "--yes")
        codes = []
        for number in range(MOMENTS):
            process = self.started(self.from_network(OLD))
            time.sleep(span * (number + 0.5) / MOMENTS / 2)
            listening = self.listens(process)
            self.signalled(process, signal.SIGINT)
            process.communicate()
            codes.append(process.returncode)
            self.assertIn(process.returncode, (0, 19) if listening else (0, 19, -signal.SIGINT), codes)
            if process.returncode == 0:
                self.expect(OLD)
                self.must_run("uninstall", "--yes")
            self.assert_state(before)
        self.assertIn(19, codes)

    def listens(self, process):
        """Whether the tool notes interrupts already, as the kernel tells; until it has begun they end it as any program."""
        for child in self.tool_of(process):
            with open(f"/proc/{child}/status", encoding="ascii") as file:
                caught = re.search(r"^SigCgt:\s*(\w+)$", file.read(), re.M)
            return bool(int(caught[1], 16) >> (signal.SIGINT - 1) & 1)
        return True


class Local(Stops):
    def setUp(self):
        super().setUp()
        self.words = {full: self.from_installer(full) for full in (OLD, NEW)}

    def test_the_tool_alone_is_killed(self):
        self.sweep(self.words.get, "")

    def test_the_tool_and_what_it_started_are_killed(self):
        self.sweep(self.words.get, EVERYTHING)


class Bookworm(Network):
    pass


class Rhel(RedHat, Network):
    pass


class Fedora(home.Fedora, Network):
    pass


class Suse(Leap, Network):
    pass


class BookwormLocal(Local):
    pass


class RhelLocal(RedHat, Local):
    pass


class SuseLocal(Leap, Local):
    pass


if __name__ == "__main__":
    unittest.main()
