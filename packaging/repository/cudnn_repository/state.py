"""What a repository remembers from one publish to the next, so that nothing is read or hashed twice.

Files that are served keep their names and bytes for ever; what changes is a few indices, and each set of them is a
generation. A file that only old generations name stays until the clients that hold those can be trusted to be gone.
"""

import fcntl
import json
import os
import time

from .programs import Failure

SCHEMA = 1


def identity(path):
    """Tells, without reading it, whether a file is the one that was read before."""
    found = os.stat(path)
    return [found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]


class State:
    """The record of one repository; `save` makes it durable before anything points at what it tells of."""

    def __init__(self, path):
        self.path = path
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self._lock = open(f"{path}.lock", "a", encoding="utf-8")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(f"another publish holds '{path}.lock'") from None
        self.packages, self.generations, self.dropped, self.access, self._saved = {}, [], {}, "", b""
        if os.path.exists(path):
            self._load()

    def _load(self):
        with open(self.path, "rb") as file:
            self._saved = file.read()
        record = json.loads(self._saved)
        if record.get("schema") != SCHEMA:
            raise Failure(f"'{self.path}' has schema {record.get('schema')}, this program writes {SCHEMA}")
        self.packages, self.generations = record["packages"], record["generations"]
        self.dropped, self.access = record["dropped"], record["access"]

    def save(self):
        record = {"schema": SCHEMA, "packages": self.packages, "generations": self.generations, "dropped": self.dropped,
                  "access": self.access}
        data = json.dumps(record, indent=1, sort_keys=True).encode()
        if data != self._saved:
            replace(self.path, data)
            self._saved = data

    def close(self):
        self._lock.close()

    @property
    def number(self):
        """Of the generation that clients see now; 0 before the first."""
        return self.generations[-1]["number"] if self.generations else 0

    def begin_generation(self, files):
        """The next one, of index files that `files` names. The one before is replaced from now on."""
        if self.generations:
            self.generations[-1]["replaced"] = time.time()
        self.generations.append({"number": self.number + 1, "files": sorted(files), "replaced": None})

    def expire(self, keep, grace):
        """Forgets generations beyond the newest `keep` that were replaced more than `grace` seconds ago, and answers the
        files that nothing names any more."""
        last_seen = time.time() - grace
        old = [one for one in self.generations[:-keep] if one["replaced"] is not None and one["replaced"] <= last_seen]
        self.generations = [one for one in self.generations if one not in old]
        named = {file for one in self.generations for file in one["files"]}
        oldest = self.generations[0]["number"] if self.generations else 0
        gone = sorted(file for file, number in self.dropped.items() if number <= oldest)
        self.dropped = {file: number for file, number in self.dropped.items() if file not in gone}
        return sorted({file for one in old for file in one["files"]} - named) + gone


def replace(path, data):
    """The new bytes, durable, under their name in one step: a reader gets the old ones or these."""
    replace_all({path: data})


def replace_all(files):
    """The same for {path: bytes} of one folder: all are on the disk before the first is renamed, in the given order."""
    def part(path):
        return os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.new")
    for path, data in files.items():
        with open(part(path), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _date_later(part(path), path)
    for path in files:
        os.replace(part(path), path)
    sync(os.path.dirname(next(iter(files))))


def _date_later(new, old):
    """Clients ask "newer than this second?" (If-Modified-Since): bytes that follow others must not share theirs."""
    if os.path.exists(old):
        first = int(os.stat(old).st_mtime) + 1
        if os.stat(new).st_mtime < first:
            os.utime(new, (first, first))


def sync(path):
    """Makes a file's bytes, or a folder's names, durable."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
