"""The ways of installing one archive that are timed side by side, and what else is asked of the tool."""

import hashlib
import os
import shutil
import statistics
import subprocess

from . import measure

NAMES = {
    "a": "the guide's commands",
    "b": "the same, sha256sum before, sync after",
    "c": "bsdtar into the prefix",
    "d": "xz -dc > /dev/null",
    "e": "cudnn-install",
}
GUIDE = ('cd "$1" && tar -xf "$2" && cp cudnn-*-archive/include/cudnn*.h "$3/include" && '
         'cp -P cudnn-*-archive/lib/libcudnn* "$3/lib64" && '
         'chmod a+r "$3"/include/cudnn*.h "$3"/lib64/libcudnn*')


def digest(path):
    found = hashlib.sha256()
    with open(path, "rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            found.update(block)
    return found.hexdigest()


class Bench:
    def __init__(self, tool, xz, work, archive, blocks):
        self.tool, self.xz, self.work = os.path.abspath(tool), xz, work
        self.archive, self.blocks, self.sha256 = archive, blocks, digest(archive)
        self.environment = {**os.environ, "LC_ALL": "C", "XDG_STATE_HOME": os.path.join(work, "state")}

    def prefix(self, case):
        return os.path.join(self.work, case, "cuda")

    def clear(self, case):
        """An empty prefix, and nothing of the run before left to be written back."""
        if case == "e" and os.path.isdir(self.prefix("e")):
            subprocess.run([self.tool, "uninstall", "--prefix", self.prefix("e"), "--yes", "-q"], check=False,
                           env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.rmtree(os.path.join(self.work, case), ignore_errors=True)
        for folder in ("include", "lib64"):
            os.makedirs(os.path.join(self.prefix(case), folder))
        os.sync()

    def install(self):
        return [self.tool, "--method", "tar", "--archive", self.archive, "--sha256", self.sha256,
                "--prefix", self.prefix("e"), "--yes", "--accept-license"]

    def command(self, case):
        place = [os.path.join(self.work, case), self.archive, self.prefix(case)]
        if case == "a":
            return ["sh", "-ec", GUIDE, "guide", *place]
        if case == "b":
            return ["sh", "-ec", f'sha256sum "$2" && {GUIDE} && sync -f "$3"', "guide", *place]
        if case == "c":
            # lib, not lib64: bsdtar alone cannot do what the guide does, and is timed as it is.
            return ["bsdtar", "-xf", self.archive, "-C", self.prefix(case), "--strip-components", "1"]
        if case == "d":
            threads = "-T1" if self.blocks == "one" else f"-T{len(os.sched_getaffinity(0))}"
            return ["sh", "-ec", f'"$1" {threads} -dc "$2" > /dev/null', "decode", self.xz, self.archive]
        return self.install()

    def cases(self):
        return [case for case in NAMES if case != "c" or shutil.which("bsdtar")]

    def one_round(self, times):
        for case in self.cases():
            self.clear(case)
            times.setdefault(case, []).append(measure.seconds(self.command(case), self.environment))
            if case not in "ae":
                shutil.rmtree(os.path.join(self.work, case), ignore_errors=True)

    def difference(self):
        """Between what the tool and the guide's commands left: empty where there is none."""
        listing = 'cd "$1" && find include lib64 -printf "%p %y %m %l\\n" | sort'
        trees = [subprocess.run(["sh", "-ec", listing, "list", self.prefix(case)], stdout=subprocess.PIPE, check=True)
                 .stdout.decode() for case in "ae"]
        if trees[0] != trees[1]:
            return "names, modes or links differ"
        compared = subprocess.run(["diff", "-rq", "--no-dereference", "-x", ".cudnn-install", self.prefix("a"),
                                   self.prefix("e")], stdout=subprocess.PIPE, check=False)
        return compared.stdout.decode().strip()

    def rest(self):
        """What is asked once the tool's install stands: start, repeat, proofs, and memory in runs of their own."""
        tool, prefix = self.tool, self.prefix("e")
        found = {
            "status": measure.median_of(21, [tool, "status", "--prefix", prefix], self.environment),
            "repeat": measure.median_of(11, self.install(), self.environment),
            "verify": measure.median_of(3, [tool, "verify", "--prefix", prefix], self.environment),
            "load": measure.median_of(3, [tool, "verify", "--load", "--prefix", prefix], self.environment),
        }
        self.clear("e")
        found["memory"], found["memory_hwm"] = measure.peak_memory(self.install(), self.environment)
        self.clear("e")
        return found

    def finish(self):
        self.clear("e")
        for case in NAMES:
            shutil.rmtree(os.path.join(self.work, case), ignore_errors=True)


def run(benches, rounds, progress):
    """[{blocks, archive, times: {case: [seconds]}, difference, status, …}], rounds interleaved over all benches."""
    results = [{"blocks": bench.blocks, "archive": os.path.basename(bench.archive), "times": {},
                "size": os.path.getsize(bench.archive)} for bench in benches]
    for number in range(rounds):
        for bench, result in zip(benches, results):
            progress(f"round {number + 1} of {rounds}, {bench.blocks} block{'s' if bench.blocks == 'many' else ''}")
            bench.one_round(result["times"])
            if number == 0:
                result["difference"] = bench.difference()
            if number == rounds - 1:
                result.update(bench.rest())
            bench.finish()
    for result in results:
        result["medians"] = {case: statistics.median(times) for case, times in result["times"].items()}
    return results
