"""Hostile archives beside good ones, each with the exit code that it must end with; nothing outside may change.

  hostile_test.py [--slice 200 | --all] [--only TEXT] [--list]

After each run: the code and words that were expected; the prefix (or, where the archive is good, exactly its files), a
sentinel beside it and the whole root file system unchanged; nothing left of the run; no byte that a terminal would obey;
little memory, little time. As root all of it happens in a mount namespace of its own.
"""

import argparse
import concurrent.futures
import hashlib
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "engine")]

import contents  # noqa: E402
import kinds  # noqa: E402
import links  # noqa: E402
import names  # noqa: E402
import oracle  # noqa: E402
import rig  # noqa: E402
import sizes  # noqa: E402
import streams  # noqa: E402
import tree  # noqa: E402

MEMORY = 64 << 10  # KiB, of the two processes together
DICTIONARY = 128 << 10
PATIENCE = 30  # seconds; a run takes some hundredths of one
WAYS = ("given", "unverified")


def all_cases():
    return [case for family in (names, links, kinds, sizes, contents, streams) for case in family.cases()]


def slice_of(cases, size):
    """One of each number in each family first, then the rest in an order that has nothing to do with theirs."""
    shuffled = sorted(cases, key=lambda case: hashlib.sha256(case.name.encode()).digest())
    first = list({(case.number, case.family): case for case in shuffled}.values())
    rest = [case for case in shuffled if not any(case is one for one in first)]
    return (first + rest)[:size]


class Bench:
    """A prefix with something in it, a sentinel beside it, and the tool inside a copy of the system that shows changes."""

    def __init__(self):
        self.rig = rig.Rig("hostile")
        self.sentinel = os.path.join(self.rig.scratch, "outside")
        for name, text in (("prefix/include/cudnn.h", "by hand"), ("prefix/include/cuda.h", "the toolkit's"),
                           ("prefix/lib64/libcublas.so.12", "x"), ("outside/cudnn.h", "x"),
                           ("outside/secret", "secret")):
            rig.write(os.path.join(self.rig.scratch, name), text, 0o600)
        os.symlink("../outside", os.path.join(self.rig.prefix, "elsewhere"))
        os.setxattr(os.path.join(self.sentinel, "secret"), "user.mark", b"kept")
        measured, self.memory = (os.path.join(self.rig.scratch, name) for name in ("measured", "memory"))
        subprocess.run(["cc", "-O1", "-Wall", "-Werror", "-o", measured, os.path.join(HERE, "measured.c")], check=True)
        self.system, self.before = None, [measured, str(PATIENCE), self.memory]
        if os.geteuid() == 0:
            self.system = oracle.WholeSystem(os.path.join(self.rig.scratch, "system"))
            self.rig.for_stranger(0)  # the tool's copy is seen from within
            self.before += ["chroot", self.system.root]
        self.start = self.look()
        self.most = 0  # KiB, of all runs so far

    def close(self):
        if self.system:
            subprocess.run(["umount", "--recursive", self.system.root], check=True)
        self.rig.close()

    def look(self):
        return {"outside": oracle.snapshot(self.sentinel),
                "prefix": oracle.snapshot(self.rig.prefix, untouched=False),
                "system": self.system.changed() if self.system else []}

    def run(self, arguments):
        """(code, what was said, KiB at most): the larger of the two processes, twice."""
        with open(os.path.join(self.rig.scratch, "said"), "w+b") as said:
            done = subprocess.run([*self.before, self.rig.tool, *arguments, "--prefix", self.rig.prefix], check=False,
                                  stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=self.rig.environment())
            said.seek(0)
            with open(self.memory, encoding="ascii") as memory:
                return done.returncode, said.read(), 2 * int(memory.read())

    def options(self, data, way):
        """`way`: the digest is given, nobody vouches, or another digest is given."""
        path = rig.write(os.path.join(self.rig.scratch, "archive"), data)
        digest = hashlib.sha256(data + (b"other" if way == "other" else b"")).hexdigest()
        trust = ["--allow-unverified"] if way == "unverified" else ["--sha256", digest]
        return ["install", "--archive", path, *trust, "--cudnn", tree.VERSION, "--cuda", "12", "--arch", "x86_64",
                "--yes", "--accept-license"]

    def complaints(self, case, way):
        """What is wrong with this run of this case."""
        code, said, memory = self.run(self.options(case.data(), way))
        wanted = 12 if way == "other" else case.code
        if code != wanted:
            yield f"ended with {code} instead of {wanted}"
        if way != "other" and case.text not in said.decode(errors="replace"):
            yield f"does not say '{case.text}'"
        if raw := oracle.raw_bytes(said):
            yield f"says {raw} to the terminal"
        if "a dictionary" not in case.idea:
            self.most = max(self.most, memory)
        if memory > MEMORY + (DICTIONARY if "a dictionary" in case.idea else 0):
            yield f"took {memory >> 10} MiB"
        if code == 0:
            yield from self.of_installed(case)
        yield from self.of_surroundings()

    def of_installed(self, case):
        found = {name: entry for name, entry in self.rig.tree().items() if entry[0] != "directory" and "cudnn" in name}
        yield from rig.difference(case.left or {}, found)
        yield from (f"verify: {line}" for line in self.said_of("verify"))
        yield from (f"uninstall: {line}" for line in self.said_of("uninstall", "--yes"))

    def said_of(self, *arguments):
        code, said, _ = self.run(arguments)
        return said.decode(errors="replace").splitlines() if code else []

    def of_surroundings(self):
        now = self.look()
        yield from rig.difference(self.start["outside"], now["outside"])
        yield from rig.difference(self.start["prefix"], now["prefix"])
        yield from (f"the system has a changed {path}" for path in now["system"])
        yield from (f"left over: {path}" for path in self.rig.leftovers())
        index = os.path.join(self.rig.state, "index")
        if os.path.isdir(index) and os.listdir(index):
            yield "left over: a note in the index"


def ways_of(number, case, everything):
    """Each way for each case of all, one for those of a slice; a wrong digest in between, which always comes first."""
    if not everything:
        return (("other",) if number % 16 == 7 else ()) + (WAYS[number % 2],)
    return WAYS + (("other",) if number % 16 == 7 else ())


def outcome(bench, case, way):
    """The case's complaints as text; after one the bench is not used any more."""
    try:
        found = list(bench.complaints(case, way))
    except OSError as error:
        found = [str(error)]
    return "".join(f"FAILED {case.name} ({way}): {line}\n" for line in found)


def worked_through(runs):
    """One bench for a share of the runs. Answers what failed, and the most memory of a run."""
    failed, bench, most = [], Bench(), 0
    for case, way in runs:
        if told := outcome(bench, case, way):
            print(told, end="", flush=True)
            failed.append(case.name)
            bench.close()
            most, bench = max(most, bench.most), Bench()
    bench.close()
    return failed, max(most, bench.most)


def chosen(options):
    cases = all_cases()
    if len({case.name for case in cases}) != len(cases):
        sys.exit("two cases have one name")
    if options.only:
        return [case for case in cases if options.only in case.name]
    return cases if options.all else slice_of(cases, options.slice)


def alone():
    """Mounts made here are seen here only."""
    if os.geteuid() == 0 and "--alone" not in sys.argv:
        os.execvp("unshare", ["unshare", "--mount", sys.executable, *sys.argv, "--alone"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--slice", type=int, default=200, help="so many, the same each time (200)")
    parser.add_argument("--all", action="store_true", help="every case, with its digest given and with none")
    parser.add_argument("--only", help="those whose name holds this text")
    parser.add_argument("--list", action="store_true", help="names and codes, and nothing else")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    cases = chosen(options)
    if options.list:
        print("\n".join(f"{case.code:2} {case.name}" for case in cases))
        return 0
    alone()
    start = time.monotonic()
    everything = options.all or bool(options.only)
    runs = [(case, way) for number, case in enumerate(cases) for way in ways_of(number, case, everything)]
    workers = os.cpu_count() or 1
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        shares = list(pool.map(worked_through, [runs[i::workers] for i in range(workers)]))
    failed = [name for names_, _ in shares for name in names_]
    print(f"{len(cases)} archives, {len(runs)} runs in {time.monotonic() - start:.0f} s, {len(failed)} failed; "
          f"at most {max(most for _, most in shares) >> 10} MiB")
    return 1 if failed or not runs else 0


if __name__ == "__main__":
    for program in ("cc", "xz", "zstd", "unshare"):
        rig.need(program)
    sys.exit(main())
