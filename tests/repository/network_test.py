"""Network repositories: what clients get by http, and what publishing again reads, keeps and refuses."""

import os
import re
import shutil
import time
import unittest

import workbench
import packs

NEW, OLD, ELEVEN = "8.9.7.29-1+cuda12.2", "8.9.6.50-1+cuda12.2", "8.9.6.50-1+cuda11.8"


class Network(workbench.Case):
    def folder(self, place):
        return os.path.join(self.out, place)

    def names(self, place):
        return sorted(os.listdir(self.folder(place)))


class Apt(Network):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debs = {full: packs.debs(cls.given, *full.split("-1+cuda")) for full in (OLD, ELEVEN, NEW)}

    def ready(self, url):
        """A root that uses the repository at `url` by its keyring package, as the guide has it."""
        root = self.root("bookworm")
        packs.run("cp", os.path.join(self.folder("debian12/x86_64"), "cuda-keyring_1.1-1_all.deb"), root.path("/"))
        root.must("dpkg", "-i", "/cuda-keyring_1.1-1_all.deb")
        self.assertEqual(f"deb [signed-by=/usr/share/keyrings/cuda-archive-keyring.gpg] {url}/debian12/x86_64/ /\n",
                         root.read("etc/apt/sources.list.d/cuda-debian12-x86_64.list"))
        return root

    def test_versions_and_variants_side_by_side_are_installed_by_name_over_http(self):
        server = self.serve()
        self.must_publish(self.given, url=server.url)
        root = self.ready(server.url)
        root.must("apt-get", "update", "--error-on=any")
        asked = {name.rsplit("/", 1)[0] if "by-hash" in name else name for name, _ in server.asked()}
        self.assertEqual({"/debian12/x86_64/InRelease", "/debian12/x86_64/by-hash/SHA512"}, asked)
        offered = re.findall(r"^ *libcudnn8 \| (\S+)", root.must("apt-cache", "madison", "libcudnn8"), re.M)
        self.assertEqual([NEW, OLD, ELEVEN], offered)
        for version in (ELEVEN, OLD, NEW, ELEVEN):
            root.must("apt-get", "install", "-y", "--allow-downgrades", f"libcudnn8={version}", f"libcudnn8-dev={version}")
            self.assertEqual("", root.must("dpkg", "-V", "libcudnn8", "libcudnn8-dev"))
        self.assertRegex(root.must("apt-cache", "policy", "libcudnn8"), rf"{re.escape(NEW)} 600\n")

    def test_index_and_packages_that_were_tampered_with_are_refused(self):
        server = self.serve()
        self.must_publish(*self.debs[OLD], url=server.url)
        root = self.ready(server.url)
        folder = self.folder("debian12/x86_64")
        root.must("apt-get", "update", "--error-on=any")
        with open(os.path.join(folder, os.path.basename(self.debs[OLD][0])), "r+b") as file:
            file.seek(1000)
            file.write(b"changed")
        done = root.run("apt-get", "install", "-y", f"libcudnn8={OLD}")
        self.assertRegex(done.stdout + done.stderr, "Hash Sum mismatch")
        with open(os.path.join(folder, "InRelease"), "r+b") as file:
            data = file.read().replace(b"Label: cuDNN", b"Label: cuDNM")
            file.seek(0)
            file.write(data)
        os.utime(file.name, (time.time() + 2,) * 2)  # or apt is told "not modified" within the second of its last update
        self.assertNotEqual(0, root.run("apt-get", "update", "--error-on=any").returncode)

    def test_a_publish_within_the_second_of_the_last_one_is_seen(self):
        server, probes = self.serve(), packs.probe_debs(self.scratch, 4)
        self.must_publish(probes[0], url=server.url)
        root = self.ready(server.url)
        folder = self.folder("debian12/x86_64")
        seen = []
        for probe in probes[1:]:
            before = int(os.stat(os.path.join(folder, "InRelease")).st_mtime)
            self.must_publish(probe, url=server.url)
            seen.append(int(os.stat(os.path.join(folder, "InRelease")).st_mtime) > before)
        self.assertEqual([True] * 3, seen)
        root.must("apt-get", "update", "--error-on=any")
        self.assertEqual(4, len(re.findall("libcudnn8-probe", root.must("apt-cache", "madison", "libcudnn8-probe"))))

    def test_every_digest_and_size_in_the_index_is_the_file_s(self):
        self.must_publish(self.given)
        folder = self.folder("debian12/x86_64")
        with open(os.path.join(folder, "Packages"), encoding="utf-8") as file:
            stanzas = [dict(re.findall(r"^([\w-]+): (.*)$", stanza, re.M)) for stanza in file.read().strip().split("\n\n")]
        self.assertEqual([name for name in self.names("debian12/x86_64") if name.endswith(".deb")],
                         sorted(stanza["Filename"].removeprefix("./") for stanza in stanzas))
        for stanza in stanzas:
            path = os.path.join(folder, stanza["Filename"])
            self.assertEqual((stanza["Size"], stanza["SHA256"]), (str(os.path.getsize(path)), packs.digest(path)))
            self.assertEqual(stanza["SHA512"], packs.run("sha512sum", path).split()[0])
            self.assertEqual(set(), {"MD5sum", "SHA1"} & set(stanza))

    def test_three_generations_of_the_index_are_kept_and_older_ones_go(self):
        probes = packs.probe_debs(self.scratch, 5)
        for probe in probes:
            self.must_publish(probe, "--grace", "0")
        for digest in ("SHA256", "SHA512"):
            kept = os.listdir(self.folder(f"debian12/x86_64/by-hash/{digest}"))
            self.assertEqual(9, len(kept))  # of each the plain file, .gz and .xz
        release = self.read("InRelease")
        self.assertIn("Acquire-By-Hash: yes", release)

    def read(self, name):
        with open(os.path.join(self.folder("debian12/x86_64"), name), encoding="utf-8") as file:
            return file.read()

    def test_an_index_that_was_replaced_a_moment_ago_stays_whatever_its_number(self):
        for probe in packs.probe_debs(self.scratch, 5):
            self.must_publish(probe)
        self.assertEqual(15, len(os.listdir(self.folder("debian12/x86_64/by-hash/SHA256"))))

    def test_a_dropped_package_leaves_the_index_at_once_and_the_server_with_the_last_index_that_names_it(self):
        probes = packs.probe_debs(self.scratch, 4)
        self.must_publish(*probes[:2], "--grace", "0")
        file = os.path.basename(probes[0])
        self.must_publish("--drop", file, "--grace", "0")
        self.assertNotIn(file, self.read("Packages"))
        self.assertIn(file, self.names("debian12/x86_64"))
        self.assert_refused(self.publish(probes[0], "--grace", "0"), "was dropped a short while ago")
        for probe in probes[2:]:
            self.must_publish(probe, "--grace", "0")
        self.assertNotIn(file, self.names("debian12/x86_64"))

    def test_published_bytes_never_change(self):
        probe = packs.probe_debs(self.scratch, 1)[0]
        self.must_publish(probe)
        before = workbench.tree(self.out)
        with open(probe, "ab") as file:
            file.write(b"\n")
        self.assert_refused(self.publish(probe), "is published with other bytes")
        self.assertEqual(before, workbench.tree(self.out))

    def test_another_key_needs_another_keyring_package(self):
        self.must_publish(*self.debs[OLD])
        other = self.keyring.make("other")
        self.assert_refused(self.publish(key=other), "'cuda-keyring_1.1-1_all.deb' is published with other bytes")
        self.must_publish("--keyring-version", "1.1-2", key=other)
        self.assertIn(f"{other[-8:].lower()}.pub", self.names("debian12/x86_64"))

    def test_packages_for_elsewhere_are_refused_by_name(self):
        arm = os.path.join(self.scratch, f"libcudnn8_{OLD}_arm64.deb")
        packs.run("sh", "-c", 'dpkg-deb -R "$1" t && sed -i s/amd64/arm64/ t/DEBIAN/control && dpkg-deb -Zxz --build t "$2"',
                  "sh", self.debs[OLD][0], arm, cwd=self.scratch)
        self.assert_refused(self.publish(arm), "is not for debian12/x86_64")
        self.assert_refused(self.publish(distro="debian11", arch="sbsa"), "debian11 has no network repository for sbsa")
        self.assert_refused(self.publish(distro="debian99"), "there is no distribution 'debian99'")


class Again(Network):
    """What publishing again costs."""

    def opened(self, *arguments, **more):
        """Package files that any process of one publish opened."""
        trace = os.path.join(self.scratch, "trace")
        self.must_publish(*arguments, before=["strace", "-f", "-q", "-e", "trace=open,openat", "-o", trace], **more)
        with open(trace, encoding="utf-8", errors="replace") as file:
            lines = [line for line in file if re.search(r'\.(deb|rpm)"', line) and "ENOENT" not in line]
        return {os.path.basename(re.search(r'"([^"]+\.(?:deb|rpm))"', line)[1]) for line in lines}

    def only_new_ones_are_read(self, probes, **more):
        many, last = probes[:-1], probes[-1]
        self.must_publish(*many, **more)
        folder = os.path.join(self.scratch, "new")
        os.mkdir(folder)
        shutil.move(last, folder)
        read = self.opened(folder, **more)
        known = {os.path.basename(path) for path in many}
        self.assertIn(os.path.basename(last), read)
        self.assertEqual(set(), read & known)

    def test_of_debs_only_the_new_one_is_read(self):
        self.only_new_ones_are_read(packs.probe_debs(self.scratch, 12))

    def test_of_rpms_only_the_new_one_is_read(self):
        self.only_new_ones_are_read(packs.probe_rpms(self.scratch, 12), distro="rhel9")

    def test_nothing_new_writes_nothing(self):
        probes = packs.probe_debs(self.scratch, 3)
        self.must_publish(*probes)
        before = packs.run("find", self.out, "-type", "f", "-printf", "%p %i %T@\\n")
        self.assertIn("0 new, 4 in all, generation 1", self.must_publish(*probes))
        self.assertEqual(before, packs.run("find", self.out, "-type", "f", "-printf", "%p %i %T@\\n"))

    def test_a_published_file_that_was_changed_is_found_without_reading_the_others(self):
        probes = packs.probe_debs(self.scratch, 3)
        self.must_publish(*probes)
        damaged = os.path.join(self.folder("debian12/x86_64"), os.path.basename(probes[1]))
        with open(damaged, "ab") as file:
            file.write(b"\n")
        self.assert_refused(self.publish(), "was changed since it was published")

    def test_a_published_file_that_is_gone_is_named_and_can_be_dropped(self):
        probes = packs.probe_debs(self.scratch, 2)
        self.must_publish(*probes)
        gone = os.path.basename(probes[0])
        os.unlink(os.path.join(self.folder("debian12/x86_64"), gone))
        self.assert_refused(self.publish(), f"{gone}' is published and not there any more")
        self.assertIn("2 in all", self.must_publish("--drop", gone))

    def test_a_repository_that_was_moved_to_another_disk_is_read_once_and_goes_on(self):
        probes = packs.probe_debs(self.scratch, 3)
        self.must_publish(*probes[:2])
        packs.run("cp", "-a", self.out, f"{self.out}2")
        self.out += "2"
        self.must_publish(probes[2])
        self.assertIn("4 in all", self.must_publish())


class Making(Network):
    def test_the_same_packages_give_the_same_repository_but_for_signatures(self):
        probes, made = packs.probe_debs(self.scratch, 3), []
        for number, how in enumerate([{}, self.elsewhere()]):
            self.out = os.path.join(self.scratch, ("here", "stranger/out")[number])
            for arguments in (probes[:2], probes[2:]):
                self.must_publish(*(arguments if number == 0 else reversed(arguments)), **how)
            made.append({name: digest for name, digest in workbench.tree(self.out).items() if ".publish" not in name})
            time.sleep(1.1)  # a signature of another second would differ in the signature alone
        different = {name for name in made[0] if made[1][name] != made[0][name]}
        self.assertEqual(set(made[0]), set(made[1]))
        self.assertEqual({"debian12/x86_64/InRelease", "debian12/x86_64/Release.gpg"}, different)

    def test_signed_rpms_give_the_same_metadata(self):
        probes, made = packs.probe_rpms(self.scratch, 2), []
        packs.run("rpmsign", "--addsign", "-D", "__gpg /usr/bin/gpg", "-D", f"_gpg_name {self.key}", "-D",
                  f"_gpg_path {self.keyring.home}", *probes)
        for number, how in enumerate([{}, self.elsewhere()]):
            self.out = os.path.join(self.scratch, ("here", "stranger/out")[number])
            self.must_publish(*probes, distro="rhel9", **how)
            made.append({name: digest for name, digest in workbench.tree(self.out).items() if ".publish" not in name})
            time.sleep(1.1)
        different = {name for name in made[0] if made[1].get(name) != made[0][name]}
        self.assertEqual({"rhel9/x86_64/repodata/repomd.xml.asc"}, different)


class Yum(Network):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for version, cuda in (("8.9.6.50", "12.2"), ("8.9.6.50", "11.8"), ("8.9.7.29", "12.2")):
            packs.rpms(cls.given, version, cuda)

    def test_versions_and_variants_side_by_side_are_installed_by_name_over_http(self):
        server = self.serve()
        self.must_publish(self.given, distro="rhel9", url=server.url)
        root = self.root("rhel")
        root.must("yum-config-manager", "--add-repo", f"{server.url}/rhel9/x86_64/cuda-rhel9.repo")
        root.must("yum", "clean", "all")
        for command, full in (("install", "8.9.6.50-1.cuda11.8"), ("install", "8.9.6.50-1.cuda12.2"),
                              ("install", "8.9.7.29-1.cuda12.2"), ("downgrade", "8.9.6.50-1.cuda11.8")):
            root.must("yum", "-y", command, f"libcudnn8-{full}", f"libcudnn8-devel-{full}")
            self.assertEqual("", root.must("rpm", "-V", "libcudnn8", "libcudnn8-devel"))
            self.assertEqual(full, root.must("rpm", "-q", "--qf", "%{VERSION}-%{RELEASE}", "libcudnn8"))
        self.assertEqual([], [name for name, code in server.asked() if code >= 400])

    def test_unsigned_packages_and_changed_metadata_are_refused(self):
        server = self.serve()
        self.must_publish(self.given, distro="rhel9", url=server.url)
        root, repodata = self.root("rhel"), self.folder("rhel9/x86_64/repodata")
        root.must("yum-config-manager", "--add-repo", f"{server.url}/rhel9/x86_64/cuda-rhel9.repo")
        with open(os.path.join(repodata, "repomd.xml"), "a", encoding="utf-8") as file:
            file.write("\n")
        self.assertNotEqual(0, root.run("yum", "-y", "makecache").returncode)
        self.assertNotEqual(0, root.run("yum", "-y", "install", "libcudnn8").returncode)

    def test_zypper_installs_an_exact_version_over_http(self):
        server = self.serve()
        self.must_publish(self.given, distro="sles15", url=server.url)
        root = self.root("suse")
        root.must("zypper", "-n", "addrepo", f"{server.url}/sles15/x86_64/cuda-sles15.repo")
        self.assertNotEqual(0, root.run("zypper", "-n", "refresh").returncode, "nobody has accepted the key yet")
        root.must("zypper", "-n", "--gpg-auto-import-keys", "refresh")
        root.must("zypper", "-n", "install", "libcudnn8=8.9.6.50-1.cuda11.8")
        self.assertEqual("", root.must("rpm", "-V", "libcudnn8"))


if __name__ == "__main__":
    unittest.main()
