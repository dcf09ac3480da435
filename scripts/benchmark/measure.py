"""Runs a command and says how long it took, or how much memory it and its children held at most."""

import os
import statistics
import subprocess
import tempfile
import time


class CommandFailed(Exception):
    pass


def seconds(command, environment=None):
    with tempfile.TemporaryFile() as log:
        start = time.monotonic()
        status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
                                check=False).returncode
        took = time.monotonic() - start
        if status != 0:
            log.seek(0)
            said = log.read().decode(errors="replace")[-2000:]
            raise CommandFailed(f"'{' '.join(command)}' ended with status {status}:\n{said}")
    return took


def median_of(times, command, environment=None):
    return statistics.median(seconds(command, environment) for _ in range(times))


def _tree(pid):
    found = [pid]
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as stream:
                for child in stream.read().split():
                    found += _tree(int(child))
    except OSError:
        pass  # it ended meanwhile
    return found


def _kib(path, field):
    try:
        with open(path, encoding="ascii") as stream:
            for line in stream:
                if line.startswith(field):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def peak_memory(command, environment=None):
    """MiB: (peak of the summed PSS, sum of each process's VmHWM). PSS counts a page that two share once in all; VmHWM
    counts it twice, but sees peaks between two looks."""
    peak, highest = 0, {}
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             env=environment)
    while child.poll() is None:
        pids = _tree(child.pid)
        peak = max(peak, sum(_kib(f"/proc/{pid}/smaps_rollup", "Pss:") for pid in pids))
        for pid in pids:
            highest[pid] = max(highest.get(pid, 0), _kib(f"/proc/{pid}/status", "VmHWM:"))
        time.sleep(0.005)
    if child.returncode != 0:
        raise CommandFailed(f"'{' '.join(command)}' ended with status {child.returncode}")
    return peak / 1024, sum(highest.values()) / 1024
