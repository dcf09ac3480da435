#!/usr/bin/env python3
"""compat install and uninstall on the real package managers: installed where it helps, refused where it does not, taken back
to the state of before."""

import json
import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
from home_of_compat import KERNEL, NEWER, OLDER, OTHER, CompatHome, Fedora, Leap, RedHat, note_of  # noqa: E402

import archives  # noqa: E402
import packs  # noqa: E402
import room  # noqa: E402

USAGE, ARCHIVE, INTEGRITY, CONFLICT, UNSUPPORTED = 2, 11, 12, 17, 21


class Life(CompatHome):
    LISTING = {"rhel": ("dnf", "-q", "versionlock", "list"), "fedora": ("dnf", "-q", "versionlock", "list"),
               "suse": ("zypper", "-n", "locks")}

    def test_it_comes_in_the_newest_version_that_serves_stays_and_goes_without_a_trace(self):
        self.published(OLDER, NEWER, OTHER)
        before = self.state()
        done = self.must_run(*self.wish("13.0", *KERNEL))
        self.assertIn("580.95.05", done.stdout)
        for limit in ("OpenGL or Vulkan", "cuMemMap", "OpenCL"):
            self.assertIn(limit, done.stderr)
        self.expect_compat(NEWER)
        self.held("cuda-compat-13-0")
        standing = self.state()
        self.assertIn("unchanged", self.must_run(*self.wish("13.0", *KERNEL)).stdout)
        self.assert_state(standing)
        self.assertIn("all as installed", self.must_run("verify").stdout)
        record = self.records()[0]
        self.assertEqual(("cuda-compat-13-0", "580.95.05", "13.0"), (record["product"], record["version"], record["cuda"]))
        self.must_run("compat", "uninstall", "--yes")
        self.assert_state(before)
        self.assertEqual([], self.records())

    def held(self, name):
        if self.family == "deb":
            self.assertIn(f"Package: {name}\nPin: version 580.95.05-1\n",
                          self.home.read(f"/etc/apt/preferences.d/cudnn-install-{name}"))
        else:
            self.assertIn(name, self.home.must(*self.LISTING[self.system]))


class Two(CompatHome):
    def test_packages_of_two_cuda_versions_lie_side_by_side_and_go_one_by_one(self):
        self.published(NEWER, OTHER)
        before = self.state()
        self.must_run(*self.wish("12.8", *KERNEL))
        one = self.state()
        self.must_run(*self.wish("13.0", *KERNEL))
        self.expect_compat(NEWER, OTHER)
        self.refused(USAGE, ["12.8", "13.0", "--cuda"], "compat", "uninstall", "--yes")
        self.must_run(*self.wish("13.0", verb="uninstall"))
        self.assert_state(self.but_for_dates(one))
        self.must_run("compat", "uninstall", "--yes")
        self.assert_state(before)
        self.assertIn("no forward-compatibility package", self.must_run("compat", "uninstall", "--yes").stdout)
        self.assertIn("nothing is installed", self.must_run("uninstall", "--yes").stdout)


    def but_for_dates(self, state):
        """dnf writes above each lock when it came, and leaves that line when the lock goes."""
        now = self.state()["files"]
        dated = "/etc/dnf/plugins/versionlock.list "
        others = [line for line in state["files"] if not line.startswith(dated)]
        return {**state, "files": sorted(others + [line for line in now if line.startswith(dated)])}


class Versions(CompatHome):
    def test_a_repository_without_a_version_that_serves_is_refused_and_taken_back(self):
        self.published(OTHER)
        self.refused(UNSUPPORTED, ["no repository here has cuda-compat-13-0"], *self.wish("13.0", *KERNEL))
        self.assertEqual(0, self.tool_run("status").returncode)

    def test_a_version_that_serves_stays_whatever_the_repository_brings_and_is_released_from_its_hold_when_asked(self):
        self.published(OLDER)
        self.must_run(*self.wish("13.0", *KERNEL))
        self.publish_more(NEWER)
        self.assertIn("unchanged", self.must_run(*self.wish("13.0", *KERNEL)).stdout)
        self.must_run(*self.wish("13.0", *KERNEL, "--no-pin"))
        self.expect_compat(OLDER)
        self.assertFalse(self.records()[0]["held"])
        self.must_run("compat", "uninstall", "--yes")
        self.assertEqual([], self.ours())


class Refusals(CompatHome):
    def test_what_does_not_help_is_refused_before_anything_is_asked(self):
        self.published(NEWER)
        asked = len(self.server.asked())
        self.refused(UNSUPPORTED, ["has all of CUDA 13.0", "guide, 1)", "nothing: the driver serves by itself"],
                     *self.wish("13.0", "--driver", "580.95.05", "--gpu", "H100"))
        self.refused(UNSUPPORTED, ["brand geforce", "error 804", "upgrade the driver"],
                     *self.wish("13.0", "--driver", "570.86.10", "--gpu", "GeForce RTX 4090"))
        self.refused(UNSUPPORTED, ["error 100", "upgrade the driver"],
                     *self.wish("13.1", "--driver", "535.54.03", "--gpu", "V100"))
        self.refused(UNSUPPORTED, ["is not for branch 450", "guide, 3.3.1)"], *self.wish("13.0", "--driver", "450.80.02", "--gpu", "A100"))
        self.refused(USAGE, ["no NVIDIA driver is loaded", "--driver"], *self.wish("13.0"))
        self.refused(USAGE, ["no CUDA toolkit at /usr/local/cuda", "--cuda X.Y"], "compat", "install", "--yes", *KERNEL)
        self.refused(USAGE, ["tar"], *self.wish("13.0", "--method", "tar", *KERNEL))
        self.assertEqual([], self.server.asked(asked))

    def test_a_library_that_a_driver_upgrade_made_harmful_is_for_doctor_and_the_active_link_goes_with_it(self):
        self.published(NEWER)
        before = self.state()
        self.must_run(*self.wish("13.0", *KERNEL))
        self.must_run("compat", "activate", "--form", "shared", "--loader", "--library", "/usr/local/cuda-13.0/compat", *KERNEL)
        self.driver("580.142")
        done = self.tool_run("doctor", "--only", "compat-harmful", "--json")
        found = json.loads(done.stdout)["findings"]
        self.assertEqual([("cudnn-install compat uninstall --cuda 13.0", "remove the package: the driver serves by itself")],
                         [(each["command"], each["remedy"]) for each in found])
        self.assertIn("error 803", found[0]["what"])
        self.refused_while_needed()
        done = self.must_run("compat", "uninstall", "--cuda", "13.0", "--yes")
        self.assertIn("is taken back first", done.stderr)
        self.assertEqual(1, self.home.run("test", "-L", "/usr/local/cuda-compat/current").returncode)
        self.assertEqual([], json.loads(self.tool_run("doctor", "--only", "compat-harmful", "--json").stdout)["findings"])
        self.home.must("rm", *self.driver_files)
        self.assert_state(before)

    def refused_while_needed(self):
        """By a package that is not ours: the link that was taken first is there again."""
        with tempfile.TemporaryDirectory() as scratch:
            made = packs._deb("needs-compat", "1", "all", scratch, scratch, lambda _: False, "Depends: cuda-compat-13-0\n")
            shutil.copy(made, self.home.path("/root/needy.deb"))
        self.home.must("dpkg", "-i", "/root/needy.deb")
        link = self.home.must("readlink", "/usr/local/cuda-compat/current")
        self.refused(CONFLICT, ["needs-compat"], "compat", "uninstall", "--cuda", "13.0", "--yes")
        self.assertEqual(link, self.home.must("readlink", "/usr/local/cuda-compat/current"))
        self.assertIn("/usr/local/cuda-compat/current/libcuda.so.1", self.home.must("ldconfig", "-p"))
        self.home.must("dpkg", "--purge", "needs-compat")
        self.home.must("rm", "/root/needy.deb")

    def driver(self, version):
        """Without a kernel module a driver is known by the name of its library."""
        self.driver_files = [f"/usr/lib/x86_64-linux-gnu/libcuda.so.{end}" for end in (version, "1")]
        room.stand_in(self.home.path(self.driver_files[0]), "13.0")
        self.home.must("ln", "-s", f"libcuda.so.{version}", self.driver_files[1])


class InHand(CompatHome):
    def setUp(self):
        super().setUp()
        (made,) = self.builds[NEWER]
        self.file, self.digest = f"/root/{os.path.basename(made)}", packs.digest(made)
        shutil.copy(made, self.home.path(self.file))

    def in_hand(self, *more):
        return ["compat", "install", "--archive", self.file, "--yes", "--accept-license", *more]

    def test_a_package_in_hand_is_judged_by_the_library_inside_and_installed_by_the_systems_own_program(self):
        before = self.state()
        told = ("--sha256", self.digest)
        for kernel, reason in (("580.142", "error 803"), ("580.65.06", "has all of CUDA 13.0 by itself"),
                               ("450.80.02", "branch 450")):
            self.refused(UNSUPPORTED, [reason, "CUDA Compatibility guide"], *self.in_hand(*told, "--driver", kernel))
        self.refused(UNSUPPORTED, ["error 804"], *self.in_hand(*told, "--driver", "535.54.03", "--gpu", "GeForce RTX 4090"))
        self.refused(INTEGRITY, ["--sha256 HEX"], *self.in_hand(*KERNEL))
        self.refused(INTEGRITY, [self.digest], *self.in_hand(*KERNEL, "--sha256", "0" * 64))
        self.must_run(*self.in_hand(*KERNEL, *told))
        self.expect_compat(NEWER)
        standing = self.state()
        self.assertIn("unchanged", self.must_run(*self.in_hand(*KERNEL, *told)).stdout)
        self.assert_state(standing)
        self.must_run("compat", "uninstall", "--yes")
        self.assert_state(before)

    def test_what_is_no_such_package_is_refused(self):
        other = self.wrapped()
        self.refused(UNSUPPORTED, ["no libcuda"], "compat", "install", "--archive", other, "--allow-unverified", "--yes", *KERNEL)
        self.home.write("/root/torn.deb", "!<arch>\n")
        self.refused(ARCHIVE, ["no package that dpkg-deb can read"], "compat", "install", "--archive", "/root/torn.deb",
                     "--allow-unverified", "--yes", *KERNEL)

    def wrapped(self):
        """A package that brings something else."""
        made = packs.deb_of("libcudnn8", "8.9.6.50-1+cuda12.2", self.given)
        shutil.copy(made, self.home.path("/root/other.deb"))
        return "/root/other.deb"


class Local(CompatHome):
    def test_a_local_installer_of_cuda_brings_the_package_and_goes_with_it(self):
        before = self.state()
        file, digest = self.cuda_installer(OLDER, NEWER)
        install = ["compat", "install", "--archive", file, "--sha256", digest, "--yes", "--accept-license", *KERNEL]
        self.refused(UNSUPPORTED, ["brings no cuda-compat-12-8", "there is none"], *install, "--cuda", "12.8")
        self.must_run(*install, "--cuda", "13.0")
        self.expect_compat(NEWER)
        self.assertIn("unchanged", self.must_run(*install, "--cuda", "13.0").stdout)
        self.must_run("compat", "uninstall", "--yes")
        self.assert_state(before)


class Archive(CompatHome):
    def test_an_archive_does_not_take_over_what_a_package_owns(self):
        self.published(NEWER)
        self.must_run(*self.wish("13.0", *KERNEL))
        with tempfile.TemporaryDirectory() as scratch:
            libraries = archives.Libraries(scratch, *NEWER, note_of("13.0"))
        file = f"/root/{libraries.top()}.tar.xz"
        Path(self.home.path(file)).write_bytes(libraries.redist())
        self.refused(CONFLICT, ["belongs to the package 'cuda-compat-13-0"], "compat", "install", "--archive", file,
                     "--allow-unverified", "--yes", "--accept-license", *KERNEL)


class RhelLife(RedHat, Life):
    pass


class RhelTwo(RedHat, Two):
    pass


class RhelInHand(RedHat, InHand):
    test_what_is_no_such_package_is_refused = None


class RhelLocal(RedHat, Local):
    pass


class RhelArchive(RedHat, Archive):
    pass


class RhelVersions(RedHat, Versions):
    pass


# dnf5 of Debian, in a root that looks like Fedora 42.
class FedoraLife(Fedora, Life):
    pass


# zypper of Debian, in a root that looks like Leap 15.
class SuseLife(Leap, Life):
    pass


class SuseInHand(Leap, InHand):
    test_what_is_no_such_package_is_refused = None


# apt of the older and the newer Debian.
class BullseyeLife(Life):
    system, distro = "bullseye", "debian11"


class TrixieLife(Life):
    system, distro = "trixie", "debian13"


if __name__ == "__main__":
    unittest.main()
