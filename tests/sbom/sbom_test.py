"""What describe-packages says of real packages: true by the packages' own tools, valid by the forms' own judges."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

import packages

DESCRIBE = os.path.join(packages.SOURCE, "packaging", "sbom", "describe-packages")
VALIDATOR = sys.argv.pop(1) if len(sys.argv) > 1 else sys.exit("usage: sbom_test.py PYTHON-OF-THE-PINNED-TOOLS")
ENDINGS = [".spdx.json", ".cdx.json", ".intoto.json"]
CARRIED = {"zlib": "Zlib", "zstr": "MIT", "RapidJSON": "MIT"}


def sha256_of(path):
    with open(path, "rb") as stream:
        return hashlib.sha256(stream.read()).hexdigest()


def files_below(tree):
    """path → sha256 of each regular file, links left out."""
    found = {}
    for folder, _, names in os.walk(tree):
        for name in names:
            path = os.path.join(folder, name)
            if not os.path.islink(path):
                found[os.path.relpath(path, tree)] = sha256_of(path)
    return found


class Described(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        packages.need("dpkg-deb", "rpmbuild", "bsdtar", "rpm")
        cls.scratch = tempfile.mkdtemp(prefix="cudnn-sbom-")
        cls.addClassCleanup(shutil.rmtree, cls.scratch)
        join = lambda *parts: os.path.join(cls.scratch, *parts)  # noqa: E731
        cls.archive = packages.demo(join("archive"))
        cls.trees = {"library": packages.library_tree(join("library"), cls.archive),
                     "samples": packages.samples_tree(join("samples"))}
        library = packages.deb(cls.trees["library"], cls.scratch, "libcudnn8")
        cls.trees["installer"] = packages.installer_tree(join("installer"), library)
        cls.made = {
            "library": library,
            "samples": packages.deb(cls.trees["samples"], cls.scratch, "libcudnn8-samples", compression="xz"),
            "installer": packages.deb(cls.trees["installer"], cls.scratch, "cudnn-local-repo-debian12-8.9.6.50", "1.0-1", "none"),
            "rpm": packages.rpm(cls.trees["library"], cls.scratch, "libcudnn8"),
            "zip": packages.demo(join("archive"), "--arch", "windows"),
            "exe": join("cudnn_8.9.6.50_windows.exe"),
        }
        with open(cls.made["exe"], "wb") as out:
            out.write(b"MZ not looked into")
        cls.out = join("out")
        cls.describe(cls.out, *cls.made.values())

    @classmethod
    def describe(cls, out, *paths, options=(), **variables):
        command = [DESCRIBE, "--archive", cls.archive, "--archive-sha256", sha256_of(cls.archive), "--archive-url",
                   "https://developer.download.nvidia.com/x.tar.xz", "--parameter", "distro=debian12", "--out", out, *options, *paths]
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              env={**os.environ, "SOURCE_DATE_EPOCH": packages.EPOCH, **variables})
        if done.returncode:
            raise AssertionError(done.stderr)
        return done.stdout

    def document(self, which, ending):
        with open(os.path.join(self.out, os.path.basename(self.made[which]) + ending), encoding="utf-8") as stream:
            return json.load(stream)

    def spdx_files(self, which):
        return {entry["fileName"][len("./"):]: entry["checksums"][1]["checksumValue"]
                for entry in self.document(which, ".spdx.json")["files"]}

    def test_every_document_is_valid_by_its_own_judge(self):
        paths = [os.path.join(self.out, os.path.basename(path) + ending) for path in self.made.values() for ending in ENDINGS]
        done = subprocess.run([VALIDATOR, os.path.join(packages.HERE, "validate.py"), *paths], capture_output=True, text=True,
                              check=False)
        self.assertEqual((done.stdout, done.returncode), ("", 0), done.stderr)

    def test_the_judges_find_what_is_wrong(self):
        bad = os.path.join(self.scratch, "bad")
        os.makedirs(bad)
        for ending, key in ((".spdx.json", "documentNamespace"), (".cdx.json", "bomFormat"), (".intoto.json", "subject")):
            content = self.document("library", ending)
            content[key] = [] if key == "subject" else "no such thing"
            path = os.path.join(bad, "x" + ending)
            with open(path, "w", encoding="utf-8") as out:
                json.dump(content, out)
            done = subprocess.run([VALIDATOR, os.path.join(packages.HERE, "validate.py"), path], capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 1, ending)

    def test_every_file_is_there_with_its_digest(self):
        for which, tree in (("library", "library"), ("samples", "samples"), ("installer", "installer"), ("rpm", "library")):
            with self.subTest(which):
                self.assertEqual(files_below(self.trees[tree]), self.spdx_files(which))
        unpacked = os.path.join(self.scratch, "unpacked")
        with zipfile.ZipFile(self.made["zip"]) as archive:
            archive.extractall(unpacked)
        self.assertEqual(files_below(unpacked), self.spdx_files("zip"))
        self.assertEqual({}, self.spdx_files("exe"))

    def test_both_boms_tell_of_the_same_files(self):
        for which in self.made:
            listed = {entry["name"]: entry["hashes"][1]["content"] for entry in self.document(which, ".cdx.json")["components"]
                      if entry["type"] == "file"}
            self.assertEqual(self.spdx_files(which), listed, which)

    def carried(self, which):
        by_spdx = {entry["name"]: entry["licenseDeclared"] for entry in self.document(which, ".spdx.json")["packages"][2:]}
        by_cyclonedx = {entry["name"]: entry["licenses"][0]["license"]["id"]
                        for entry in self.document(which, ".cdx.json")["components"] if entry["type"] != "file"}
        self.assertEqual(by_spdx, by_cyclonedx)
        return by_spdx

    def test_what_cudnn_carries_is_named_where_cudnn_is(self):
        for which in ("library", "installer", "rpm", "zip", "exe"):
            self.assertEqual(CARRIED, self.carried(which), which)
        self.assertEqual({"MNIST database": "CC-BY-SA-3.0"}, self.carried("samples"))

    def test_the_input_is_named_with_its_digest_in_all_three(self):
        name, digest = os.path.basename(self.archive), sha256_of(self.archive)
        for which in self.made:
            source = self.document(which, ".spdx.json")["packages"][1]
            self.assertEqual((name, digest), (source["name"], source["checksums"][0]["checksumValue"]))
            ancestor = self.document(which, ".cdx.json")["metadata"]["component"]["pedigree"]["ancestors"][0]
            self.assertEqual((name, digest), (ancestor["name"], ancestor["hashes"][0]["content"]))
            predicate = self.document(which, ".intoto.json")["predicate"]
            self.assertEqual([{"name": name, "uri": "https://developer.download.nvidia.com/x.tar.xz", "digest": {"sha256": digest}}],
                             predicate["buildDefinition"]["resolvedDependencies"])
            self.assertEqual({"archive": name, "distro": "debian12"}, predicate["buildDefinition"]["externalParameters"])

    def test_the_statement_is_about_the_package_and_its_boms(self):
        for which, path in self.made.items():
            statement = self.document(which, ".intoto.json")
            self.assertEqual([{"name": os.path.basename(path), "digest": {"sha256": sha256_of(path)}}], statement["subject"])
            for product in statement["predicate"]["runDetails"]["byproducts"]:
                self.assertEqual(product["digest"]["sha256"], sha256_of(os.path.join(self.out, product["name"])))

    def test_names_and_versions_are_the_packages(self):
        found = {which: (bom["name"], bom["version"], bom["purl"].split("?")[0]) for which in ("library", "rpm", "zip")
                 for bom in [self.document(which, ".cdx.json")["metadata"]["component"]]}
        self.assertEqual({
            "library": ("libcudnn8", "8.9.6.50-1+cuda12.2", "pkg:deb/cudnn-install/libcudnn8@8.9.6.50-1%2Bcuda12.2"),
            "rpm": ("libcudnn8", "8.9.6.50-1.cuda12.2", "pkg:rpm/cudnn-install/libcudnn8@8.9.6.50-1.cuda12.2"),
            "zip": ("cudnn-windows-x86_64", "8.9.6.50+cuda12", "pkg:generic/cudnn-windows-x86_64@8.9.6.50%2Bcuda12"),
        }, found)

    def test_the_licence_is_the_text_that_the_package_carries(self):
        text = self.document("library", ".spdx.json")["hasExtractedLicensingInfos"][0]["extractedText"]
        self.assertTrue(text.startswith("cudnn-install demo payload: this is not NVIDIA cuDNN\n"), text)

    def test_the_same_package_gives_the_same_bytes_anywhere_and_at_any_time(self):
        other = os.path.join(self.scratch, "another folder")
        self.describe(other, *self.made.values(), TZ="Asia/Kathmandu", LC_ALL="C", PYTHONHASHSEED="7")
        self.assertEqual(files_below(self.out), files_below(other))

    def refused(self, *options, archive=None, **variables):
        done = subprocess.run([DESCRIBE, "--archive", archive or self.archive, "--out", os.path.join(self.scratch, "none"), *options],
                              capture_output=True, text=True, check=False,
                              env={**os.environ, "SOURCE_DATE_EPOCH": packages.EPOCH, **variables})
        self.assertNotEqual(done.returncode, 0)
        self.assertFalse(os.path.exists(os.path.join(self.scratch, "none", "bad.deb.spdx.json")))
        return done.stderr

    def test_another_archive_than_was_promised_is_refused(self):
        text = self.refused("--archive-sha256", "0" * 64, self.made["library"])
        self.assertIn(f"has the digest {sha256_of(self.archive)}, not {'0' * 64}", text)

    def test_what_cannot_be_read_is_refused(self):
        bad = os.path.join(self.scratch, "bad.deb")
        with open(self.made["library"], "rb") as whole, open(bad, "wb") as cut:
            cut.write(whole.read()[:-5000])
        self.assertIn("dpkg-deb", self.refused(bad))
        self.assertIn("No such file", self.refused(os.path.join(self.scratch, "none.zip")))

    def test_without_a_time_nothing_is_written(self):
        self.assertIn("SOURCE_DATE_EPOCH is not set", self.refused(self.made["library"], SOURCE_DATE_EPOCH=""))


if __name__ == "__main__":
    unittest.main()
