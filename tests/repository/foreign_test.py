"""Packages and local installers for other architectures, in roots of those architectures, run by qemu."""

import unittest

import local_test
import packs
import workbench


class Foreign(workbench.Case):
    def test_documented_commands_on_an_arm_server(self):
        packs.debs(self.given, arch="sbsa")
        made = self.must("local-installers", "--out", self.out, "--distro", "ubuntu2204", "--arch", "sbsa", self.given).strip()
        self.assertTrue(made.endswith("cudnn-local-repo-ubuntu2204-8.9.6.50_1.0-1_arm64.deb"), made)
        root = self.root("bookworm-arm64")
        self.assertEqual("aarch64\n", root.must("uname", "-m"))
        packs.run("cp", made, root.path("/installer.deb"))
        root.must("dpkg", "-i", "/installer.deb")
        root.must("sh", "-c", "cp /var/cudnn-local-repo-*/cudnn-local-*-keyring.gpg /usr/share/keyrings/")
        root.must("apt-get", "update", "--error-on=any")
        names = ("libcudnn8", "libcudnn8-dev", "libcudnn8-samples")
        root.must("apt-get", "install", "-y", *(f"{name}={local_test.VERSION}" for name in names))
        self.assertEqual("", root.must("dpkg", "-V", *names))
        root.must("apt-get", "remove", "-y", "cudnn-local-repo-ubuntu2204-8.9.6.50")
        root.must("apt-get", "update", "--error-on=any")

    def test_packages_unpack_and_configure_on_ppc64le(self):
        debs = packs.debs(self.scratch, arch="ppc64le")
        root = self.root("bookworm-ppc64el")
        self.assertEqual("ppc64le\n", root.must("uname", "-m"))
        packs.run("cp", *debs, root.path("/"))
        root.must("sh", "-c", "dpkg -i /*.deb")
        self.assertEqual("", root.must("dpkg", "-V", "libcudnn8", "libcudnn8-dev", "libcudnn8-samples"))
        self.assertIn("libcudnn.so.8", root.must("ldconfig", "-p"))


if __name__ == "__main__":
    unittest.main()
