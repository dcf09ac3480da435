#!/usr/bin/env python3
"""What is wrong with an archive is said before anything is packed, and nothing half-made keeps a package's name."""

import os
import re
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import factory  # noqa: E402
from factory import Build  # noqa: E402

TOP = "cudnn-linux-x86_64-8.9.6.50_cuda12-archive"


def unwrapped(text):
    """CMake breaks its messages into lines."""
    return re.sub(r"\s+", " ", text)


class BadInput(factory.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = factory.demo(cls.scratch / "archives")
        cls.foreign = factory.demo(cls.scratch / "archives", "8.9.6.50", "12", "sbsa")

    def refused(self, archive, *options, saying):
        build = Build(self.scratch.path, self.id().split(".")[-1])
        done = build.configure(archive, *options)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertIn(saying, unwrapped(done.stdout))
        self.assertEqual(build.files(), [])
        left = [name for name in os.listdir(build.folder) if name.startswith("payload")]
        self.assertEqual(left, [])
        return done.stdout

    def changed(self, name, change, top=TOP, archive=None):
        folder = self.scratch / name
        os.makedirs(folder)
        return factory.repacked(archive or self.archive, folder, change, top)

    def test_an_archive_of_another_architecture(self):
        archive = self.changed("arch", lambda name, info, data: data, archive=self.foreign)
        self.refused(archive, saying="is for aarch64, wanted is linux-x86_64")

    def test_one_static_library_of_another_architecture(self):
        with_foreign = {}
        factory.repacked(self.foreign, self.scratch.path, lambda name, info, data: with_foreign.update({name: data}) or data)
        archive = self.changed("member", lambda name, info, data: with_foreign[name] if name.endswith("ops_infer_static.a") else data)
        self.refused(archive, saying="'libcudnn_ops_infer_static.a' is no static library to use: its member "
                                     "'libcudnn_ops_infer.o' is for aarch64, wanted is x86_64")

    def test_a_missing_library(self):
        archive = factory.demo(self.scratch / "less", "8.9.6.50", "12", "x86_64", "--without", "libcudnn_ops_train")
        self.refused(archive, saying="the archive lacks: lib/libcudnn_ops_train.so.8")

    def test_another_version_in_the_header(self):
        def older(name, info, data):
            return data.replace(b"CUDNN_PATCHLEVEL 6", b"CUDNN_PATCHLEVEL 5") if "cudnn_version" in name else data
        self.refused(self.changed("header", older), saying="header says cuDNN 8.9.5, its name says 8.9.6")

    def test_links_that_became_files(self):
        contents = {}
        factory.repacked(self.archive, self.scratch.path, lambda name, info, data: contents.update({name: data}) or data)

        def flat(name, info, data):
            if info.issym() and ".so" in name:
                info.type, info.mode = b"0", 0o755
                return contents[name.split(".so")[0] + ".so.8.9.6"]
            return data
        self.refused(self.changed("flat", flat), saying="the link chain of 'libcudnn' is not whole")

    def test_a_truncated_archive(self):
        path = os.path.join(self.scratch.path, TOP + ".tar.xz")
        with open(self.archive, "rb") as whole, open(path, "wb") as half:
            half.write(whole.read()[:os.path.getsize(self.archive) // 2])
        said = self.refused(path, saying="not packed:")
        self.assertRegex(unwrapped(said), "ends|truncated|unexpected")
        self.refused(path, "-D", "CUDNN_SHA256=" + factory.digest_of(self.archive), saying="not packed:")

    def test_an_archive_that_nobody_vouches_for(self):
        build, unknown = Build(self.scratch.path, "unknown"), self.scratch / "mine.tar.xz"
        os.link(self.archive, unknown)
        done = build.configure(unknown, "-D", "CUDNN_SHA256=")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("--sha256 HEX", done.stdout)

    def test_a_distribution_with_an_older_glibc(self):
        """gettid came with glibc 2.30: RHEL 8 has 2.28."""
        if os.uname().machine != "x86_64":
            self.skipTest("the compiler of this machine makes no x86_64 libraries")
        source = os.path.join(self.scratch.path, "newer.c")
        with open(source, "w", encoding="ascii") as file:
            file.write("#define _GNU_SOURCE\n#include <unistd.h>\nint newer(void) { return gettid(); }\n")
        library = source[:-2] + ".so"
        factory.text_of("cc", "-shared", "-fPIC", "-o", library, source, "-Wl,-soname,libcudnn_ops_train.so.8")
        with open(library, "rb") as file:
            newer = file.read()
        archive = self.changed("glibc", lambda name, info, data: newer if name.endswith("ops_train.so.8.9.6") else data)
        self.refused(archive, "-D", "CUDNN_DISTRO=rhel9;rhel8",
                     saying="'libcudnn_ops_train.so.8.9.6' needs glibc 2.30, and Red Hat Enterprise Linux 8 and its "
                            "rebuilds (rhel8) has 2.28")
        build = Build(self.scratch.path, "newer").make(archive, "-D", "CUDNN_DISTRO=debian12")
        depends = factory.fields_of(build.path("libcudnn8_8.9.6.50-1+cuda12.2_amd64.deb"))["Depends"]
        self.assertIn("libc6 (>= 2.30)", depends)

    def test_a_format_that_the_distribution_does_not_take(self):
        self.assertIn("'debian12' takes deb packages", unwrapped(
            Build(self.scratch.path, "format").configure(self.archive, "-D", "CUDNN_DISTRO=debian12", "-D",
                                                         "CPACK_GENERATOR=RPM").stdout))
        self.assertIn("none of DEB, RPM", unwrapped(
            Build(self.scratch.path, "zip").configure(self.archive, "-D", "CPACK_GENERATOR=ZIP").stdout))

    def test_a_generator_that_would_make_empty_packages(self):
        build = Build(self.scratch.path, "generator").make(self.archive, "-D", "CPACK_GENERATOR=DEB")
        self.assertEqual(len(build.files()), 3)
        done = build.run(["cpack", "-G", "RPM"], cwd=build.folder)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("External generator", unwrapped(done.stdout))

    def test_no_space_left(self):
        """While unpacking, and while packing: a small file system of its own, gone with its namespace."""
        if os.getuid() != 0:
            self.skipTest("only root mounts")
        place = self.scratch / "full"
        os.makedirs(place)
        build = Build(place, "build")
        script = ('mount -t tmpfs -o size="$1" none "$2" && shift 2 && "$@"; status=$?; '
                  'find "$PLACE" -name "*.deb" -o -name "*.rpm"; exit $status')
        def inside(size, *command):
            return build.run(["unshare", "-m", "sh", "-c", script, "inside", size, place, *command],
                             environment={"PLACE": place})
        configure = ["cmake", "-S", os.path.join(factory.SOURCE, "packaging"), "-B", build.folder, "-D",
                     f"CUDNN_INSTALL={factory.TOOL}", "-D", f"CUDNN_ARCHIVE={self.archive}", "-D",
                     f"CUDNN_SHA256={factory.digest_of(self.archive)}"]
        done = inside("3m", *configure)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertIn("No space left on device", unwrapped(done.stdout))
        both = " ".join(f"'{word}'" for word in configure) + f" && cmake --build '{build.folder}' --target package"
        done = inside("7m", "sh", "-c", both)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertIn("No space left on device", unwrapped(done.stdout))
        self.assertNotRegex(done.stdout, r"(?m)^/.*\.(deb|rpm)$")

    def test_a_file_of_the_payload_that_vanished(self):
        build = Build(self.scratch.path, "vanished").make(self.archive)
        for name in build.files():
            os.unlink(os.path.join(build.folder, name))
        gone = [os.path.join(folder, name) for folder, _, names in os.walk(build.folder) for name in names
                if name.startswith("libcudnn_ops_infer.so.8.")]
        self.assertTrue(gone)
        for path in gone:
            os.unlink(path)
        done = build.run(["cpack"], cwd=build.folder)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(unwrapped(done.stdout), "libcudnn_ops_infer.so.8[.0-9]*' cannot be made")
        self.assertEqual([], build.files())

    def test_no_archive(self):
        self.assertIn("there is no", Build(self.scratch.path, "none").configure("/nowhere/x.tar.xz").stdout)


if __name__ == "__main__":
    unittest.main()
