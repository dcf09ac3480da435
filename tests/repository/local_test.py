"""Local repository installers, taken through the guide's commands in roots with the real package managers."""

import glob
import itertools
import os
import re
import unittest

import workbench
import packs

VERSION, RPM_VERSION = "8.9.6.50-1+cuda12.2", "8.9.6.50-1.cuda12.2"
SUITES = {"bullseye": "debian11", "bookworm": "debian12", "trixie": "debian13"}


class Local(workbench.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debs, cls.rpms = packs.debs(cls.given), packs.rpms(cls.given)

    def installer(self, distro, *packages):
        made = self.must("local-installers", "--out", self.out, "--distro", distro, *(packages or [self.given]))
        self.assertEqual(1, len(made.splitlines()), made)
        return made.strip()

    def contents(self, deb):
        return [line.split()[5][1:] for line in packs.run("dpkg-deb", "--contents", deb).splitlines()]


class Debian(Local):
    def test_names_and_places_are_the_documented_ones(self):
        made = self.installer("ubuntu2204")
        self.assertEqual("cudnn-local-repo-ubuntu2204-8.9.6.50_1.0-1_amd64.deb", os.path.basename(made))
        found = self.contents(made)
        key = re.search(r"cudnn-local-([0-9A-F]{8})-keyring\.gpg", "\n".join(found))[1]
        folder = "/var/cudnn-local-repo-ubuntu2204-8.9.6.50/"
        names = ["InRelease", "Packages", "Packages.gz", "Release", "Release.gpg", f"{key}.pub",
                 f"cudnn-local-{key}-keyring.gpg", *map(os.path.basename, self.debs)]
        self.assertEqual([], sorted({folder + name for name in names} - set(found)))
        self.assertIn("/etc/apt/sources.list.d/cudnn-local-ubuntu2204-8.9.6.50.list", found)

    def test_cudnn_9_is_named_by_three_parts_and_one_installer_is_for_one_version(self):
        nine = packs.deb_of("libcudnn9-cuda-12", "9.10.2.21-1", self.scratch)
        made = self.installer("debian12", nine)
        self.assertEqual("cudnn-local-repo-debian12-9.10.2_1.0-1_amd64.deb", os.path.basename(made))
        self.assert_refused(self.program("local-installers", "--out", self.out, "--distro", "debian12", nine, self.given),
                            "a local repository is for one version of cuDNN, the packages are of 8.9.6.50, 9.10.2.21")

    def test_packages_inside_are_the_given_ones_byte_for_byte(self):
        packs.run("dpkg-deb", "--extract", self.installer("debian12"), self.scratch)
        for given in self.debs:
            inside = os.path.join(self.scratch, "var/cudnn-local-repo-debian12-8.9.6.50", os.path.basename(given))
            self.assertEqual(packs.digest(given), packs.digest(inside))

    def documented(self, suite):
        """The guide's commands, and what must hold between them."""
        root, made = self.root(suite), self.installer(SUITES[suite])
        root.write("installer.deb", "")
        packs.run("cp", made, root.path("installer.deb"))
        root.must("dpkg", "-i", "/installer.deb")
        self.assertNotEqual(0, root.run("apt-get", "update").returncode, "the key is not installed yet")
        root.must("sh", "-c", "cp /var/cudnn-local-repo-*/cudnn-local-*-keyring.gpg /usr/share/keyrings/")
        said = root.must("apt-get", "update")
        self.assertNotRegex(said, r"(?m)^[WE]:")
        names = ("libcudnn8", "libcudnn8-dev", "libcudnn8-samples")
        root.must("apt-get", "install", "-y", *(f"{name}={VERSION}" for name in names))
        self.assertEqual("", root.must("dpkg", "-V", *names))
        return root

    def removed_and_purged(self, root):
        """Removing the installer leaves a working apt, purging it leaves nothing, and cuDNN stays."""
        name = root.must("dpkg-query", "-W", "-f", "${Package}", "cudnn-local-repo-*")
        root.must("apt-get", "remove", "-y", name)
        self.assertEqual("", root.must("find", "/etc/apt/sources.list.d", "-type", "f"))
        self.assertNotRegex(root.must("apt-get", "update"), r"(?m)^[WE]:")
        root.must("apt-get", "purge", "-y", name)
        self.assertEqual("", root.must("sh", "-c", "find / -xdev -name '*cudnn-local*' -not -path '/proc/*'"))
        self.assertEqual(VERSION, root.must("dpkg-query", "-W", "-f", "${Version}", "libcudnn8"))

    def test_documented_commands_on_debian_12_and_the_way_back(self):
        self.removed_and_purged(self.documented("bookworm"))

    def test_purging_one_of_two_installers_with_one_key_leaves_the_other_working(self):
        root = self.root("bookworm")
        for distro in ("debian12", "ubuntu2204"):
            self.must("local-installers", "--out", self.out, "--distro", distro, "--sign-key", self.key, self.given)
        for made in glob.glob(f"{self.out}/*.deb"):
            packs.run("cp", made, root.path("/"))
        root.must("sh", "-c", "dpkg -i /cudnn-local-repo-*.deb")
        root.must("sh", "-c", "cp /var/cudnn-local-repo-debian12-*/*-keyring.gpg /usr/share/keyrings/")
        root.must("apt-get", "purge", "-y", "cudnn-local-repo-debian12-8.9.6.50")
        self.assertNotRegex(root.must("apt-get", "update"), r"(?m)^[WE]:")
        root.must("apt-get", "install", "-y", f"libcudnn8={VERSION}")


class Others(Local):
    def test_documented_commands_of_rhel_and_the_way_back(self):
        root, made = self.root("rhel"), self.installer("rhel9")
        self.assertEqual("cudnn-local-repo-rhel9-8.9.6.50-1.0-1.x86_64.rpm", os.path.basename(made))
        packs.run("cp", made, root.path("/"))
        root.must("sh", "-c", "rpm -i /cudnn-local-repo-rhel9-8.9.6.50-1.0-1.x86_64.rpm")
        root.must("yum", "clean", "all")
        names = ("libcudnn8", "libcudnn8-devel", "libcudnn8-samples")
        root.must("yum", "-y", "install", *(f"{name}-{RPM_VERSION}" for name in names))
        self.assertEqual("", root.must("rpm", "-V", *names))
        self.assertIn("libcudnn8.x86_64", root.must("yum", "list", "--installed"))
        root.must("rpm", "-e", "cudnn-local-repo-rhel9-8.9.6.50")
        left = "find /etc/yum.repos.d /var -xdev -name '*cudnn-local*' -not -path '/var/cache/*'"
        self.assertEqual("", root.must("sh", "-c", left))
        root.must("yum", "makecache")
        root.must("rpm", "-q", "libcudnn8")

    def test_a_package_in_the_repository_that_was_changed_is_refused(self):
        root, made = self.root("rhel"), self.installer("rhel9")
        packs.run("cp", made, root.path("/"))
        root.must("sh", "-c", "rpm -i /cudnn-local-repo-*.rpm")
        with open(glob.glob(root.path("var/cudnn-local-repo-rhel9-8.9.6.50/libcudnn8-8*.rpm"))[0], "r+b") as file:
            file.seek(100_000)
            file.write(b"changed")
        self.assertNotEqual(0, root.run("yum", "-y", "install", "libcudnn8").returncode)
        self.assertNotEqual(0, root.run("rpm", "-q", "libcudnn8").returncode)

    def test_a_local_repository_serves_zypper(self):
        root, made = self.root("suse"), self.installer("sles15")
        packs.run("cp", made, root.path("/"))
        root.must("sh", "-c", "rpm -i /cudnn-local-repo-sles15-8.9.6.50-1.0-1.x86_64.rpm")
        root.must("zypper", "-n", "--gpg-auto-import-keys", "refresh")
        root.must("zypper", "-n", "install", f"libcudnn8={RPM_VERSION}", f"libcudnn8-devel={RPM_VERSION}")
        self.assertEqual("", root.must("rpm", "-V", "libcudnn8"))
        root.must("rpm", "-e", "cudnn-local-repo-sles15-8.9.6.50")
        self.assertIn("no enabled repositories", root.run("zypper", "-n", "refresh").stdout)


class Making(Local):
    def test_the_same_input_gives_the_same_bytes_but_for_signatures(self):
        made = [self.unpacked("here"), self.unpacked("stranger/out", **self.elsewhere())]
        self.assertEqual(made[0], made[1])
        self.assertEqual([True, True], [len(files) > 8 for _, files in made[0].values()])

    def unpacked(self, place, **how):
        """What two installers made so hold: (listing with times, digests), both without signatures."""
        out, found = os.path.join(self.scratch, place), {}
        self.must("local-installers", "--out", out, "--distro", "debian12", "--distro", "rhel9", "--sign-key", self.key,
                  *self.debs, *self.signed_once(), **how)
        for name in sorted(os.listdir(out)):
            into = os.path.join(out, f"{name}.d")
            (self.undeb if name.endswith(".deb") else self.unrpm)(os.path.join(out, name), into)
            found[name] = (self.listing(os.path.join(out, name)), workbench.tree(into))
        return {name: without_signatures(*found[name]) for name in found}

    def listing(self, path):
        """Paths with mode, time and the like, as the package's own tool tells them."""
        tool = ["dpkg-deb", "--contents"] if path.endswith(".deb") else ["rpm", "-qp", "--dump"]
        return sorted(packs.run(*tool, path).splitlines())

    def undeb(self, path, into):
        packs.run("dpkg-deb", "--raw-extract", path, into)

    def unrpm(self, path, into):
        os.mkdir(into)
        packs.run("sh", "-c", 'rpm2cpio "$1" | (cd "$2" && cpio -idm --quiet)', "sh", path, into)

    def signed_once(self):
        """A signature tells its time, so two makings of it differ: the packages inside come signed."""
        folder = os.path.join(self.scratch, "signed")
        if not os.path.isdir(folder):
            os.mkdir(folder)
            packs.run("cp", *self.rpms, folder)
            packs.run("rpmsign", "--addsign", "-D", "__gpg /usr/bin/gpg", "-D", f"_gpg_name {self.key}", "-D",
                      f"_gpg_path {self.keyring.home}", *glob.glob(f"{folder}/*.rpm"))
        return sorted(glob.glob(f"{folder}/*.rpm"))

    def test_every_distribution_of_the_guide_gets_its_installers(self):
        others = os.path.join(self.scratch, "others")
        os.mkdir(others)
        for arch in ("sbsa", "ppc64le"):
            packs.rpms(others, arch=arch)
        packs.debs(others, arch="sbsa")
        made = self.must("local-installers", "--out", self.out, "--sign-key", self.key, self.given, others)
        deb = [("debian11", "amd64"), ("ubuntu1804", "amd64"), ("ubuntu2004", "amd64"), ("ubuntu2004", "arm64"),
               ("ubuntu2204", "amd64"), ("ubuntu2204", "arm64"), ("cross-sbsa-ubuntu2004", "all"),
               ("cross-sbsa-ubuntu2204", "all")]
        rpm = [("rhel7", "x86_64"), ("rhel8", "x86_64"), ("rhel8", "aarch64"), ("rhel8", "ppc64le"), ("rhel9", "x86_64"),
               ("rhel9", "aarch64")]
        wanted = [f"cudnn-local-repo-{distro}-8.9.6.50_1.0-1_{arch}.deb" for distro, arch in deb]
        wanted += [f"cudnn-local-repo-{distro}-8.9.6.50-1.0-1.{arch}.rpm" for distro, arch in rpm]
        self.assertEqual(sorted(wanted), sorted(map(os.path.basename, made.splitlines())))

    def test_what_a_distribution_cannot_unpack_is_refused_by_name(self):
        os.mkdir(os.path.join(self.scratch, "zstd"))
        packs.run("dpkg-deb", "-R", self.debs[0], os.path.join(self.scratch, "tree"))
        packed = os.path.join(self.scratch, "zstd", os.path.basename(self.debs[0]))
        packs.run("dpkg-deb", "-Zzstd", "--build", os.path.join(self.scratch, "tree"), packed)
        self.assert_refused(self.program("local-installers", "--out", self.out, "--distro", "debian11", packed),
                            "is compressed with zstd, which debian11 cannot read")
        self.installer("debian12", packed)

    def test_the_cross_package_holds_the_other_architecture_s_files_byte_for_byte_and_names_them_plainly(self):
        arm, unpacked = os.path.join(self.scratch, "arm"), os.path.join(self.scratch, "unpacked")
        os.mkdir(arm)
        given = {}
        for deb in packs.debs(arm, arch="sbsa")[:2]:
            packs.run("dpkg-deb", "--extract", deb, unpacked)
        for name, digest in workbench.tree(os.path.join(unpacked, "usr")).items():
            if not name.startswith("share/"):
                given[os.path.basename(name)] = digest
        self.must("local-installers", "--out", self.out, "--distro", "ubuntu2204", "--arch", "cross-sbsa", arm)
        packs.run("dpkg-deb", "--extract", glob.glob(f"{self.out}/*_all.deb")[0], self.scratch)
        packs.run("dpkg-deb", "--extract", glob.glob(f"{self.scratch}/var/*/libcudnn8-cross-sbsa_*_all.deb")[0], self.scratch)
        held = workbench.tree(os.path.join(self.scratch, "usr/local/cuda/targets/sbsa-linux"))
        found = {os.path.basename(name): digest for name, digest in held.items()}
        self.assertEqual(given, {name: found.get(name) for name in given})
        plain = {name: found[name] for name in set(found) - set(given)}
        self.assertEqual(("libcudnn.so.8", "cudnn_v8.h"), (plain.pop("libcudnn.so"), plain.pop("cudnn.h")))
        self.assertEqual(set(), {name for name, target in plain.items() if target not in given})

    def test_without_space_the_error_is_clear_and_no_installer_is_there(self):
        """While the packages are copied, and while the installer is packed."""
        os.makedirs(self.out)
        script = 'mount -t tmpfs -o size="$1" none "$2"; shift 2; set +e; "$@"; status=$?; find "$OUT"; exit $status'
        for distro, size in itertools.product(("debian12", "rhel9"), ("100k", "500k")):
            with self.subTest(distro=distro, size=size):
                done = self.program("local-installers", "--out", self.out, "--distro", distro, "--sign-key", self.key,
                                    self.given, before=["unshare", "--mount", "sh", "-ec", script, "full", size, self.out],
                                    environment={"OUT": self.out})
                self.assert_refused(done, "local-installers: ")
                self.assertRegex(done.stderr, "No space left on device|write failed")  # rpmbuild knows no more than that
                self.assertNotIn("Traceback", done.stderr)
                self.assertEqual([self.out], done.stdout.split())

    def test_no_private_key_is_left_of_an_installer_s_own(self):
        temporary = os.path.join(self.scratch, "tmp")
        os.mkdir(temporary)
        self.must("local-installers", "--out", self.out, "--distro", "debian12", self.given,
                  environment={"TMPDIR": temporary})
        self.assertEqual([], os.listdir(temporary))


SIGNATURES = re.compile(r"(InRelease|Release\.gpg|repomd\.xml\.asc|DEBIAN/md5sums)$")


def without_signatures(listing, tree):
    return ([line for line in listing if not any(SIGNATURES.search(word) for word in line.split())],
            {name: digest for name, digest in tree.items() if not SIGNATURES.search(name)})


if __name__ == "__main__":
    unittest.main()
