"""The real libraries: the guide's commands and the tool leave the same tree, and the libraries load."""

import glob
import hashlib
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "engine"))
import guide_test  # noqa: E402
import rig  # noqa: E402

ARCHIVES = sys.argv.pop() if len(sys.argv) > 1 else ""


class RealArchive:
    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            self.sha256 = hashlib.file_digest(file, "sha256").hexdigest()

    def options(self):
        cuda = self.path.split("_cuda")[1].split("-")[0]
        return ["--method", "tar", "--archive", self.path, "--sha256", self.sha256, "--cuda", cuda, "--yes", "--accept-license"]


class Real(guide_test.BesideTheGuide):
    def check(self, path, lay_out):
        archive = RealArchive(path)
        expected, scratch = self.by_hand(archive, lay_out), self.new_rig()
        prefix = lay_out(scratch)
        scratch.install(archive, prefix=prefix)
        self.assert_same(expected, scratch)
        scratch.must("verify", "--load", prefix=prefix)
        again = scratch.install(archive, prefix=prefix)
        self.assertIn("unchanged", again.stdout)
        scratch.must("uninstall", "--yes", prefix=prefix)
        print("same tree:", os.path.basename(path), lay_out.__name__, flush=True)
        for each in (expected, scratch):
            each.close()

    def test_every_archive(self):
        paths = sorted(glob.glob(os.path.join(ARCHIVES, "*", "cudnn-*-archive.tar.xz")))
        self.assertTrue(paths, f"no archives in '{ARCHIVES}': scripts/real-archive makes them")
        for path in paths:
            for lay_out in (guide_test.plain, guide_test.toolkit):
                with self.subTest(path=path, lay_out=lay_out.__name__):
                    self.check(path, lay_out)


if __name__ == "__main__":
    rig.SCRATCH = "/var/tmp"
    unittest.main()
