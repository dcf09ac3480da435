"""Something happens at a call of the tool: an error, a signal, another program. Says what stands before its command line."""

import collections
import os
import shutil
import subprocess
import tempfile

import rig


class Faults:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="cudnn-fault-")
        self.library = os.path.join(self.folder, "fault_at.so")
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", self.library, os.path.join(rig.HERE, "fault_at.c"), "-ldl"],
                       check=True)

    def close(self):
        shutil.rmtree(self.folder)

    def at(self, call, deed, **environment):
        """`deed` in the words of fault_at.c."""
        return ["env", f"LD_PRELOAD={self.library}", f"FAULT_AT={call[0]}:{call[1]}:{deed}",
                *(f"{name}={value}" for name, value in environment.items())]

    def run_at(self, call, script):
        """A shell runs the script first, as a child of the tool."""
        return self.at(call, "x", FAULT_RUN=script)

    def calls_of(self, scratch, arguments, **more):
        """(name, number) of every call that can be refused, in order; those that only open, read or look as well."""
        log = os.path.join(scratch.scratch, "calls.log")
        if os.path.exists(log):
            os.remove(log)
        scratch.must(*arguments, before=self.at(("all", 0), "l", FAULT_LOG=log), **more)
        numbers, calls = collections.Counter(), []
        with open(log, encoding="utf-8") as lines:
            for name in lines.read().split():
                numbers[name] += 1
                calls.append((name, numbers[name]))
        return calls
