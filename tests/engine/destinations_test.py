"""What may stand where the tool wants to put its files: refused, or replaced, but never written through."""

import hashlib
import mmap
import os
import stat
import subprocess
import tempfile
import unittest

import rig

STRANGER = 12345


class PlaceCase(rig.Case):
    def path(self, *names):
        return os.path.join(self.rig.scratch, *names)

    def refused(self, code, *texts, prefix=None, before=(), archive=None):
        """Nothing changed, nothing is left, and the words are there."""
        standing = rig.tree_of(self.rig.scratch, times=True, records=True) if not before else None
        done = self.rig.run("install", *(archive or rig.Archive()).options(), prefix=prefix, before=before)
        self.assert_ends(code, done)
        for text in texts:
            self.assertIn(text, done.stderr)
        if standing is not None:
            found = rig.tree_of(self.rig.scratch, times=True, records=True)
            for tree in (standing, found):
                for name in [name for name in tree if name.startswith("state")]:
                    del tree[name]
            self.assert_tree(standing, found)
        self.assertEqual([], self.rig.leftovers())
        return done


class Prefixes(PlaceCase):
    def test_case_113_prefix_that_is_a_file(self):
        self.refused(17, "is not a directory", prefix=rig.write(self.path("file"), "x"))

    def test_case_114_prefix_that_is_a_link_to_nothing(self):
        os.symlink("no/such", self.path("link"))
        self.refused(17, "does not exist", prefix=self.path("link"))

    def test_case_115_prefix_that_is_a_link_in_a_circle(self):
        os.symlink("two", self.path("one"))
        os.symlink("one", self.path("two"))
        self.refused(17, "too many links", prefix=self.path("one"))

    def test_case_116_link_of_another_user_on_the_way(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")
        os.symlink("prefix", self.path("link"))
        os.lchown(self.path("link"), STRANGER, STRANGER)
        self.refused(17, f"the link '{self.path('link')}' belongs to another user", "--trust-prefix",
                     prefix=self.path("link"))
        os.mkdir(self.path("theirs"))
        os.symlink(self.rig.prefix, self.path("theirs", "cuda"))
        os.chown(self.path("theirs"), STRANGER, STRANGER)
        self.refused(17, f"'{self.path('theirs')}' belongs to another user", prefix=self.path("theirs", "cuda"))


    def test_prefix_that_is_made_below_a_link_gets_every_file(self):
        os.mkdir(self.path("real"))
        os.symlink("real", self.path("linked"))
        done = self.rig.run("install", *rig.Archive().options(), prefix=self.path("linked", "cuda"))
        self.assert_ends(0, done)
        for name in ("include/cudnn.h", "lib64/libcudnn.so.8"):
            self.assertTrue(os.path.isfile(self.path("real", "cuda", name)), name)


class Names(PlaceCase):
    """Something has the name of a file of ours already."""

    def place(self, name="include/cudnn.h"):
        os.makedirs(os.path.join(self.rig.prefix, os.path.dirname(name)), exist_ok=True)
        return os.path.join(self.rig.prefix, name)

    def test_case_118_link_to_a_foreign_file_is_replaced_and_comes_back(self):
        secret = rig.write(self.path("secret"), "secret", 0o600)
        for name in ("include/cudnn.h", "lib64/libcudnn.so.8.9.6", "lib64/libcudnn.so.8"):
            os.symlink(secret, self.place(name))
        before = self.rig.tree(times=True)
        foreign = rig.entry_of(secret, times=True)
        self.rig.install(rig.Archive())
        self.assertFalse(os.path.islink(self.place()))
        self.assertEqual(foreign, rig.entry_of(secret, times=True))
        self.rig.must("uninstall", "--yes")
        self.assert_tree(before, self.rig.tree(times=True))
        self.assertEqual(foreign, rig.entry_of(secret, times=True))

    def test_case_119_pipe_socket_or_device_in_the_way(self):
        kinds = {"a pipe": os.mkfifo, "a socket": lambda path: os.mknod(path, stat.S_IFSOCK | 0o600)}
        if os.geteuid() == 0:
            kinds["a device"] = lambda path: os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 3))
        for name in ("include/cudnn.h", "lib64/libcudnn.so.8"):
            for kind, make in kinds.items():
                with self.subTest(kind, name=name):
                    make(self.place(name))
                    kept = os.lstat(self.place(name))
                    done = self.rig.run("install", *rig.Archive().options(), timeout=60)
                    self.assert_ends(17, done)
                    self.assertIn(f"{name}' is neither a file nor a link", done.stderr)
                    self.assertEqual(kept, os.lstat(self.place(name)))
                    self.assertEqual([], self.rig.leftovers())
                    os.remove(self.place(name))

    def test_case_119_mount_point_in_the_way(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")
        place, other = rig.write(self.place(), "below"), rig.write(self.path("other"), "above")
        mounted = f"mount --bind {other} {place}"
        script = f'{mounted} && {{ "$@"; code=$?; cat {place}; exit $code; }}'
        before = self.rig.tree(times=True)
        done = self.rig.run("install", *rig.Archive().options(),
                            before=["unshare", "--mount", "/bin/sh", "-c", script, "sh"])
        self.assertIn(done.returncode, (14, 15, 17), done.stdout + done.stderr)
        self.assertTrue(done.stdout.endswith("above"), done.stdout)
        self.assert_tree(before, self.rig.tree(times=True))
        self.assertEqual([], self.rig.leftovers())

    def test_case_120_file_with_a_second_name_elsewhere(self):
        place = rig.write(self.place(), "by hand", 0o600)
        os.link(place, self.path("second"))
        before = rig.entry_of(place, times=True)
        self.rig.install(rig.Archive())
        self.assertEqual(before, rig.entry_of(self.path("second"), times=True))
        self.assertNotEqual(os.stat(place).st_ino, os.stat(self.path("second")).st_ino)
        self.rig.must("uninstall", "--yes")
        self.assertEqual(before, rig.entry_of(place, times=True))
        self.assertEqual(before, rig.entry_of(self.path("second"), times=True))

    def mapped(self, name):
        with open(self.place(name), "rb") as file:
            return mmap.mmap(file.fileno(), 0, mmap.MAP_SHARED, mmap.PROT_READ)

    def digests(self, libraries):
        return [hashlib.sha256(library).hexdigest() for library in libraries]

    def test_case_127_libraries_that_a_process_has_mapped(self):
        self.rig.install(rig.Archive("8.9.6.50", "11"))
        names = [name for name, entry in self.rig.tree().items() if entry[0] == "file" and ".so." in name]
        libraries = [self.mapped(name) for name in names]
        old = self.digests(libraries)
        self.rig.install(rig.Archive("8.9.6.50", "12"))
        self.assertNotEqual(old, self.digests([self.mapped(name) for name in names]))
        self.assertEqual(old, self.digests(libraries))  # a byte behind a truncated end would end this process
        self.rig.must("uninstall", "--yes")
        self.assertEqual(old, self.digests(libraries))


class FileSystems(PlaceCase):
    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            self.skipTest("needs root")

    def immutable(self, name):
        """A rig on a file system that knows such files, with `name` as one of them."""
        place = tempfile.mkdtemp(prefix="cudnn-immutable-", dir="/var/tmp")
        self.addCleanup(subprocess.run, ["rm", "-rf", place], check=True)
        os.chmod(place, 0o755)
        for made in ("prefix/include/cudnn.h", "prefix/lib64/libcudnn.so.8.9.6"):
            rig.write(os.path.join(place, made), "by hand")
        target = os.path.join(place, "prefix", name)
        subprocess.run(["chattr", "+i", target], check=True)
        self.addCleanup(subprocess.run, ["chattr", "-i", target], check=True)
        return os.path.join(place, "prefix")

    def test_case_121_immutable_file_or_directory(self):
        """A rename that is refused after the commit turns the journal round: the old files are back, exit 15."""
        for name in ("include/cudnn.h", "lib64/libcudnn.so.8.9.6", "include", "lib64"):
            with self.subTest(name):
                prefix = self.immutable(name)
                before = rig.tree_of(prefix, times=True, records=True)
                done = self.rig.run("install", *rig.Archive().options(), prefix=prefix)
                self.assert_ends(15, done)
                self.assert_tree(before, rig.tree_of(prefix, times=True, records=True))

    def test_case_125_directories_on_two_file_systems(self):
        fresh = self.new_rig()
        fresh.install(rig.Archive())
        prefix = self.rig.prefix
        for name in ("include", "lib64"):
            os.mkdir(os.path.join(prefix, name))
        script = ("mount -t tmpfs -o mode=755 none {0}/include && mount -t tmpfs -o mode=755 none {0}/lib64 && "
                  '"$0" install "$@" && cp -a {0} {1}/copy && "$0" verify --prefix {0} && '
                  '"$0" uninstall --yes --prefix {0} && ls -A {0}/include {0}/lib64').format(prefix, self.rig.scratch)
        command = ["unshare", "--mount", "/bin/sh", "-ec", script, rig.TOOL, *rig.Archive().options(), "--prefix", prefix]
        done = subprocess.run(command, env=self.rig.environment(), capture_output=True, text=True, check=False)
        self.assert_ends(0, done)
        self.assert_tree(fresh.tree(), rig.tree_of(self.path("copy")))
        self.assertTrue(done.stdout.endswith(f"{prefix}/include:\n\n{prefix}/lib64:\n"), done.stdout)


if __name__ == "__main__":
    for program in ("unshare", "chattr"):
        rig.need(program)
    unittest.main()
