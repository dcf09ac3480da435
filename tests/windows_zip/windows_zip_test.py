"""The Windows archive: its layout is NVIDIA's, its bytes depend on its input alone, and what is no whole cuDNN is refused."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "packaging"))
import elsewhere  # noqa: E402

SOURCE = os.path.normpath(os.path.join(HERE, "..", ".."))
MAKE_ZIP = os.path.join(SOURCE, "packaging", "windows", "make-zip")
NAME = "cudnn-windows-x86_64-8.9.6.50_cuda12-archive"
PARTS = ["cudnn", "cudnn_adv_infer", "cudnn_adv_train", "cudnn_cnn_infer", "cudnn_cnn_train", "cudnn_ops_infer", "cudnn_ops_train"]
HEADERS = [*PARTS, "cudnn_backend", "cudnn_version"]
LAYOUT = sorted([f"{NAME}/LICENSE", *(f"{NAME}/bin/{part}64_8.dll" for part in PARTS), *(f"{NAME}/include/{part}.h" for part in HEADERS),
                 *(f"{NAME}/lib/x64/{part}.lib" for part in PARTS), *(f"{NAME}/lib/x64/{part}64_8.lib" for part in PARTS)])


def bytes_of(path):
    with open(path, "rb") as stream:
        return stream.read()


class WindowsZip(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.mkdtemp(prefix="cudnn-windows-")
        cls.addClassCleanup(shutil.rmtree, cls.scratch)
        cls.demo = cls.made_demo("demo")

    @classmethod
    def made_demo(cls, name, *options, **variables):
        done = subprocess.run([os.path.join(SOURCE, "scripts", "demo-payload"), "--arch", "windows", "--out",
                               os.path.join(cls.scratch, name), *options], check=True, capture_output=True, text=True,
                              env={**os.environ, **variables})
        return done.stdout.strip().split("  ", 1)[1]

    def tree(self, name):
        """The demo's files in a folder of their own, to change them."""
        folder = os.path.join(self.scratch, name)
        with zipfile.ZipFile(self.demo) as archive:
            archive.extractall(folder)
        return os.path.join(folder, NAME)

    def make(self, source, out, version="8.9.6.50", before=(), **variables):
        command = [*before, MAKE_ZIP, "--version", version, "--cuda", "12", "--from", source, "--out", os.path.join(self.scratch, out)]
        return subprocess.run(command, capture_output=True, text=True, check=False,
                              env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000", **variables})

    def refused(self, source, version="8.9.6.50"):
        done = self.make(source, "refused", version)
        self.assertNotEqual(done.returncode, 0)
        out = os.path.join(self.scratch, "refused")
        self.assertEqual([], os.listdir(out) if os.path.isdir(out) else [])
        return done.stderr.strip()

    def test_the_layout_is_nvidias(self):
        with zipfile.ZipFile(self.demo) as archive:
            self.assertEqual(LAYOUT, archive.namelist())
            self.assertIsNone(archive.testzip())

    def test_the_libraries_are_windows_and_export_what_they_should(self):
        tree = self.tree("exports")
        for part in PARTS:
            text = subprocess.run(["objdump", "-p", f"{tree}/bin/{part}64_8.dll"], check=True, capture_output=True, text=True).stdout
            self.assertIn("file format pei-x86-64", text)
            wanted = "cudnnGetVersion" if part == "cudnn" else "VersionCheck"
            self.assertIn(wanted, text.split("[Ordinal/Name Pointer] Table")[1])
            library = subprocess.run(["nm", "--print-armap", f"{tree}/lib/x64/{part}.lib"], check=True, capture_output=True, text=True)
            self.assertIn(wanted, library.stdout)

    def test_a_folder_and_a_zip_file_give_the_same_bytes_whatever_the_machine_says(self):
        tree = self.tree("repeat")
        for folder, _, names in os.walk(tree):
            for name in names:
                os.utime(os.path.join(folder, name), (1, 1))
                os.chmod(os.path.join(folder, name), 0o600)
        os.chmod(self.scratch, 0o755)
        elsewhere.home(os.path.join(self.scratch, "stranger"))
        places = ("one", "stranger/two")
        for source, out, how in zip((tree, self.demo), places, ({}, {"before": elsewhere.before(MAKE_ZIP), **elsewhere.ENVIRONMENT})):
            done = self.make(source, out, **how)
            self.assertEqual(done.returncode, 0, done.stderr)
        one, two = (bytes_of(os.path.join(self.scratch, out, NAME + ".zip")) for out in places)
        self.assertEqual(one, two)
        self.assertEqual(one, bytes_of(self.demo))

    def test_the_demo_is_the_same_when_it_is_compiled_again(self):
        again = self.made_demo("again", XDG_CACHE_HOME=self.cache_with_zig())
        self.assertEqual(bytes_of(self.demo), bytes_of(again))

    def cache_with_zig(self):
        """An empty cache but for the compiler and what it compiled of its own."""
        cache = os.path.join(self.scratch, "cache", "cudnn-install-build")
        os.makedirs(cache)
        real = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "cudnn-install-build")
        for name in os.listdir(real):
            if name.startswith("ziglang-") or name == "zig-cache":
                os.symlink(os.path.join(real, name), os.path.join(cache, name))
        return os.path.dirname(cache)

    def test_what_does_not_belong_there_is_left_out(self):
        tree = self.tree("more")
        for name in ("bin/zlibwapi.dll", "notes.txt", "include/other.h", "lib/x64/other.lib", "bin/cudnn64_9.dll"):
            with open(os.path.join(tree, name), "wb") as out:
                out.write(b"x")
        self.assertEqual(self.make(tree, "more-out").returncode, 0)
        with zipfile.ZipFile(os.path.join(self.scratch, "more-out", NAME + ".zip")) as archive:
            self.assertEqual(LAYOUT, archive.namelist())

    def test_a_library_of_another_machine_is_refused(self):
        tree = self.tree("machine")
        with open(f"{tree}/bin/cudnn_ops_train64_8.dll", "r+b") as dll:
            head = dll.read(64)
            dll.seek(int.from_bytes(head[60:64], "little") + 4)
            dll.write((0xaa64).to_bytes(2, "little"))
        self.assertEqual("'bin/cudnn_ops_train64_8.dll' is for machine 0xaa64, not for x86_64 (0x8664)", self.refused(tree))

    def test_an_elf_file_with_a_dlls_name_is_refused(self):
        tree = self.tree("elf")
        shutil.copy("/proc/self/exe", f"{tree}/bin/cudnn64_8.dll")
        self.assertEqual("'bin/cudnn64_8.dll' is for machine None, not for x86_64 (0x8664)", self.refused(tree))

    def test_missing_parts_are_named(self):
        for part in ("bin/cudnn64_8.dll", "LICENSE", "include/cudnn_version.h"):
            tree = self.tree("missing-" + part.replace("/", "-"))
            os.unlink(os.path.join(tree, part))
            self.assertEqual(f"'{part}' is missing", self.refused(tree))
        tree = self.tree("missing-import")
        os.unlink(f"{tree}/lib/x64/cudnn_cnn_infer.lib")
        self.assertEqual("'lib/x64/cudnn_cnn_infer.lib' is missing: 'bin/cudnn_cnn_infer64_8.dll' cannot be linked against",
                         self.refused(tree))

    def test_another_release_than_the_headers_is_refused(self):
        self.assertEqual("the header is of 8.9.6, the release 8.9.7.29", self.refused(self.demo, "8.9.7.29"))
        self.assertEqual("version '8.9.6' is not four parts of 8.8 or newer, such as 8.9.6.50", self.refused(self.demo, "8.9.6"))

    def test_a_cut_zip_file_is_refused(self):
        cut = os.path.join(self.scratch, "cut.zip")
        with open(self.demo, "rb") as whole, open(cut, "wb") as out:
            out.write(whole.read()[:-100])
        self.assertIn("is no whole zip file", self.refused(cut))

    def test_version_9_lies_a_folder_deeper_from_9_18_on(self):
        for version, folder in (("9.17.0.29", "bin"), ("9.19.0.56", "bin/x64")):
            with zipfile.ZipFile(self.made_demo("nine", "--version", version, "--cuda", "13")) as archive:
                self.assertIn(f"cudnn-windows-x86_64-{version}_cuda13-archive/{folder}/cudnn_graph64_9.dll", archive.namelist())


if __name__ == "__main__":
    sys.exit(unittest.main())
