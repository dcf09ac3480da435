"""The package methods on Arm and POWER: the portable program of the platform and the real package managers of its Debian, all
by qemu-user, for pairs of the guide: Ubuntu 22.04 on Arm servers, Red Hat Enterprise Linux 8 on POWER."""

import os
import shutil
import unittest

from home import NEW, OLD, Home, Rpm, packs
from life_test import Life, OfRpm
from emulation import Emulated

PROGRAMS = os.environ.get("CUDNN_PORTABLE", os.path.join(packs.SOURCE, "build"))


class Foreign(Life):
    machine = ""  # as qemu calls it
    BUILDS = (OLD, NEW)

    @classmethod
    def prepare_tool(cls):
        shutil.copy(os.path.join(PROGRAMS, f"portable-{cls.arch}", "cudnn-install"), cls.tool)
        os.chmod(cls.tool, 0o755)

    def setUp(self):
        emulated = Emulated(self.machine)
        emulated.__enter__()
        self.addCleanup(emulated.__exit__)
        super().setUp()

    def command(self, *arguments):
        return ["/opt/tool/cudnn-install", *arguments]

    def proven(self, full):
        super().proven(full)
        self.assertEqual(f"linux-{self.arch}", self.records()[0]["platform"])


class ArmServer(Foreign):
    system, distro, arch, machine = "bookworm-arm64", "ubuntu2204", "sbsa", "aarch64"
    label = ("ubuntu", "22.04", "debian")

    @classmethod
    def build(cls, full):
        return packs.debs(cls.given, *full.split("-1+cuda"), arch=cls.arch)

    def test_network(self):
        self.published(OLD, NEW)
        self.whole_life(self.from_network, (OLD, NEW))

    def test_local(self):
        self.whole_life(self.from_installer, (OLD,))


class Power(OfRpm, Rpm, Foreign):
    system, distro, arch, machine = "rhel-ppc64el", "rhel8", "ppc64le", "ppc64le"
    label = ("rhel", "8.9", "fedora")

    @classmethod
    def build(cls, full):
        return packs.rpms(cls.given, *full.split("-1+cuda"), arch=cls.arch, of=cls.arch)

    def test_network(self):
        self.published(OLD)
        self.whole_life(self.from_network, (OLD,))

    def test_local(self):
        self.whole_life(self.from_installer, (OLD,))


def load_tests(loader, *_):
    """Not what is inherited by name alone."""
    return unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in (ArmServer, Power))


if __name__ == "__main__":
    unittest.main()
