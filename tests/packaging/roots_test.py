#!/usr/bin/env python3
"""The real dpkg and rpm install, upgrade, switch and remove the packages, and what is left is what was there before."""

import os
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import factory  # noqa: E402
import seventh  # noqa: E402
from factory import Build, Scratch  # noqa: E402
from roots import DpkgRoot, RpmRoot  # noqa: E402

TRIPLET = "x86_64-linux-gnu"


class Made:
    """Builds shared by all tests of this file."""

    builds = {}
    scratch = None

    @classmethod
    def get(cls, version="8.9.6.50", cuda="12", arch="x86_64"):
        if cls.scratch is None:
            cls.scratch = Scratch()
            unittest.addModuleCleanup(cls.scratch.close)
        key = (version, cuda, arch)
        if key not in cls.builds:
            archive = factory.demo(cls.scratch / "archives", version, cuda, arch, "--size", "1")
            cls.builds[key] = Build(cls.scratch.path, "-".join(key)).make(archive)
        return cls.builds[key]

    @classmethod
    def packages(cls, suffix, kinds=("", "-dev", "-samples"), **which):
        build = cls.get(**which)
        wanted = [f"libcudnn{build_major(which)}{kind}" for kind in kinds]
        separator = "_" if suffix == ".deb" else "-" + which.get("version", "8.9.6.50")
        return [build.path(name) for name in build.files()
                if name.endswith(suffix) and any(name.startswith(each + separator) for each in wanted)]

    @classmethod
    def ninth(cls, suffix):
        build = cls.get("9.19.0.56", "13")
        return [build.path(name) for name in build.files() if name.endswith(suffix)]


def build_major(which):
    return which.get("version", "8.9.6.50").split(".")[0]


class Case(unittest.TestCase):
    maxDiff = None
    kind, include, library = DpkgRoot, f"/usr/include/{TRIPLET}", f"/usr/lib/{TRIPLET}"

    def setUp(self):
        if os.getuid() != 0:
            self.fail("dpkg and rpm install as root alone: run the tests as root")
        self.scratch = Scratch()
        self.addCleanup(self.scratch.close)
        self.root = self.kind(self.scratch / "root")

    def assert_front(self, major, version):
        self.assertEqual(self.root.end_of(f"{self.library}/libcudnn.so"), f"{self.library}/libcudnn.so.{version}")
        self.assertEqual(self.root.end_of("/usr/include/cudnn.h"), f"{self.include}/cudnn_v{major}.h")

    def assert_the_guides_switch_works(self):
        """Section 1.5: of 7, 8 and 9, all installed, the newest is in front until another is chosen."""
        said = self.root.alternatives("--display", "libcudnn")
        for major in (7, 8, 9):
            self.assertIn(f"{self.include}/cudnn_v{major}.h", said)
        self.assertIn("auto mode", said)
        self.assert_front(9, "9.19.0")
        for major, version in ((8, "8.9.6"), (7, "7.6.5"), (9, "9.19.0")):
            self.root.alternatives("--set", "libcudnn", f"{self.include}/cudnn_v{major}.h")
            self.assert_front(major, version)
        self.assertEqual(self.root.end_of("/usr/include/cudnn_graph.h"), f"{self.include}/cudnn_graph_v9.h")
        self.root.alternatives("--auto", "libcudnn")


class Debs(Case):
    def test_install_reinstall_remove_and_purge_leave_the_root_as_it_was(self):
        before = self.root.tree()
        packages = Made.packages(".deb")
        self.assertEqual(len(packages), 3)
        self.root.dpkg("-i", *packages)
        installed = self.root.tree()
        self.assert_front(8, "8.9.6")
        self.assertEqual(self.root.dpkg("--verify"), "")
        self.root.dpkg("-i", *packages)
        self.assertEqual(self.root.tree(), installed)
        self.root.dpkg("-r", "libcudnn8-dev", "libcudnn8-samples")
        self.assertIsNone(self.root.end_of("/usr/include/cudnn.h"))
        self.assertFalse(os.path.lexists(self.root.inside(f"/usr/lib/{TRIPLET}/libcudnn.so")))
        self.root.dpkg("--purge", "libcudnn8", "libcudnn8-dev", "libcudnn8-samples")
        self.assertEqual(self.root.tree(), before)
        self.assertEqual(self.root.state(), [])

    def test_variants_upgrade_in_dpkgs_order_and_go_back(self):
        steps = [("8.9.6.50", "11", "11.8"), ("8.9.6.50", "12", "12.2"), ("8.9.7.29", "11", "11.8"), ("8.9.6.50", "11", "11.8")]
        for version, cuda, full in steps:
            packages = Made.packages(".deb", version=version, cuda=cuda)
            self.root.dpkg("-i", *packages)
            self.assertEqual(self.root.state(), [f"ii {name} {version}-1+cuda{full}" for name in
                                                 ("libcudnn8-dev", "libcudnn8-samples", "libcudnn8:amd64")])
            self.assert_front(8, version.rsplit(".", 1)[0])
            self.assertEqual(self.root.dpkg("--verify"), "")
            runtime = next(path for path in packages if os.path.basename(path).startswith("libcudnn8_"))
            for path, entry in factory.members_of(runtime).items():
                if entry[0] == "file":
                    self.assertEqual(factory.digest_of(self.root.inside(path)), entry[2], path)
        order = ["8.9.6.50-1+cuda11.8", "8.9.6.50-1+cuda12.2", "8.9.7.29-1+cuda11.8"]
        for older, newer in zip(order, order[1:]):
            subprocess.run(["dpkg", "--compare-versions", older, "lt", newer], check=True)

    def test_an_administrators_choice_outlives_an_upgrade(self):
        self.root.dpkg("-i", *Made.packages(".deb"), *Made.ninth(".deb"))
        self.root.alternatives("--set", "libcudnn", f"{self.include}/cudnn_v8.h")
        self.root.dpkg("-i", *Made.packages(".deb", version="8.9.7.29"))
        self.assert_front(8, "8.9.7")
        self.assertIn("manual mode", self.root.alternatives("--display", "libcudnn"))

    def test_versions_7_8_and_9_stand_side_by_side_and_the_guides_switch_works(self):
        self.root.dpkg("-i", seventh.deb(self.scratch.path), *Made.packages(".deb"), *Made.ninth(".deb"))
        self.assert_the_guides_switch_works()
        self.root.dpkg("-r", "libcudnn9-dev-cuda-13")
        self.assert_front(8, "8.9.6")
        self.assertEqual(self.root.end_of(f"/usr/lib/{TRIPLET}/libcudnn_ops_infer_static.a"),
                         f"/usr/lib/{TRIPLET}/libcudnn_ops_infer_static_v8.a")
        self.assertIsNone(self.root.end_of("/usr/include/cudnn_graph.h"))
        self.root.dpkg("-r", "libcudnn8-dev")
        self.assert_front(7, "7.6.5")

    def test_other_architectures_unpack_and_configure_and_two_runtimes_stand_side_by_side(self):
        for arch, deb in (("sbsa", "arm64"), ("ppc64le", "ppc64el")):
            root = DpkgRoot(self.scratch / deb)
            root.dpkg("--add-architecture", deb)
            root.dpkg("-i", *Made.packages(".deb", arch=arch))
            triplet = factory.MACHINES[arch][2]
            self.assertEqual(root.end_of(f"/usr/lib/{triplet}/libcudnn.so"), f"/usr/lib/{triplet}/libcudnn.so.8.9.6")
        root.dpkg("-i", *Made.packages(".deb", kinds=("",)))
        self.assertEqual([line.split()[1] for line in root.state() if line.split()[1].startswith("libcudnn8:")],
                         ["libcudnn8:amd64", "libcudnn8:ppc64el"])


class Rpms(Case):
    kind, include, library = RpmRoot, "/usr/include", "/usr/lib64"
    kinds = ("", "-devel", "-samples")

    def packages(self, **which):
        found = Made.packages(".rpm", self.kinds, **which)
        self.assertEqual(len(found), 3)
        return found

    def test_install_reinstall_and_remove_leave_the_root_as_it_was(self):
        before = self.root.tree("/etc/ld.so.cache", "/var/cache")
        self.root.install(*self.packages())
        self.assert_front(8, "8.9.6")
        installed = self.root.tree("/etc/ld.so.cache")
        self.assertEqual(self.root.rpm("-V", "--nodeps", "libcudnn8", "libcudnn8-devel", "libcudnn8-samples"), "")
        self.root.install("--replacepkgs", *self.packages(), how="-U")
        self.assertEqual(self.root.tree("/etc/ld.so.cache"), installed)
        self.root.rpm("-e", "libcudnn8-devel", "libcudnn8-samples", "libcudnn8")
        self.assertEqual(self.root.tree("/etc/ld.so.cache", "/var/cache"), before)

    def test_variants_upgrade_in_rpms_order(self):
        for version, cuda, full in (("8.9.6.50", "11", "11.8"), ("8.9.6.50", "12", "12.2"), ("8.9.7.29", "11", "11.8")):
            self.root.install(*self.packages(version=version, cuda=cuda), how="-U")
            self.assertEqual(self.root.state(), [f"libcudnn8{kind}-{version}-1.cuda{full}.x86_64" for kind in self.kinds])
            self.assert_front(8, version.rsplit(".", 1)[0])
            self.assertEqual(self.root.rpm("-V", "--nodeps", "libcudnn8", "libcudnn8-devel"), "")

    def test_versions_7_8_and_9_stand_side_by_side_and_the_guides_switch_works(self):
        self.root.install(seventh.rpm(self.scratch.path), *self.packages(), *Made.ninth(".rpm"))
        self.assert_the_guides_switch_works()
        self.root.rpm("-e", "libcudnn9-devel-cuda-13")
        self.assert_front(8, "8.9.6")
        self.assertIsNone(self.root.end_of("/usr/include/cudnn_graph.h"))
        self.root.rpm("-e", "libcudnn8-devel")
        self.assert_front(7, "7.6.5")

    def test_other_architectures_install(self):
        for arch in ("sbsa", "ppc64le"):
            root = RpmRoot(self.scratch / arch)
            root.install(*self.packages(arch=arch))
            self.assertEqual(root.end_of("/usr/lib64/libcudnn.so"), "/usr/lib64/libcudnn.so.8.9.6")


if __name__ == "__main__":
    unittest.main()
