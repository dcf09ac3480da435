"""Changes of version: each leaves what a fresh install leaves, touches nothing foreign, and can be taken back."""

import os
import unittest

import rig

FOREIGN = {"include/cuda.h": "the toolkit's", "lib64/libcublas.so.12": "x", "lib64/libcudnn_frontend_of_mine.so": "y",
           "version.json": "{}", "share/note": "z"}


def older():
    return rig.Archive("8.9.6.50", "11")


def same_names():
    return rig.Archive("8.9.6.50", "12")


def newer():
    return rig.Archive("8.9.7.29", "12")


def nine():
    return rig.Archive("9.19.0.56", "13")


class ChangeCase(rig.Case):
    def fresh(self, archive, *options):
        """The tree that a first install leaves elsewhere."""
        scratch = self.new_rig()
        scratch.install(archive, *options)
        return scratch.tree()

    def put_foreign(self, scratch):
        for number, (name, text) in enumerate(sorted(FOREIGN.items())):
            path = rig.write(os.path.join(scratch.prefix, name), text, 0o640 + number)
            os.utime(path, ns=(10**18 + number, 10**18 + number))
        os.symlink("nowhere", os.path.join(scratch.prefix, "lib64", "libforeign.so"))

    def hand_made(self, scratch):
        rig.write(os.path.join(scratch.prefix, "include", "cudnn.h"), "by hand", 0o600)
        rig.write(os.path.join(scratch.prefix, "lib64", "libcudnn.so"), "a file where a link comes", 0o755)
        os.symlink("libcudnn.so", os.path.join(scratch.prefix, "lib64", "libcudnn.so.8.9.6"))
        os.symlink("missing", os.path.join(scratch.prefix, "lib64", "libcudnn.so.8"))


class Versions(ChangeCase):
    def test_each_change_leaves_what_a_fresh_install_leaves(self):
        steps = [older(), same_names(), newer(), older()]
        for archive in steps:
            with self.subTest(archive.path):
                self.rig.install(archive)
                self.assert_tree(self.fresh(archive), self.rig.tree())
                self.rig.must("verify")
        self.assertEqual([], self.rig.leftovers())

    def test_foreign_files_are_untouched_to_the_modification_time(self):
        self.put_foreign(self.rig)
        foreign = self.rig.tree(times=True)
        for archive in (older(), same_names(), newer(), nine(), older()):
            with self.subTest(archive.path):
                self.rig.install(archive)
                found = self.rig.tree(times=True)
                self.assert_tree(foreign, {name: found.get(name) for name in foreign})

    def test_a_library_that_the_new_version_lacks_goes_and_comes_back_with_the_old_one(self):
        spare = rig.Archive("8.9.6.50", "12", "--extra", "libcudnn_spare_train")
        self.rig.install(spare)
        before = self.rig.tree(times=True)
        self.assertIn("lib64/libcudnn_spare_train.so.8.9.6", before)
        self.rig.must("upgrade", *newer().options())
        self.assert_tree(self.fresh(newer()), self.rig.tree())
        self.rig.must("rollback", "--yes")
        self.assert_tree(before, self.rig.tree(times=True))

    def test_a_library_that_another_build_of_the_version_lacks_goes(self):
        self.rig.install(rig.Archive("8.9.6.50", "11", "--extra", "libcudnn_spare_train"))
        self.rig.install(same_names())
        self.assert_tree(self.fresh(same_names()), self.rig.tree())

    def test_what_others_made_under_our_names_meanwhile_is_not_lost(self):
        self.rig.install(same_names())
        place = os.path.join(self.rig.prefix, "lib64", "libcudnn_mine.so")
        rig.write(place, "put there by somebody else")
        self.rig.install(newer())
        with open(place, encoding="utf-8") as file:
            self.assertEqual("put there by somebody else", file.read())

    def test_what_others_wrote_into_our_files_is_left_alone_by_uninstall(self):
        self.rig.install(same_names())
        rig.write(os.path.join(self.rig.prefix, "include", "cudnn.h"), "changed by somebody")
        changed = self.rig.tree(times=True)
        done = self.rig.must("uninstall", "--yes")
        self.assertIn("'include/cudnn.h' was changed since it was installed", done.stdout + done.stderr)
        kept = ("include", "include/cudnn.h")
        self.assert_tree({name: changed[name] for name in kept}, self.rig.tree(times=True, records=True))


class Majors(ChangeCase):
    def test_nine_beside_eight_moves_the_unversioned_names_alone(self):
        self.rig.install(newer())
        eight = self.rig.tree(times=True)
        fresh_nine = self.fresh(nine())
        self.rig.install(nine())
        both = self.rig.tree(times=True)
        moved = {name for name in eight if both.get(name) != eight[name]}
        self.assertEqual({name for name in eight if name in fresh_nine and eight[name][0] != "directory"}, moved)
        self.assertEqual([], [name for name in moved if ".so.8" in name or "_v8." in name])
        found = self.rig.tree()
        self.assert_tree(fresh_nine, {name: found.get(name) for name in fresh_nine})
        self.rig.must("verify")

    def test_without_nine_the_tree_of_eight_is_back_to_the_byte(self):
        self.put_foreign(self.rig)
        self.rig.install(newer())
        eight = self.rig.tree(times=True)
        self.rig.install(nine())
        self.rig.must("uninstall", "--cudnn", nine().version, "--yes")
        self.assert_tree(eight, self.rig.tree(times=True))
        self.rig.must("verify")

    def test_without_eight_nine_stands_as_if_it_had_come_first(self):
        self.rig.install(newer())
        self.rig.install(nine())
        self.rig.must("uninstall", "--cudnn", newer().version, "--yes")
        self.assert_tree(self.fresh(nine()), self.rig.tree())
        self.rig.must("verify")

    def test_both_majors_gone_in_either_order_leave_the_tree_of_before(self):
        for order in ((newer(), nine()), (nine(), newer())):
            with self.subTest(first=order[0].version):
                scratch = self.new_rig()
                self.put_foreign(scratch)
                self.hand_made(scratch)
                before = scratch.tree(times=True, records=True)
                scratch.install(newer())
                scratch.install(nine())
                for archive in order:
                    scratch.must("uninstall", "--cudnn", archive.version, "--yes")
                self.assert_tree(before, scratch.tree(times=True, records=True))


class Rollback(ChangeCase):
    def test_rollback_gives_the_tree_back_to_the_byte(self):
        for before, after in ((older(), same_names()), (same_names(), newer()), (newer(), older())):
            with self.subTest(before=before.path, after=after.path):
                scratch = self.new_rig()
                self.put_foreign(scratch)
                scratch.install(before)
                tree = scratch.tree(times=True)
                scratch.must("upgrade", *after.options(), "--cudnn", after.version)
                self.assertNotEqual(tree, scratch.tree(times=True))
                scratch.must("rollback", "--yes")
                self.assert_tree(tree, scratch.tree(times=True))
                scratch.must("verify")
                self.assertEqual([], scratch.leftovers())

    def test_upgrade_then_rollback_then_uninstall_leaves_the_tree_of_before(self):
        self.put_foreign(self.rig)
        self.hand_made(self.rig)
        before = self.rig.tree(times=True, records=True)
        self.rig.install(same_names())
        self.rig.must("upgrade", *newer().options())
        self.rig.must("rollback", "--yes")
        self.rig.must("uninstall", "--yes")
        self.assert_tree(before, self.rig.tree(times=True, records=True))

    def test_uninstall_after_an_upgrade_leaves_the_tree_of_before(self):
        self.put_foreign(self.rig)
        self.hand_made(self.rig)
        before = self.rig.tree(times=True, records=True)
        self.rig.install(same_names())
        self.rig.must("upgrade", *newer().options())
        self.rig.must("uninstall", "--yes")
        self.assert_tree(before, self.rig.tree(times=True, records=True))

    def test_without_a_kept_version_there_is_nothing_to_go_back_to(self):
        self.rig.install(same_names())
        self.rig.must("upgrade", *newer().options(), "--no-keep-previous")
        before = self.rig.tree(times=True)
        self.assert_ends(17, self.rig.run("rollback", "--yes"))
        self.assert_tree(before, self.rig.tree(times=True))

    def test_an_upgrade_does_not_go_back_unless_the_version_is_named(self):
        self.rig.install(newer())
        before = self.rig.tree(times=True)
        done = self.rig.run("upgrade", *same_names().options())
        self.assert_ends(2, done)
        self.assertIn("cuDNN 8.9.7.29 is installed and newer than 8.9.6.50", done.stderr)
        self.assert_tree(before, self.rig.tree(times=True))

    def test_rollback_of_a_first_install_brings_hand_made_files_back(self):
        self.put_foreign(self.rig)
        self.hand_made(self.rig)
        before = self.rig.tree(times=True)
        self.rig.install(same_names())
        self.rig.must("rollback", "--yes")
        self.assert_tree(before, self.rig.tree(times=True))


if __name__ == "__main__":
    unittest.main()
