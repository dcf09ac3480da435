"""Every exit code that the tar method can end with, by its real cause: the right code and words, and nothing changed.

Not here: 18, which package managers end with, and 70, which is a bug by definition. More archives for 11 are in tests/hostile.
"""

import os
import shutil
import subprocess
import unittest

import kill_sweep
import peers
import rig

STRANGER = 12345


class FaultCase(rig.Case):
    def everything(self):
        """The tree with the records; of the lock its presence alone, since each holder writes its number into it."""
        tree = self.rig.tree(times=True, records=True)
        return {name: "a lock" if name.endswith("/lock") else entry for name, entry in tree.items()}

    def fails(self, code, arguments, *texts, **more):
        """Runs the tool and holds code, texts and the unchanged tree. Answers what it said on standard error."""
        before = self.everything()
        done = self.rig.run(*arguments, **more)
        self.assert_ends(code, done)
        for text in texts:
            self.assertIn(text, done.stderr)
        self.assert_tree(before, self.everything())
        self.assertEqual([], self.rig.leftovers())
        return done.stderr

    def install(self, *more, archive=None):
        return ["install", *(archive or rig.Archive()).options(), *more]

    def without(self, arguments, option, values=1):
        place = arguments.index(option)
        return arguments[:place] + arguments[place + 1 + values:]


class Usage(FaultCase):
    def test_2_without_a_terminal_and_without_yes(self):
        self.fails(2, self.without(self.install(), "--yes", 0), "error: no terminal to ask: go on?", "add --yes")

    def test_2_with_an_archive_that_is_not_there(self):
        self.fails(2, ["install", "--archive", "/no/such.tar.xz", "--yes"], "error: no archive '/no/such.tar.xz'")

    def test_2_with_recipes_that_are_not_there(self):
        self.fails(2, self.install("--recipes", "/no/such"), "cannot read the recipe directory '/no/such'")

    def test_2_with_an_archive_for_another_platform_than_asked_for(self):
        self.fails(2, self.install("--arch", "sbsa"), "on x86_64, but --arch asks for sbsa")

    def test_10_with_a_recipe_that_has_a_mistake(self):
        recipes = os.path.join(self.rig.scratch, "recipes")
        shutil.copytree(os.path.join(rig.SOURCE, "recipes"), recipes)
        with open(os.path.join(recipes, "methods", "tar.yaml"), "a", encoding="utf-8") as file:
            file.write("stepz: []\n")
        said = self.fails(10, self.install("--recipes", recipes), "methods/tar.yaml", "'stepz'", "steps")
        self.assertRegex(said, r"tar\.yaml:\d+:1")


class Archives(FaultCase):
    def archive_of(self, keep=1.0, after=b""):
        """A share of the demo archive, and what comes behind it; under no name of the catalogue: nothing is promised."""
        with open(rig.Archive().path, "rb") as file:
            whole = file.read()
        return rig.write(os.path.join(self.rig.scratch, "mine.tar.xz"), whole[:int(len(whole) * keep)] + after)

    def test_11_for_a_file_that_is_cut_or_goes_on(self):
        for how, text in (({"keep": 0.5}, "the archive is truncated"), ({"keep": 0.0}, "it is an empty file"),
                          ({"after": b"garbage after the end"}, "bytes follow the end of the compressed data")):
            with self.subTest(how):
                archive = self.archive_of(**how)
                self.fails(11, ["install", "--archive", archive, "--allow-unverified", "--cuda", "12", "--yes"], text)

    def test_11_for_a_page_in_place_of_an_archive(self):
        page = rig.write(os.path.join(self.rig.scratch, "mine.tar.xz"), "<html><body>Log in</body></html>")
        self.fails(11, ["install", "--archive", page, "--allow-unverified", "--cuda", "12", "--yes"], "HTML")

    def test_12_for_a_wrong_digest(self):
        self.fails(12, [*self.without(self.install(), "--sha256"), "--sha256", "0" * 64],
                   f"error: the archive's SHA-256 is {rig.Archive().sha256}, expected {'0' * 64}")

    def test_12_for_a_name_of_the_catalogue_with_other_bytes(self):
        self.fails(12, self.without(self.install(), "--sha256"), f"the archive's SHA-256 is {rig.Archive().sha256}")

    def test_12_rather_than_11_where_both_digest_and_structure_are_wrong(self):
        archive = self.archive_of(keep=0.5)
        self.fails(12, ["install", "--archive", archive, "--sha256", "0" * 64, "--cuda", "12", "--yes"],
                   "the archive's SHA-256 is")

    def test_12_when_verify_finds_a_flipped_byte(self):
        self.rig.install(rig.Archive())
        library = os.path.join(self.rig.prefix, "lib64", "libcudnn_cnn_infer.so.8.9.6")
        with open(library, "r+b") as file:
            file.seek(70000)
            byte = file.read(1)
            file.seek(70000)
            file.write(bytes([byte[0] ^ 1]))
        done = self.rig.run("verify")
        self.assert_ends(12, done)
        self.assertIn("libcudnn_cnn_infer.so.8.9.6", done.stdout + done.stderr)
        self.assertNotIn("libcudnn_ops_infer.so.8.9.6", done.stdout + done.stderr)

    def test_13_without_an_archive(self):
        self.fails(13, ["install", "--cudnn", "8.9.6.50", "--cuda", "12", "--yes", "--accept-license"],
                   "/linux-x86_64/cudnn-linux-x86_64-8.9.6.50_cuda12-archive.tar.xz'", "--archive")


class Places(FaultCase):
    """These need root, for mounts and other users; CI has it."""

    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            self.skipTest("needs root")

    def mounted(self, command):
        return ["unshare", "--mount", "/bin/sh", "-c", f'{command} && exec "$@"', "sh"]

    def test_14_when_the_disk_is_too_small(self):
        self.fails(14, self.install(), "error:",
                   before=self.mounted(f"mount -t tmpfs -o size=2m,mode=755 none {self.rig.prefix}"))

    def test_14_when_the_disk_is_full_in_the_midst_of_an_upgrade(self):
        self.rig.install(rig.Archive())
        self.rig.save()
        tree, other = self.rig.tree(times=True), os.path.join(self.rig.scratch, "small")
        script = ("mount -t tmpfs -o size=7m,mode=755 none {0} && cp -a {1}/saved/prefix/. {0} && "
                  '{{ "$@"; code=$?; cp -a {0} {2}; exit $code; }}').format(self.rig.prefix, self.rig.scratch, other)
        done = self.rig.run("upgrade", *rig.Archive("8.9.7.29", "12").options(),
                            before=["unshare", "--mount", "/bin/sh", "-c", script, "sh"])
        self.assert_ends(14, done)
        self.assert_tree(tree, rig.tree_of(other, times=True))

    def test_14_when_a_limit_on_files_is_reached(self):
        self.fails(14, self.install(), "error: cannot write: File too large",
                   before=["/bin/sh", "-c", 'ulimit -f 100 && exec "$@"', "sh"])

    def for_stranger(self, mode):
        """A copy of the archive with `mode`, and the command line to install it."""
        archive = shutil.copy(rig.Archive().path, self.rig.scratch)
        os.chmod(archive, mode)
        return archive, ["install", "--archive", archive, "--sha256", rig.Archive().sha256, "--cuda", "12", "--yes"]

    def test_15_when_the_archive_must_not_be_read(self):
        archive, arguments = self.for_stranger(0o600)
        self.fails(15, arguments, f"cannot read the archive '{archive}': Permission denied",
                   before=self.rig.for_stranger(STRANGER))

    def test_15_when_the_prefix_must_not_be_written(self):
        _, arguments = self.for_stranger(0o644)
        before = self.rig.for_stranger(STRANGER)
        os.chown(self.rig.prefix, 0, 0)
        self.fails(15, arguments, f"'{self.rig.prefix}", "Permission denied", "hint:", before=before)

    def test_0_without_privileges_where_the_place_is_ones_own(self):
        _, arguments = self.for_stranger(0o644)
        before, expected = self.rig.for_stranger(STRANGER), self.new_rig()
        expected.install(rig.Archive())
        self.rig.must(*arguments, before=before)
        self.assert_tree(expected.tree(), self.rig.tree())
        self.rig.must("verify", "--load", before=before)
        self.rig.must("uninstall", "--yes", before=before)
        self.assertEqual({}, self.everything())

    def test_15_on_a_read_only_file_system(self):
        place = self.rig.prefix
        self.fails(15, self.install(), f"error: '{place}' is on a read-only file system", "--prefix",
                   before=self.mounted(f"mount --bind {place} {place} && mount -o remount,ro,bind {place}"))

    def test_17_below_a_directory_of_another_user(self):
        os.chown(self.rig.prefix, STRANGER, STRANGER)
        for place in (self.rig.prefix, os.path.join(self.rig.prefix, "cuda")):
            self.fails(17, self.install(), f"error: '{self.rig.prefix}' belongs to another user", "--trust-prefix",
                       prefix=place)
        self.rig.install(rig.Archive(), "--trust-prefix")

    def test_17_where_others_may_write(self):
        os.chmod(self.rig.prefix, 0o777)
        self.fails(17, self.install(), f"error: others may write to '{self.rig.prefix}'",
                   f"chmod go-w {self.rig.prefix}")

    def test_17_with_a_state_directory_of_another_user(self):
        os.makedirs(self.rig.state)
        os.chown(self.rig.state, STRANGER, STRANGER)
        self.fails(17, self.install(), f"error: '{self.rig.state}' belongs to another user")

    def test_17_with_records_of_another_user(self):
        self.rig.install(rig.Archive())
        records = os.path.join(self.rig.prefix, rig.STATE_NAME)
        os.chown(records, STRANGER, STRANGER)
        self.fails(17, ["uninstall", "--yes"], "belongs to another user")


class Conflicts(FaultCase):
    def test_16_while_another_run_holds_the_lock(self):
        self.rig.install(rig.Archive())
        lock = os.path.join(self.rig.prefix, rig.STATE_NAME, "lock")
        newer = rig.Archive("8.9.7.29", "12")
        for arguments in (self.install(archive=newer), ["uninstall", "--yes"], ["rollback", "--yes"]):
            self.fails(16, [*arguments, "--lock-timeout", "0"], "is working on", "--lock-timeout",
                       before=["flock", lock])

    def test_17_with_a_directory_where_a_file_comes(self):
        os.makedirs(os.path.join(self.rig.prefix, "include", "cudnn.h", "mine"))
        self.fails(17, self.install(), "include/cudnn.h'")

    def test_17_with_a_directory_that_is_a_link_to_nothing_or_a_file(self):
        place = os.path.join(self.rig.prefix, "lib64")
        os.symlink("/no/such", place)
        self.fails(17, self.install(), f"error: '{place}' leads to a directory that does not exist")
        self.assertEqual([], os.listdir(os.path.join(self.rig.state, "index")))
        os.remove(place)
        rig.write(place, "a file")
        self.fails(17, self.install(), f"error: '{place}' is not a directory")

    def test_17_with_records_that_are_a_link(self):
        os.mkdir(os.path.join(self.rig.scratch, "elsewhere"))
        os.symlink("../elsewhere", os.path.join(self.rig.prefix, rig.STATE_NAME))
        self.fails(17, self.install(), rig.STATE_NAME)
        self.assertEqual([], os.listdir(os.path.join(self.rig.scratch, "elsewhere")))

    def test_17_without_a_parent_of_the_prefix(self):
        self.fails(17, self.install(), "does not exist", prefix=os.path.join(self.rig.prefix, "a", "b"))

    def test_17_with_a_file_that_a_package_owns(self):
        root, owned = self.rig.prefix, "/usr/local/cuda/lib64/libcudnn.so.8.9.6"
        rig.write(root + owned, "the package's")
        rig.write(root + "/usr/local/cuda/include/keep", "")
        rig.write(root + "/etc/os-release", "ID=debian\nVERSION_ID=12\n")
        rig.write(root + "/var/lib/dpkg/info/libcudnn8.list", f"/.\n{owned}\n")
        rig.write(root + "/var/lib/dpkg/status", "Package: libcudnn8\nStatus: install ok installed\n"
                  "Version: 8.9.6.50-1+cuda12.2\nArchitecture: amd64\n\n")
        self.fails(17, self.install("--root", root, "--arch", "x86_64"),
                   f"error: '{owned}' belongs to the package 'libcudnn8'", prefix="/usr/local/cuda")

    def test_17_when_there_is_nothing_to_go_back_to(self):
        self.rig.install(rig.Archive())
        self.rig.must("upgrade", *rig.Archive("8.9.7.29", "12").options(), "--no-keep-previous")
        self.fails(17, ["rollback", "--yes"], "error:", "hint:")


class Interrupted(FaultCase):
    def inject(self, call, signal, number):
        return ["strace", "-o", "/dev/null", "-e", f"trace={call}",
                "-e", f"inject={call}:signal={signal}:when={number}"]

    def test_19_when_a_signal_comes_before_the_commit_point(self):
        self.rig.install(rig.Archive())
        newer = rig.Archive("8.9.7.29", "12")
        for signal in ("INT", "TERM", "HUP"):
            for call, number in (("mkdirat", 1), ("fchmod", 10), ("fsync", 1), ("fsync", 20), ("fsync", 40)):
                with self.subTest(signal=signal, call=call, number=number):
                    self.fails(19, ["upgrade", *newer.options()], "error: interrupted",
                               before=self.inject(call, signal, number))

    def test_0_when_a_signal_comes_after_it(self):
        scratch = self.new_rig()
        scratch.install(rig.Archive())
        for signal in ("INT", "TERM", "HUP"):
            with self.subTest(signal):
                self.rig.must(*self.install(), before=self.inject("renameat", signal, 20))
                self.assert_tree(scratch.tree(), self.rig.tree())
                self.rig.must("uninstall", "--yes")


class Settling(FaultCase):
    """A run killed in the midst of its moves, and a path that somebody changed meanwhile."""

    def killed_in_the_midst(self, clock=()):
        self.rig.install(rig.Archive("8.9.6.50", "11"))
        self.rig.save()
        newer = self.install(archive=rig.Archive("8.9.7.29", "12"))
        calls = [call for call in kill_sweep.calls_of(self.rig, newer) if call[0].startswith("renameat")]
        self.rig.restore()
        self.rig.run(*newer, before=[*clock, *kill_sweep.Killer("strace").at(calls[len(calls) // 2])])
        return newer

    def disturbed(self, name="include/cudnn_ops_infer.h"):
        """A path that was moved already is put aside, and another stands in its place."""
        newer = self.killed_in_the_midst()
        place = os.path.join(self.rig.prefix, name)
        os.rename(place, place + ".aside")
        rig.write(place, "put there meanwhile")
        return newer, place

    def test_20_overwrites_nothing_and_goes_on_when_the_file_is_put_back(self):
        newer, place = self.disturbed()
        before = self.everything()
        for arguments in (newer, ["uninstall", "--yes"], ["rollback", "--yes"], ["status"]):
            self.assert_ends(20, self.rig.run(*arguments))
            self.assert_tree(before, self.everything())
        os.rename(place + ".aside", place)
        self.rig.must(*newer)
        fresh = self.new_rig()
        fresh.install(rig.Archive("8.9.7.29", "12"))
        self.assert_tree(fresh.tree(), self.rig.tree())
        self.assertEqual([], self.rig.leftovers())

    def test_case_151_a_clock_that_jumps_changes_nothing(self):
        fresh = self.new_rig()
        fresh.install(rig.Archive("8.9.7.29", "12"))
        for then, now in ((["faketime", "2040-01-01 00:00:00"], []), ([], ["faketime", "2001-01-01 00:00:00"])):
            with self.subTest(then=then, now=now):
                self.killed_in_the_midst(clock=then)
                self.assertTrue(os.path.exists(os.path.join(self.rig.prefix, rig.STATE_NAME, "journal")))
                self.assert_ends(0, self.rig.settle(before=now))
                self.assert_tree(fresh.tree(), self.rig.tree())
                self.assertEqual([], self.rig.leftovers())
                self.rig.must("uninstall", "--yes")

    def test_20_names_what_is_neither_what_is_new_and_what_is_still_old(self):
        newer, _ = self.disturbed()
        said = self.rig.run(*newer).stderr
        self.assertNotIn("\\x0a", said)
        lines = [line.strip() for line in said.splitlines()]
        self.assertIn("include/cudnn_ops_infer.h", lines)
        self.assertIn("include/cudnn_version.h", lines)  # moved
        self.assertIn("lib64/libcudnn_adv_infer.so.8.9.6", lines)  # goes last, so it is still there

    def copied_by_hand(self, archive):
        """The guide's commands over what is there."""
        guide = peers.Guide()
        for step in guide.steps(self.rig, archive):
            subprocess.run(step, check=True)

    def test_20_when_an_administrator_has_copied_another_version_meanwhile(self):
        newer = self.killed_in_the_midst()
        self.copied_by_hand(rig.Archive("8.9.4.25", "12"))
        before = self.everything()
        for arguments in (newer, ["uninstall", "--yes"], ["rollback", "--yes"]):
            done = self.rig.run(*arguments)
            self.assert_ends(20, done)
            for line in ("changed by somebody else, or their new content is out of reach:\n    include/cudnn_version.h\n",
                         "\n  still as before:\n", "\n  done:\n"):
                self.assertIn(line, done.stderr)
            self.assert_tree(before, self.everything())
        status = self.rig.run("status")
        self.assert_ends(20, status)
        self.assertIn("an interrupted run cannot be settled before a person has looked", status.stdout)
        self.assertIn("changed by somebody else", status.stderr)
        self.assert_tree(before, self.everything())

    def test_the_new_version_copied_by_hand_is_a_way_out_of_20(self):
        newer = self.killed_in_the_midst()
        self.copied_by_hand(rig.Archive("8.9.4.25", "12"))
        self.assert_ends(20, self.rig.run(*newer))
        self.copied_by_hand(rig.Archive("8.9.7.29", "12"))
        self.rig.must(*newer)
        self.rig.must("verify")
        self.assertEqual([], self.rig.leftovers())

    def test_20_with_a_damaged_journal(self):
        newer = self.killed_in_the_midst()
        journal = os.path.join(self.rig.prefix, rig.STATE_NAME, "journal")
        with open(journal, "r+b") as file:
            file.truncate(os.path.getsize(journal) // 2)
        before = self.everything()
        done = self.rig.run(*newer)
        self.assert_ends(20, done)
        self.assertIn("journal", done.stderr)
        self.assert_tree(before, self.everything())


class Machines(FaultCase):
    """Archives and systems that do not go together, and systems that are elsewhere."""

    def sbsa(self):
        return rig.Archive("8.9.6.50", "12", "--arch", "sbsa")

    def root(self):
        """A root with the beginning of an aarch64 program as its shell."""
        rig.write(self.rig.prefix + "/etc/os-release", "ID=ubuntu\nVERSION_ID=22.04\nID_LIKE=debian\n")
        rig.write(self.rig.prefix + "/bin/sh",
                  b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\0\xb7\0\x01\0\0\0" + bytes(40), 0o755)
        os.makedirs(self.rig.prefix + "/usr/local/cuda")
        return ["--root", self.rig.prefix]

    def test_21_for_another_machines_archive(self):
        self.fails(21, self.install(archive=self.sbsa()),
                   "the archive is for an aarch64 server (sbsa), this machine is x86_64", "--arch")

    def test_21_for_another_major_of_the_toolkit_unless_it_is_named(self):
        rig.write(self.rig.prefix + "/version.json", '{"cuda": {"name": "CUDA SDK", "version": "11.8.20220929"}}')
        arguments = self.without(self.install(), "--cuda")
        self.fails(21, arguments, "the archive is for CUDA 12, and the toolkit at", "insist with --cuda 12")
        self.rig.must(*self.install())

    def test_21_for_a_system_without_glibc(self):
        root = self.rig.prefix
        rig.write(root + "/etc/os-release", "ID=alpine\nVERSION_ID=3.22.0\n")
        rig.write(root + "/lib/ld-musl-x86_64.so.1", "")
        os.makedirs(root + "/usr/local/cuda")
        self.fails(21, self.install("--root", root, "--arch", "x86_64"), "musl", prefix="/usr/local/cuda")

    def test_21_for_libraries_that_need_a_newer_glibc(self):
        root = self.rig.prefix
        elf = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\0\x3e\0\x01\0\0\0" + bytes(40)
        rig.write(root + "/etc/os-release", "ID=ubuntu\nVERSION_ID=22.04\nID_LIKE=debian\n")
        rig.write(root + "/bin/sh", elf, 0o755)
        os.makedirs(root + "/usr/local/cuda")
        for version, fits in (("2.1", False), ("2.35", True)):
            with self.subTest(version):
                rig.write(root + "/lib/x86_64-linux-gnu/libc.so.6", elf + b"GNU C Library (a test) stable release version "
                          + version.encode() + b".\n", 0o755)
                arguments = self.install("--root", root)
                if fits:
                    self.rig.must(*arguments, prefix="/usr/local/cuda")
                else:
                    self.fails(21, arguments, "needs glibc 2.", "this system has 2.1", prefix="/usr/local/cuda")

    def test_another_machines_root_by_its_shell_and_by_the_option(self):
        root = self.root()
        before = self.everything()
        for more in ([], ["--arch", "sbsa"]):
            with self.subTest(more):
                self.rig.must(*self.install(*root, *more, archive=self.sbsa()), prefix="/usr/local/cuda")
                library = os.path.join(self.rig.prefix, "usr/local/cuda/lib64/libcudnn.so.8.9.6")
                self.assertTrue(os.path.exists(library))
                done = self.rig.must("verify", *root, prefix="/usr/local/cuda")
                self.assertIn("51 paths", done.stdout)
                self.fails(2, ["verify", "--load", *root], "--root names another one", prefix="/usr/local/cuda")
                self.rig.must("uninstall", "--yes", *root, prefix="/usr/local/cuda")
                self.assert_tree(before, self.everything())

    def test_21_for_this_machines_archive_in_another_machines_root(self):
        self.fails(21, self.install(*self.root()), "x86_64", prefix="/usr/local/cuda")


if __name__ == "__main__":
    for program in ("faketime", "flock", "setpriv", "strace", "unshare"):
        rig.need(program)
    unittest.main()
