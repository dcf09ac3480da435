"""A second identical run changes nothing at all, as strace sees it in the tool and in every process that it starts."""

import json
import os
import re
import shutil
import time
import unittest

import rig

# Whatever makes, renames, removes or writes. Names that a machine lacks are passed over ('?').
CREATING = """open openat openat2 creat mkdir mkdirat mknod mknodat link linkat symlink symlinkat rename renameat
    renameat2 unlink unlinkat rmdir chmod fchmod fchmodat chown fchown lchown fchownat utime utimes utimensat futimesat
    truncate ftruncate fallocate setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr mount
    copy_file_range sendfile splice fsync fdatasync syncfs sync sync_file_range""".split()
WRITING = ["write", "writev", "pwrite64", "pwritev", "pwritev2"]
OPENING = {"open", "openat", "openat2"}


def is_change(line, allowed):
    """True for a line of strace that is neither a read, nor output, nor to a file that is allowed."""
    call = re.match(r"\d+ +([a-z0-9_]+)\((.*)", line)
    if call is None:
        return False  # a signal, an exit, or the end of a call that was told before
    name, arguments = call.groups()
    if name in OPENING and not re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE", arguments):
        return False
    if name in OPENING and re.match(r'[^"]*"/dev/(null|tty)"', arguments):
        return False
    if name in WRITING and re.match(r"(1|2)<|\d+<pipe:", arguments):
        return False
    return not any(path in arguments for path in allowed)


class Repeat(rig.Case):
    def changes_of(self, *arguments, allowed=(), code=0):
        log = os.path.join(self.rig.scratch, "strace.log")
        names = ",".join("?" + name for name in CREATING + WRITING)
        done = self.rig.run(*arguments, before=["strace", "-f", "-y", "-s", "0", "-o", log, "-e", "trace=" + names])
        self.assert_ends(code, done)
        with open(log, encoding="utf-8", errors="replace") as lines:
            return done, [line.strip() for line in lines if is_change(line, allowed)]

    def everything(self):
        return {**self.rig.tree(times=True, records=True), **{
            "state/" + name: entry for name, entry in rig.tree_of(self.rig.state, times=True).items()}}

    def check(self, archive, *more, allowed=()):
        before = self.everything()
        done, changes = self.changes_of("install", *archive.options(), *more, allowed=allowed)
        self.assertEqual([], changes)
        self.assert_tree(before, self.everything())
        return done

    def test_the_first_run_is_seen_to_change_things(self):
        _, changes = self.changes_of("install", *rig.Archive().options())
        self.assertLess(50, len([line for line in changes if " renameat" in line]))

    def test_a_second_run_changes_nothing(self):
        self.rig.install(rig.Archive())
        done = self.check(rig.Archive())
        self.assertEqual(f"unchanged: demo payload of cuDNN 8.9.6.50 for CUDA 12 into {self.rig.prefix}\n", done.stdout)

    def test_a_second_run_after_an_upgrade_and_beside_another_major_changes_nothing(self):
        seven, nine = rig.Archive("8.9.7.29", "12"), rig.Archive("9.19.0.56", "13")
        self.rig.install(rig.Archive())
        self.rig.must("upgrade", *seven.options())
        self.rig.install(nine)
        self.assertIn("unchanged", self.check(nine).stdout)
        self.assertNotIn("unchanged", self.rig.install(seven).stdout)  # takes the unversioned names over again
        self.assertIn("unchanged", self.check(seven).stdout)

    def test_with_json_the_answer_is_one_record(self):
        self.rig.install(rig.Archive())
        record = json.loads(self.check(rig.Archive(), "--json").stdout)
        self.assertEqual((1, "install", "none", self.rig.prefix, "8.9.6.50", "12", []),
                         tuple(record[key] for key in ("schema", "verb", "change", "prefix", "version", "cuda",
                                                       "kept_aside")))

    def test_a_log_is_the_one_thing_that_is_written(self):
        self.rig.install(rig.Archive())
        log = os.path.join(self.rig.scratch, "run.log")
        self.assertIn("unchanged", self.check(rig.Archive(), "--log-file", log, allowed=[log]).stdout)
        self.assertLess(0, os.path.getsize(log))
        self.assertEqual("0o600", oct(os.stat(log).st_mode & 0o777))

    def test_without_the_archive_the_run_ends_and_changes_nothing(self):
        copy = os.path.join(self.rig.scratch, os.path.basename(rig.Archive().path))
        shutil.copy(rig.Archive().path, copy)
        arguments = [copy if argument == rig.Archive().path else argument for argument in rig.Archive().options()]
        self.rig.must("install", *arguments)
        os.remove(copy)
        before = self.everything()
        done, changes = self.changes_of("install", *arguments, code=2)
        self.assertEqual(("", []), (done.stdout, changes))
        self.assertIn(f"error: no archive '{copy}'", done.stderr)
        self.assert_tree(before, self.everything())

    def test_what_was_changed_by_somebody_is_not_called_unchanged(self):
        """A file of other bytes, a mode, a link that points elsewhere, a missing name: each is put right."""
        self.rig.install(rig.Archive())
        fresh = self.rig.tree()
        library = os.path.join(self.rig.prefix, "lib64", "libcudnn.so.8.9.6")
        link = os.path.join(self.rig.prefix, "lib64", "libcudnn.so.8")

        def point_elsewhere():
            os.remove(link)
            os.symlink("libcudnn.so.7", link)

        for damage in (lambda: rig.write(library, "other"), lambda: os.chmod(library, 0o600), point_elsewhere,
                       lambda: os.remove(library)):
            damage()
            self.assertNotIn("unchanged", self.rig.install(rig.Archive()).stdout)
            self.assert_tree(fresh, self.rig.tree())
            self.rig.must("verify")

    def test_a_second_run_is_quick(self):
        self.rig.install(rig.Archive())
        times = []
        for _ in range(10):
            start = time.monotonic()
            self.rig.install(rig.Archive())
            times.append(time.monotonic() - start)
        print(f"second run: {min(times) * 1000:.0f} ms at best, {sorted(times)[5] * 1000:.0f} ms in the middle")
        self.assertLess(min(times), 0.5)  # a wide limit, for sanitizer builds on a busy machine


if __name__ == "__main__":
    rig.need("strace")
    unittest.main()
