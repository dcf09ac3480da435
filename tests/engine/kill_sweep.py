"""SIGKILL at the entry of every system call that changes something: afterwards the old files or the new ones.

The calls of one undisturbed run are recorded by strace, main process only (the reader child changes nothing). Then, for
every name and every number of it, the run is killed at that call; the next changing run settles what is left, and the
tree must be exactly the old or the new one, with nothing left over. The settling run is swept in the same way after
chosen kills (`--settling all`: after every one). A small preloaded library kills (kill_at.c), which is several times as
fast as strace; `--by strace` lets strace do it.
"""

import argparse
import collections
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent import futures

import rig

CHANGING = ["openat", "mkdirat", "renameat", "renameat2", "unlinkat", "symlinkat", "linkat", "fchmod", "fchown", "write",
            "pwrite64", "fsync", "fdatasync", "ftruncate", "fallocate", "utimensat", "copy_file_range"]


def calls_of(scratch, arguments, prefix=None):
    """(name, number, number as strace counts) of every changing call, in order.

    What is no change is not listed and not numbered: openat without O_CREAT, write to the standard streams.
    """
    log = os.path.join(scratch.scratch, "strace.log")
    done = scratch.run(*arguments, before=["strace", "-o", log, "-e", "trace=" + ",".join(CHANGING)], prefix=prefix)
    if done.returncode != 0:
        raise AssertionError(f"the undisturbed run failed:\n{done.stdout}{done.stderr}")
    counts, numbers, calls = collections.Counter(), collections.Counter(), []
    with open(log, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            name = re.match(r"([a-z_0-9]+)\(", line)
            if name is None:
                continue
            counts[name[1]] += 1
            if (name[1] == "openat" and "O_CREAT" not in line) or re.match(r"write\([12],", line):
                continue
            numbers[name[1]] += 1
            calls.append((name[1], numbers[name[1]], counts[name[1]]))
    return calls


class Killer:
    """Says what stands before the command line so that it dies at a call, or stops there.

    `beside` is a library that is loaded as well, such as libeatmydata.so.
    """

    def __init__(self, by="preload", beside=""):
        self.library, self.beside = None, beside
        if by == "preload":
            self.folder = tempfile.mkdtemp(prefix="cudnn-kill-")
            self.library = os.path.join(self.folder, "kill_at.so")
            subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", self.library, os.path.join(rig.HERE, "kill_at.c"), "-ldl"],
                           check=True)

    def preloaded(self, *settings):
        return ["env", f"LD_PRELOAD={self.library} {self.beside}".strip(), *settings]

    def stop_at(self, call):
        return self.preloaded(f"KILL_AT={call[0]}:{call[1]}", f"KILL_WITH={int(signal.SIGSTOP)}")

    def at(self, call):
        if self.library:
            return self.preloaded(f"KILL_AT={call[0]}:{call[1]}")
        return ["strace", "-o", "/dev/null", "-e", f"trace={call[0]}",
                "-e", f"inject={call[0]}:signal=KILL:when={call[2]}"]

    def close(self):
        if self.library:
            shutil.rmtree(self.folder)


class Sweep:
    """One operation, from one prepared state. `prepare` brings a rig there; `arguments` is the command line."""

    def __init__(self, name, prepare, arguments):
        self.name, self.prepare, self.arguments = name, prepare, arguments
        self.killer = None

    def start(self):
        scratch = rig.Rig("sweep")
        self.prepare(scratch)
        scratch.save()
        scratch.old = scratch.tree()
        scratch.had_records = os.path.isdir(os.path.join(scratch.prefix, rig.STATE_NAME))
        scratch.must(*self.arguments)
        scratch.new = scratch.tree()
        scratch.restore()
        return scratch

    def judge(self, scratch, where):
        """Settles and tells which tree it is; a list of complaints is empty if all is well."""
        settled = scratch.settle()
        complaints = []
        if settled.returncode != 0:
            complaints.append(f"settling ended with {settled.returncode}: {settled.stderr.strip()}")
        tree = scratch.tree()
        state = "old" if tree == scratch.old else "new" if tree == scratch.new else "neither"
        if state == "neither":
            complaints.append("neither old nor new:\n  " + "\n  ".join(rig.difference(scratch.old, tree)[:6]))
        complaints += scratch.leftovers()
        verified = scratch.run("verify")
        nothing_here = state == "old" and not scratch.had_records
        if not nothing_here and tree and verified.returncode != 0 and not (state == "new" and self.name == "uninstall"):
            complaints.append(f"verify ended with {verified.returncode}: {verified.stdout.strip()}")
        return state, [f"{self.name}, {where}: {text}" for text in complaints]

    def at(self, scratch, call):
        scratch.restore()
        done = scratch.run(*self.arguments, before=self.killer.at(call))
        if done.returncode not in (-9, 137):
            return "missed", [f"{self.name}: {call} was not reached ({done.returncode})"]
        return self.judge(scratch, f"killed at {call[0]}:{call[1]}")

    def settling_at(self, scratch, call):
        """Kills at `call`, then kills the settling run at each of its calls in turn."""
        other = os.path.join(scratch.scratch, "elsewhere")
        os.makedirs(other, exist_ok=True)
        settle = ("uninstall", "--yes")

        def again():
            scratch.restore()
            scratch.run(*self.arguments, before=self.killer.at(call))

        again()
        inner_calls = calls_of(scratch, settle, prefix=other)
        complaints, points = [], 0
        for inner in inner_calls:
            again()
            done = scratch.run(*settle, before=self.killer.at(inner), prefix=other)
            if done.returncode not in (-9, 137):
                complaints.append(f"{self.name} {call}: settling call {inner} was not reached")
            points += 1
            where = f"killed at {call[0]}:{call[1]} and settling at {inner[0]}:{inner[1]}"
            complaints += self.judge(scratch, where)[1]
        return points, complaints


def sweeps(*payload):
    """`payload`: options of the demo payload."""
    six_old, six_new = rig.Archive("8.9.6.50", "11", *payload), rig.Archive("8.9.6.50", "12", *payload)
    seven = rig.Archive("8.9.7.29", "12", *payload)

    def hand_made(scratch):
        os.makedirs(os.path.join(scratch.prefix, "lib64"))
        os.makedirs(os.path.join(scratch.prefix, "include"))
        for name, text in (("lib64/libcudnn.so.8.9.6", "by hand"), ("include/cudnn.h", "by hand"), ("lib64/other", "x")):
            with open(os.path.join(scratch.prefix, name), "w", encoding="utf-8") as file:
                file.write(text)
        os.symlink("libcudnn.so.8.9.6", os.path.join(scratch.prefix, "lib64", "libcudnn.so.8"))

    def upgraded(scratch):
        scratch.install(six_new)
        scratch.must("upgrade", *seven.options())

    def over_hand_made(scratch):
        hand_made(scratch)
        scratch.install(six_new)

    return [
        Sweep("install", lambda scratch: shutil.rmtree(scratch.prefix), ["install", *six_new.options()]),
        Sweep("install over hand-made files", hand_made, ["install", *six_new.options()]),
        Sweep("change to equal names", lambda scratch: scratch.install(six_old), ["install", *six_new.options()]),
        Sweep("upgrade", lambda scratch: scratch.install(six_new), ["upgrade", *seven.options()]),
        Sweep("rollback", upgraded, ["rollback", "--yes"]),
        Sweep("uninstall", over_hand_made, ["uninstall", "--yes"]),
    ]


def run_part(task):
    """A share of one sweep's points in a process of its own, on a rig of its own."""
    index, part, parts, every, settling, by = task
    sweep = sweeps()[index]
    sweep.killer = Killer(by)
    scratch = sweep.start()
    try:
        calls = calls_of(scratch, sweep.arguments)
        tally, complaints, settled = collections.Counter(), [], 0
        for number, call in enumerate(calls):
            if number % parts != part or number % every != 0:
                continue
            state, found = sweep.at(scratch, call)
            tally[state] += 1
            complaints += found
        chosen = calls if settling == "all" else chosen_for_settling(calls)
        for number, call in enumerate(chosen):
            if number % parts == part:
                points, found = sweep.settling_at(scratch, call)
                settled += points
                complaints += found
        return sweep.name, tally, settled, complaints
    finally:
        scratch.close()
        sweep.killer.close()


def chosen_for_settling(calls):
    """One point before the commit, one in the midst of the moves, one after them."""
    renames = [call for call in calls if call[0].startswith("renameat")]
    return [calls[len(calls) // 3], renames[len(renames) // 2], calls[-6]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="take one call of N (1: all)")
    parser.add_argument("--settling", choices=["chosen", "all"], default="chosen")
    parser.add_argument("--by", choices=["preload", "strace"], default="preload")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--only", help="the one sweep of this name")
    options = parser.parse_args()
    rig.need("strace")
    rig.need("cc")
    names = [sweep.name for sweep in sweeps()]
    tasks = [(index, part, options.jobs, options.every, options.settling, options.by)
             for index, name in enumerate(names) if options.only in (None, name) for part in range(options.jobs)]
    totals, complaints = collections.defaultdict(collections.Counter), []
    with futures.ProcessPoolExecutor(options.jobs) as pool:
        for name, tally, settled, found in pool.map(run_part, tasks):
            totals[name].update(tally)
            totals[name]["settling"] += settled
            complaints += found
    rig.Archive.forget()
    for name, tally in totals.items():
        print(f"{name}: {sum(tally.values()) - tally['settling']} kills ({tally['old']} old, {tally['new']} new), "
              f"{tally['settling']} kills of the settling run")
    for complaint in complaints[:40]:
        print(complaint)
    print(f"{len(complaints)} complaints")
    return 1 if complaints or not totals else 0


if __name__ == "__main__":
    sys.exit(main())
