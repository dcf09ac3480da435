"""What a case may not have changed, asked of the file system and not of the tool."""

import hashlib
import os
import re
import stat
import subprocess

# Bytes that move a terminal's cursor, and marks that make a text look like another: none may reach the terminal.
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def attributes_of(path):
    names = os.listxattr(path, follow_symlinks=False)
    return tuple((name, os.getxattr(path, name, follow_symlinks=False)) for name in names)


def entry_of(path, untouched):
    """All that a user could see change. Where something came and went (not `untouched`), a directory has another time,
    and a file that was kept aside meanwhile another time of its inode."""
    found = os.lstat(path)
    told = [oct(found.st_mode), found.st_uid, found.st_gid, found.st_ino, found.st_dev, attributes_of(path)]
    if untouched or not stat.S_ISDIR(found.st_mode):
        told += [found.st_nlink, found.st_size, found.st_mtime_ns]
    if untouched:
        told.append(found.st_ctime_ns)
    if stat.S_ISLNK(found.st_mode):
        told.append(os.readlink(path))
    if stat.S_ISREG(found.st_mode):
        with open(path, "rb") as file:
            told.append(hashlib.sha256(file.read()).hexdigest())
    return tuple(told)


def snapshot(top, untouched=True):
    """Every path below `top`, and `top` itself."""
    found = {".": entry_of(top, untouched)}
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            path = os.path.join(folder, name)
            found[os.path.relpath(path, top)] = entry_of(path, untouched)
    return found


def raw_bytes(said):
    """What of a process's output a terminal would obey, or take for other text; "" where there is none."""
    try:
        found = RAW.search(said.decode())
    except UnicodeDecodeError as error:
        return repr(said[error.start:error.start + 20])
    return repr(found[0]) if found else ""


class WholeSystem:
    """The machine's root file system with a layer above it in which every change lands. Root alone can make it, in a
    mount namespace of its own; what is mounted below the root (so /dev and the scratch directory in it) is shared."""

    def __init__(self, place):
        self.root, self.changes = os.path.join(place, "root"), os.path.join(place, "changes")
        work = os.path.join(place, "work")
        for folder in (self.root, self.changes, work):
            os.makedirs(folder)
        layers = f"lowerdir=/,upperdir={self.changes},workdir={work}"
        self._run("mount", "-t", "overlay", "-o", layers, "none", self.root)
        # Not with what is mounted below: one such system would then hold the next one's root.
        for name in ("dev", "dev/shm", "proc"):
            self._run("mount", "--bind", f"/{name}", os.path.join(self.root, name))

    @staticmethod
    def _run(*command):
        subprocess.run(command, check=True)

    def changed(self):
        """What was written, made or removed anywhere on the root file system."""
        return sorted(os.path.join(folder, name) for folder, folders, files in os.walk(self.changes)
                      for name in folders + files)
