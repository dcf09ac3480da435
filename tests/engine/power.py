"""The plug is pulled at a system call, or after the command has ended: what does the disk hold then?

  power.py             every changing call of every operation, on ext4 and XFS, the file system's journal committed or not
  power.py --cuts 40   so many, spread over all of them
  power.py --ways 12   other ways beside the tool, so many cuts each: a table

The tool is stopped at the entry of the call, the file system is shut down without a flush, mounted again (every third
time on another loop device), and the next changing run settles: the tree must be exactly the old or the new one with
nothing left over, and the new one where the command had ended with 0. Needs root.
"""

import argparse
import collections
import os
import sys
from concurrent import futures

import disk
import kill_sweep
import rig
import ways

FILE_SYSTEMS = ["ext4", "xfs"]
Cut = collections.namedtuple("Cut", "call committed elsewhere")  # call: None where the command has ended


class OnDisk:
    """One operation of the tool on a disk of its own, which can be taken back to the state before it."""

    def __init__(self, sweep, kind, killer):
        self.sweep, self.killer = sweep, killer
        self.disk = disk.Disk(kind)
        self.scratch = rig.Rig("power", within=self.disk.place)
        sweep.prepare(self.scratch)
        self.scratch.old = self.scratch.tree()
        self.scratch.had_records = os.path.isdir(os.path.join(self.scratch.prefix, rig.STATE_NAME))
        self.disk.unmount()
        self.disk.save()
        self.disk.mount()
        self.calls = kill_sweep.calls_of(self.scratch, sweep.arguments)
        self.scratch.new = self.scratch.tree()
        self.disk.unmount()

    def run(self, call):
        """Up to `call`, where it stands still, or to its end."""
        before = self.killer.preloaded() if call is None else self.killer.stop_at(call)
        command = [*before, self.scratch.tool, *self.sweep.arguments, "--prefix", self.scratch.prefix]
        return self.scratch.stopped(command)

    def after(self, cut):
        """(old, new, neither or missed; complaints)"""
        self.disk.restore()
        self.disk.mount()
        where = f"{cut.call[0]}:{cut.call[1]}" if cut.call else "the end"
        where += f" on {self.disk.kind}, journal {'committed' if cut.committed else 'as it was'}"
        run, node = self.run(cut.call), self.disk.node
        if run.returncode is None:
            self.disk.cut(cut.committed)
            run.kill()
            run.wait()
        elif cut.call is None and run.returncode == 0:
            self.disk.cut(cut.committed)
        else:
            self.disk.unmount()
            return "missed", [f"{self.sweep.name}: {where} was not reached ({run.returncode})"]
        self.disk.unmount()
        self.disk.mount(cut.elsewhere)
        complaints = []
        if cut.elsewhere and self.disk.node == node:
            complaints.append(f"{self.sweep.name}: the disk came back as the same device")
        if cut.call is None and self.scratch.tree() != self.scratch.new:
            complaints.append(f"{self.sweep.name}, {where}: it had ended with 0, and the new files are not there")
        state, found = self.sweep.judge(self.scratch, where)
        self.disk.unmount()
        return state, complaints + found

    def close(self):
        self.disk.close()


def chosen(calls, count, first):
    """So many cuts spread evenly over the calls, with each second journal committed and each third disk elsewhere; and
    the two after the end. `count` None: every call, in both ways."""
    if count is None:
        cuts = [Cut(call, committed, index % 3 == 0) for index, call in enumerate(calls) for committed in (False, True)]
    else:
        cuts = [Cut(calls[(2 * index + 1) * len(calls) // (2 * count)], (first + index) % 2 == 0,
                    (first + index) % 3 == 0) for index in range(count)]
    return cuts, [Cut(None, committed, first % 3 == 0) for committed in (False, True)]


def run_part(task):
    """One operation on one file system, in a process of its own. Answers its name, both tallies and the complaints."""
    index, kind, count, first, part, parts, beside = task
    sweep, killer = kill_sweep.sweeps()[index], kill_sweep.Killer(beside=beside)
    place = OnDisk(sweep, kind, killer)
    tallies, complaints = (collections.Counter(), collections.Counter()), []
    try:
        for tally, cuts in zip(tallies, chosen(place.calls, count, first)):
            for cut in cuts[part::parts]:
                state, found = place.after(cut)
                tally[state if not found or state == "missed" else "wrong"] += 1
                complaints += found
    finally:
        place.close()
        killer.close()
    return (sweep.name, kind), tallies, complaints


def measure_tool(cuts=None, kinds=tuple(FILE_SYSTEMS), only=None, beside="", jobs=os.cpu_count()):
    """{(operation, file system): (cuts on the way, cuts after the end)} and complaints."""
    places = [(index, kind) for index, sweep in enumerate(kill_sweep.sweeps()) if only is None or sweep.name in only
              for kind in kinds]
    shares = [None if cuts is None else cuts // len(places) + (number < cuts % len(places))
              for number in range(len(places))]
    parts = jobs if cuts is None else 1
    tasks = [(*place, shares[number], number, part, parts, beside) for number, place in enumerate(places)
             for part in range(parts)]
    totals, complaints = collections.defaultdict(lambda: (collections.Counter(), collections.Counter())), []
    with futures.ProcessPoolExecutor(jobs) as pool:
        for place, tallies, found in pool.map(run_part, tasks):
            for total, tally in zip(totals[place], tallies):
                total.update(tally)
            complaints += found
    return dict(totals), complaints


def standing(tree, old, new):
    """old; new; torn: a file is neither the old nor the new one; mixed: each is one of the two, but not of the same.
    Of old and new with further files beside them: old+, new+."""
    ours = {name for each in (old, new) for name, entry in each.items() if entry[0] != "directory"}
    states = {(tree.get(name) == old.get(name), tree.get(name) == new.get(name)) for name in ours}
    if (False, False) in states:
        return "torn"
    beside = "+" if any(entry[0] != "directory" for name, entry in tree.items() if name not in ours) else ""
    if all(is_new for _, is_new in states):
        return "new" + beside
    return "old" + beside if all(is_old for is_old, _ in states) else "mixed"


class WayOnDisk:
    """Another way on a disk of its own: a fresh install, and a change to a build of equal names."""

    def __init__(self, way, kind, killer):
        self.way, self.killer = way, killer
        self.disk = disk.Disk(kind)
        self.prefix = os.path.join(self.disk.place, "prefix")
        self.before, self.wanted = rig.Archive("8.9.6.50", "11"), rig.Archive("8.9.6.50", "12")

    def start(self, fresh):
        """What there is to lose is safe on the disk. Answers the number of calls that the command has."""
        if not self.disk.mounted:
            self.disk.mount()
        self.way.begin(self.prefix)
        if not fresh:
            self.prepare(self.before)
            self.finish(self.before)
        self.prepare(self.wanted)
        self.old = rig.tree_of(self.prefix)
        self.disk.unmount()
        self.disk.save()
        self.disk.mount()
        calls = self.finish(self.wanted)
        self.new = rig.tree_of(self.prefix)
        self.disk.unmount()
        self.disk.restore()
        return calls

    def prepare(self, archive):
        command = self.way.before(archive, self.prefix)
        if command:
            disk.call(*command)

    def finish(self, archive):
        run = ways.Counted(self.killer, self.way.command(archive, self.prefix), 0)
        try:
            run.wait()
            return run.calls()
        finally:
            run.end()

    def after(self, at, committed):
        """`at` 0: the command has ended."""
        self.disk.restore()
        self.disk.mount()
        run = ways.Counted(self.killer, self.way.command(self.wanted, self.prefix), at)
        try:
            run.wait()
            self.disk.cut(committed)
        finally:
            run.end()
        self.disk.unmount()
        self.disk.mount()
        found = standing(rig.tree_of(self.prefix), self.old, self.new)
        self.disk.unmount()
        return found

    def close(self):
        self.disk.close()


def measure_way(way, cuts, kinds=tuple(FILE_SYSTEMS)):
    """{fresh, change: after the command's end; midst: cuts on the way of the change}, each a tally of standings."""
    row = {name: collections.Counter() for name in ("fresh", "change", "midst")}
    killer = kill_sweep.Killer()
    for number, kind in enumerate(kinds):
        place = WayOnDisk(way, kind, killer)
        try:
            for name in ("fresh", "change"):
                calls = place.start(fresh=name == "fresh")
                row[name].update(place.after(0, committed) for committed in (False, True))
            share = cuts // len(kinds) + (number < cuts % len(kinds))
            for index in range(share):
                row["midst"][place.after((2 * index + 1) * calls // (2 * share) + 1, index % 2 == 0)] += 1
        finally:
            place.close()
    killer.close()
    return row


def row_of_tool(totals):
    """The tool's figures in the form of measure_way(), on the way after the next run."""
    row = {name: collections.Counter() for name in ("fresh", "change", "midst")}
    for (operation, _), (midst, ended) in totals.items():
        row["midst"].update(midst)
        row["fresh" if operation == "install" else "change"].update(ended)
    return row


def table(rows):
    """[(name, row)] as Markdown."""
    def told(tally):
        words = ("new", "new+", "old", "old+", "mixed", "torn", "wrong", "missed")
        return ", ".join(f"{tally[word]} {word}" for word in words if tally[word])

    def share(tally):
        return f"{sum(tally[word] for word in ('new', 'new+', 'old', 'old+'))} of {sum(tally.values())}"

    lines = ["| way (+: with leftovers) | cut after the end, fresh | cut after the end, change | cuts on the way | of these "
             "old or new |", "|---|---|---|---|---|"]
    return lines + [f"| {name} | {told(row['fresh'])} | {told(row['change'])} | {told(row['midst'])} | "
                    f"{share(row['midst'])} |" for name, row in rows]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, help="so many cuts of the tool in all (every call)")
    parser.add_argument("--ways", type=int, default=0, help="so many cuts of each other way (none)")
    parser.add_argument("--kinds", nargs="+", default=FILE_SYSTEMS, choices=disk.KINDS)
    parser.add_argument("--only", nargs="+", help="these operations alone")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    disk.need_programs(*options.kinds)
    disk.private_mounts()
    totals, complaints = measure_tool(options.cuts, tuple(options.kinds), options.only, jobs=options.jobs)
    for (name, kind), (midst, ended) in totals.items():
        print(f"{name}, {kind}: {sum(midst.values())} cuts on the way ({midst['old']} old, {midst['new']} new), "
              f"{sum(ended.values())} after the end ({ended['new']} new)")
    others = ways.every_way() if options.ways else []
    rows = [("cudnn-install", row_of_tool(totals))]
    rows += [(way.name, measure_way(way, options.ways, tuple(options.kinds))) for way in others]
    for way in others:
        way.close()
    rig.Archive.forget()
    print("\n".join([*table(rows), *complaints[:40], f"{len(complaints)} complaints"]))
    return 1 if complaints or not totals else 0


if __name__ == "__main__":
    sys.exit(main())
