"""What must not be installed: wrong, expired and missing keys, changed and unsigned bytes. Each is refused with our words
and the right exit code, and the system is as before."""

import os
import re
import shutil
import time
import unittest

import home
from home import NEW, OLD, Home, RedHat, packs, ward

INTEGRITY, CONFLICT = 12, 17


class Refusals(Home):
    index, package = "InRelease", "libcudnn8_8.9.6.50-1+cuda12.2_amd64.deb"

    def setUp(self):
        super().setUp()
        self.open_home()
        self.published()
        self.folder = os.path.join(self.out, self.distro, "x86_64")

    def refused(self, codes, words, *arguments):
        before = self.state()
        done = self.tool_run(*(arguments or self.from_network(OLD)))
        said = done.stderr[done.stderr.find("error:"):]
        self.assertIn(done.returncode, codes, said)
        self.assertRegex(said, words)
        self.assert_state(before)
        self.assertEqual([], self.records())
        self.assertEqual(0, self.tool_run("status").returncode)

    def change(self, name, at=0.5):
        """One byte of a published file."""
        path = os.path.join(self.folder, name)
        with open(path, "r+b") as file:
            file.seek(int(os.path.getsize(path) * at))
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 1]))

    def test_the_mirror_is_signed_with_another_key_than_the_one_that_was_given(self):
        other = self.keyring.make("stranger")
        self.home.write(self.key_file, self.keyring.gpg("--armor", "--export", other))
        self.refused((INTEGRITY,), "key")

    def test_an_index_that_was_changed(self):
        self.change(self.index)
        self.refused((INTEGRITY,), r"cannot refresh '.*cuda-.*x86_64")

    def test_a_package_that_was_changed(self):
        self.change(self.package)
        self.refused((INTEGRITY,), "libcudnn8|does not match|digest|sum")

    def test_a_file_that_holds_no_key(self):
        self.home.write(self.key_file, "no key\n")
        self.refused((INTEGRITY,), re.escape(self.key_file))

    def test_an_installer_with_another_digest(self):
        arguments = self.from_installer(OLD)
        arguments[arguments.index("--sha256") + 1] = "0" * 64
        self.refused((INTEGRITY,), "has the sha256 [0-9a-f]{64}, and 0{64} was promised", *arguments)

    def test_a_version_that_the_mirror_does_not_have(self):
        self.refused((18, CONFLICT), "8.9.5.30", *[word.replace("8.9.6.50", "8.9.5.30") for word in self.from_network(OLD)])


class Apt(Refusals):
    def test_an_expired_key(self):
        short = self.keyring.make("short")
        self.out = os.path.join(self.scratch, "short")
        self.server = self.serve()
        self.must_publish(*self.builds[OLD], distro=self.distro, url=self.server.url, key=short)
        self.keyring.gpg("--quick-set-expire", short, "seconds=1")
        time.sleep(2)
        self.home.write(self.key_file, self.keyring.gpg("--armor", "--export", short))
        self.refused((INTEGRITY,), "expired")

    def test_an_index_that_nobody_signed(self):
        for name in ("InRelease", "Release.gpg"):
            os.unlink(os.path.join(self.folder, name))
        self.refused((INTEGRITY,), "not signed")

    def test_a_missing_key_beside_an_index_that_is_there_already(self):
        """apt itself goes on with the old index and ends with 0."""
        self.must_run(*self.from_network(OLD))
        self.home.must("rm", "/usr/share/keyrings/cuda-debian12-x86_64.asc")
        os.utime(os.path.join(self.folder, "InRelease"), (2_000_000_000,) * 2)
        self.home.write(self.key_file, self.keyring.gpg("--armor", "--export", self.keyring.make("late")))
        done = self.tool_run(*self.from_network(NEW))
        self.assertEqual(INTEGRITY, done.returncode, done.stderr)
        self.expect(OLD)

    def test_a_keyring_package_with_another_key_than_nvidia_s(self):
        """Without --repository-key the keyring package must hold NVIDIA's own key, and the mirror's holds another."""
        arguments = self.from_network(OLD)
        at = arguments.index("--repository-key")
        self.refused((INTEGRITY,), "holds the key [0-9a-f]{40}, not NVIDIA's eb693b30", *arguments[:at], *arguments[at + 2:])


class Rhel(RedHat, Refusals):
    index, package = "repodata/repomd.xml", "libcudnn8-8.9.6.50-1.cuda12.2.x86_64.rpm"

    def test_a_repository_with_another_key_than_nvidia_s(self):
        """Without --repository-key the key beside the packages must have the fingerprint that the recipe knows."""
        for name in ("D42D0685.pub", "repodata/repomd.xml.key"):
            packs.write(os.path.join(self.folder, name), self.keyring.gpg("--armor", "--export", self.key))
        self.with_curl()
        arguments = self.from_network(OLD)
        at = arguments.index("--repository-key")
        self.refused((INTEGRITY,), "key is gpg-pubkey-[0-9a-f-]+, not NVIDIA's 610c7b14e068a878070da4e99cd0a493d42d0685",
                     *arguments[:at], *arguments[at + 2:])

    def with_curl(self):
        """rpm fetches keys by the program curl, which these small systems lack: this machine's."""
        os.makedirs(self.home.path("/opt/curl"))
        loader = ward.packed_tool(self.home.path("/opt/curl"), shutil.which("curl"), "curl")
        self.home.write("/usr/bin/curl", f'#!/bin/sh\nexec /opt/curl/{loader} --library-path /opt/curl /opt/curl/curl "$@"\n')
        os.chmod(self.home.path("/usr/bin/curl"), 0o755)


class Locks(RedHat, Home):
    def test_a_recipe_whose_package_manager_is_not_there(self):
        self.distro = "fedora"
        self.open_home()
        self.published()
        before = self.state()
        done = self.tool_run(*self.from_network(OLD, "--distro", "fedora"))
        self.assertEqual(21, done.returncode, done.stderr)
        self.assertIn("this system has no 'dnf5'", done.stderr)
        self.assert_state(before)
        self.assertEqual(0, self.tool_run("status").returncode)

    def test_a_dnf_that_cannot_hold_versions(self):
        self.open_home()
        self.published()
        self.home.must("sh", "-c", "rm /usr/lib/python3*/*-packages/dnf-plugins/versionlock.py")
        before = self.state()
        done = self.tool_run(*self.from_network(OLD))
        self.assertEqual(21, done.returncode, done.stderr)
        self.assertIn("dnf cannot hold a version here: 'versionlock' is not there", done.stderr)
        self.assert_state(before)
        self.must_run(*self.from_network(OLD, "--no-pin"))
        self.expect(OLD)
        self.must_run("uninstall", "--yes")
        self.assert_state(before)


class Fedora(home.Fedora, Rhel):
    def setUp(self):
        super().setUp()
        self.folder = os.path.join(self.out, "fedora42", "x86_64")


class Suse(Rhel):
    system, distro = "suse", "opensuse"

    def setUp(self):
        super().setUp()
        self.folder = os.path.join(self.out, "opensuse15", "x86_64")


if __name__ == "__main__":
    unittest.main()
