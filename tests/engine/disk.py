"""A disk of its own in a file: made, mounted, cut off as if somebody pulled the plug, mounted again.

Call private_mounts() first: what is mounted then ends with the process, and the loop devices free themselves.
"""

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

    def __init__(self, kind):
        self.kind = kind
        size, make, self.options = KINDS[kind]
        self.folder = tempfile.mkdtemp(prefix=f"cudnn-disk-{kind}-", dir=rig.SCRATCH)
        self.image, self.place = (os.path.join(self.folder, name) for name in ("image", "mounted"))
        os.mkdir(self.place)
        call("truncate", "-s", size, self.image)
        call(*make, self.image)
        self.mounted = False
        self.mount()

    def mount(self, elsewhere=False):
        """`elsewhere`: on another loop device than the last time, so that its number changes."""
        with BusyLoop(self.folder if elsewhere else None):
            call("mount", "-o", self.options, self.image, self.place)
        self.mounted = True

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

    def device(self):
        return os.stat(self.place).st_dev

    def close(self):
        if self.mounted:
            self.unmount()
        shutil.rmtree(self.folder, ignore_errors=True)


class BusyLoop:
    """Holds the loop device that would be taken next, as long as it lasts."""

    def __init__(self, folder):
        self.file = None if folder is None else os.path.join(folder, "busy")
        self.node = None

    def __enter__(self):
        if self.file is not None:
            with open(self.file, "wb") as file:
                file.truncate(1 << 20)
            self.node = subprocess.run(["losetup", "--find", "--show", self.file], capture_output=True, text=True,
                                       check=True).stdout.strip()

    def __exit__(self, *_):
        if self.node is not None:
            call("losetup", "--detach", self.node)


def need_programs(*kinds):
    for program in ("strace", "cc", "xfs_io", "losetup", *(PROGRAMS[kind] for kind in kinds)):
        rig.need(program)
