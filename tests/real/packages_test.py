#!/usr/bin/env python3
"""Packages of the real libraries: every byte, dependencies beside dpkg-shlibdeps, xz for old distributions, and the refusal
of a distribution whose glibc is too old."""

import glob
import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "packaging"))
SBOM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sbom")
sys.path.insert(1, SBOM)
import factory  # noqa: E402
import packages  # noqa: E402
from factory import Build  # noqa: E402

ARCHIVES = sys.argv.pop(1) if len(sys.argv) > 1 else ""


class RealPackages(unittest.TestCase):
    maxDiff = None

    def archive(self, name):
        found = glob.glob(os.path.join(f"{ARCHIVES}*", "*", f"cudnn-linux-{name}-archive.tar.xz"))
        self.assertTrue(found, f"no archive '{name}': scripts/real-archive makes it")
        return found[0]

    def packed(self, name, *options):
        scratch = tempfile.TemporaryDirectory(prefix="cudnn-real-packages-", dir="/var/tmp")
        self.addCleanup(scratch.cleanup)
        return Build(scratch.name, "build").make(self.archive(name), *options)

    def assert_payload(self, name, build):
        files, links = factory.archive_members(self.archive(name))
        for suffix in (".deb", ".rpm"):
            packed = {}
            for package in build.files():
                if package.endswith(suffix):
                    packed.update({os.path.basename(path): entry for path, entry in
                                   factory.members_of(build.path(package)).items() if "/usr/share/" not in path})
            for path, digest in files.items():
                base = os.path.basename(path)
                twin = re.sub(r"\.h$", f"_v{re.search('-([0-9]+)[.]', name)[1]}.h", base)
                if base != "LICENSE":
                    self.assertEqual((packed.get(base) or packed[twin])[2], digest, path)
            for path, target in links.items():
                if re.search(r"\.so\.\d+$", path):
                    self.assertEqual(packed[os.path.basename(path)], ("link", target))

    def test_cudnn_8_for_cuda_12(self):
        build = self.packed("x86_64-8.9.6.50_cuda12")
        self.assert_payload("x86_64-8.9.6.50_cuda12", build)
        self.assert_depends(build.path("libcudnn8_8.9.6.50-1+cuda12.2_amd64.deb"))

    def test_cudnn_8_for_cuda_11(self):
        build = self.packed("x86_64-8.9.6.50_cuda11", "-D", "CUDNN_SBOM=ON")
        self.assert_payload("x86_64-8.9.6.50_cuda11", build)
        self.assert_described(build)
        self.assertIn("libcudnn8_8.9.6.50-1+cuda11.8_amd64.deb", build.files())

    def test_cudnn_9_for_arm_servers(self):
        build = self.packed("sbsa-9.10.2.21_cuda12")
        self.assert_payload("sbsa-9.10.2.21_cuda12", build)
        self.assertIn("libcudnn9-cuda-12_9.10.2.21-1_arm64.deb", build.files())

    def test_xz_for_distributions_whose_tools_read_nothing_better(self):
        build = self.packed("x86_64-8.9.6.50_cuda12", "-D", "CUDNN_DISTRO=debian11;rhel7")
        self.assert_payload("x86_64-8.9.6.50_cuda12", build)

    def test_cudnn_9_of_the_toolkit_and_the_distribution_that_is_too_old_for_it(self):
        found = glob.glob(os.path.join(ARCHIVES, "*", "cudnn-linux-x86_64-9.*_cuda13-archive.tar.xz"))
        if not found:
            self.skipTest("there is no CUDA toolkit with cuDNN in /usr/local/cuda")
        name = re.search(r"linux-(.*)-archive", found[0])[1]
        build = self.packed(name)
        self.assert_payload(name, build)
        runtime = next(each for each in build.files() if re.match(r"libcudnn9-cuda-13_.*deb", each))
        self.assert_depends(build.path(runtime))
        done = build.configure(found[0], "-D", "CUDNN_DISTRO=rhel7")
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(re.sub(r"\s+", " ", done.stdout), r"needs glibc 2\.27, and Red Hat Enterprise Linux 7 .*\(rhel7\) has 2\.17")

    def assert_described(self, build):
        """Each package has documents that their judges accept, and the bill names every file with its digest."""
        for package in build.files():
            held = {path: entry[2] for path, entry in factory.members_of(build.path(package)).items() if entry[0] == "file"}
            self.assertEqual(held, packages.digests_told(build.path(package + ".spdx.json")), package)
        tools = factory.text_of(os.path.join(factory.SOURCE, "scripts", "python-tools")).strip()
        written = [path for form in ("spdx", "cdx", "intoto") for path in glob.glob(f"{build.folder}/*.{form}.json")]
        self.assertEqual(3 * len(build.files()), len(written))
        self.assertEqual("", factory.text_of(f"{tools}/python3", os.path.join(SBOM, "validate.py"), *written))

    def assert_depends(self, deb):
        """The packages that dpkg-shlibdeps finds with this machine's own libraries, and no floor above its own: Debian writes
        its last release's version for what is older, and takes what libdl had for libc6's since 2.34. glibc's is readelf's."""
        with tempfile.TemporaryDirectory(prefix="cudnn-shlibdeps-", dir="/var/tmp") as folder:
            os.makedirs(f"{folder}/debian/x/DEBIAN")
            factory.text_of("dpkg-deb", "-x", deb, f"{folder}/debian/x")
            with open(f"{folder}/debian/control", "w", encoding="ascii") as file:
                file.write("Source: x\n\nPackage: x\nArchitecture: any\n")
            libraries = glob.glob(f"{folder}/debian/x/usr/lib/*/lib*.so.*.*.*")
            said = factory.text_of("dpkg-shlibdeps", "-O", f"-l{os.path.dirname(libraries[0])}", "--ignore-missing-info",
                                   *libraries, cwd=folder).strip().split("=", 1)[1]
            versions = set(re.findall(r"Name: GLIBC_([0-9.]+)", factory.text_of("readelf", "-VW", *libraries)))
        theirs = dict(self.floors(said))
        ours = dict(self.floors(factory.fields_of(deb)["Depends"]))
        self.assertEqual(set(theirs), set(ours))
        self.assertEqual(ours["libc6"], max(versions, key=lambda text: [int(part) for part in text.split(".")]))
        theirs.pop("libc6")
        for package, floor in theirs.items():
            with self.subTest(package=package, ours=ours[package], theirs=floor):
                subprocess.run(["dpkg", "--compare-versions", ours[package], "le", floor], check=True)

    def floors(self, depends):
        for each in depends.split(", "):
            found = re.match(r"([a-z0-9+.-]+)(?: \(>= ([^)]*)\))?", each)
            yield found[1], found[2] or "0"


if __name__ == "__main__":
    unittest.main()
