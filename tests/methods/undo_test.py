"""What holds the version, and the way back: whatever others have done meanwhile, nothing of theirs is touched."""

import os
import tempfile
import unittest

from home import NEW, OLD, Home, packs, ward


class Undo(Home):
    def setUp(self):
        super().setUp()
        self.open_home()
        self.published()

    def upgrade_of_the_system(self):
        """Names of ours that it would move."""
        done = self.home.must("apt-get", "--simulate", "dist-upgrade")
        return sorted(line.split()[1] for line in done.splitlines() if line.startswith("Inst libcudnn8"))

    def uninstalled(self, before):
        done = self.must_run("uninstall", "--yes")
        self.assert_state(before)
        return done

    def test_an_upgrade_of_the_system_leaves_the_version_and_moves_it_without_the_pin(self):
        before = self.state()
        self.must_run(*self.from_network(OLD))
        self.assertEqual([], self.upgrade_of_the_system())
        self.uninstalled(before)
        self.must_run(*self.from_network(OLD, "--no-pin"))
        self.assertEqual(sorted(self.PACKAGES), self.upgrade_of_the_system())
        self.must_run(*self.from_network(OLD))
        self.assertEqual([], self.upgrade_of_the_system(), "the pin that was left out the first time")
        self.uninstalled(before)

    def test_a_package_of_somebody_else_that_needs_ours(self):
        self.must_run(*self.from_network(OLD))
        with tempfile.TemporaryDirectory(dir=self.scratch) as scratch:
            path = packs._deb("stranger", "1", "all", scratch, scratch, lambda _: False, "Depends: libcudnn8\n")
            packs.run("cp", path, self.home.path("/stranger.deb"))
        self.home.must("dpkg", "-i", "/stranger.deb")
        standing = self.state()
        done = self.tool_run("uninstall", "--yes")
        self.assertEqual(17, done.returncode, done.stderr)
        self.assertIn("needed by stranger", done.stderr)
        self.assert_state(standing)
        self.home.must("dpkg", "--purge", "stranger")
        self.must_run("uninstall", "--yes")
        self.assertEqual([], self.ours())

    def test_packages_and_pin_that_somebody_removed_by_hand(self):
        before = self.state()
        self.must_run(*self.from_network(OLD))
        self.home.must("apt-get", "purge", "-y", "--allow-change-held-packages", *self.PACKAGES)
        self.home.must("rm", "/etc/apt/preferences.d/cudnn-install-cudnn8")
        done = self.tool_run("verify")
        self.assertEqual(12, done.returncode)
        self.assertIn("the package is not installed", done.stdout)
        self.assertIn("does not hold the version any more", done.stdout)
        self.uninstalled(before)

    def test_a_source_that_somebody_changed_stays(self):
        self.must_run(*self.from_network(OLD))
        name = "/etc/apt/sources.list.d/cuda-debian12-x86_64.list"
        text = self.home.read(name) + "# mine\n"
        self.home.write(name, text)
        done = self.must_run("uninstall", "--yes")
        self.assertIn(f"'{name}' stays: it was changed since", done.stderr)
        self.assertEqual(text, self.home.read(name))
        self.assertEqual([], self.ours())

    def test_a_header_of_another_version_than_the_library_is_found(self):
        self.must_run(*self.from_network(OLD))
        header = "/usr/local/cuda/include/cudnn_version.h"
        self.home.write(header, "#define CUDNN_MAJOR 8\n#define CUDNN_MINOR 9\n#define CUDNN_PATCHLEVEL 7\n")
        said = f"{header} says cuDNN 8.9.7, but /usr/lib/x86_64-linux-gnu/libcudnn.so.8 is libcudnn.so.8.9.6"
        for arguments in (["verify"], ["status", "--check"]):
            done = self.tool_run(*arguments)
            self.assertEqual(12, done.returncode, done.stdout)
            self.assertIn("wrong-version " + said.replace(" says", ": says"), done.stdout)
        self.must_run("uninstall", "--yes")
        self.assertIn(f"warning: {said}", self.must_run(*self.from_network(OLD)).stderr)
        self.must_run(*self.from_network(NEW))
        self.assertEqual(0, self.tool_run("verify").returncode)

    def by_hand(self, full):
        """As a user who has the repository already."""
        self.home.must("cp", self.key_file, "/etc/apt/keyrings/mine.asc")
        self.home.write("/etc/apt/sources.list.d/mine.list",
                        f"deb [signed-by=/etc/apt/keyrings/mine.asc] {self.server.url}/mine /\n")
        files = self.builds[full]
        folder = os.path.join(self.out, "mine")
        os.makedirs(folder, exist_ok=True)
        packs.run("cp", "-r", f"{os.path.join(self.out, self.distro, 'x86_64')}/.", folder)
        self.home.must("apt-get", "update")
        self.home.must("apt-get", "install", "-y", *(f"{name}={full}" for name in self.PACKAGES))
        return files

    def test_a_version_that_was_there_before_comes_back(self):
        self.home.must("mkdir", "-p", "/etc/apt/keyrings")
        self.by_hand(OLD)
        before = self.state()
        self.must_run(*self.from_network(NEW))
        self.expect(NEW)
        self.uninstalled(before)
        self.expect(OLD)

    def test_a_version_that_no_repository_has_any_more_is_told_and_the_newer_one_stays(self):
        self.home.must("mkdir", "-p", "/etc/apt/keyrings")
        self.by_hand(OLD)
        self.must_run(*self.from_network(NEW))
        self.home.must("rm", "/etc/apt/sources.list.d/mine.list")
        for path in self.builds[OLD]:
            os.unlink(os.path.join(self.out, self.distro, "x86_64", os.path.basename(path)))
        self.home.must("sh", "-c", "rm -f /var/cache/apt/archives/*.deb")
        done = self.must_run("uninstall", "--yes")
        self.assertIn(f"libcudnn8 stays in {NEW}: no repository has {OLD}", done.stderr)
        self.expect(NEW)
        self.assertEqual([], self.records())


class Elsewhere(Home):
    def test_another_system_s_root_by_chroot(self):
        self.open_home()
        self.published()
        before = self.state()
        root = ["--root", self.home.path("/").rstrip("/")]
        key = os.path.join(self.scratch, "mirror.pub")
        packs.write(key, self.keyring.gpg("--armor", "--export", self.key))
        words = self.from_network(OLD, *root)
        words[words.index("--repository-key") + 1] = key
        packs.run(ward.TOOL, *words)
        self.expect(OLD)
        self.assertIn("all as installed", packs.run(ward.TOOL, "verify", *root))
        packs.run(ward.TOOL, "uninstall", "--yes", *root)
        self.assert_state(before)

    def test_the_shell_script_of_the_plan_gives_the_same_packages(self):
        self.open_home()
        self.published()
        words = self.from_network(OLD, "--format", "sh", verb="plan")
        script = self.must_run(*(word for word in words if word not in ("--yes", "--accept-license"))).stdout
        self.must_run(*self.from_network(OLD))
        by_tool = self.installed()
        self.open_home()
        self.home.write(self.key_file, self.keyring.gpg("--armor", "--export", self.key))
        self.home.write("/root/plan.sh", script)
        self.home.must("sh", "/root/plan.sh")
        self.assertEqual(by_tool, self.installed())


if __name__ == "__main__":
    unittest.main()
