"""The samples with the real cuDNN 8.9.6 (x86_64) and 9.10 (sbsa), CUDA 12's headers and runtime: out of the Python index.

  samples_test.py WHEELS     a folder in which wheels are kept
"""

import glob
import os
import subprocess
import sys
import unittest
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "samples"))
import cross_test  # noqa: E402
import rig  # noqa: E402
import samples_test  # noqa: E402
from payload import build  # noqa: E402

WHEELS = sys.argv.pop() if len(sys.argv) > 1 else sys.exit(__doc__)
X86_64, SBSA = "manylinux1_x86_64", "manylinux_2_27_aarch64"
HERE_TOO = "manylinux2014_x86_64"


def wheel(name, version, platform):
    """Path of one wheel, downloaded where it is not there yet."""
    machine = "aarch64" if platform.endswith("aarch64") else "x86_64"  # a wheel may name more platforms than the one asked for
    pattern = os.path.join(WHEELS, f"{name.replace('-', '_')}-{version}-*linux*{machine}.whl")
    if not glob.glob(pattern):
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--platform", platform,
                        "-d", WHEELS, f"{name}=={version}"], check=True)
    return glob.glob(pattern)[0]


def unpack(path, out, wanted):
    """The wheel's files whose path `wanted` accepts, without their folders; answers the folder of headers."""
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if "/include/" in info.filename and not info.is_dir():
                place = os.path.join(out, "include", info.filename.split("/include/")[1])
            elif wanted(os.path.basename(info.filename)):
                place = os.path.join(out, "lib64", os.path.basename(info.filename))
            else:
                continue
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with archive.open(info) as source, open(place, "wb") as copy:
                copy.write(source.read())
    return os.path.join(out, "include")


def cuda12(place):
    """CUDA 12's headers and static runtime; the compiler's wheel has the folder crt."""
    out = place.path("cuda12")
    unpack(wheel("nvidia-cuda-nvcc-cu12", "12.9.86", HERE_TOO), out, lambda name: False)
    return unpack(wheel("nvidia-cuda-runtime-cu12", "12.9.79", HERE_TOO), out, lambda name: name.startswith("libcudart"))


def cudnn8(place):
    out = place.path("cudnn8")
    found = unpack(wheel("nvidia-cudnn-cu12", "8.9.6.50", X86_64), out, lambda name: name == "libcudnn.so.8")
    if not os.path.exists(f"{out}/lib64/libcudnn.so"):
        os.symlink("libcudnn.so.8", f"{out}/lib64/libcudnn.so")
    return found


class EmulatedVersion8(samples_test.Emulated):
    @classmethod
    def headers(cls, place):
        return [cudnn8(place), cuda12(place)]


class Version8(unittest.TestCase):
    def setUp(self):
        self.place = rig.Place()
        self.addCleanup(self.place.close)

    def test_the_samples_link_with_the_real_8_9_6(self):
        cudnn, cuda = os.path.dirname(cudnn8(self.place)), os.path.dirname(cuda12(self.place))
        for sample in rig.FOLDERS:
            self.place.make(sample, f"CUDA_PATH={cuda}", f"CUDNN_INCLUDE_PATH={cudnn}/include", f"CUDNN_LIB_PATH={cudnn}/lib64",
                            "NVCC=", "CXXFLAGS=-O2 -Wall")
            machine, needed = rig.facts_of(self.place.program(sample))
            self.assertIn("X86-64", machine)
            self.assertIn("libcudnn.so.8", needed)

    def test_the_samples_link_for_all_architectures_with_the_demo_of_8_9_6(self):
        for arch, target, machine, variables in (("sbsa", "sbsa-linux", "AArch64", ["TARGET_ARCH=aarch64", "SBSA=1"]),
                                                 ("ppc64le", "ppc64le-linux", "PowerPC64", ["TARGET_ARCH=ppc64le"])):
            place = rig.Place()
            self.addCleanup(place.close)
            found = cross_test.built(place, arch, target, "8.9.6.50", [cudnn8(place), cuda12(place)], *variables)
            for one, needed in found:
                self.assertEqual(machine, one)
                self.assertIn("libcudnn.so.8", needed)


class Sbsa(unittest.TestCase):
    def test_the_samples_link_with_the_real_9_10_for_an_arm_server(self):
        place = rig.Place()
        self.addCleanup(place.close)
        headers = unpack(wheel("nvidia-cudnn-cu12", "9.10.2.21", SBSA), place.path("cudnn9"), lambda name: name == "libcudnn.so.9")
        top = place.toolkit("cuda", [headers, cuda12(place)], "sbsa-linux")
        compiler = [build.zig(), "cc", "-target", build.ZIG_TARGETS["sbsa"]]
        rig.stub_cudart(place, os.path.join(top, "lib64"), compiler, "libcudart.so.12")
        os.symlink(place.path("cudnn9", "lib64", "libcudnn.so.9"), os.path.join(top, "lib64", "libcudnn.so"))
        cxx = place.wrapper("cross-g++", build.zig(), "c++", "-target", build.ZIG_TARGETS["sbsa"])
        for sample in rig.FOLDERS:
            place.make(sample, "TARGET_ARCH=aarch64", "SBSA=1", f"CUDA_PATH={place.path('cuda')}", f"HOST_COMPILER={cxx}")
            machine, needed = rig.facts_of(place.program(sample))
            self.assertEqual("AArch64", machine)
            self.assertIn("libcudnn.so.9", needed)


if __name__ == "__main__":
    unittest.main()
