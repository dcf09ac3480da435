"""Installer and network repository for Arm servers, by the guide's commands in an arm64 Debian that qemu-user runs."""

import os
import unittest

import local_test
import packs
from emulation import Emulated

NAMES = ["libcudnn8", "libcudnn8-dev", "libcudnn8-samples"]
local_test.SUITES["bookworm-arm64"] = "ubuntu2204"  # the distributions of the guide that have packages for Arm are Ubuntus


class ArmServer(local_test.Debian):
    @classmethod
    def setUpClass(cls):
        super(local_test.Local, cls).setUpClass()
        cls.debs = packs.debs(cls.given, arch="sbsa")

    def setUp(self):
        super().setUp()
        emulated = Emulated("aarch64")
        emulated.__enter__()
        self.addCleanup(emulated.__exit__)

    def installer(self, distro, *packages):
        return self.must("local-installers", "--out", self.out, "--distro", distro, "--arch", "sbsa", self.given).strip()

    def test_documented_commands_of_the_local_installer_and_the_way_back(self):
        self.removed_and_purged(self.documented("bookworm-arm64"))

    def test_documented_commands_of_the_network_repository_and_the_way_back(self):
        server = self.serve()
        self.must_publish(self.given, distro="ubuntu2204", arch="sbsa", url=server.url)
        root = self.root("bookworm-arm64")
        packs.run("cp", os.path.join(self.out, "ubuntu2204/sbsa/cuda-keyring_1.1-1_all.deb"), root.path("/"))
        root.must("dpkg", "-i", "/cuda-keyring_1.1-1_all.deb")
        self.assertNotRegex(root.must("apt-get", "update"), r"(?m)^[WE]:")
        root.must("apt-get", "install", "-y", *(f"{name}={local_test.VERSION}" for name in NAMES))
        self.assertEqual("", root.must("dpkg", "-V", *NAMES))
        self.assertEqual("arm64", root.must("dpkg-query", "-W", "-f", "${Architecture}", "libcudnn8"))
        self.assertIn("libcudnn.so.8", root.must("ldconfig", "-p"))
        root.must("apt-get", "purge", "-y", *NAMES, "cuda-keyring")
        self.assertNotRegex(root.must("apt-get", "update"), r"(?m)^[WE]:")


def load_tests(loader, *_):
    """Not what is inherited: the default run has that."""
    own = [name for name in loader.getTestCaseNames(ArmServer) if name not in dir(local_test.Debian)]
    return unittest.TestSuite(map(ArmServer, own))


if __name__ == "__main__":
    unittest.main()
