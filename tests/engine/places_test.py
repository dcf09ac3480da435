"""Where it runs: file systems, mounts inside the prefix, users and containers. Each place gets the same whole life.

Needs root, to make and mount file systems; all of them end with the process.
"""

import ctypes
import os
import platform
import shutil
import struct
import unittest

import disk
import rig

STRANGER = 12345
OLD, CHANGED, NEWER = ("8.9.6.50", "11"), ("8.9.6.50", "12"), ("8.9.7.29", "12")


class Place(rig.Case):
    expected = None

    @classmethod
    def setUpClass(cls):
        """The trees of a life in an ordinary directory, which change_test and guide_test hold to those of others."""
        if Place.expected is None:
            plain = rig.Rig("plain")
            Place.expected = list(cls.life(plain))
            plain.close()

    @staticmethod
    def life(scratch, *options, before=()):
        """Install over a hand-made file, change to equal names, upgrade, rollback, uninstall: the tree after each."""
        hand_made = rig.write(os.path.join(scratch.prefix, "include", "cudnn.h"), "by hand")
        how = os.stat(scratch.prefix)
        for path in (os.path.dirname(hand_made), hand_made):
            os.chown(path, how.st_uid, how.st_gid)
        yield scratch.tree()
        for verb, archive in (("install", OLD), ("install", CHANGED), ("upgrade", NEWER)):
            scratch.must(verb, *rig.Archive(*archive).options(), *options, before=before)
            scratch.must("verify", before=before)
            yield scratch.tree()
        for verb in ("rollback", "uninstall"):
            scratch.must(verb, "--yes", *options, before=before)
            yield scratch.tree()

    def assert_whole_life(self, scratch, *options, before=()):
        for expected, found in zip(self.expected, self.life(scratch, *options, before=before), strict=True):
            self.assert_tree(expected, found)
        self.assertEqual([], scratch.leftovers())

    def mounted(self, kind):
        made = disk.Disk(kind)
        self.addCleanup(made.close)
        return made

    def mount(self, *arguments):
        """Mounts, and takes it down after the test."""
        disk.call("mount", *arguments)
        self.addCleanup(disk.call, "umount", "--lazy", arguments[-1])
        return arguments[-1]


class FileSystems(Place):
    def test_ext4_xfs_and_btrfs(self):
        for kind in disk.KINDS:
            with self.subTest(kind):
                self.assert_whole_life(rig.Rig("place", within=self.mounted(kind).place))

    def test_tmpfs(self):
        folder = os.path.join(self.rig.scratch, "tmpfs")
        os.mkdir(folder)
        self.mount("-t", "tmpfs", "-o", "mode=755", "none", folder)
        self.assert_whole_life(rig.Rig("place", within=folder))

    def test_include_and_lib64_on_file_systems_of_their_own(self):
        for name in ("include", "lib64"):
            for kind in ("tmpfs", "bind"):
                with self.subTest(name=name, kind=kind):
                    scratch = self.new_rig()
                    for folder in ("include", "lib64", "../other"):
                        os.mkdir(os.path.join(scratch.prefix, folder))
                    place, other = os.path.join(scratch.prefix, name), os.path.join(scratch.scratch, "other")
                    how = ("-t", "tmpfs", "-o", "mode=755", "none") if kind == "tmpfs" else ("--bind", other)
                    self.mount(*how, place)
                    for expected, found in zip(self.expected, self.life(scratch), strict=True):
                        # lib64 was there before, so it stays.
                        self.assert_tree({**expected, "lib64": ("directory", "0o755")}, found)
                    self.assertEqual([], scratch.leftovers())

    def test_a_directory_of_ours_that_became_a_mount_point_stays(self):
        self.rig.install(rig.Archive(*OLD))
        place = os.path.join(self.rig.prefix, "include")
        copy = shutil.copytree(place, os.path.join(self.rig.scratch, "copy"))
        self.mount("--bind", copy, place)
        self.rig.must("uninstall", "--yes")
        self.assertEqual({"include": ("directory", "0o755")}, self.rig.tree(records=True))
        self.assertEqual([], self.rig.leftovers())


class Full(Place):
    """A disk that is too small by a little or by a lot: exit 14, the old tree, nothing left."""

    def prefix_of(self, kibibytes):
        folder = os.path.join(self.rig.scratch, "small")
        os.makedirs(folder, exist_ok=True)
        disk.call("mount", "-t", "tmpfs", "-o", f"mode=755,size={kibibytes}k", "none", folder)
        disk.call("cp", "-a", os.path.join(self.rig.scratch, "saved", "prefix") + "/.", folder)
        disk.call("mount", "--move", folder, self.rig.prefix)

    def ladder(self, arguments, sizes):
        """The codes that the sizes gave; after each but 0 the old tree stands, with nothing beside it."""
        self.rig.save()
        before, codes = self.rig.tree(times=True), []
        for size in sizes:
            self.prefix_of(size)
            try:
                done = self.rig.run(*arguments)
                codes.append(done.returncode)
                if done.returncode != 0:
                    self.assert_ends(14, done)
                    self.assert_tree(before, self.rig.tree(times=True))
                self.assertEqual([], self.rig.leftovers())
            finally:
                disk.call("umount", self.rig.prefix)
        return codes

    def test_a_fresh_install_onto_every_size(self):
        codes = self.ladder(["install", *rig.Archive(*OLD).options()], range(512, 7000, 512))
        self.assertEqual((14, 0), (codes[0], codes[-1]))
        self.assertEqual(sorted(codes, reverse=True), codes)

    def test_an_upgrade_onto_every_size(self):
        self.rig.install(rig.Archive(*OLD))
        codes = self.ladder(["upgrade", *rig.Archive(*NEWER).options()], range(4900, 11000, 512))
        self.assertEqual((14, 0), (codes[0], codes[-1]))
        self.assertEqual(sorted(codes, reverse=True), codes)

    def test_no_room_for_the_index(self):
        os.mkdir(self.rig.state)
        self.mount("-t", "tmpfs", "-o", "mode=755,nr_inodes=2", "none", self.rig.state)
        self.assert_ends(14, self.rig.run("install", *rig.Archive(*OLD).options()))
        self.assertEqual({}, self.rig.tree(records=True))


class ReadOnly(Place):
    def test_15_with_nothing_changed_and_the_same_run_after_it_is_writable_again(self):
        self.rig.install(rig.Archive(*OLD))
        before = self.rig.tree(times=True)
        self.mount("--bind", self.rig.prefix, self.rig.prefix)
        newer = ["upgrade", *rig.Archive(*NEWER).options()]
        disk.call("mount", "-o", "remount,bind,ro", self.rig.prefix)
        for arguments in (newer, ["rollback", "--yes"], ["uninstall", "--yes"]):
            self.assert_ends(15, self.rig.run(*arguments))
            self.assert_tree(before, self.rig.tree(times=True))
        self.rig.must("verify")
        disk.call("mount", "-o", "remount,bind,rw", self.rig.prefix)
        self.rig.must(*newer)


PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER = 38, 22, 2
CALLS = {"x86_64": (157, 317), "aarch64": (167, 277), "ppc64le": (171, 358)}  # prctl, seccomp


def deny_seccomp():
    """As a container's profile does it: neither prctl nor seccomp installs a filter any more."""
    prctl, seccomp = CALLS[platform.machine()]
    load, equal, answer, allow, refuse = 0x20, 0x15, 0x06, 0x7FFF0000, 0x00050001
    program = [(load, 0, 0, 0), (equal, 4, 0, seccomp), (equal, 0, 2, prctl), (load, 0, 0, 16),
               (equal, 1, 0, PR_SET_SECCOMP), (answer, 0, 0, allow), (answer, 0, 0, refuse)]
    code = b"".join(struct.pack("HBBI", *each) for each in program)
    buffer = ctypes.create_string_buffer(code)
    loaded = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or libc.prctl(PR_SET_SECCOMP, FILTER, loaded, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


class Containers(Place):
    """Where no filter can be set the archive is hashed before it is opened, and the receipt tells what stood."""

    def protection(self):
        with open(os.path.join(self.rig.prefix, rig.STATE_NAME, "receipt.json"), encoding="utf-8") as file:
            return file.read().split('"protection": "')[1].split('"')[0]

    def without_digest(self, archive):
        options = archive.options()
        place = options.index("--sha256")
        return [*options[:place], "--allow-unverified", *options[place + 2:]]

    def test_root_without_seccomp_still_has_a_user_of_its_own_for_the_reader(self):
        done = self.rig.run("install", *rig.Archive(*OLD).options(), preexec_fn=deny_seccomp)
        self.assert_ends(0, done)
        self.assertEqual("uid", self.protection())
        self.assert_tree(self.fresh(OLD), self.rig.tree())

    def fresh(self, archive):
        scratch = self.new_rig()
        scratch.install(rig.Archive(*archive))
        return scratch.tree()

    def as_stranger(self):
        archive = rig.Archive(*OLD)
        before = self.rig.for_stranger(STRANGER)
        path = shutil.copy(archive.path, os.path.join(self.rig.scratch, "mine.tar.xz"))  # no name of the catalogue
        os.chmod(path, 0o644)
        return before, ["install", "--archive", path, "--cuda", archive.cuda, "--yes"], archive.sha256

    def test_a_user_without_seccomp_needs_a_digest(self):
        before, arguments, digest = self.as_stranger()
        done = self.rig.run(*arguments, "--allow-unverified", before=before, preexec_fn=deny_seccomp)
        self.assert_ends(21, done)
        self.assertEqual({}, self.rig.tree(records=True))
        done = self.rig.run(*arguments, "--sha256", digest, before=before, preexec_fn=deny_seccomp)
        self.assert_ends(0, done)
        self.assertEqual("none", self.protection())
        self.assert_tree(self.fresh(OLD), self.rig.tree())

    def test_a_wrong_digest_is_found_before_anything_is_opened(self):
        before, arguments, _ = self.as_stranger()
        done = self.rig.run(*arguments, "--sha256", "0" * 64, before=before, preexec_fn=deny_seccomp)
        self.assert_ends(12, done)
        self.assertEqual({}, self.rig.tree(records=True))

    def test_under_qemu_user(self):
        emulator = shutil.which(f"qemu-{platform.machine()}-static") or shutil.which(f"qemu-{platform.machine()}")
        done = self.rig.run("install", *rig.Archive(*OLD).options(), before=[emulator])
        self.assert_ends(0, done)
        self.assertEqual("uid", self.protection())
        self.assert_tree(self.fresh(OLD), self.rig.tree())
        self.assertIn("loads: cuDNN 8.9.6 with CUDA 11.8, 7 libraries",
                      self.rig.must("verify", "--load", before=[emulator]).stdout)
        self.rig.must("uninstall", "--yes", before=[emulator])
        self.assertEqual({}, self.rig.tree(records=True))


class Users(Place):
    def test_as_a_user_below_a_directory_of_ones_own(self):
        before = self.rig.for_stranger(STRANGER)
        for archive in (OLD, CHANGED, NEWER):
            os.chmod(os.path.dirname(rig.Archive(*archive).path), 0o755)
        self.assert_whole_life(self.rig, before=before)

    def test_root_in_a_users_directory_is_told_the_command_that_does_it(self):
        before = self.rig.for_stranger(STRANGER)
        os.chmod(os.path.dirname(rig.Archive(*OLD).path), 0o755)
        arguments = ["install", *rig.Archive(*OLD).options()]
        theirs, self.rig.state = self.rig.state, os.path.join(self.rig.scratch, "state of root")
        done = self.rig.run(*arguments)
        self.assert_ends(17, done)
        self.assertIn(f"'{self.rig.prefix}' belongs to another user", done.stderr)
        self.assertIn(f"sudo -u '#{STRANGER}' cudnn-install", done.stderr)
        self.assertEqual({}, self.rig.tree(records=True))
        self.rig.state = theirs
        # What sudo does; the directory is then its owner's in every part.
        self.rig.must(*arguments, before=before)
        owners = {os.lstat(os.path.join(self.rig.prefix, name)).st_uid for name in self.rig.tree(records=True)}
        self.assertEqual({STRANGER}, owners)


if __name__ == "__main__":
    disk.need_programs(*disk.KINDS)
    if not shutil.which(f"qemu-{platform.machine()}-static"):
        rig.need(f"qemu-{platform.machine()}")
    disk.private_mounts()
    unittest.main()
