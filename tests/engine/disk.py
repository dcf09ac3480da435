"""A disk of its own in a file: made, mounted, cut off as if somebody pulled the plug, mounted again.

Call private_mounts() first: what is mounted then ends with the process, and the loop devices free themselves.
"""

import contextlib
import ctypes
import os
import shutil
import subprocess
import tempfile
import time

import rig

CLONE_NEWNS = 0x20000
# Size, how it is made, mount options: nothing is committed by itself while a test looks on.
KINDS = {
    "ext4": ("64M", ["mkfs.ext4", "-qF", "-E", "lazy_itable_init=0"], "loop,commit=300"),
    "xfs": ("320M", ["mkfs.xfs", "-qf"], "loop"),
    "btrfs": ("256M", ["mkfs.btrfs", "-qf"], "loop,commit=300"),
}
PROGRAMS = {"ext4": "mkfs.ext4", "xfs": "mkfs.xfs", "btrfs": "mkfs.btrfs"}


def private_mounts():
    if os.geteuid() != 0:
        raise SystemExit("this test makes and mounts file systems: run it as root")
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "cannot have mounts of its own")
    call("mount", "--make-rprivate", "/")


def call(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()}")


class Disk:
    """`place` is where it is mounted; the file behind it lies in memory where that is possible."""

    def __init__(self, kind, size=None):
        self.kind = kind
        usual, make, self.options = KINDS[kind]
        self.folder = tempfile.mkdtemp(prefix=f"cudnn-disk-{kind}-", dir=rig.SCRATCH)
        self.image, self.place = (os.path.join(self.folder, name) for name in ("image", "mounted"))
        os.mkdir(self.place)
        call("truncate", "-s", size or usual, self.image)
        call(*make, self.image)
        self.mounted, self.node = False, None
        self.mount()

    def mount(self, elsewhere=False):
        """`elsewhere`: on another loop device than the last time, so that its number changes."""
        with taken(self.node, os.path.join(self.folder, "busy")) if elsewhere else contextlib.nullcontext():
            call("mount", "-o", self.options, self.image, self.place)
        self.mounted = True
        with open("/proc/self/mountinfo", encoding="utf-8") as mounts:
            self.node = next(line.split(" - ")[1].split()[1] for line in mounts if f" {self.place} " in line)

    def unmount(self):
        """What was killed a moment ago may still let go of its files."""
        for _ in range(100):
            if subprocess.run(["umount", self.place], capture_output=True, check=False).returncode == 0:
                self.mounted = False
                if os.path.exists(self.image + ".cut"):
                    os.replace(self.image + ".cut", self.image)
                return
            time.sleep(0.02)
        call("umount", self.place)

    def cut(self, committed):
        """From now on nothing reaches the disk. `committed`: the file system's journal did a moment before, while
        data that nobody synced is still in memory alone."""
        if committed:
            with open(os.path.join(self.place, "beside"), "wb") as file:
                file.write(b"x")
                os.fsync(file.fileno())
        if self.kind == "btrfs":
            # It knows no shutdown. Everything stands still, so a copy of the disk is the disk at this moment.
            call("cp", "--sparse=always", self.image, self.image + ".cut")
        else:
            call("xfs_io", "-x", "-c", "shutdown", self.place)

    def save(self):
        """The unmounted disk as it is, to go back to with restore()."""
        call("cp", "--sparse=always", self.image, self.image + ".saved")

    def restore(self):
        call("cp", "--sparse=always", self.image + ".saved", self.image)

    def close(self):
        if self.mounted:
            self.unmount()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def taken(node, file):
    """Nobody gets the loop device `node` meanwhile."""
    call("truncate", "-s", "1M", file)
    ours = subprocess.run(["losetup", node, file], capture_output=True, check=False).returncode == 0
    try:
        yield  # not ours: somebody else was faster, and it is taken as well
    finally:
        if ours:
            call("losetup", "--detach", node)


def need_programs(*kinds):
    for program in ("strace", "cc", "xfs_io", "losetup", *(PROGRAMS[kind] for kind in kinds)):
        rig.need(program)
