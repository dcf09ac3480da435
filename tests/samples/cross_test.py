"""The samples cross-compile as the guide says (make TARGET_ARCH=… SBSA=1) and link with the demo's libraries."""

import os
import subprocess
import sys
import tarfile
import unittest

import rig
from payload import build

# zig's C++ library for Power calls functions of 128-bit floats that glibc has since 2.32.
TARGETS = {**build.ZIG_TARGETS, "ppc64le": "powerpc64le-linux-gnu.2.34"}
VERSION = "9.0.0.312"  # the last one that exists for all three architectures, of the interface whose headers are here


def demo(place, arch, version):
    out = place.path("demo")
    line = subprocess.run([os.path.join(rig.SOURCE, "scripts", "demo-payload"), "--arch", arch, "--version", version,
                           "--cuda", "12", "--out", out], check=True, capture_output=True, text=True).stdout
    path = line.strip().split("  ", 1)[1]
    with tarfile.open(path) as tar:
        tar.extractall(out)
    return os.path.join(path[:-len(".tar.xz")], "lib")


def built(place, arch, target, version, include, *variables):
    """[(machine, needed)] of each sample, built for `arch` with the headers of `include` and the demo of `version`."""
    top = place.toolkit("cuda", include, target)
    zig_target = ["-target", TARGETS[arch]]
    rig.stub_cudart(place, os.path.join(top, "lib64"), [build.zig(), "cc", *zig_target], "libcudart.so.12")
    compiler = place.wrapper("cross-g++", build.zig(), "c++", *zig_target)
    libraries = demo(place, arch, version)
    for sample in rig.FOLDERS:
        place.make(sample, f"CUDA_PATH={place.path('cuda')}", f"HOST_COMPILER={compiler}", f"CUDNN_LIB_PATH={libraries}", *variables)
    return [rig.facts_of(place.program(sample)) for sample in rig.FOLDERS]


class Cross(unittest.TestCase):
    def built(self, arch, target, *variables):
        place = rig.Place()
        self.addCleanup(place.close)
        return built(place, arch, target, VERSION, [os.path.join(rig.TOOLKIT, "include")], *variables)

    def assert_all(self, machine, found):
        self.assertEqual([machine] * len(rig.FOLDERS), [one for one, _ in found])
        for _, needed in found:
            self.assertIn("libcudnn.so.9", needed)
            self.assertIn("libcudart.so.12", needed)

    def test_for_an_arm_server(self):
        self.assert_all("AArch64", self.built("sbsa", "sbsa-linux", "TARGET_ARCH=aarch64", "SBSA=1"))

    def test_for_power(self):
        self.assert_all("PowerPC64", self.built("ppc64le", "ppc64le-linux", "TARGET_ARCH=ppc64le"))

    def test_another_architecture_is_refused_by_name(self):
        place = rig.Place()
        self.addCleanup(place.close)
        text = rig.run("make", "-C", os.path.join(place.samples, "RNN_v8.0"), "TARGET_ARCH=armv7l", expected=2,
                       env=rig.environment())
        self.assertIn("TARGET_ARCH=armv7l is none of x86_64, aarch64, ppc64le", text)


if __name__ == "__main__":
    sys.exit(unittest.main())
