"""Runs a command where the kernel starts programs of another architecture by qemu, and nowhere else.

foreign.py ARCH COMMAND…: a user namespace of its own, in which all ids are what they are outside, with a binfmt_misc of its
own. Nothing is registered on the machine, and nothing is left when the command ends.
"""

import ctypes
import os
import subprocess
import sys

QEMU = {"arm64": ("qemu-aarch64-static", 0xB7), "ppc64el": ("qemu-ppc64le-static", 0x15)}
CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
BINFMT = "/proc/sys/fs/binfmt_misc"
ALL_IDS = "0 0 4294967295"


def around(arch):
    """What stands before a command that runs programs of Debian's architecture `arch`."""
    return [sys.executable, os.path.abspath(__file__), arch] if arch in QEMU else []


def registration(arch):
    """The line for binfmt_misc: an ELF file, 64 bits, little endian, executable or shared, for this machine."""
    program, machine = QEMU[arch]
    magic = bytes([0x7F, *b"ELF", 2, 1, 1, *[0] * 9, 2, 0, machine, 0])
    last = 0x00 if arch == "ppc64el" else 0xFF
    mask = bytes([*[0xFF] * 7, 0, *[0xFF] * 8, 0xFE, 0xFF, 0xFF, last])

    def escaped(data):
        return "".join(f"\\x{byte:02x}" for byte in data)
    return f":{program}:M::{escaped(magic)}:{escaped(mask)}:/usr/bin/{program}:OCF"


def enter_namespaces():
    """The ids are written by a child that stayed outside, since the parent may no longer."""
    to_child, go = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(go)
            os.read(to_child, 1)
            for name in ("uid_map", "gid_map"):
                with open(f"/proc/{os.getppid()}/{name}", "w", encoding="ascii") as file:
                    file.write(ALL_IDS)
            status = 0
        finally:
            os._exit(status)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    os.write(go, b"x")
    if os.waitpid(child, 0)[1] != 0:
        sys.exit("foreign.py: the ids could not be mapped")


def main():
    arch, *command = sys.argv[1:]
    enter_namespaces()
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    subprocess.run(["mount", "-t", "binfmt_misc", "none", BINFMT], check=True)
    with open(f"{BINFMT}/register", "w", encoding="ascii") as file:
        file.write(registration(arch))
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
