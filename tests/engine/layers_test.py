"""On overlayfs, as in an image that is built in layers: what is not touched is not copied up, however large it is.

The lower layer is an ordinary directory in which the tool has worked, the upper one a small disk in memory: what would
be copied up does not fit. Needs root.
"""

import os
import unittest

import disk
import rig

SIZE = 8  # MiB of a build
OLD, NEWER = ("8.9.6.50", "12", "--size", str(SIZE)), ("8.9.7.29", "12", "--size", str(SIZE))
SAME_NAMES = ("8.9.6.50", "11", "--size", str(SIZE))


class Layers(rig.Case):
    """A rig whose prefix and records lie in a lower layer, and a disk on which the upper one is."""

    def setUp(self):
        super().setUp()
        self.rig.install(rig.Archive(*OLD))
        rig.write(os.path.join(self.rig.prefix, "lib64", "libother.so"), bytes(SIZE << 20))
        self.old = self.rig.tree()

    def stack(self, room, apart=False):
        """The same place with an upper layer over it that has room for so many MiB. `apart`: the lower layer lies on
        another file system than the upper one."""
        upper, self.place = (os.path.join(self.rig.scratch, name) for name in ("upper", "place"))
        lower, needed = os.path.join(upper, "lower"), 0 if apart else 2 * SIZE + 2
        for folder in (upper, self.place):
            os.mkdir(folder)
        self.mount("-t", "tmpfs", "-o", f"mode=755,size={room + needed}m", "none", upper)
        if apart:
            made = disk.Disk("ext4")
            self.addCleanup(made.close)
            lower = made.place
        else:
            os.mkdir(lower)
        for name in ("prefix", "state"):
            disk.call("cp", "-a", os.path.join(self.rig.scratch, name), lower)
        for name in ("files", "work"):
            os.mkdir(os.path.join(upper, name))
        self.upper = os.path.join(upper, "files")
        self.mount("-t", "overlay", "-o", f"lowerdir={lower},upperdir={self.upper},workdir={upper}/work", "none",
                   self.place)
        for name in ("prefix", "state"):
            self.mount("--bind", os.path.join(self.place, name), os.path.join(self.rig.scratch, name))

    def mount(self, *arguments):
        disk.call("mount", *arguments)
        self.addCleanup(disk.call, "umount", "--lazy", arguments[-1])

    def copied_up(self):
        """MiB in the upper layer."""
        blocks = sum(os.lstat(os.path.join(folder, name)).st_blocks for folder, _, files in os.walk(self.upper)
                     for name in files)
        return blocks * 512 / (1 << 20)

    def fresh(self, archive):
        """The tree of a fresh install, beside the file that is not ours."""
        scratch = self.new_rig()
        scratch.install(rig.Archive(*archive))
        return {**scratch.tree(), "lib64/libother.so": self.old["lib64/libother.so"]}

    def first_rename_of(self, beginning, arguments):
        """Its number among all renames of that run, in a rig of its own that is like this one."""
        scratch, log = self.new_rig(), os.path.join(self.rig.scratch, "strace.log")
        scratch.install(rig.Archive(*OLD))
        scratch.must(*arguments, before=["strace", "-o", log, "-e", "trace=renameat"])
        with open(log, encoding="utf-8") as lines:
            renames = [line for line in lines if line.startswith("renameat(")]
        return next(number for number, line in enumerate(renames, 1) if f'"{beginning}' in line)

    def test_the_same_again_writes_nothing(self):
        for apart in (False, True):
            with self.subTest(apart=apart):
                self.stack_anew(2, apart)
                for arguments in (["install", *rig.Archive(*OLD).options()], ["status", "--check"], ["verify"]):
                    self.rig.must(*arguments)
                self.assertEqual([], os.listdir(self.upper))

    def stack_anew(self, room, apart):
        self.doCleanups()
        self.setUp()
        self.stack(room, apart)

    def test_another_build_brings_its_own_bytes_and_no_others(self):
        for apart in (False, True):
            for archive in (NEWER, SAME_NAMES):
                with self.subTest(apart=apart, archive=archive):
                    self.stack_anew(SIZE + 3, apart)
                    self.rig.must("install", *rig.Archive(*archive).options())
                    self.assert_tree(self.fresh(archive), self.rig.tree())
                    self.assertEqual([], self.rig.leftovers())
                    self.assertLess(self.copied_up(), SIZE + 1.5)

    def test_an_upgrade_without_a_way_back_as_well(self):
        self.stack(SIZE + 3)
        self.rig.must("upgrade", *rig.Archive(*NEWER).options(), "--no-keep-previous")
        self.assert_tree(self.fresh(NEWER), self.rig.tree())
        self.assertLess(self.copied_up(), SIZE + 1.5)

    def test_an_upgrade_that_keeps_the_old_version_needs_room_for_it(self):
        self.stack(SIZE + 3)
        done = self.rig.run("upgrade", *rig.Archive(*NEWER).options())
        self.assert_ends(14, done)
        self.assertIn("the archive and a copy of the version before it need more than", done.stderr)
        self.assertNotIn("reading: ", done.stderr)
        self.assert_tree(self.old, self.rig.tree())
        self.assertEqual([], self.rig.leftovers())

    def test_an_uninstall_needs_no_room(self):
        for apart in (False, True):
            with self.subTest(apart=apart):
                self.stack_anew(2, apart)
                self.rig.must("uninstall", "--yes")
                self.assertEqual({"lib64", "lib64/libother.so"}, set(self.rig.tree(records=True)))
                self.assertLess(self.copied_up(), 1)

    def test_a_rename_that_is_refused_goes_back_as_long_as_no_library_was_replaced(self):
        change = ["install", *rig.Archive(*SAME_NAMES).options()]
        first = self.first_rename_of("libcudnn_adv_infer.so.8.9.6", change)
        self.stack(SIZE + 3)
        for number, code in ((first, 14), (first + 1, 20)):
            with self.subTest(number):
                self.assert_tree(self.old, self.rig.tree())
                done = self.rig.run(*change, before=["strace", "-o", "/dev/null", "-e", "trace=renameat", "-e",
                                                     f"inject=renameat:error=EIO:when={number}"])
                self.assert_ends(code, done)
        self.assert_ends(0, self.rig.settle())
        self.assert_tree(self.fresh(SAME_NAMES), self.rig.tree())
        self.assertEqual([], self.rig.leftovers())


if __name__ == "__main__":
    disk.need_programs("ext4")
    disk.private_mounts()
    unittest.main()
