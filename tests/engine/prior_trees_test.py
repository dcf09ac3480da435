"""Install and uninstall over fifty generated trees: afterwards each is what it was before, and nothing of ours is left.

A tree is made from its number alone; `prior_trees_test.py Trees.test_07` repeats one.
"""

import os
import random
import stat
import subprocess
import unittest

import rig

COUNT = 50
RELEASES = [("8.9.6.50", "12"), ("8.9.7.29", "12"), ("9.19.0.56", "13")]
STEMS = ["libcudnn", "libcudnn_ops_infer", "libcudnn_cnn_train", "libcudnn_adv", "libcudnn_graph"]
NAMES = ["include/cudnn.h", "include/cudnn_version.h", "include/cudnn_v8.h", "include/cudnn_v9.h",
         "include/cudnn_backend.h", "lib64/libcudnn_ops_infer_static.a", "lib64/libcudnn_ops_infer_static_v8.a"] + [
             f"lib64/{stem}{end}" for stem in STEMS
             for end in (".so", ".so.8", ".so.9", ".so.8.9.6", ".so.8.9.7", ".so.9.19.0", ".so.7.6.5")]
FILE_MODES = [0o644, 0o755, 0o600, 0o444, 0o000, 0o2755, 0o4755, 0o640]
FOLDER_MODES = [0o755, 0o700, 0o711, 0o2755, 0o555]


def whole(path):
    """All that must come back: type, mode, owner, content or target, hard links, and a file's time of modification."""
    found = os.lstat(path)
    kind, owner = stat.S_IFMT(found.st_mode), (found.st_uid, found.st_gid)
    if kind == stat.S_IFDIR:
        return ("directory", oct(stat.S_IMODE(found.st_mode)), owner)
    if kind == stat.S_IFIFO:
        return ("fifo", oct(stat.S_IMODE(found.st_mode)), owner, found.st_mtime_ns)
    return (*rig.entry_of(path, times=True), owner, found.st_nlink)


def snapshot(top):
    """The tree with `top` itself as '.', and the tool's records too; empty if there is none."""
    tree = {".": whole(top)} if os.path.lexists(top) else {}
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            path = os.path.join(folder, name)
            tree[os.path.relpath(path, top)] = whole(path)
    return tree


class Generator:
    """Builds the prior tree of one number."""

    def __init__(self, number, prefix):
        self.random, self.prefix, self.made = random.Random(number), prefix, []

    def chance(self, share):
        return self.random.random() < share

    def build(self):
        if self.chance(0.08):
            os.rmdir(self.prefix)
            return
        self.directories()
        if self.chance(0.3):
            self.older_version_by_hand()
        for _ in range(self.random.randrange(8)):
            self.put(f"{self.random.choice(['include', 'lib64', 'share', '.'])}/foreign{self.random.randrange(1000)}")
        for name in self.random.sample(NAMES, self.random.randrange(len(NAMES))):
            self.put(name)
        for name in self.present("include", "lib64", "share"):
            os.chmod(os.path.join(self.prefix, name), self.random.choice(FOLDER_MODES))

    def present(self, *names):
        return [name for name in names if os.path.isdir(os.path.join(self.prefix, name))]

    def directories(self):
        if self.chance(0.2):
            for name in ("include", "lib"):
                os.makedirs(os.path.join(self.prefix, "targets", "x86_64-linux", name))
            os.symlink("targets/x86_64-linux/include", os.path.join(self.prefix, "include"))
            os.symlink("targets/x86_64-linux/lib", os.path.join(self.prefix, "lib64"))
        else:
            for name in ("include", "lib64"):
                if self.chance(0.8):
                    os.mkdir(os.path.join(self.prefix, name))
        if self.chance(0.5):
            os.mkdir(os.path.join(self.prefix, "share"))

    def older_version_by_hand(self):
        archive = rig.Archive(*self.random.choice(RELEASES))
        for parts, place in (("include/cudnn*.h", "include"), ("lib/libcudnn*", "lib64")):
            if self.present(place):
                subprocess.run(["tar", "-xf", archive.path, "--no-same-owner", "--strip-components=2", "-C",
                                os.path.join(self.prefix, place), "--wildcards", f"*/{parts}"], check=True)

    def put(self, name):
        """A file, a link (dangling or not), another name of a file made before, or a pipe among the foreign ones."""
        path = os.path.join(self.prefix, name)
        if os.path.lexists(path) or not os.path.isdir(os.path.dirname(path)):
            return
        kind = self.random.choice(["file", "file", "file", "link", "dangling", "hard", "foreign"])
        if kind == "link" and self.made:
            target = os.path.relpath(self.random.choice(self.made), os.path.dirname(path))
            os.symlink(self.random.choice([target, os.path.join(os.path.dirname(path), target)]), path)
        elif kind == "dangling":
            os.symlink(self.random.choice(["nowhere", "/nowhere/at/all", "../libcudnn.so.8"]), path)
        elif kind == "hard" and self.made:
            os.link(self.random.choice(self.made), path)
        elif kind == "foreign" and "foreign" in name:
            os.mkfifo(path)
        else:
            self.file(path)

    def file(self, path):
        rig.write(path, self.random.randbytes(self.random.choice([0, 1, 4096, 70000])))
        if os.geteuid() == 0 and self.chance(0.2):
            os.chown(path, 1000, 1000)
        os.chmod(path, self.random.choice(FILE_MODES))
        time = self.random.randrange(10**18, 17 * 10**17)
        os.utime(path, ns=(time, time))
        self.made.append(path)


class Trees(rig.Case):
    def check(self, number):
        generator = Generator(number, self.rig.prefix)
        generator.build()
        before = snapshot(self.rig.prefix)
        archive = rig.Archive(*RELEASES[number % len(RELEASES)])
        self.rig.install(archive)
        self.assertNotEqual(before, snapshot(self.rig.prefix))
        self.rig.must("verify")
        if number % 5 == 0:  # one in five through a change of version
            other = rig.Archive(*RELEASES[(number // 5) % 2])
            if other.version.split(".")[0] == archive.version.split(".")[0]:
                self.rig.install(other)
        self.rig.must("uninstall", "--yes")
        self.assert_tree(before, snapshot(self.rig.prefix))
        self.assertEqual([], os.listdir(os.path.join(self.rig.state, "index")))


def one(number):
    return lambda self: self.check(number)


for each in range(COUNT):
    setattr(Trees, f"test_{each:02}", one(each))

if __name__ == "__main__":
    unittest.main()
