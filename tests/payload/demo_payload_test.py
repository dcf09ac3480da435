"""The demo payload is what the other tests install, so its shape and its answers are held here."""

import ctypes
import glob
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts")
sys.dont_write_bytecode = True
sys.path.insert(0, SCRIPTS)
from payload import build  # noqa: E402

NATIVE = next((arch for arch, machine in build.MACHINES.items() if machine == os.uname().machine), None)
HEADERS = ["cudnn", "cudnn_adv_infer", "cudnn_adv_train", "cudnn_backend", "cudnn_cnn_infer", "cudnn_cnn_train",
           "cudnn_ops_infer", "cudnn_ops_train", "cudnn_version"]
PARTS = ["libcudnn_adv_infer", "libcudnn_adv_train", "libcudnn_cnn_infer", "libcudnn_cnn_train",
         "libcudnn_ops_infer", "libcudnn_ops_train"]


def listing_of_8_9_6():
    """Names of the archive in its order, each file as itself and each link as 'name -> target'."""
    lines = ["LICENSE", "include"]
    lines += sorted(f"include/{stem}{end}.h" for stem in HEADERS for end in ("", "_v8"))
    lines += ["lib"]
    library = []
    for stem in ["libcudnn", *PARTS]:
        library += [f"lib/{stem}.so -> {stem}.so.8", f"lib/{stem}.so.8 -> {stem}.so.8.9.6", f"lib/{stem}.so.8.9.6"]
    for stem in PARTS:
        library += [f"lib/{stem}_static.a", f"lib/{stem}_static_v8.a -> {stem}_static.a"]
    return lines + sorted(library, key=lambda line: line.split(" ")[0])


@unittest.skipUnless(NATIVE, "no demo payload for this machine")
class DemoPayload(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.shared)

    def setUp(self):
        self.scratch = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.scratch)

    def make(self, *options, cache=None):
        """Digest and path; nothing is taken from the caller's cache."""
        environment = {**os.environ, "XDG_CACHE_HOME": cache or self.shared}
        line = subprocess.run([os.path.join(SCRIPTS, "demo-payload"), "--arch", NATIVE, "--out", self.scratch, *options],
                              env=environment, stdout=subprocess.PIPE, check=True).stdout.decode().strip()
        return line.split("  ", 1)

    def unpacked(self, *options):
        _, path = self.make(*options)
        with tarfile.open(path) as tar:
            tar.extractall(self.scratch)
        return path[:-len(".tar.xz")]

    def test_the_names_and_links_are_those_of_nvidias_archive(self):
        _, path = self.make()
        with tarfile.open(path) as tar:
            top, *members = tar.getmembers()
        self.assertEqual(top.name, f"cudnn-linux-{NATIVE}-8.9.6.50_cuda12-archive")
        found = [entry.name[len(top.name) + 1:] + (f" -> {entry.linkname}" if entry.issym() else "") for entry in members]
        self.assertEqual(found, listing_of_8_9_6())

    def test_the_same_options_give_the_same_bytes(self):
        first, _ = self.make()
        second, _ = self.make(cache=os.path.join(self.scratch, "another"))
        self.assertEqual(first, second)

    def test_two_cuda_variants_differ_in_every_library(self):
        twelve, eleven = self.unpacked(), self.unpacked("--cuda", "11")
        for stem in PARTS:
            with open(f"{twelve}/lib/{stem}.so", "rb") as one, open(f"{eleven}/lib/{stem}.so", "rb") as other:
                self.assertNotEqual(one.read(), other.read(), stem)

    def test_an_xz_archive_has_several_blocks(self):
        _, path = self.make()
        line = subprocess.run(["xz", "--robot", "-l", path], stdout=subprocess.PIPE, check=True).stdout.decode()
        blocks = int(line.split("\n")[1].split("\t")[2])
        self.assertGreaterEqual(blocks, 2)
        self.assertGreater(os.path.getsize(path), 3 << 20)

    def test_the_licence_says_that_it_is_a_demo(self):
        with open(f"{self.unpacked()}/LICENSE", encoding="utf-8") as stream:
            self.assertEqual(stream.readline(), "cudnn-install demo payload: this is not NVIDIA cuDNN\n")

    def answers(self, *options):
        """(version, CUDA version, cudnnCreate), asked in a process of its own."""
        top = self.unpacked(*options)
        front = glob.glob(f"{top}/lib/libcudnn.so.?")[0]
        code = ("import ctypes, sys; c = ctypes.CDLL(sys.argv[1]); c.cudnnGetVersion.restype = ctypes.c_size_t; "
                "c.cudnnGetCudartVersion.restype = ctypes.c_size_t; h = ctypes.c_void_p(); "
                "print(c.cudnnGetVersion(), c.cudnnGetCudartVersion(), c.cudnnCreate(ctypes.byref(h)), "
                "*[getattr(c, name)() for name in sys.argv[2:]])")
        checks = (["Ops", "Cnn", "Adv", "Graph"] if front.endswith("9") else
                  ["OpsInfer", "OpsTrain", "CnnInfer", "CnnTrain", "AdvInfer", "AdvTrain"])
        return subprocess.run([sys.executable, "-c", code, front, *(f"cudnn{name}VersionCheck" for name in checks)],
                              stdout=subprocess.PIPE, check=True).stdout.decode()

    def test_version_8_answers_as_the_real_one_without_a_gpu(self):
        self.assertEqual(self.answers(), "8906 12020 1 0 0 0 0 0 0\n")

    def test_version_9_answers_as_the_real_one_without_a_gpu(self):
        self.assertEqual(self.answers("--version", "9.19.0.56", "--cuda", "13"), "91900 13000 1001 0 0 0 0\n")

    def test_a_part_of_another_build_shows_in_its_version_check(self):
        other = self.unpacked("--version", "8.9.7.29")
        top = self.unpacked()
        shutil.copy(f"{other}/lib/libcudnn_cnn_train.so.8.9.7", f"{top}/lib/libcudnn_cnn_train.so.8.9.6")
        front = ctypes.CDLL(f"{top}/lib/libcudnn.so.8")
        self.assertEqual((front.cudnnOpsTrainVersionCheck(), front.cudnnCnnTrainVersionCheck()), (0, 14))

    def test_a_library_can_be_left_out_and_another_added(self):
        top = self.unpacked("--without", "libcudnn_adv_train", "--extra", "libcudnn_ext")
        self.assertEqual([os.path.exists(f"{top}/lib/{stem}.so") for stem in ("libcudnn_adv_train", "libcudnn_ext")],
                         [False, True])


if __name__ == "__main__":
    unittest.main()
