"""The plug is pulled: right after success, and on the way. The next run finds old or new, whole, and goes on from there."""

import os
import signal
import subprocess
import sys
import time
import unittest

from home import NEW, OLD, Home, RedHat, packs, ward

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "engine"))
import disk  # noqa: E402
import roots  # noqa: E402

CUTS = int(os.environ.get("CUDNN_CUTS", "3"))


class OnDisk:
    """A system on a disk of its own, with what Home asks of one."""

    def __init__(self, place):
        self.place = place

    def path(self, name):
        return os.path.join(self.place, name.lstrip("/"))

    def run(self, *command, **_):
        return subprocess.run(["chroot", self.place, "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *command],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)

    def must(self, *command):
        done = self.run(*command)
        if done.returncode != 0:
            raise AssertionError(f"{command}: {done.stdout}{done.stderr}")
        return done.stdout


class Cuts(Home):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        disk.private_mounts()

    def setUp(self):
        super().setUp()
        self.disk = disk.Disk("ext4", "1500M")
        self.addCleanup(self.disk.close)
        self.home = OnDisk(os.path.join(self.disk.place, "root"))
        roots.unpack(self.system, self.home.place)
        os.sync()
        self.server = self.serve()
        self.publish_more(*self.builds)
        self.key_file = os.path.join(self.scratch, "mirror.pub")
        packs.write(self.key_file, self.keyring.gpg("--armor", "--export", self.key))

    def command(self, *arguments):
        return [ward.TOOL, *arguments, "--root", self.home.place]

    def tool_run(self, *arguments, **_):
        return subprocess.run(self.command(*arguments), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)

    def after_a_cut(self, number, cut=True):
        if cut:
            self.disk.cut(committed=number % 2 == 0)
        self.stop_all()
        self.disk.unmount()
        self.disk.mount()

    def stop_all(self):
        """Whatever still works in the system."""
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.readlink(f"/proc/{pid}/root") == self.home.place:
                    os.kill(int(pid), signal.SIGKILL)
            except OSError:
                continue

    def test_right_after_success(self):
        for number, arguments in enumerate((self.from_network(OLD), self.from_network(NEW), ["uninstall", "--yes"])):
            self.must_run(*arguments)
            self.after_a_cut(number)
            expected = (OLD, NEW, None)[number]
            self.expect(expected) if expected else self.assertEqual([], self.ours())
            self.assertIn("unchanged" if expected else "nothing", self.must_run(*arguments).stdout)

    def test_on_the_way(self):
        self.must_run(*self.from_network(OLD))
        begin = time.monotonic()
        self.must_run(*self.from_network(NEW))
        span = time.monotonic() - begin
        self.must_run(*self.from_network(OLD))
        early, left = 0, []
        for number in range(CUTS):
            early += self.upgrade_cut_off(span * (number + 0.5) / CUTS, number)
            self.must_run("uninstall", "--prefix", "/nowhere", "--yes")
            self.whole()
            left.append(self.ours())
            self.assertIn(left[-1], (self.all_of(OLD), self.all_of(NEW)))
            self.must_run(*self.from_network(OLD))
            self.expect(OLD)
        print(f"{self.id()}: {CUTS} cuts, {early} before the run's end; then old {left.count(self.all_of(OLD))}, "
              f"new {left.count(self.all_of(NEW))}", file=sys.stderr)
        self.assertGreaterEqual(early, CUTS / 3, "cuts that came in time")

    def upgrade_cut_off(self, after, number):
        """Answers whether it was still running."""
        process = subprocess.Popen(self.command(*self.from_network(NEW)), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(after)
        running = process.poll() is None
        self.disk.cut(committed=number % 2 == 0)
        process.kill()
        process.wait()
        self.after_a_cut(number, cut=False)
        return running

    def all_of(self, full):
        return [f"{name} {self.version(full)}" for name in self.PACKAGES]


class Bookworm(Cuts):
    pass


class Rhel(RedHat, Cuts):
    pass


if __name__ == "__main__":
    unittest.main()
