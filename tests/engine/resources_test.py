"""Too little of everything: disk, inodes, descriptors, memory, a place to write the answer to. Old files or new ones."""

import os
import resource
import signal
import sys
import unittest

import rig

sys.path.insert(0, os.path.join(rig.SOURCE, "scripts"))
from benchmark import measure  # noqa: E402

STEP = 64 << 10
DOCUMENTED = {0, 11, 12, 14, 15, 16, 17, 19, 20, 21, 70}
MEBIBYTE = 1 << 20


def small(version="8.9.6.50", cuda="12"):
    return rig.Archive(version, cuda, "--size", "0.3")


class Disks(rig.Case):
    """Each run gets a file system of its own, as large as it says; the tree is looked at from within."""

    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            self.skipTest("needs root")
        self.copy = os.path.join(self.rig.scratch, "copy")

    def on(self, options, *arguments, filled=""):
        """Answers the finished process and the tree that it left. `filled` is put there before."""
        fill = f"cp -a {filled}/. {self.rig.prefix} && " if filled else ""
        script = (f"mount -t tmpfs -o mode=755,{options} none {self.rig.prefix} && {fill}"
                  f'{{ "$@"; code=$?; rm -rf {self.copy}; cp -a {self.rig.prefix} {self.copy}; exit $code; }}')
        done = self.rig.run(*arguments, before=["unshare", "--mount", "/bin/sh", "-c", script, "sh"])
        return done, rig.tree_of(self.copy, times=True, records=True)

    def climbed(self, sizes, what, arguments, filled=""):
        """From far too little to enough: 14 with everything as it was, then 0. Answers the first size that was enough."""
        for size in sizes:
            done, tree = self.on(f"{what}={size}", *arguments, filled=filled)
            if done.returncode == 0:
                return size
            with self.subTest(size):
                self.assert_ends(14, done)
                self.assertIn("error: ", done.stderr)
                self.assertEqual([], self.rig.leftovers(), done.stderr)
                self.assert_tree(self.standing(filled), self.without_lock(tree))
        self.fail("the largest was too small")

    def without_lock(self, tree):
        return {name: "a lock" if name.endswith("/lock") else entry for name, entry in tree.items()}

    def standing(self, filled):
        return self.without_lock(rig.tree_of(filled, times=True, records=True)) if filled else {}

    def installed_copy(self):
        """A saved prefix with the older version, and the command that would replace it."""
        self.rig.install(small())
        saved = os.path.join(self.rig.scratch, "installed")
        os.rename(self.rig.prefix, saved)
        os.mkdir(self.rig.prefix)
        return saved

    def test_case_128_disk_of_every_size_up_to_enough(self):
        enough = self.climbed(range(STEP, 8 * MEBIBYTE, STEP), "size", ["install", *small().options()])
        self.assertLess(8 * STEP, enough)

    def test_case_129_disk_that_fills_up_in_every_place_of_an_upgrade(self):
        filled = self.installed_copy()
        files = [os.path.join(folder, name) for folder, _, names in os.walk(filled) for name in names]
        used = sum(-(-os.lstat(path).st_size // 4096) * 4096 for path in files)
        sizes = range(used // STEP * STEP + 3 * STEP, used + 8 * MEBIBYTE, STEP)
        enough = self.climbed(sizes, "size", ["upgrade", *small("8.9.7.29").options()], filled)
        self.assertLess(sizes[0] + 4 * STEP, enough)

    def test_case_130_every_number_of_inodes_up_to_enough(self):
        enough = self.climbed([*range(2, 12), *range(12, 400, 9)], "nr_inodes", ["install", *small().options()])
        self.assertLess(60, enough)


class Limits(rig.Case):
    def setUp(self):
        super().setUp()
        self.rig.install(small())
        self.old = self.rig.tree(times=True)
        self.rig.save()
        self.newer = ["upgrade", *small("8.9.7.29").options()]
        fresh = self.new_rig()
        fresh.install(small("8.9.7.29"))
        self.new = fresh.tree()

    def limited(self, limit, values, step_back=lambda: None):
        """Runs with each value. Each ends with a documented code, and the next run leaves old or new. Answers the codes."""
        codes = []
        for value in values:
            with self.subTest(limit=limit, value=value):
                self.rig.restore()
                done = self.rig.run(*self.newer, before=["prlimit", f"--{limit}={value}"])
                codes.append(done.returncode)
                self.assertTrue(self.never_began(done, limit, value) or done.returncode in DOCUMENTED, done.stderr)
                self.assert_ends(0, self.rig.settle())
                self.assertEqual([], self.rig.leftovers())
                if done.returncode == 0:
                    self.assert_tree(self.new, self.rig.tree())
                else:
                    self.assert_tree(self.old, self.rig.tree(times=True))
        self.assertIn(0, codes)
        self.assertNotEqual({0}, set(codes))

    def never_began(self, done, limit, value):
        """The loader, or a constructor of a library that others made, came to the end before our program was reached."""
        if done.returncode == 127:
            return "error while loading shared libraries" in done.stderr
        alone = self.rig.run("--version", before=["prlimit", f"--{limit}={value}"])
        return done.returncode == -signal.SIGABRT and alone.returncode == -signal.SIGABRT

    def test_case_133_every_number_of_open_files(self):
        self.limited("nofile", [*range(4, 40, 2), 64])

    def test_case_134_memory_that_ends_anywhere(self):
        self.limited("as", [step * 5 * MEBIBYTE for step in range(9, 40)] + [2 << 30])


class Memory(rig.Case):
    MOST = 64  # MiB, of both processes together, and as much again as the decoder's dictionary

    def test_case_135_large_archive_needs_little_memory(self):
        archive = rig.Archive("8.9.6.50", "12", "--size", "160", "--compression", "zst")
        peak, _ = measure.peak_memory([self.rig.tool, "install", *archive.options(), "--prefix", self.rig.prefix],
                                      {**os.environ, **self.rig.environment()})
        print(f"160 MiB of libraries: {peak:.0f} MiB at most")
        self.assertLess(peak, self.MOST + 64)


class Outputs(rig.Case):
    def test_case_138_full_or_closed_standard_output(self):
        """The work is whole. That the answer could not be told is told by the code, unless nobody wanted to hear it."""
        fresh = self.new_rig()
        fresh.install(small())
        for name, redirection, code in (("full", ">/dev/full", 70), ("both full", ">/dev/full 2>&1", 70),
                                        ("closed", ">&-", 0), ("both closed", ">&- 2>&-", 0)):
            with self.subTest(name):
                before = ["/bin/sh", "-c", f'exec "$@" {redirection}', "sh"]
                done = self.rig.run("install", *small().options(), before=before)
                self.assert_tree(fresh.tree(), self.rig.tree())
                self.assert_ends(code, done)
                self.rig.must("verify")
                self.rig.must("uninstall", "--yes")
        self.assertEqual({}, self.rig.tree(records=True))


if __name__ == "__main__":
    for program in ("unshare", "prlimit"):
        rig.need(program)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    unittest.main()
