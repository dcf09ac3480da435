"""Roots of other architectures: while an Emulated stands, the kernel runs their programs by qemu-user."""

import os
import shutil
import subprocess


def _must(*command):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


class Emulated:
    """Programs of another architecture run, as long as this stands."""

    magic = {"aarch64": "b700", "ppc64le": "1500"}  # e_machine
    place = "/proc/sys/fs/binfmt_misc"

    def __init__(self, arch):
        self.name, self.emulator = f"cudnn-tests-{arch}-{os.getpid()}", shutil.which(f"qemu-{arch}-static")
        self.machine = self.magic[arch]
        self.mounted = False

    def __enter__(self):
        if self.emulator is None:
            raise AssertionError("qemu-user-static is not installed")
        if not os.path.exists(f"{self.place}/register"):
            _must("mount", "-t", "binfmt_misc", "none", self.place)
            self.mounted = True
        if any(self.emulator in open(f"{self.place}/{name}", encoding="ascii").read() for name in os.listdir(self.place)
               if name not in ("register", "status")):
            self.name = None
            return self
        machine = "".join(f"\\x{self.machine[at:at + 2]}" for at in (0, 2))
        head = "\\x7fELF\\x02\\x01\\x01" + "\\x00" * 9 + "\\x02\\x00" + machine
        mask = "\\xff" * 7 + "\\x00" + "\\xff" * 8 + "\\xfe\\xff" + "\\xff\\xff"
        with open(f"{self.place}/register", "w", encoding="ascii") as file:
            file.write(f":{self.name}:M::{head}:{mask}:{self.emulator}:FP")
        return self

    def __exit__(self, *_):
        if self.name:
            with open(f"{self.place}/{self.name}", "w", encoding="ascii") as file:
                file.write("-1")
        if self.mounted:
            _must("umount", self.place)
