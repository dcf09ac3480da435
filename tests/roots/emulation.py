"""Roots of other architectures: while an Emulated stands, the kernel runs their programs by qemu-user."""

import os
import shutil
import subprocess
import tempfile

MACHINES = {"aarch64": "b700", "ppc64le": "1500"}  # e_machine, little endian


class Emulated:
    """Programs of `arch` run, as long as this stands: an own entry in the kernel's list, by an own mount of it, so that
    several can stand beside each other. The kernel holds the emulator open (F): no root needs to contain it."""

    def __init__(self, arch):
        self.name, self.emulator = f"cudnn-tests-{arch}-{os.getpid()}", shutil.which(f"qemu-{arch}-static")
        self.machine = "".join(f"\\x{MACHINES[arch][at:at + 2]}" for at in (0, 2))

    def __enter__(self):
        if self.emulator is None:
            raise AssertionError("qemu-user-static is not installed")
        self.place = tempfile.mkdtemp(prefix="binfmt-")
        subprocess.run(["mount", "-t", "binfmt_misc", "none", self.place], check=True)
        head = "\\x7fELF\\x02\\x01\\x01" + "\\x00" * 9 + "\\x02\\x00" + self.machine
        mask = "\\xff" * 7 + "\\x00" + "\\xff" * 8 + "\\xfe\\xff" + "\\xff\\xff"
        self._tell("register", f":{self.name}:M::{head}:{mask}:{self.emulator}:FP")
        return self

    def _tell(self, file, words):
        with open(f"{self.place}/{file}", "w", encoding="ascii") as stream:
            stream.write(words)

    def __exit__(self, *_):
        if os.path.exists(f"{self.place}/{self.name}"):
            self._tell(self.name, "-1")
        subprocess.run(["umount", self.place], check=True)
        os.rmdir(self.place)
