#!/usr/bin/env python3
"""lintian and rpmlint on packages of the real libraries: no error, no warning, by the overrides of all packages.

  lint_test.py ARCHIVES     the folder that scripts/real-archive fills
"""

import glob
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "packaging"))
import lint_test as demo  # noqa: E402
from factory import Build  # noqa: E402

ARCHIVES = sys.argv.pop(1) if len(sys.argv) > 1 else ""


class RealLint(demo.Judged):
    def judge(self, version):
        found = glob.glob(os.path.join(ARCHIVES, "*", f"cudnn-linux-x86_64-{version}-archive.tar.xz"))
        self.assertTrue(found, f"no archive of {version}: scripts/real-archive makes it")
        build = Build(self.scratch.path, os.path.basename(found[0])).make(found[0])
        debs = [self.as_xz(path, os.path.join(self.scratch.path, os.path.basename(path)))
                for path in map(build.path, build.files()) if path.endswith(".deb")]
        with self.subTest("lintian"):
            self.assert_lintian_is_content(debs)
        with self.subTest("rpmlint"), demo.keys.throw_away("lint") as key:
            self.assert_rpmlint_finds_no_error([build.path(name) for name in build.files() if name.endswith(".rpm")], key)

    def test_cudnn_8(self):
        self.judge("8.9.6.50_cuda12")

    def test_cudnn_9_of_the_toolkit(self):
        self.judge("9.*_cuda13")


if __name__ == "__main__":
    os.environ["CUDNN_PACKAGING_SCRATCH"] = "/var/tmp"
    unittest.main()
