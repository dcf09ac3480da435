#!/usr/bin/env python3
"""In packages and installers lintian finds no error and no warning, rpmlint no error, but what an override explains."""

import glob
import os
import re
import shutil
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import factory  # noqa: E402
from factory import Build  # noqa: E402

REPOSITORY = os.path.join(factory.SOURCE, "packaging", "repository")
sys.path.insert(0, REPOSITORY)
from cudnn_repository import cross, installer, keys  # noqa: E402

TEMPLATES = os.path.join(factory.SOURCE, "packaging", "templates")
MOST = 10
# xz: lintian of Debian 12 calls every deb with zstd malformed.
DISTROS = ["-D", "CUDNN_DISTRO=debian11;rhel9"]


class Judged(factory.Case):
    """Asks lintian and rpmlint."""

    def said(self, *command, home=None):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                              env={"PATH": os.environ["PATH"], "HOME": home or self.scratch.path, "LC_ALL": "C.UTF-8"})
        return done.returncode, done.stdout

    def assert_lintian_is_content(self, debs):
        self.assertGreater(len(debs), 0)
        before = ["setpriv", "--reuid=65533", "--regid=65533", "--clear-groups"] if os.getuid() == 0 else []
        status, said = self.said(*before, "lintian", "--fail-on", "error,warning", "--tag-display-limit", "0", *debs)
        self.assertEqual(status, 0, said)
        self.assertNotRegex(said, r"(?m)^[EW]: ")
        self.assertNotIn("unused-override", said)

    def assert_rpmlint_finds_no_error(self, rpms, key):
        """With signatures by a key that rpm knows, as on the machine of a user."""
        self.assertGreater(len(rpms), 0)
        home = os.path.join(self.scratch.path, "home", self.id().split(".")[-1])
        os.makedirs(home)
        key.sign_rpms(rpms)
        key.write_public(os.path.join(home, "key"), armored=True)
        self.assertEqual((0, ""), self.said("rpm", "--import", os.path.join(home, "key"), home=home))
        _, said = self.said("rpmlint", "--config", os.path.join(TEMPLATES, "rpm", "rpmlint.toml"), *rpms, home=home)
        self.assertRegex(said, r"packages and 0 specfiles checked; 0 errors")
        self.assertNotRegex(said, r"(?m)^\S+: E: ")

    def as_xz(self, deb, out):
        """The same deb with the compression that this lintian reads, done quickly; answers its path."""
        tree = out + ".tree"
        factory.text_of("dpkg-deb", "-R", deb, tree)
        factory.text_of("dpkg-deb", "--root-owner-group", "-Zxz", "-z0", "--build", tree, out)
        shutil.rmtree(tree)
        os.chmod(out, 0o644)
        return out


class Lint(Judged):
    def made(self, version="8.9.6.50", arch="x86_64"):
        build = Build(self.scratch.path, f"{version}-{arch}")
        return build if build.files() else build.make(factory.demo(self.scratch / "archives", version, "12", arch), *DISTROS)

    def installers(self, build, key, *options):
        out = os.path.join(self.scratch.path, "installers", self.id().split(".")[-1])
        factory.text_of(os.path.join(REPOSITORY, "local-installers"), "--out", out, "--sign-key", key.fingerprint, *options,
                        build.folder, env={**os.environ, "GNUPGHOME": key.home})
        return glob.glob(f"{out}/*.deb"), glob.glob(f"{out}/*.rpm")

    def test_packages_of_both_major_versions(self):
        for version in ("8.9.6.50", "9.10.2.21"):
            build = self.made(version)
            with self.subTest(version=version):
                self.assert_lintian_is_content([build.path(name) for name in build.files() if name.endswith(".deb")])

    def test_rpms_of_cudnn_8(self):
        self.judge_rpms("8.9.6.50")

    def test_rpms_of_cudnn_9(self):
        self.judge_rpms("9.10.2.21")

    def judge_rpms(self, version):
        build = self.made(version)
        with keys.throw_away("lint") as key:
            self.assert_rpmlint_finds_no_error([build.path(name) for name in build.files() if name.endswith(".rpm")], key)

    def test_local_installers(self):
        with keys.throw_away("lint") as key:
            debs, rpms = self.installers(self.made(), key, "--distro", "debian11", "--distro", "rhel9")
            self.assert_rpmlint_finds_no_error(rpms, key)
        self.assert_lintian_is_content(debs)

    def test_the_cross_installer_and_the_package_in_it(self):
        with keys.throw_away("lint") as key:
            debs, _ = self.installers(self.made(arch="sbsa"), key, "--distro", "ubuntu2004", "--arch", "cross-sbsa")
        tree = self.scratch / "cross"
        factory.text_of("dpkg-deb", "-x", debs[0], tree)
        inside = glob.glob(f"{tree}/var/*/libcudnn8-cross-sbsa_*.deb")[0]
        self.assert_lintian_is_content([*debs, self.as_xz(inside, inside)])

    def test_overrides_of_packages_are_few_and_each_has_its_reason(self):
        tags = set()
        for path in glob.glob(os.path.join(TEMPLATES, "deb", "*.lintian-overrides.in")):
            with open(path, encoding="utf-8") as file:
                tags |= self.reasoned(file.read())
        with open(os.path.join(TEMPLATES, "rpm", "rpmlint.toml"), encoding="utf-8") as file:
            text = re.sub(r"(?m)^ +#", "#", file.read())
        filters = re.findall(r"(?m)^# (.+)\n +'(.+)',$", text)
        self.assertEqual(len(filters), text.count("',"))
        self.assertLessEqual(len(filters) + len(tags), MOST)

    def test_overrides_of_installers_and_cross_packages_are_few_and_each_has_its_reason(self):
        for text in (installer.OVERRIDES, cross.OVERRIDES):
            self.assertIn(len(self.reasoned(text)), range(1, MOST + 1))

    def reasoned(self, text):
        """The tags of an override file; each has a comment above it, or above the lines before it."""
        found, reason = set(), ""
        for line in text.splitlines():
            if line.startswith("#"):
                reason += line
            elif line:
                self.assertGreater(len(reason), 10, f"{line} has no reason")
                found.add(line.split(": ", 1)[1].split(" ")[0])
            else:
                reason = ""
        return found


if __name__ == "__main__":
    unittest.main()
