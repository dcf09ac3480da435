"""What a portable program is: one file of its platform that wants glibc's own libraries, old ones suffice, and is small."""

import os
import re
import subprocess
import unittest

SOURCE = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
PLATFORMS = os.environ.get("CUDNN_PORTABLE_PLATFORMS", "x86_64").split()
MACHINES = {"x86_64": "Advanced Micro Devices X86-64", "sbsa": "AArch64", "ppc64le": "PowerPC64"}
FLOORS = {"x86_64": (2, 17), "sbsa": (2, 17), "ppc64le": (2, 19)}
GLIBC = re.compile(r"lib(c|m|dl|rt|pthread)\.so\.\d+|ld(-linux-(x86-64|aarch64)|64)\.so\.\d+")
MOST = 12_000_000


def said_by(*command):
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    return done.stdout


def wanted_libraries(path):
    return re.findall(r"\(NEEDED\).*\[(.*)\]", said_by("readelf", "-dW", path))


def wanted_versions(path):
    """The version after the @ of every symbol that another file has to give, in both readers' words."""
    by_objdump = re.findall(r"\*UND\*\t[0-9a-f]+ +\(?([A-Za-z]+_[\w.]+)\)? +\S", said_by("objdump", "-T", path))
    by_readelf = re.findall(r" UND \S+@([A-Za-z]+_[\w.]+)", said_by("readelf", "--dyn-syms", "-W", path))
    return set(by_objdump) | set(by_readelf)


def complaints_about(path, floor):
    """What keeps the program from running wherever there is a glibc of version `floor`."""
    found = [f"wants {name}" for name in wanted_libraries(path) if not GLIBC.fullmatch(name)]
    for version in sorted(wanted_versions(path)):
        number = re.fullmatch(r"GLIBC_(\d+)\.(\d+)(\.\d+)?", version)
        if not number or (int(number[1]), int(number[2])) > floor:
            found.append(f"wants symbols of {version}")
    if os.path.getsize(path) >= MOST:
        found.append(f"has {os.path.getsize(path)} bytes")
    if re.search(r"\.(symtab|debug_\w+) ", said_by("readelf", "-SW", path)):
        found.append("is not stripped")
    return found


def for_each_platform(test):
    """The test with every platform and its program, each by itself."""
    def all_of_them(self):
        for platform in PLATFORMS:
            with self.subTest(platform):
                test(self, platform, os.path.join(SOURCE, "build", f"portable-{platform}", "cudnn-install"))
    return all_of_them


class Program(unittest.TestCase):
    @for_each_platform
    def test_it_wants_nothing_but_an_old_glibc(self, platform, path):
        self.assertEqual([], complaints_about(path, FLOORS[platform]))
        self.assertTrue(wanted_versions(path), "no symbol was read")

    @for_each_platform
    def test_it_is_of_its_platform(self, platform, path):
        self.assertRegex(said_by("readelf", "-hW", path), rf"Machine: +{MACHINES[platform]}\n")

    @for_each_platform
    def test_it_may_lie_anywhere_in_memory_and_its_tables_cannot_be_written(self, _, path):
        self.assertRegex(said_by("readelf", "-hW", path), r"Type: +DYN ")
        self.assertRegex(said_by("readelf", "-dW", path), r"BIND_NOW|Flags: .*NOW")
        segments = said_by("readelf", "-lW", path)
        self.assertIn("GNU_RELRO", segments)
        self.assertRegex(segments, r"GNU_STACK .* RW +0")

    @for_each_platform
    def test_it_says_nothing_of_the_machine_that_made_it(self, _, path):
        with open(path, "rb") as file:
            data = file.read()
        for place in (SOURCE, os.path.expanduser("~/.cache"), os.environ.get("XDG_CACHE_HOME") or "cudnn-install-build"):
            self.assertNotIn(place.encode(), data)

    def test_these_questions_can_be_answered_otherwise(self):
        """A program of the distribution wants more."""
        found = complaints_about("/usr/bin/xz", (2, 4))
        self.assertTrue([line for line in found if line.startswith("wants symbols of GLIBC_")], found)
        self.assertIn("wants liblzma.so.5", found)


if __name__ == "__main__":
    unittest.main()
