#!/usr/bin/env python3
"""In the packages of cuDNN 8 lintian and rpmlint find no error, lintian no warning either, but what an override explains; there are at most ten kinds of these."""

import os
import re
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import factory  # noqa: E402
from factory import Build, Scratch  # noqa: E402

TEMPLATES = os.path.join(factory.SOURCE, "packaging", "templates")
MOST = 10



class Lint(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.scratch = Scratch()
        cls.addClassCleanup(cls.scratch.close)
        # xz: lintian of Debian 12 calls every deb with zstd malformed.
        options = ["-D", "CUDNN_DISTRO=debian11;rhel9"]
        cls.build = Build(cls.scratch.path, "8").make(factory.demo(cls.scratch / "archives"), *options)

    def packages(self, suffix):
        return [self.build.path(name) for name in self.build.files() if name.endswith(suffix)]

    def test_lintian_finds_nothing(self):
        command = ["lintian", "--fail-on", "error,warning", "--tag-display-limit", "0", *self.packages(".deb")]
        before = ["setpriv", "--reuid=65533", "--regid=65533", "--clear-groups"] if os.getuid() == 0 else []
        done = subprocess.run([*before, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                              env={"PATH": os.environ["PATH"], "HOME": self.scratch.path, "LC_ALL": "C.UTF-8"})
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertNotRegex(done.stdout, r"(?m)^[EW]: ")
        self.assertNotIn("unused-override", done.stdout)

    def test_rpmlint_finds_no_error(self):
        done = subprocess.run(["rpmlint", "--config", os.path.join(TEMPLATES, "rpm", "rpmlint.toml"), *self.packages(".rpm")],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        self.assertRegex(done.stdout, r"packages and 0 specfiles checked; 0 errors")
        self.assertNotRegex(done.stdout, r"(?m)^\S+: E: ")

    def test_overrides_are_few_and_each_has_its_reason(self):
        tags = set()
        for name in sorted(os.listdir(os.path.join(TEMPLATES, "deb"))):
            if name.endswith("lintian-overrides.in"):
                tags |= self.reasoned(os.path.join(TEMPLATES, "deb", name))
        with open(os.path.join(TEMPLATES, "rpm", "rpmlint.toml"), encoding="utf-8") as file:
            filters = re.findall(r"(?m)^# (.+)\n +'(.+)',$", re.sub(r"(?m)^ +#", "#", file.read()))
        self.assertGreater(len(filters), 0)
        self.assertLessEqual(len(filters) + len(tags), MOST)

    def reasoned(self, path):
        found, reason = set(), ""
        with open(path, encoding="utf-8") as file:
            for line in file.read().splitlines():
                if line.startswith("#"):
                    reason += line
                elif line:
                    self.assertGreater(len(reason), 10, f"{path}: {line} has no reason")
                    found.add(line.split(": ", 1)[1].split(" ")[0])
                else:
                    reason = ""
        return found


if __name__ == "__main__":
    unittest.main()
