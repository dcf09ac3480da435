"""What else may go wrong at a system call: an error, a signal, somebody else's program. The old files or the new ones.

  errors     the call fails, with every error that fits it: the error's own exit code and the old files at once, 0 and
             the new files, or 20 and a journal that leads to one of them; EINTR is never seen
  lasting    the same, and no changing call works any more after it, as on a disk that is full or has gone read-only
  signals    SIGINT, SIGTERM, SIGHUP, and SIGINT once more while the run takes itself back: 19 and old, or 0 and new
  settling   a kill, and errors at the calls of the run that settles it: what it cannot do the next one does
  strangers  a kill, then `ldconfig -n` of somebody else on the library directory; and the same while the run goes on

Calls are listed by the preloaded library itself (fault_at.c), those that only open, read or look too; `--by strace`
takes the changing ones, as the kernel saw them, and lets strace refuse them.
"""

import argparse
import collections
import errno
import os
import re
import sys
from concurrent import futures

import fault_at
import kill_sweep
import rig

CODES = {"ENOSPC": 14, "EDQUOT": 14, "EIO": 14, "EROFS": 15, "EACCES": 15, "EMFILE": 70, "EINTR": 0}
OPENING = {"open", "openat"}
READING = {"open": ("EIO", "EACCES", "EMFILE", "EINTR"), "read": ("EIO", "EINTR"), "feed": ("EIO", "EINTR"),
           "stat": ("EIO", "EACCES"), "close": ("EIO", "EDQUOT")}
READING_IS_RARER = 8
LASTING = ("ENOSPC", "EIO", "EROFS", "EMFILE")
SIGNALS = {"INT": 2, "TERM": 15, "HUP": 1}
SMALL = ("--size", "0.3")
NAMES = {"errors": ("install", "upgrade", "rollback", "uninstall"), "strangers": ("downgrade", "uninstall")}
NAMES["lasting"] = NAMES["signals"] = NAMES["settling"] = NAMES["errors"]
KINDS = ["errors", "lasting", "signals", "settling", "strangers"]


def errors_of(name):
    """What `name` may fail with."""
    return READING.get(name) or [error for error in CODES if error != "EMFILE" or name in OPENING]


def sweeps():
    six, seven = rig.Archive("8.9.6.50", "12", *SMALL), rig.Archive("8.9.7.29", "12", *SMALL)
    downgrade = kill_sweep.Sweep("downgrade", lambda scratch: scratch.install(seven), ["install", *six.options()])
    return {sweep.name: sweep for sweep in [*kill_sweep.sweeps(*SMALL), downgrade]}


class Trouble:
    """One run in which one thing goes wrong. `codes`: which exit codes mean that all is as it was. `after`: what somebody
    else does then. `killed`: the run is one that settles, after a run that was killed so."""

    def __init__(self, label, before, codes, after=None, killed=None):
        self.label, self.before, self.codes, self.after, self.killed = label, before, codes, after, killed


class Troubles:
    """All that may happen at the calls of one sweep."""

    def __init__(self, by):
        self.by, self.faults, self.killer = by, fault_at.Faults(), kill_sweep.Killer("preload")

    def close(self):
        self.faults.close()
        self.killer.close()

    def calls_of(self, scratch, arguments):
        lister = self.faults if self.by == "preload" else kill_sweep
        self.library = os.path.join(scratch.prefix, "lib64")
        return lister.calls_of(scratch, arguments)

    def all_of(self, kind, sweep, scratch, every):
        calls = self.calls_of(scratch, sweep.arguments)
        if kind == "settling":
            changing = [call for call in calls if call[0] not in READING]
            for kill in kill_sweep.chosen_for_settling(changing):
                yield from self.settling(kill, sweep, scratch, every)
        else:
            for number, call in enumerate(calls):
                yield from getattr(self, kind)(call, number, every)

    def settling(self, kill, sweep, scratch, every):
        scratch.restore()
        scratch.run(*sweep.arguments, before=self.killer.at(kill))
        other = os.path.join(scratch.scratch, "elsewhere")
        os.makedirs(other, exist_ok=True)
        for number, call in enumerate(self.faults.calls_of(scratch, ("uninstall", "--yes"), prefix=other)):
            for trouble in self.errors(call, number, every):
                trouble.label = f"killed at {kill[0]}:{kill[1]}, then settling with {trouble.label}"
                trouble.killed = self.killer.at(kill)
                yield trouble

    def refused(self, call, error):
        if self.by == "preload":
            return self.faults.at(call, f"e{getattr(errno, error)}")
        return ["strace", "-o", "/dev/null", "-e", f"trace={call[0]}",
                "-e", f"inject={call[0]}:error={error}:when={call[2]}"]

    def errors(self, call, number, every):
        every *= READING_IS_RARER if call[0] in READING and every > 1 else 1
        pipe = {11} if self.by == "strace" and call[0] == "write" else set()  # to the reader; no pipe is ever full so
        for place, error in enumerate(errors_of(call[0])):
            if number % every == place % every:
                yield Trouble(f"{error} at {call[0]}:{call[1]}", self.refused(call, error), {CODES[error], *pipe} - {0})

    def lasting(self, call, number, every):
        for place, error in enumerate(LASTING):
            if number % every == place % every and call[0] not in READING and error in errors_of(call[0]):
                yield Trouble(f"{error} from {call[0]}:{call[1]} on",
                              self.faults.at(call, f"E{getattr(errno, error)}"), {CODES[error]})

    def signals(self, call, number, every):
        for place, (name, signal) in enumerate(SIGNALS.items()):
            if number % every == place % every and call[0] not in READING:
                yield Trouble(f"SIG{name} at {call[0]}:{call[1]}", self.faults.at(call, f"s{signal}"), {19})
        if number % every == 0 and call[0] not in READING:
            yield Trouble(f"SIGINT twice from {call[0]}:{call[1]} on", self.faults.at(call, "S2"), {19})

    def strangers(self, call, number, every):
        if number % every == 0 and call[0] not in READING:
            stranger = ["ldconfig", "-n", self.library]
            yield Trouble(f"killed at {call[0]}:{call[1]}, then ldconfig -n", self.killer.at(call), {-9}, after=stranger)
            yield Trouble(f"ldconfig -n at {call[0]}:{call[1]}",
                          self.faults.run_at(call, " ".join(stranger) + " || :"), set())


def seen(tree):
    """What a program finds: files and links; stages and empty directories are none of its business."""
    return {name: entry for name, entry in tree.items() if rig.STATE_NAME + "-" not in name and entry[0] != "directory"}


def state_of(scratch):
    tree = seen(scratch.tree())
    return "old" if tree == seen(scratch.old) else "new" if tree == seen(scratch.new) else "neither"


def complaints_of(trouble, done, scratch):
    """What is wrong at once. A run that settles another one may leave anything that leads on."""
    code, state, said = done.returncode, state_of(scratch), done.stderr.strip().splitlines()[-3:]
    left = scratch.leftovers()
    if code not in (0, 20, *trouble.codes) or (code == 20 and not trouble.codes):
        return [f"exit {code}: {said}"]
    if trouble.killed or trouble.after:
        return []
    if code == 0 and state != "new" or code in trouble.codes and state != "old":
        return [f"exit {code}, and the files are {state}: {said}"]
    if code != 20 and left and not re.search("the next (changing )?run does it", done.stderr):
        return [f"exit {code} left {left}: {said}"]
    # Where the commit itself is refused and nothing can be looked at any more, nobody knows whether there is a journal.
    unknown = re.search("cannot put in place '[^']*/journal'", done.stderr)
    if code == 20 and not unknown and not any(path.endswith("/journal") for path in left):
        return [f"exit 20 without a journal: {said}"]
    return []


def judged(sweep, scratch, trouble):
    """(outcome, complaints) of one run in trouble and of the next run after it."""
    scratch.restore()
    if trouble.killed:
        scratch.run(*sweep.arguments, before=trouble.killed)
        done = scratch.settle(before=trouble.before)
    else:
        done = scratch.run(*sweep.arguments, before=trouble.before)
    complaints, code = complaints_of(trouble, done, scratch), done.returncode
    if trouble.after:
        scratch.stranger(trouble.after)
    settled, found = sweep.judge(scratch, trouble.label)
    its_own = not trouble.killed and not trouble.after
    if its_own and (code == 0 and settled == "old" or code in trouble.codes and settled == "new"):
        complaints.append(f"exit {code}, and the next run ended with the {settled} files")
    return f"{code} {settled}", [f"{sweep.name}, {trouble.label}: {text}" for text in complaints] + found


def run_part(task):
    """A share of one sweep in a process of its own, on a rig of its own."""
    kind, name, part, parts, every, by = task
    sweep = sweeps()[name]
    troubles = Troubles(by)
    scratch = sweep.start()
    try:
        tally, complaints, count = collections.Counter(), [], 0
        for trouble in troubles.all_of(kind, sweep, scratch, every):
            count += 1
            if count % parts == part:
                outcome, found = judged(sweep, scratch, trouble)
                tally[outcome] += 1
                complaints += found
        return kind, name, tally, complaints
    finally:
        scratch.close()
        troubles.close()


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--what", choices=KINDS, nargs="+", default=KINDS)
    parser.add_argument("--every", type=int, nargs="+", default=[4],
                        help="take one call of N (1: all); one number for all kinds, or one for each")
    parser.add_argument("--by", choices=["preload", "strace"], default="preload", help="strace: errors only")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--only", help="the one operation of this name")
    args = parser.parse_args()
    args.every = args.every if len(args.every) == len(args.what) else args.every[:1] * len(args.what)
    if args.by == "strace" and args.what != ["errors"]:
        parser.error("strace refuses single calls: --what errors")
    return args


def main():
    args = options()
    for program in ("strace", "cc", "ldconfig"):
        rig.need(program)
    tasks = [(kind, name, part, args.jobs, every, args.by) for kind, every in zip(args.what, args.every)
             for name in NAMES[kind] if args.only in (None, name) for part in range(args.jobs)]
    totals, complaints = collections.defaultdict(collections.Counter), []
    with futures.ProcessPoolExecutor(args.jobs) as pool:
        for kind, name, tally, found in pool.map(run_part, tasks):
            totals[kind, name].update(tally)
            complaints += found
    rig.Archive.forget()
    for (kind, name), tally in totals.items():
        ends = ", ".join(f"{count} × {outcome}" for outcome, count in sorted(tally.items()))
        print(f"{kind}, {name}: {sum(tally.values())} runs (exit code and files after the next run: {ends})")
    for complaint in complaints[:60]:
        print(complaint)
    print(f"{len(complaints)} complaints")
    return 1 if complaints or not totals or not all(totals.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
