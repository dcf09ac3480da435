"""Mistakes in apt's sources and keyrings: the real apt stumbles over each, doctor names and mends it, apt is content, and
undo gives back the same bytes."""

import os
import re
import shutil

import ward

SOURCES = "etc/apt/sources.list.d"
RING = "/usr/share/keyrings/cuda-archive-keyring.gpg"


class Apt(ward.Ward):
    suite = "bookworm"

    def setUp(self):
        super().setUp()
        self.distro = ward.SUITES[self.suite]
        self.must_publish(self.given, distro=self.distro, url=f"{self.server.url}/compute/cuda/repos")
        self.home(self.suite)
        self.base = self.address(self.distro)
        self.put(self.exported("k.gpg"), RING)
        self.list(f"deb [signed-by={RING}] {self.base} /")

    def list(self, *lines, name="cuda.list"):
        self.ward.write(f"{SOURCES}/{name}", "\n".join(lines) + "\n")

    def refresh(self):
        """From nothing; apt's exit code and its complaints."""
        self.ward.must("sh", "-c", "rm -rf /var/lib/apt/lists/*")
        done = self.ward.run("apt-get", "update")
        return done.returncode, re.findall(r"(?m)^[WE]: .*", done.stdout + done.stderr)

    def content(self):
        self.assertEqual((0, []), self.refresh())

    def stumbles(self, words):
        code, said = self.refresh()
        self.assertTrue(said, "apt has no complaint")
        self.assertRegex("\n".join(said), words)
        return code

    def local(self):
        """A local repository as an installer unpacks it, and the entry for it."""
        folder = f"/var/cudnn-local-repo-{self.distro}-8.9.6.50"
        shutil.copytree(os.path.join(self.out, self.distro, "x86_64"), self.ward.path(folder))
        self.put(self.exported("local.gpg"), f"{folder}/cudnn-local-01234567-keyring.gpg")
        self.list(f"deb [signed-by=/usr/share/keyrings/cudnn-local-01234567-keyring.gpg] file://{folder} /", name="local.list")
        return folder


class Cases(Apt):
    def test_a_sound_system_has_no_findings(self):
        self.content()
        self.assertEqual((0, []), (self.doctor()[0], self.found()))

    def test_one_address_with_two_keyrings(self):
        self.put(self.exported("other.gpg", self.other), "/usr/share/keyrings/b.gpg", 0o600)
        self.list("# by hand", f"deb [arch=amd64 signed-by=/usr/share/keyrings/b.gpg] {self.base}/ /", name="a.list")
        self.assertEqual(100, self.stumbles("Conflicting values set for option Signed-By"))
        self.assertEqual(["signed-by-conflict", "unreadable-keyring"], self.found())
        before = self.state()
        code, record = self.doctor("--fix", "--yes")
        self.assertEqual((0, ["signed-by-conflict"]), (code, [each["id"] for each in record["mended"]]))
        self.assertIn("# deb [arch", self.ward.read(f"{SOURCES}/a.list"))
        self.content()
        self.undo(before)

    def test_one_address_in_both_forms_of_a_source(self):
        self.ward.write(f"{SOURCES}/nvidia.sources", f"# by hand\n\nTypes: deb\nURIs: {self.base}/\nSuites: /\n"
                                                     "Signed-By: /usr/share/keyrings/gone.gpg\n")
        self.stumbles("Conflicting values set for option Signed-By")
        self.assertEqual(["signed-by-conflict", "missing-keyring"], self.found())
        self.assert_mended(["signed-by-conflict"], self.content, ("--only", "signed-by-conflict"))

    def test_a_keyring_that_apt_may_not_read(self):
        os.chmod(self.ward.path(RING), 0o640)
        self.stumbles("NO_PUBKEY|Permission denied")
        self.assert_mended(["unreadable-keyring"], self.content)

    def test_a_keyring_whose_form_is_not_that_of_its_name(self):
        self.put(self.exported("k.asc", armor=True), RING)
        if self.suite != "trixie":  # its verifier reads both
            self.stumbles("NO_PUBKEY")
        self.assert_mended(["keyring-format"], self.content)
        shutil.copy(self.exported("k.gpg"), self.ward.path("/usr/share/keyrings/k.asc"))
        self.list(f"deb [signed-by=/usr/share/keyrings/k.asc] {self.base} /")
        if self.suite != "trixie":
            self.stumbles("NO_PUBKEY")
        self.assert_mended(["keyring-format"], self.content)

    def test_the_key_of_a_local_repository_that_nobody_copied(self):
        self.local()
        self.stumbles("NO_PUBKEY|No such file|Missing key")
        self.assert_mended(["missing-keyring"], self.content)

    def test_a_local_repository_whose_folder_is_gone(self):
        folder = self.local()
        self.put(self.exported("local.gpg"), "/usr/share/keyrings/cudnn-local-01234567-keyring.gpg")
        self.content()
        shutil.rmtree(self.ward.path(folder))
        self.assertEqual(100, self.stumbles("Release"))
        self.assert_mended(["stale-local-repository"], self.content)

    def test_a_repository_of_another_distribution(self):
        older = "debian11" if self.distro == "debian12" else "debian12"
        self.list(f"deb [signed-by={RING}] {self.address(older)} /")
        self.stumbles("404|Release")
        if self.suite == "trixie":  # its repository is signed by a key of its own
            code, record = self.doctor()
            self.assertEqual((1, "wrong-suite", []), (code, record["findings"][0]["id"], record["findings"][0]["fix"]))
        else:
            self.assert_mended(["wrong-suite"], self.content)

    def test_checks_that_are_switched_off(self):
        place = os.path.join(self.out, self.distro, "x86_64")
        for name in ("InRelease", "Release.gpg"):
            os.rename(os.path.join(place, name), os.path.join(self.scratch, name))
        self.list(f"deb [trusted=yes signed-by={RING}] {self.base} /")
        self.assertEqual(0, self.refresh()[0], "apt takes what nobody signed")
        self.doctor("--fix", "--yes")
        self.assertEqual(100, self.stumbles("is not signed"))
        self.run_tool("doctor", "--undo")
        for name in ("InRelease", "Release.gpg"):
            os.rename(os.path.join(self.scratch, name), os.path.join(place, name))
        self.assert_mended(["checks-off"], self.content)
        self.list("")
        self.ward.write(f"{SOURCES}/nvidia.sources", f"Types: deb\nURIs: {self.base}\nSuites: /\nTrusted: yes\n"
                                                     f"Allow-Insecure: yes\nSigned-By: {RING}\n")
        self.assert_mended(["checks-off", "checks-off"], self.content)

    def test_a_withdrawn_key_goes_and_others_beside_it_stay(self):
        self.put(self.exported("old.gpg", self.other), "/etc/apt/trusted.gpg.d/old.gpg")
        self.put(self.exported("both.gpg", self.other, self.key), "/etc/apt/trusted.gpg.d/both.gpg")
        self.put(self.exported("both.asc", self.key, self.other, armor=True), "/etc/apt/trusted.gpg.d/both.asc")
        self.assertEqual([], self.found())

        def only_ours():
            self.content()
            self.assertFalse(os.path.exists(self.ward.path("/etc/apt/trusted.gpg.d/old.gpg")))
            for name in ("both.gpg", "both.asc"):
                listing = self.keyring.gpg("--show-keys", "--with-colons", self.ward.path(f"/etc/apt/trusted.gpg.d/{name}"))
                self.assertEqual([self.key], re.findall(r"(?m)^fpr:+([0-9A-F]+):", listing))

        self.assert_mended(["retired-key"] * 3, only_ours, ("--retired-key", self.other))

    def test_a_key_that_sha1_alone_binds(self):
        weak = self.keyring.make(f"weak-{self.suite}", "--cert-digest-algo", "SHA1")
        self.put(self.exported("weak.gpg", weak), RING)
        code, record = self.doctor("--only", "sha1-key")
        self.assertEqual((1, ["error" if self.suite == "trixie" else "warning"]),
                         (code, [each["severity"] for each in record["findings"]]))
        if self.suite == "trixie":
            self.publish(self.given, distro="debian13", key=weak, url=f"{self.server.url}/compute/cuda/repos")
            self.stumbles("SHA1|not considered secure|Missing key")

    def test_what_is_not_nvidias_is_not_touched(self):
        self.list("deb [trusted=yes] http://127.0.0.1:9/debian bookworm main", name="other.list")
        self.put(self.exported("other.asc", self.other, armor=True), "/etc/apt/trusted.gpg.d/other.gpg")
        before = self.state()
        self.assertEqual((0, []), (self.doctor("--fix", "--yes")[0], self.found()))
        self.assertEqual(before, self.state())
