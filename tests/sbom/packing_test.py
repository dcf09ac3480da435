"""A whole run of cpack that describes what it makes, and the Windows archive as a target of the same build."""

import json
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "packaging")]
import factory  # noqa: E402
import packages  # noqa: E402
from factory import Build  # noqa: E402

VALIDATOR = sys.argv.pop(1) if len(sys.argv) > 1 else sys.exit("usage: packing_test.py PYTHON-OF-THE-PINNED-TOOLS")
ENDINGS = [".spdx.json", ".cdx.json", ".intoto.json"]


def loaded(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


class Packing(factory.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = factory.demo(cls.scratch / "archives")
        cls.windows = factory.demo(cls.scratch / "archives", "8.9.6.50", "12", "windows")
        cls.build = Build(cls.scratch.path, "build").make(cls.archive, "-D", "CUDNN_SBOM=ON", "-D", f"CUDNN_WINDOWS={cls.windows}")

    def test_every_package_has_three_documents_that_their_judges_accept(self):
        written = sorted(name for name in os.listdir(self.build.folder) if name.endswith(tuple(ENDINGS)))
        self.assertEqual(6, len(self.build.files()))
        self.assertEqual(sorted(name + ending for name in self.build.files() for ending in ENDINGS), written)
        done = subprocess.run([VALIDATOR, os.path.join(HERE, "validate.py"), *map(self.build.path, written)],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        self.assertEqual((0, ""), (done.returncode, done.stdout))

    def test_the_statement_is_about_the_package_and_the_archive(self):
        for name in self.build.files():
            statement = loaded(self.build.path(name + ".intoto.json"))
            self.assertEqual({"name": name, "digest": {"sha256": factory.digest_of(self.build.path(name))}},
                             statement["subject"][0])
            [source] = statement["predicate"]["buildDefinition"]["resolvedDependencies"]
            self.assertEqual(factory.digest_of(self.archive), source["digest"]["sha256"])

    def test_the_bills_name_every_file_of_the_package_with_its_digest(self):
        for name in self.build.files():
            held = {path: entry[2] for path, entry in factory.members_of(self.build.path(name)).items() if entry[0] == "file"}
            self.assertEqual(held, packages.digests_told(self.build.path(name + ".spdx.json")), name)

    def test_the_windows_archive_is_a_target(self):
        done = self.build.run(["cmake", "--build", self.build.folder, "--target", "windows-zip"],
                              environment={"SOURCE_DATE_EPOCH": "1700000000"})
        self.assertEqual(0, done.returncode, done.stdout)
        made = self.build.path("cudnn-windows-x86_64-8.9.6.50_cuda12-archive.zip")
        self.assertEqual(factory.text_of("bsdtar", "-tf", self.windows), factory.text_of("bsdtar", "-tf", made))


if __name__ == "__main__":
    unittest.main()
