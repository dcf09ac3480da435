#!/usr/bin/env python3
"""The packages of three architectures, deb and rpm: names, contents byte by byte, fields, scripts."""

import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import factory  # noqa: E402
from factory import MACHINES, Build, members_of, text_of  # noqa: E402

VERSION, DEB, RPM = "8.9.6.50", "8.9.6.50-1+cuda12.2", "8.9.6.50-1.cuda12.2"
STEMS = ["libcudnn", "libcudnn_adv_infer", "libcudnn_adv_train", "libcudnn_cnn_infer", "libcudnn_cnn_train",
         "libcudnn_ops_infer", "libcudnn_ops_train"]


class Packages(factory.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archives = {arch: factory.demo(cls.scratch / "archives", VERSION, "12", arch) for arch in MACHINES}
        cls.builds = {arch: Build(cls.scratch.path, arch).make(cls.archives[arch]) for arch in MACHINES}
        cls.members = {(arch, name): members_of(build.path(name))
                       for arch, build in cls.builds.items() for name in build.files()}

    def deb(self, arch, name):
        return self.builds[arch].path(f"{name}_{DEB}_{MACHINES[arch][0]}.deb")

    def rpm(self, arch, name):
        return self.builds[arch].path(f"{name}-{RPM}.{MACHINES[arch][1]}.rpm")

    def test_the_packages_have_nvidias_names_and_there_are_no_others(self):
        for arch, (deb, rpm, _, _) in MACHINES.items():
            self.assertEqual(self.builds[arch].files(), sorted(
                [f"{name}_{DEB}_{deb}.deb" for name in ("libcudnn8", "libcudnn8-dev", "libcudnn8-samples")] +
                [f"{name}-{RPM}.{rpm}.rpm" for name in ("libcudnn8", "libcudnn8-devel", "libcudnn8-samples")]))

    def test_every_file_of_the_archive_is_in_one_package_with_its_bytes_and_every_link_with_its_target(self):
        for arch in MACHINES:
            files, links = factory.archive_members(self.archives[arch])
            for suffix in (".deb", ".rpm"):
                with self.subTest(arch=arch, format=suffix):
                    packed = {}
                    for (of, name), members in self.members.items():
                        if of == arch and name.endswith(suffix):
                            packed.update(members)
                    self.assert_payload(files, links, packed)

    def assert_payload(self, files, links, packed):
        ours = re.compile(r"/(libcudnn[^/]*|cudnn[^/]*\.h)$")
        found = {path: entry for path, entry in packed.items() if ours.search(path) and entry[0] != "directory" and
                 not path.startswith("/usr/share/")}
        for path, entry in found.items():
            name = os.path.basename(path)
            folder = "include" if name.endswith(".h") else "lib"
            if entry[0] == "link":
                self.assertEqual(entry[1], links[f"{folder}/{name}"], path)
                continue
            # libX_static_v8.a is the link in the archive, and the file in the package.
            named = f"{folder}/{name}"
            self.assertEqual(entry[2], files.get(named) or files[f"{folder}/{links[named]}"], path)
        here = {entry[2] for entry in found.values() if entry[0] == "file"}
        self.assertEqual(here, {value for name, value in files.items() if name != "LICENSE"})
        self.assertEqual({os.path.basename(path): entry[1] for path, entry in found.items() if entry[0] == "link"},
                         {os.path.basename(name): target for name, target in links.items() if re.search(r"\.so\.\d+$", name)})

    def test_libraries_lie_where_each_format_has_them_with_modes_of_its_policy(self):
        for arch, (_, _, triplet, _) in MACHINES.items():
            deb = self.members[arch, os.path.basename(self.deb(arch, "libcudnn8"))]
            rpm = self.members[arch, os.path.basename(self.rpm(arch, "libcudnn8"))]
            for stem in STEMS:
                self.assertEqual(deb[f"/usr/lib/{triplet}/{stem}.so.8.9.6"][:2], ("file", "0o644"))
                self.assertEqual(deb[f"/usr/lib/{triplet}/{stem}.so.8"], ("link", f"{stem}.so.8.9.6"))
                self.assertEqual(rpm[f"/usr/lib64/{stem}.so.8.9.6"][:2], ("file", "0o755"))
                self.assertEqual(rpm[f"/usr/lib64/{stem}.so.8"], ("link", f"{stem}.so.8.9.6"))
            for members in (deb, rpm):
                directories = {entry[1] for entry in members.values() if entry[0] == "directory"}
                self.assertLessEqual(directories, {"0o755"})

    def test_every_elf_file_is_for_the_packages_architecture(self):
        for arch, (_, _, triplet, machine) in MACHINES.items():
            with tempfile.TemporaryDirectory(dir=self.scratch.path) as folder:
                for name in ("libcudnn8", "libcudnn8-dev"):
                    text_of("dpkg-deb", "-x", self.deb(arch, name), folder)
                libraries = os.path.join(folder, "usr/lib", triplet)
                for name in os.listdir(libraries):
                    if not os.path.islink(os.path.join(libraries, name)):
                        said = text_of("readelf", "-hW", os.path.join(libraries, name))
                        found = {line.split()[-1] for line in said.splitlines() if line.strip().startswith("Machine:")}
                        self.assertEqual(found, {machine}, name)

    def test_the_control_file_of_a_deb_says_all_that_apt_needs(self):
        fields = factory.fields_of(self.deb("x86_64", "libcudnn8"))
        size = int(fields.pop("Installed-Size"))
        with tempfile.TemporaryDirectory(dir=self.scratch.path) as folder:
            text_of("dpkg-deb", "-x", self.deb("x86_64", "libcudnn8"), folder)
            said = text_of("sh", "-ec", f"readelf -VW {folder}/usr/lib/*/lib*.so.8.9.6")
        glibc = max(re.findall(r"Name: GLIBC_([0-9.]+)", said), key=lambda text: [int(part) for part in text.split(".")])
        self.assertEqual(fields, {
            "Package": "libcudnn8", "Version": DEB, "Architecture": "amd64",
            "Maintainer": "cudnn-install packaging <packages@cudnn-install.invalid>",
            "Depends": f"libc6 (>= {glibc}), zlib1g", "Recommends": "libcublas-12-2 | libcublas12, cuda-nvrtc-12-2 | libnvrtc12",
            "Section": "non-free/libs", "Priority": "optional", "Multi-Arch": "same",
            "Homepage": "https://developer.nvidia.com/cudnn", "Description": "cuDNN runtime libraries"})
        with tempfile.TemporaryDirectory(dir=self.scratch.path) as folder:
            text_of("dpkg-deb", "-x", self.deb("x86_64", "libcudnn8"), folder)
            counted = 0
            for place, folders, files in os.walk(os.path.join(folder, "usr")):
                counted += 1
                paths = [os.path.join(place, name) for name in files + [each for each in folders
                                                                        if os.path.islink(os.path.join(place, each))]]
                counted += sum(1 if os.path.islink(path) else (os.path.getsize(path) + 1023) // 1024 for path in paths)
            self.assertEqual(size, counted)
            checked = subprocess.run(["md5sum", "-c", "--quiet", "-"], cwd=folder, check=False, text=True,
                                     input=factory.control_of(self.deb("x86_64", "libcudnn8"))["md5sums"])
            self.assertEqual(checked.returncode, 0)
        dev = factory.fields_of(self.deb("x86_64", "libcudnn8-dev"))
        self.assertEqual((dev["Depends"], dev["Section"], dev.get("Multi-Arch")),
                         (f"libcudnn8 (= {DEB})", "non-free/libdevel", None))
        self.assertEqual(factory.fields_of(self.deb("sbsa", "libcudnn8-samples"))["Recommends"], "libcudnn8-dev")

    def test_a_deb_holds_what_dpkg_deb_itself_would_write(self):
        """The two tar files byte by byte, and the members of the ar file; dpkg-deb compresses only another way."""
        for name in ("libcudnn8", "libcudnn8-dev", "libcudnn8-samples"):
            ours = self.deb("x86_64", name)
            with tempfile.TemporaryDirectory(dir=self.scratch.path) as folder:
                tree, theirs = os.path.join(folder, "tree"), os.path.join(folder, "theirs.deb")
                text_of("dpkg-deb", "-R", ours, tree)
                text_of("env", "SOURCE_DATE_EPOCH=1700000000", "dpkg-deb", "--root-owner-group", "-Zzstd", "-z3", "--build",
                        tree, theirs)
                self.assertEqual(text_of("ar", "t", ours), text_of("ar", "t", theirs))
                for part in ("--fsys-tarfile", "--ctrl-tarfile"):
                    text_of("cmp", *[self.tar_of(part, deb, folder) for deb in (ours, theirs)])

    def tar_of(self, part, deb, folder):
        path = os.path.join(folder, os.path.basename(deb) + part)
        with open(path, "wb") as out:
            subprocess.run(["dpkg-deb", part, deb], stdout=out, check=True)
        return path

    def test_md5sums_name_every_file(self):
        for name in ("libcudnn8", "libcudnn8-dev", "libcudnn8-samples"):
            path = self.deb("x86_64", name)
            listed = {"/" + line.split("  ", 1)[1] for line in factory.control_of(path)["md5sums"].splitlines()}
            members = self.members["x86_64", os.path.basename(path)]
            self.assertEqual(listed, {each for each, entry in members.items() if entry[0] == "file"})

    def test_the_runtime_says_which_package_holds_each_soname_and_asks_for_ldconfig(self):
        control = factory.control_of(self.deb("ppc64le", "libcudnn8"))
        self.assertEqual(control["shlibs"], "".join(f"{stem} 8 libcudnn8 (>= {VERSION})\n" for stem in STEMS))
        self.assertEqual(control["triggers"], "activate-noawait ldconfig\n")
        self.assertEqual(set(control), {"control", "md5sums", "shlibs", "triggers"})

    def test_an_rpm_needs_what_its_libraries_need_and_provides_what_they_are(self):
        for arch, (_, _, triplet, _) in MACHINES.items():
            path = self.rpm(arch, "libcudnn8")
            needs = set(rpm_words(path, "[%{REQUIRENAME}\n]"))
            provides = set(rpm_words(path, "[%{PROVIDENAME}\n]"))
            with tempfile.TemporaryDirectory(dir=self.scratch.path) as folder:
                text_of("dpkg-deb", "-x", self.deb(arch, "libcudnn8"), folder)
                said = text_of("readelf", "-dW", *[os.path.join(folder, "usr/lib", triplet, f"{stem}.so.8.9.6")
                                                   for stem in STEMS])
            needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", said))
            own = {f"{stem}.so.8" for stem in STEMS}
            self.assertLessEqual({f"{each}()(64bit)" for each in own}, provides)
            self.assertLessEqual({f"{each}()(64bit)" for each in needed}, needs | provides)
            self.assertIn("libz.so.1()(64bit)", needs)

    def test_relations_between_rpms_are_exact_and_of_one_architecture(self):
        isa = {"x86_64": "x86-64", "sbsa": "aarch-64", "ppc64le": "ppc-64"}
        for arch in MACHINES:
            said = text_of("rpm", "-qp", "--nosignature", "--requires", self.rpm(arch, "libcudnn8-devel"))
            self.assertIn(f"libcudnn8({isa[arch]}) = {RPM}", said.splitlines())
            self.assertIn("/usr/sbin/update-alternatives", said.splitlines())
        said = text_of("rpm", "-qp", "--nosignature", "--recommends", self.rpm("x86_64", "libcudnn8"))
        self.assertEqual(said.split(), ["libcublas.so.12()(64bit)", "libnvrtc.so.12()(64bit)"])

    def test_no_package_holds_a_path_that_update_alternatives_manages(self):
        for arch in MACHINES:
            script = factory.control_of(self.deb(arch, "libcudnn8-dev"))["postinst"]
            links = set(re.findall(r"(?:--install|--slave) (\S+)", script))
            self.assertEqual(len(links), 9 + 7 + 6)
            for (of, name), members in self.members.items():
                if of == arch and name.endswith(".deb"):
                    self.assertEqual(links & set(members), set(), name)
            path = self.rpm(arch, "libcudnn8-devel")
            script = text_of("rpm", "-qp", "--nosignature", "--scripts", path)
            links = set(re.findall(r"(?:--install|--slave) (\S+)", script))
            self.assertEqual(factory.ghosts_of(path), links)
            self.assertEqual(links & set(self.members[arch, os.path.basename(path)]), set())

    def test_what_architectures_share_in_one_path_has_the_same_bytes(self):
        shared = {}
        for arch in MACHINES:
            members = self.members[arch, os.path.basename(self.deb(arch, "libcudnn8"))]
            shared[arch] = {path: entry for path, entry in members.items() if MACHINES[arch][2] not in path}
        self.assertEqual(shared["x86_64"], shared["sbsa"])
        self.assertEqual(shared["x86_64"], shared["ppc64le"])
        self.assertIn("/usr/share/doc/libcudnn8/copyright", shared["x86_64"])

    def test_the_samples_are_the_sources_of_this_tree(self):
        top = os.path.join(factory.SOURCE, "packaging", "samples")
        sources = {}
        for place, folders, files in os.walk(top):
            folders[:] = [name for name in folders if name not in ("build", "__pycache__") and not name.startswith(".")]
            for name in files:
                if not name.startswith(".") and not name.endswith((".o", "~")):
                    path = os.path.join(place, name)
                    sources[os.path.relpath(path, top)] = factory.digest_of(path)
        for path in (self.deb("x86_64", "libcudnn8-samples"), self.rpm("sbsa", "libcudnn8-samples")):
            members = members_of(path)
            found = {each[len("/usr/src/cudnn_samples_v8/"):]: entry[2] for each, entry in members.items()
                     if each.startswith("/usr/src/cudnn_samples_v8/") and entry[0] == "file"}
            self.assertEqual(found, sources)

    def test_the_compression_is_the_one_that_the_distribution_reads(self):
        debian11 = Build(self.scratch.path, "debian11").make(self.archives["x86_64"], "-D", "CUDNN_DISTRO=debian11;rhel7")
        for build, deb, rpm in ((self.builds["x86_64"], "zst", "zstd 3T2"), (debian11, "xz", "xz 6T2")):
            name = f"libcudnn8_{DEB}_amd64.deb"
            self.assertEqual(text_of("ar", "t", build.path(name)).split(), ["debian-binary", f"control.tar.{deb}", f"data.tar.{deb}"])
            said = factory.rpm_says(build.path(f"libcudnn8-{RPM}.x86_64.rpm"), "%{PAYLOADCOMPRESSOR} %{PAYLOADFLAGS}\n")
            self.assertEqual(said, [rpm])
        self.assertEqual(text_of("rpm", "-qp", "--nosignature", "--recommends", debian11.path(f"libcudnn8-{RPM}.x86_64.rpm")), "")


def rpm_words(path, query):
    return factory.rpm_says(path, query)


class Ninth(factory.Case):
    """cuDNN 9 splits headers and static libraries off, and names the CUDA major in the package."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = factory.demo(cls.scratch / "archives", "9.19.0.56", "13", "x86_64")
        cls.build = Build(cls.scratch.path, "9").make(cls.archive)

    def test_names_are_those_of_cudnn_9(self):
        names = [f"{name}_9.19.0.56-1_{arch}.deb" for name, arch in (
            ("libcudnn9-cuda-13", "amd64"), ("libcudnn9-dev-cuda-13", "amd64"), ("libcudnn9-headers-cuda-13", "amd64"),
            ("libcudnn9-samples", "all"), ("libcudnn9-static-cuda-13", "amd64"))]
        names += [f"{name}-9.19.0.56-1.{arch}.rpm" for name, arch in (
            ("libcudnn9-cuda-13", "x86_64"), ("libcudnn9-devel-cuda-13", "x86_64"),
            ("libcudnn9-headers-cuda-13", "x86_64"), ("libcudnn9-samples", "noarch"), ("libcudnn9-static-cuda-13", "x86_64"))]
        self.assertEqual(self.build.files(), sorted(names))

    def test_every_file_has_its_bytes(self):
        files, links = factory.archive_members(self.archive)
        for suffix in (".deb", ".rpm"):
            packed = {}
            for name in self.build.files():
                if name.endswith(suffix):
                    packed.update(members_of(self.build.path(name)))
            found = {os.path.basename(path): entry for path, entry in packed.items() if "/usr/share" not in path}
            for name, value in files.items():
                base = os.path.basename(name)
                if base.endswith(".h") and not base.endswith("_v9.h"):
                    continue  # its twin cudnn_v9.h
                if base != "LICENSE":
                    self.assertEqual(found[base][2], value, name)
            for name, target in links.items():
                if not name.endswith(".so"):
                    self.assertEqual(found[os.path.basename(name)], ("link", target), name)


if __name__ == "__main__":
    unittest.main()
