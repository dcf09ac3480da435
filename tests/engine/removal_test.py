"""Uninstall and verify where people have been busy meanwhile."""

import os
import unittest

import rig


class Removal(rig.Case):
    def setUp(self):
        super().setUp()
        rig.write(os.path.join(self.rig.prefix, "include", "cuda.h"), "the toolkit's")
        self.before = self.rig.tree(times=True)
        self.rig.install(rig.Archive("8.9.6.50", "12", "--size", "0.3"))

    def path(self, name):
        return os.path.join(self.rig.prefix, name)

    def test_case_162_files_that_are_gone_already(self):
        for name in ("include/cudnn.h", "lib64/libcudnn.so.8", "lib64/libcudnn_ops_infer.so.8.9.6"):
            os.remove(self.path(name))
        self.rig.must("uninstall", "--yes")
        self.assert_tree(self.before, self.rig.tree(times=True, records=True))

    def test_case_162_every_file_is_gone_already(self):
        for name, entry in self.rig.tree().items():
            if "cudnn" in name and entry[0] != "directory":
                os.remove(self.path(name))
        self.rig.must("uninstall", "--yes")
        self.assert_tree(self.before, self.rig.tree(times=True, records=True))

    def test_case_163_file_of_the_users_in_a_directory_of_ours(self):
        mine = rig.write(self.path("lib64/libmine.so"), "mine", 0o640)
        kept = rig.entry_of(mine, times=True)
        self.rig.must("uninstall", "--yes")
        found = self.rig.tree(times=True, records=True)
        self.assertEqual(kept, found.pop("lib64/libmine.so"))
        found.pop("lib64")
        self.assert_tree(self.before, found)

    def test_case_166_one_flipped_bit_in_any_file(self):
        names = sorted(name for name, entry in self.rig.tree().items() if entry[0] == "file" and "cudnn" in name)
        self.assertGreater(len(names), 20)
        for number, name in enumerate(names):
            with self.subTest(name):
                with open(self.path(name), "r+b") as file:
                    whole = file.read()
                    at = len(whole) * number // len(names)
                    file.seek(at)
                    file.write(bytes([whole[at] ^ 1 << number % 8]))
                    file.flush()
                    done = self.rig.run("verify")
                    self.assert_ends(12, done)
                    said = done.stdout + done.stderr
                    self.assertIn(name, said)
                    self.assertEqual([], [other for other in names if other != name and f"{other} " in said])
                    file.seek(at)
                    file.write(whole[at:at + 1])

    def test_case_167_uninstall_where_nothing_is_any_more(self):
        self.rig.must("uninstall", "--yes")
        for _ in range(2):
            done = self.rig.must("uninstall", "--yes")
            self.assertIn("nothing", done.stdout + done.stderr)
        self.assert_tree(self.before, self.rig.tree(times=True, records=True))


if __name__ == "__main__":
    unittest.main()
