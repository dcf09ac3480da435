"""What the numbers were measured on."""

import os
import platform
import subprocess


def _line(path, field):
    with open(path, encoding="utf-8", errors="replace") as stream:
        for line in stream:
            if line.startswith(field):
                return line.split(":", 1)[1].strip()
    return "unknown"


def said_by(*command):
    try:
        answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    except OSError:
        return "not here"
    return (answer.stdout.decode(errors="replace").strip() or "unknown").splitlines()[0]


def decoder_of(xz):
    """liblzma's version, not the program's: the two may differ."""
    lines = subprocess.run([xz, "--version"], stdout=subprocess.PIPE, check=True).stdout.decode().split("\n")
    return lines[1] if len(lines) > 1 and lines[1] else lines[0]


def file_system(path):
    path, best = os.path.realpath(path), ("", "unknown")
    with open("/proc/self/mounts", encoding="utf-8") as stream:
        for line in stream:
            device, place, kind = line.split()[:3]
            if (path + "/").startswith(place.rstrip("/") + "/") and len(place) >= len(best[0]):
                best = (place, f"{kind} on {device}")
    return best[1]


def facts(work, tool, xz, ours):
    memory = int(_line("/proc/meminfo", "MemTotal").split()[0]) / (1 << 20)
    return {
        "CPU": f"{_line('/proc/cpuinfo', 'model name')}, {len(os.sched_getaffinity(0))} of {os.cpu_count()} cores used",
        "memory": f"{memory:.0f} GiB",
        "disk": file_system(work),
        "kernel": f"{platform.system()} {platform.release()}",
        "load before": f"{os.getloadavg()[0]:.2f}",
        "tool": said_by(tool, "--version"),
        "tar, bsdtar": f"{said_by('tar', '--version')}; {said_by('bsdtar', '--version')}",
        "xz of (a), (b)": decoder_of("xz"),
        "xz of (d)": f"{decoder_of(xz)} ({xz}{'' if ours else ', the system' + chr(39) + 's: not the one the tool links'})",
    }
