"""The same for the .repo files of dnf and zypper, and for rpm's database."""

import os

import ward
import packs


class Rpm(ward.Ward):
    name, folder = "rhel", "etc/yum.repos.d"
    distro, older = "rhel9", "rhel8"
    refresh_words = ("dnf", "-q", "--refresh", "makecache")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.given = os.path.join(cls.tool, "rpms")
        os.makedirs(cls.given)
        packs.rpms(cls.given)

    def setUp(self):
        super().setUp()
        self.must_publish(self.given, distro=self.distro, url=f"{self.server.url}/compute/cuda/repos")
        self.home(self.name)
        folder = os.path.join(self.out, self.distro, "x86_64")
        self.key_name = next(name for name in os.listdir(folder) if name.endswith(".pub"))
        self.repo()

    def repo(self, distro=None, more=("gpgcheck=1",), address=None):
        base = address or self.address(distro or self.distro)
        key = f"{self.address(self.distro)}/{self.key_name}"
        self.ward.write(f"{self.folder}/cuda.repo", "\n".join(("[cuda]", "name=cuda", f"baseurl={base}", "enabled=1", *more,
                                                              f"gpgkey={key}", "")))

    def refresh(self):
        return self.ward.run(*self.refresh_words)

    def content(self):
        done = self.refresh()
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def stumbles(self):
        done = self.refresh()
        self.assertNotEqual(0, done.returncode, done.stdout + done.stderr)


class Dnf(Rpm):
    def test_a_local_repository_whose_folder_is_gone(self):
        self.repo(address="file:///var/cudnn-local-repo-rhel9-8.9.6.50")
        self.stumbles()
        self.assert_mended(["stale-local-repository"], lambda: None)

    def test_a_repository_of_another_distribution(self):
        self.content()
        self.repo(self.older)
        self.stumbles()
        self.assert_mended(["wrong-suite"], self.content)

    def test_checks_that_are_switched_off(self):
        plain = os.path.join(self.top, "plain/cuda/repos/rhel9/x86_64")
        os.makedirs(plain)
        packs.run("cp", *(os.path.join(self.given, name) for name in os.listdir(self.given)), plain)
        packs.run("createrepo_c", "--quiet", plain)
        self.repo(more=("gpgcheck=0", "sslverify=0"), address=f"{self.server.url}/plain/cuda/repos/rhel9/x86_64")
        install = ("dnf", "-y", "--refresh", "install", "libcudnn8")
        self.ward.must(*install)
        self.ward.must("rpm", "-e", "libcudnn8")

        def refused():
            done = self.ward.run(*install)
            self.assertEqual(1, done.returncode)
            self.assertRegex(done.stdout + done.stderr, "not signed|GPG check FAILED")

        self.assert_mended(["checks-off", "checks-off"], refused)

    def test_a_withdrawn_key_in_rpms_database(self):
        self.put(self.exported("old.asc", self.other, armor=True), "old.asc")
        self.ward.must("rpm", "--import", "/old.asc")
        self.assertEqual([], self.found())
        record = self.doctor("--retired-key", self.other)[1]
        self.assertEqual(["retired-key"], [each["id"] for each in record["findings"]])
        command = record["findings"][0]["command"]
        self.assertRegex(command, "^rpm -e gpg-pubkey-" + self.other[-8:].lower())
        self.ward.must(*command.split())
        self.assertEqual([], self.found("--retired-key", self.other))


class Zypper(Rpm):
    name, folder = "suse", "etc/zypp/repos.d"
    distro = "opensuse"
    refresh_words = ("zypper", "-n", "--gpg-auto-import-keys", "refresh", "--force")

    def test_a_local_repository_whose_folder_is_gone(self):
        self.content()
        self.repo(address="file:///var/cudnn-local-repo-opensuse-8.9.6.50")
        self.stumbles()
        self.assert_mended(["stale-local-repository"], lambda: self.assertNotIn("Valid metadata not found", self.refresh().stderr))

    def test_checks_that_are_switched_off(self):
        self.repo(more=("gpgcheck=0", "pkg_gpgcheck=0"))
        self.assert_mended(["checks-off", "checks-off"], self.content)
