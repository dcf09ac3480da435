"""The release script: what it makes is whole, signed by the named key, and described as two other readers want it."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.normpath(os.path.join(HERE, "..", ".."))
RELEASE = os.path.join(SOURCE, "scripts", "release")
PLATFORMS = os.environ.get("CUDNN_PORTABLE_PLATFORMS", "x86_64").split()


def rename(text, key):
    """The document with one key that the format does not know."""
    return text.replace(f'"{key}":', f'"{key}s":', 1)


class Release(unittest.TestCase):
    """One release for all tests, signed by a key that is thrown away."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.mkdtemp(prefix="cudnn-release-")
        cls.addClassCleanup(shutil.rmtree, cls.scratch)
        cls.environment = {**os.environ, "GNUPGHOME": os.path.join(cls.scratch, "keys")}
        os.mkdir(cls.environment["GNUPGHOME"], 0o700)
        cls.run_it("gpg", "--batch", "--quiet", "--passphrase", "", "--quick-gen-key", "Release <release@example.invalid>",
                   "ed25519", "sign", "never", check=True)
        cls.addClassCleanup(cls.run_it, "gpgconf", "--kill", "all")
        cls.tools = cls.run_it(os.path.join(SOURCE, "scripts", "python-tools"), check=True).stdout.strip()
        cls.out = os.path.join(cls.scratch, "out")
        cls.made = cls.release("--out", cls.out, "--sign-key", "release@example.invalid")
        if cls.made.returncode != 0:
            raise AssertionError(cls.made.stdout + cls.made.stderr)

    @classmethod
    def run_it(cls, *command, **more):
        return subprocess.run(command, env=cls.environment, capture_output=True, text=True, cwd=cls.scratch, **more)

    @classmethod
    def release(cls, *arguments):
        platforms = [word for platform in PLATFORMS for word in ("--platform", platform)]
        return cls.run_it(RELEASE, *arguments, *platforms)

    def path(self, name):
        return os.path.join(self.out, name)

    def document(self, suffix):
        name = next(name for name in os.listdir(self.out) if name.endswith(suffix))
        with open(self.path(name), encoding="utf-8") as file:
            return self.path(name), json.load(file)

    def test_the_programs_are_those_that_were_built(self):
        _, manifest = self.document("manifest.json")
        programs = {entry["platform"]: entry["name"] for entry in manifest["files"] if "platform" in entry}
        self.assertEqual(sorted(PLATFORMS), sorted(programs))
        for platform, name in programs.items():
            self.assertTrue(os.access(self.path(name), os.X_OK))
            built = os.path.join(SOURCE, "build", f"portable-{platform}", "cudnn-install")
            self.assertEqual(0, self.run_it("cmp", self.path(name), built).returncode)

    def test_sha256sum_finds_every_file_as_it_is_listed(self):
        done = subprocess.run(["sha256sum", "--strict", "--check", "SHA256SUMS"], cwd=self.out, capture_output=True, text=True,
                              check=False)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        listed = {line.split(": ")[0] for line in done.stdout.splitlines()}
        self.assertEqual(listed | {"SHA256SUMS", "manifest.json", "manifest.json.asc"}, set(os.listdir(self.out)))

    def test_the_manifest_names_every_file_with_size_and_digest(self):
        _, manifest = self.document("manifest.json")
        self.assertEqual({entry["name"] for entry in manifest["files"]} | {"manifest.json", "manifest.json.asc"},
                         set(os.listdir(self.out)))
        for entry in manifest["files"]:
            self.assertEqual(entry["size"], os.path.getsize(self.path(entry["name"])))
            self.assertEqual(entry["sha256"], self.run_it("sha256sum", self.path(entry["name"])).stdout.split()[0])

    def test_gpg_knows_the_signature_and_refuses_another_manifest(self):
        good = self.run_it("gpg", "--status-fd", "1", "--verify", self.path("manifest.json.asc"), self.path("manifest.json"))
        self.assertIn("] VALIDSIG ", good.stdout)
        other = os.path.join(self.scratch, "other.json")
        with open(self.path("manifest.json"), encoding="utf-8") as file, open(other, "w", encoding="utf-8") as changed:
            changed.write(file.read().replace('"schema": 1', '"schema": 2'))
        bad = self.run_it("gpg", "--status-fd", "1", "--verify", self.path("manifest.json.asc"), other)
        self.assertIn("] BADSIG ", bad.stdout)

    def test_every_pinned_part_is_in_both_bills_with_its_source(self):
        with open(os.path.join(SOURCE, "installer", "cmake", "parts.json"), encoding="utf-8") as table:
            pinned = {(part["title"], part["version"]): part["sha256"] for part in json.load(table).values()}
        _, spdx = self.document(".spdx.json")
        _, cyclonedx = self.document(".cdx.json")
        in_spdx = {(part["name"], part["versionInfo"]): part["checksums"][0]["checksumValue"]
                   for part in spdx["packages"] if "checksums" in part}
        self.assertEqual(pinned, in_spdx)
        listed = {(part["name"], part["version"]) for part in cyclonedx["components"] if "version" in part}
        self.assertEqual(set(pinned), {each for each in listed if each[0] not in ("zig", "LLVM C++ runtime")})

    def test_the_makers_of_the_formats_find_nothing_wrong_with_the_bills(self):
        judges = [os.path.join(self.tools, "python"), os.path.join(HERE, "bill_judges.py")]
        bills = [self.path(name) for name in os.listdir(self.out) if name.endswith((".spdx.json", ".cdx.json"))]
        done = self.run_it(*judges, *bills)
        self.assertEqual((2, 0, ""), (len(bills), done.returncode, done.stdout + done.stderr))
        for bill in bills:
            with self.subTest(bill):
                with open(bill, encoding="utf-8") as file:
                    text = file.read()
                changed = rename(text, "downloadLocation" if "spdxVersion" in text else "bom-ref")
                with open(os.path.join(self.scratch, os.path.basename(bill)), "w", encoding="utf-8") as file:
                    file.write(changed)
                self.assertEqual(1, self.run_it(*judges, file.name).returncode)

    def test_every_part_has_its_licence_in_the_release(self):
        with open(self.path("THIRD-PARTY-LICENSES.txt"), encoding="utf-8") as file:
            text = file.read()
        with open(os.path.join(SOURCE, "installer", "cmake", "parts.json"), encoding="utf-8") as table:
            for part in json.load(table).values():
                self.assertTrue(f"==== {part['title']} {part['version']}\n" in text, part)
        for words in ("with or without fee is hereby granted", "Tim Kientzle", "Jean-loup Gailly", "Meta Platforms", "Jesse Beder", "Gabi Melman",
                      "Victor Zverovich", "University of Cincinnati", "Niels Lohmann", "LLVM Exceptions to the Apache 2.0 License"):
            self.assertTrue(words in text, words)

    def test_without_a_key_nothing_is_made_unless_it_may_be_unsigned(self):
        place = os.path.join(self.scratch, "unsigned")
        for arguments, words in ((["--out", place], "--sign-key"),
                                 (["--out", place, "--sign-key", "nobody@example.invalid"], "no secret key"),
                                 (["--out", self.out, "--unsigned"], "is not empty")):
            done = self.release(*arguments)
            self.assertNotEqual(0, done.returncode)
            self.assertIn(words, done.stderr)
            self.assertFalse(os.path.exists(place))
        done = self.release("--out", place, "--unsigned")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual(set(os.listdir(self.out)) - {"manifest.json.asc"}, set(os.listdir(place)))
        for name in os.listdir(place):
            self.assertEqual(0, self.run_it("cmp", self.path(name), os.path.join(place, name)).returncode, name)


if __name__ == "__main__":
    unittest.main()
