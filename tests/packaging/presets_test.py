#!/usr/bin/env python3
"""The presets of packaging/: one command makes the packages where its README says."""

import os
import shutil
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import factory  # noqa: E402
from factory import Build  # noqa: E402

DEBS = {"libcudnn8_8.9.6.50-1+cuda12.2_amd64.deb", "libcudnn8-dev_8.9.6.50-1+cuda12.2_amd64.deb",
        "libcudnn8-samples_8.9.6.50-1+cuda12.2_amd64.deb"}
RPMS = {"libcudnn8-8.9.6.50-1.cuda12.2.x86_64.rpm", "libcudnn8-devel-8.9.6.50-1.cuda12.2.x86_64.rpm",
        "libcudnn8-samples-8.9.6.50-1.cuda12.2.x86_64.rpm"}


class Presets(factory.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = factory.demo(cls.scratch / "archives")
        # A preset builds beside its sources, so these are a copy.
        cls.sources = shutil.copytree(os.path.join(factory.SOURCE, "packaging"), cls.scratch / "clone/packaging")

    def workflow(self, preset, **environment):
        return Build(self.scratch.path, "unused").run(
            ["cmake", "--workflow", "--preset", preset], cwd=self.sources,
            environment={"CUDNN_INSTALL": factory.TOOL, "CUDNN_SHA256": factory.digest_of(self.archive), **environment})

    def made(self, preset):
        done = self.workflow(preset, CUDNN_ARCHIVE=self.archive)
        self.assertEqual(done.returncode, 0, done.stdout)
        return {name for name in os.listdir(self.scratch / f"clone/build/{preset}") if name.endswith((".deb", ".rpm"))}

    def test_each_makes_its_formats(self):
        self.assertEqual(self.made("packages"), DEBS | RPMS)
        self.assertEqual(self.made("deb"), DEBS)
        self.assertEqual(self.made("rpm"), RPMS)

    def test_without_an_archive_it_says_what_to_give(self):
        done = self.workflow("packages", CUDNN_ARCHIVE="")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("Which archive?", done.stdout)


if __name__ == "__main__":
    unittest.main()
