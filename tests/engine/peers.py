"""Other ways to bring an archive's files to a prefix, to be measured where the tool is: the same change, the same faults.

The change is from 8.9.6 for CUDA 11 to 8.9.6 for CUDA 12: equal names, other bytes. `python3 peers.py` kills each way
at the entry of its changing system calls and prints what it leaves, at once and after a second try.
"""

import argparse
import collections
import glob
import os
import re
import shutil
import subprocess
import sys
from concurrent import futures

import kill_sweep
import rig

CALLS = ["open", "creat", "mkdir", "rename", "unlink", "rmdir", "symlink", "link", "chmod", "fchmodat", "chown", "lchown",
         "fchownat", "sendfile", "truncate", *kill_sweep.CHANGING]
CREATES = re.compile(r"O_(CREAT|TRUNC)")


class Peer:
    """A way of its own. `steps`: the command lines that change the prefix, one after another; to be run again after a
    crash where the way has no other remedy."""

    name = ""
    program = ""

    def prepare(self, scratch, archive):
        """What is made ready outside the prefix; nothing of it is measured."""

    def steps(self, scratch, archive):
        raise NotImplementedError

    def again(self, scratch, archive):
        return self.steps(scratch, archive)


class Tool(Peer):
    name, program = "cudnn-install", rig.TOOL

    def steps(self, scratch, archive):
        return [[rig.TOOL, "install", *archive.options(), "--prefix", scratch.prefix]]

    def again(self, scratch, archive):
        other = os.path.join(scratch.scratch, "elsewhere")
        os.makedirs(other, exist_ok=True)
        return [[rig.TOOL, "uninstall", "--yes", "--prefix", other]]


def unpacked(scratch, archive):
    """The archive laid out as it will lie below the prefix."""
    place = os.path.join(scratch.scratch, "unpacked", archive.sha256)
    if not os.path.isdir(place):
        os.makedirs(place + ".part")
        subprocess.run(["tar", "-xf", archive.path, "--no-same-owner", "-C", place + ".part"], check=True)
        (top,) = glob.glob(place + ".part/*")
        os.rename(os.path.join(top, "lib"), os.path.join(top, "lib64"))
        os.remove(os.path.join(top, "LICENSE"))
        os.rename(top, place)
    return place


class Guide(Peer):
    """The commands of the guide's section 1.3.1, after the unpacking."""

    name, program = "the guide's cp and chmod", "cp"

    def prepare(self, scratch, archive):
        unpacked(scratch, archive)

    def steps(self, scratch, archive):
        place, include, library = unpacked(scratch, archive), scratch.prefix + "/include", scratch.prefix + "/lib64"
        headers, libraries = sorted(glob.glob(place + "/include/*")), sorted(glob.glob(place + "/lib64/*"))
        there = [os.path.join(to, os.path.basename(path)) for to, paths in ((include, headers), (library, libraries))
                 for path in paths]
        return [["cp", *headers, include], ["cp", "-P", *libraries, library], ["chmod", "a+r", *there]]


class Tar(Peer):
    """A ready tar file, without compression, straight into the prefix."""

    name, program = "GNU tar", "tar"

    def laid(self, scratch, archive):
        return os.path.join(scratch.scratch, archive.sha256 + ".tar")

    def prepare(self, scratch, archive):
        if not os.path.exists(self.laid(scratch, archive)):
            subprocess.run(["tar", "-cf", self.laid(scratch, archive), "-C", unpacked(scratch, archive), "include",
                            "lib64"], check=True)

    def steps(self, scratch, archive):
        return [[self.program, "-xf", self.laid(scratch, archive), "-C", scratch.prefix]]


class Bsdtar(Tar):
    name, program = "bsdtar", "bsdtar"


class Dpkg(Peer):
    """A package of the same files, installed below a root of its own."""

    name, program = "dpkg", "dpkg"

    def prepare(self, scratch, archive):
        for place in ("info", "updates", "triggers", "parts"):
            os.makedirs(os.path.join(scratch.state, "dpkg", place), exist_ok=True)
        for name in ("status", "available"):
            rig.write(os.path.join(scratch.state, "dpkg", name))
        tree = os.path.join(scratch.scratch, "tree")
        shutil.copytree(unpacked(scratch, archive), os.path.join(tree, "prefix"), symlinks=True)
        rig.write(os.path.join(tree, "DEBIAN/control"),
                  f"Package: cudnn-demo\nVersion: {archive.version}+cuda{archive.cuda}\nArchitecture: all\n"
                  "Maintainer: nobody <nobody@localhost>\nDescription: demo payload\n")
        subprocess.run(["dpkg-deb", "-Znone", "--root-owner-group", "-b", tree, self.package(scratch, archive)],
                       check=True, capture_output=True)
        shutil.rmtree(tree)

    def package(self, scratch, archive):
        return os.path.join(scratch.scratch, archive.sha256 + ".deb")

    def steps(self, scratch, archive):
        return [["dpkg", f"--instdir={scratch.scratch}", f"--admindir={scratch.state}/dpkg", "--log=/dev/null", "-i",
                 self.package(scratch, archive)]]


PEERS = {peer.name: peer for peer in (Tool(), Guide(), Tar(), Bsdtar(), Dpkg())}


class Change:
    """The change from one archive to the other by one peer, on a rig of its own; `with` closes it."""

    def __init__(self, peer, payload=("--size", "0.3")):
        self.peer = peer
        self.before, self.after = rig.Archive("8.9.6.50", "11", *payload), rig.Archive("8.9.6.50", "12", *payload)
        self.scratch = rig.Rig("peer")
        for name in ("include", "lib64"):
            os.mkdir(os.path.join(self.scratch.prefix, name))
        for archive in (self.before, self.after):
            peer.prepare(self.scratch, archive)
        self.run(peer.steps(self.scratch, self.before))
        self.scratch.save()
        self.old = self.scratch.tree()
        self.run(peer.steps(self.scratch, self.after))
        self.new = self.scratch.tree()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.scratch.close()

    def run(self, steps, check=True):
        for step in steps:
            subprocess.run(step, check=check, capture_output=True, env=self.scratch.environment())

    def restore(self):
        self.scratch.restore()

    def state(self):
        """(old | new | torn | mixed, names that belong to neither)"""
        found = self.scratch.tree()
        known = self.old.keys() | self.new.keys()
        junk = sorted(found.keys() - known)
        sides = collections.Counter()
        for name in known:
            old, new, now = self.old.get(name), self.new.get(name), found.get(name)
            if old != new:
                sides["old" if now == old else "new" if now == new else "missing" if now is None else "torn"] += 1
        state = "torn" if sides["torn"] else next(iter(sides)) if len(sides) == 1 else "mixed"
        return ("mixed" if state == "missing" else state), junk

    def calls(self):
        """(step, name, number) of every changing call of the main process of each step."""
        self.restore()
        log, found = os.path.join(self.scratch.scratch, "peer.log"), []
        for index, step in enumerate(self.peer.steps(self.scratch, self.after)):
            self.run([["strace", "-o", log, "-e", "trace=" + ",".join("?" + name for name in CALLS), *step]])
            counts = collections.Counter()
            with open(log, encoding="utf-8", errors="replace") as lines:
                for line in lines:
                    name = re.match(r"([a-z_0-9]+)\(", line)
                    if name:
                        counts[name[1]] += 1
                    if name and not (name[1].startswith("open") and not CREATES.search(line)):
                        found.append((index, name[1], counts[name[1]]))
        return found

    def killed(self, index, name, number):
        """Every step before is done, this one is killed, none follows."""
        self.restore()
        steps = self.peer.steps(self.scratch, self.after)
        self.run(steps[:index])
        self.run([["strace", "-o", "/dev/null", "-e", f"trace={name}",
                   "-e", f"inject={name}:signal=KILL:when={number}", *steps[index]]], check=False)


def kill_part(task):
    name, every, part, parts = task
    tally = collections.Counter()
    with Change(PEERS[name]) as change:
        for number, call in enumerate(change.calls()[::every]):
            if number % parts != part:
                continue
            change.killed(*call)
            state, junk = change.state()
            change.run(PEERS[name].again(change.scratch, change.after), check=False)
            later, junk_later = change.state()
            tally.update(("kills", "at once " + state, "later " + later))
            tally.update((["junk at once"] if junk else []) + (["junk later"] if junk_later else []))
    return tally


def kills(name, every=1, jobs=None):
    """What SIGKILL at every `every`-th changing call leaves of PEERS[name]: kills, "at once old" and so on."""
    jobs, total = jobs or os.cpu_count(), collections.Counter()
    with futures.ProcessPoolExecutor(jobs) as pool:
        for tally in pool.map(kill_part, [(name, every, part, jobs) for part in range(jobs)]):
            total.update(tally)
    return total


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="take one call of N (1: all)")
    parser.add_argument("--peer", choices=list(PEERS), nargs="*", default=list(PEERS))
    args = parser.parse_args()
    for name in args.peer:
        rig.need(PEERS[name].program)
    for name in args.peer:
        tally = kills(name, args.every)
        print(f"{name}: " + ", ".join(f"{count} {what}" for what, count in sorted(tally.items())))
    rig.Archive.forget()


if __name__ == "__main__":
    sys.exit(main())
