"""Other ways to put cuDNN in place, to be held beside the tool: what each needs to begin, and its command line.

A way changes a tree in `place` on a disk. It is run under kill_at.c, which counts the changing calls of all its
processes together and stops the one that comes to the wanted call.
"""

import mmap
import os
import shutil
import struct
import subprocess
import tarfile
import tempfile
import time

import rig
from guide_test import BY_HAND

SIGSTOP = "19"
UNPACK, COPY = BY_HAND[:BY_HAND.index("cp ")], BY_HAND[BY_HAND.index("cp "):]


def unpack(archive, folder):
    with tarfile.open(archive.path) as tar:
        tar.extractall(folder)
    return os.path.join(folder, os.listdir(folder)[0])


class Guide:
    """The documented commands; into a directory that is there."""

    name = "the guide's commands"

    def begin(self, prefix):
        for folder in ("include", "lib64"):
            os.makedirs(os.path.join(prefix, folder), exist_ok=True)

    def before(self, archive, prefix):
        """What touches nothing in the prefix yet, or None. Cuts are not counted in it."""
        return self.shell(f'rm -rf "$2"\n{UNPACK}', archive, prefix)

    def command(self, archive, prefix):
        return self.shell(f'set -eu\numask 022\ncd "$2"\n{COPY}', archive, prefix)

    @staticmethod
    def shell(text, archive, prefix):
        work = os.path.join(os.path.dirname(prefix), "work")
        return ["/bin/sh", "-c", text, "sh", archive.path, work, prefix]

    def close(self):
        pass


class Tar(Guide):
    """Straight into the prefix; the libraries come to lib/."""

    def __init__(self, program, *options):
        self.name = " ".join(["GNU tar" if program == "tar" else program, *options]) + ", into the prefix"
        self.program, self.options = program, options

    def begin(self, prefix):
        os.makedirs(prefix, exist_ok=True)

    def before(self, archive, prefix):
        return None

    def command(self, archive, prefix):
        return [self.program, "-xf", archive.path, "-C", prefix, "--strip-components", "1", *self.options]


class Dpkg(Guide):
    """A package with the same files, made once for each archive; the database lies on the same disk."""

    name = "dpkg"

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="cudnn-debs-")
        self.made = {}

    def package(self, archive):
        if archive.path not in self.made:
            tree = os.path.join(self.folder, str(len(self.made)))
            top = unpack(archive, tree)
            rig.write(os.path.join(tree, "DEBIAN", "control"),
                      "Package: libcudnn8-demo\nVersion: {0}+cuda{1}\nArchitecture: amd64\nMaintainer: nobody <n@x.invalid>\n"
                      "Description: demo\n".format(archive.version, archive.cuda))
            for folder in ("include", "lib"):
                shutil.move(os.path.join(top, folder), os.path.join(tree, folder))
            shutil.rmtree(top)
            subprocess.run(["dpkg-deb", "--build", "-Znone", "--root-owner-group", tree, tree + ".deb"], check=True,
                           capture_output=True)
            self.made[archive.path] = tree + ".deb"
        return self.made[archive.path]

    def begin(self, prefix):
        for folder in ("updates", "info"):
            os.makedirs(os.path.join(prefix + ".dpkg", folder), exist_ok=True)
        os.makedirs(prefix, exist_ok=True)
        rig.write(os.path.join(prefix + ".dpkg", "status"), "")

    def before(self, archive, prefix):
        return None

    def command(self, archive, prefix):
        return ["dpkg", "--instdir=" + prefix, "--admindir=" + prefix + ".dpkg", "--log=/dev/null",
                "--force-not-root", "--force-bad-path", "-i", self.package(archive)]

    def close(self):
        shutil.rmtree(self.folder)


def every_way():
    return [Guide(), Tar("tar"), Tar("bsdtar"), Dpkg()]


class Counted:
    """One run of a way's command, its calls counted; stopped at call `at` (0: never)."""

    def __init__(self, killer, command, at):
        self.file = tempfile.NamedTemporaryFile(prefix="cudnn-count-")
        self.file.write(bytes(16))
        self.file.flush()
        self.memory = mmap.mmap(self.file.fileno(), 16)
        before = killer.preloaded(f"KILL_AT=any:{at}", f"COUNT_IN={self.file.name}", f"KILL_WITH={SIGSTOP}")
        self.process = subprocess.Popen([*before, *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                        stdin=subprocess.DEVNULL, cwd="/", start_new_session=True)

    def calls(self):
        return struct.unpack("qq", self.memory[:])[0]

    def wait(self):
        """True where it was stopped on its way, False where it came to its end."""
        while self.process.poll() is None:
            if struct.unpack("qq", self.memory[:])[1] != 0:
                return True
            time.sleep(0.001)
        if self.process.returncode != 0:
            raise AssertionError(f"{self.process.args} ended with {self.process.returncode}: "
                                 f"{self.process.stderr.read().decode()}")
        return False

    def end(self):
        """All of its processes, which have a session of their own."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, 9)
        self.process.wait()
        self.process.stderr.close()
        self.memory.close()
        self.file.close()
