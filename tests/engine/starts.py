"""What programs see that start while files change: old, new, or no cuDNN; never a mix, never a torn file.

One loop starts a program linked to the stub library again and again (starter.c, start_loop.c); beside it the peer goes
from one build to the next, in a circle. `python3 starts.py --peer …` prints the counts.
"""

import argparse
import collections
import os
import subprocess
import sys
import tempfile
import time

import peers
import rig

NOT_FOUND = "error while loading shared libraries: libcudnn.so.8: cannot open shared object file: No such file"
PAYLOAD = ("--size", "0.3")


def compiled(folder, name, *options):
    program = os.path.join(folder, name)
    subprocess.run(["cc", "-O1", "-Wall", "-Werror", "-o", program, os.path.join(rig.HERE, name + ".c"), *options],
                   check=True)
    return program


class Watch:
    """A rig with the compiled programs, and the answers of the program at rest: one a build."""

    def __init__(self, peer):
        self.peer = peer
        self.scratch = rig.Rig("starts")
        for name in ("include", "lib64"):
            os.mkdir(os.path.join(self.scratch.prefix, name))
        self.builds = [rig.Archive("8.9.6.50", "12", *PAYLOAD), rig.Archive("8.9.6.50", "11", *PAYLOAD),
                       rig.Archive("8.9.7.29", "12", *PAYLOAD)]
        for archive in self.builds:
            peer.prepare(self.scratch, archive)
        library = os.path.join(self.scratch.prefix, "lib64")
        self.apply(self.builds[0])
        self.loop = compiled(self.scratch.scratch, "start_loop")
        self.program = compiled(self.scratch.scratch, "starter", f"-L{library}", "-l:libcudnn.so.8",
                                f"-Wl,-rpath,{library}", "-Wl,--allow-shlib-undefined")
        self.answers = {}
        for archive in self.builds:
            self.apply(archive)
            self.answers[self.at_rest()] = f"{archive.version} for CUDA {archive.cuda}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.scratch.close()

    def run(self, *command):
        subprocess.run(command, check=True, capture_output=True, env=self.scratch.environment())

    def apply(self, archive):
        for step in self.peer.steps(self.scratch, archive):
            self.run(*step)

    def at_rest(self):
        return subprocess.run([self.program], check=True, capture_output=True, text=True, env={}).stdout.strip()

    def kind_of(self, status, text):
        if status == 0 and text in self.answers:
            return self.answers[text]
        if status == 127 and NOT_FOUND in text:
            return "not found"
        return "mixed" if status == 0 else "torn"

    def starts(self, count, deeds):
        """Counts by kind of `count` starts, while the deeds run one after another, over and over; `changes` are those
        that were finished. Examples of what is mixed or torn come second."""
        with tempfile.TemporaryFile("w+") as answers:
            loop = subprocess.Popen([self.loop, str(count), self.program], stdout=answers)
            changes = 0
            while loop.poll() is None:
                deeds[changes % len(deeds)]()
                changes += 1
            if loop.returncode != 0:
                raise AssertionError("the loop of starts failed")
            answers.seek(0)
            lines = [line.rstrip("\n").split(" ", 2) for line in answers]
        kinds, examples = collections.Counter(changes=changes), []
        for number, status, text in lines:
            kind = self.kind_of(int(status), text)
            kinds[kind] += int(number)
            if kind in ("mixed", "torn"):
                examples.append(f"{number} × exit {status}: {text}")
        return kinds, examples


def circle(watch):
    """Every build in turn, by the peer's own steps."""
    return [lambda archive=archive: watch.apply(archive) for archive in watch.builds]


def whole_life(watch):
    """The tool's verbs: install, equal names, upgrade, rollback, uninstall."""
    six, equal, seven = watch.builds
    tool, prefix = rig.TOOL, watch.scratch.prefix

    def verb(*words):
        return lambda: watch.run(tool, *words, "--prefix", prefix)

    return [verb("uninstall", "--yes"), verb("install", *equal.options()), verb("install", *six.options()),
            verb("upgrade", *seven.options()), verb("rollback", "--yes")]


def measured(name, count):
    """(counts, examples, seconds) for PEERS[name]."""
    with Watch(peers.PEERS[name]) as watch:
        begun = time.monotonic()
        kinds, examples = watch.starts(count, whole_life(watch) if name == peers.Tool.name else circle(watch))
        return kinds, examples, time.monotonic() - begun


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=10000)
    parser.add_argument("--peer", choices=list(peers.PEERS), nargs="*", default=list(peers.PEERS))
    args = parser.parse_args()
    for name in args.peer:
        rig.need(peers.PEERS[name].program)
        kinds, examples, seconds = measured(name, args.starts)
        print(f"{name}: " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) + f" ({seconds:.0f} s)")
        print("".join(f"  {example}\n" for example in examples[:5]), end="")
    rig.Archive.forget()


if __name__ == "__main__":
    sys.exit(main())
