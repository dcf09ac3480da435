"""Compiles the stub libraries of the demo payload and gives them as members of an archive."""

import hashlib
import io
import os
import platform
import shutil
import subprocess

from . import layout, pack

ZIG = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "zig")
TRIPLES = {"x86_64": "x86_64-linux-gnu", "sbsa": "aarch64-linux-gnu", "ppc64le": "powerpc64le-linux-gnu"}
# The same floors as scripts/zig: the oldest glibc that NVIDIA's own files ask for, or that zig knows.
ZIG_TARGETS = {"x86_64": "x86_64-linux-gnu.2.17", "sbsa": "aarch64-linux-gnu.2.17", "ppc64le": "powerpc64le-linux-gnu.2.19"}
MACHINES = {"x86_64": "x86_64", "sbsa": "aarch64", "ppc64le": "ppc64le"}
CUDART = {11: 11080, 12: 12020, 13: 13000}

# What each part is linked against, dependency before dependent; the first of each list answers for the version.
NEEDS = {
    8: {"libcudnn_ops_infer": [],
        "libcudnn_ops_train": ["libcudnn_ops_infer"],
        "libcudnn_cnn_infer": ["libcudnn_ops_infer", "z"],
        "libcudnn_cnn_train": ["libcudnn_ops_infer", "libcudnn_ops_train", "libcudnn_cnn_infer"],
        "libcudnn_adv_infer": ["libcudnn_ops_infer"],
        "libcudnn_adv_train": ["libcudnn_ops_infer", "libcudnn_ops_train", "libcudnn_adv_infer"]},
    9: {"libcudnn_graph": ["z"],
        "libcudnn_ops": ["libcudnn_graph", "z"],
        "libcudnn_cnn": ["libcudnn_ops", "libcudnn_graph", "z"],
        "libcudnn_adv": ["libcudnn_ops", "libcudnn_graph", "z"],
        "libcudnn_heuristic": ["libcudnn_graph", "z"],
        "libcudnn_engines_precompiled": ["libcudnn_graph", "z"],
        "libcudnn_engines_runtime_compiled": ["libcudnn_graph", "z"]},
}
CHECKED = {8: {"ops_infer", "ops_train", "cnn_infer", "cnn_train", "adv_infer", "adv_train"},
           9: {"graph", "ops", "cnn", "adv"}}
LARGEST = {"libcudnn_cnn_infer", "libcudnn_engines_precompiled"}  # half of all bytes, as in the real archive


def zig_folder():
    """The folder of zig's compilers, out of the Python index where they are not in the cache yet."""
    return subprocess.run([ZIG], check=True, capture_output=True, text=True).stdout.strip()


def zig():
    """zig's own program, for the targets that have no compiler in that folder."""
    return os.path.join(os.path.dirname(zig_folder()), "ziglang", "zig")


def tools(arch):
    """(compiler, archiver) for `arch`: the machine's own, a cross compiler, else zig's clang from the Python index."""
    if MACHINES[arch] == platform.machine() and shutil.which("cc"):
        return ["cc"], ["ar"]
    if shutil.which(TRIPLES[arch] + "-gcc"):
        return [TRIPLES[arch] + "-gcc"], [TRIPLES[arch] + "-ar"]
    return [os.path.join(zig_folder(), f"{arch}-clang")], [os.path.join(zig_folder(), "zig-ar")]


def environment():
    return {**os.environ, "LC_ALL": "C", "SOURCE_DATE_EPOCH": "0"}


class Build:
    """One release's libraries, built in `scratch`. Paths stay relative, so the bytes do not depend on where."""

    def __init__(self, of, options, scratch, sources):
        self.of, self.options, self.scratch, self.sources = of, options, scratch, sources
        self.compiler, self.archiver = tools(of.arch)
        needs = NEEDS[of.major]
        extra = {stem: [base_of(of)] for stem in options.extra}
        self.needs = {stem: needed for stem, needed in {**needs, **extra}.items() if stem not in options.without}

    def run(self, *command):
        subprocess.run([*command], cwd=self.scratch, env=environment(), check=True)

    def blob(self, stem, kind, size):
        seed = f"{self.of.version} {self.of.cuda} {self.of.arch} {stem} {kind}"
        with open(os.path.join(self.scratch, "blob.bin"), "wb") as out:
            out.write(hashlib.shake_256(seed.encode()).digest(size))

    def link(self, name, soname, objects, needs, front=False):
        with open(os.path.join(self.scratch, "versions"), "w", encoding="ascii") as out:
            out.write(f"{soname} {{ global: cudnn*; local: *; }};\n")
        runpath = ["-Wl,--enable-new-dtags,-rpath,$ORIGIN"] if front or self.options.runpath == "all" else []
        self.run(*self.compiler, "-shared", "-o", name, *objects, f"-Wl,-soname,{soname}", "-Wl,--build-id=none",
                 "-Wl,--version-script,versions", "-Wl,--no-as-needed", *runpath, "-L.", *(f"-l:{so}" for so in needs))

    def compile(self, source, output, defines=()):
        self.run(*self.compiler, "-O1", "-fPIC", "-g0", "-Wall", "-Werror", *(f"-D{define}" for define in defines),
                 "-c", source, "-o", output)

    def stub_system(self):
        """libdl.so.2 and libz.so.1 to link against: this way neither library's headers nor a newer glibc is asked."""
        self.compile("system.c", "system.o")
        for soname in ["libdl.so.2", "libz.so.1"]:
            self.run(*self.compiler, "-shared", "-nostdlib", "-o", soname, "system.o", f"-Wl,-soname,{soname}")

    def part(self, stem, shared_size, static_size):
        of, short = self.of, stem.replace("libcudnn_", "")
        defines = [f"CUDNN_MAJOR_VERSION={of.major}", f"CUDNN_VERSION_NUMBER={of.number}",
                   f"CUDART_VERSION_NUMBER={CUDART[of.cuda]}"]
        if short in CHECKED[of.major]:
            words = "".join(word.capitalize() for word in short.split("_"))
            defines.append(f"VERSION_CHECK=cudnn{words}VersionCheck")
        if stem == base_of(of):
            defines.append("IS_BASE")
        self.compile("part.c", f"{stem}.o", defines)
        self.blob(stem, "shared", shared_size)
        self.compile("blob.S", "blob.o")
        needs = ["libz.so.1" if need == "z" else f"{need}.so.{of.major}" for need in self.needs[stem]
                 if need == "z" or need in self.needs]
        self.link(f"{stem}.so.{of.major}", f"{stem}.so.{of.major}", [f"{stem}.o", "blob.o"], needs)
        self.blob(stem, "static", static_size)
        self.compile("blob.S", f"{stem}_data.o")
        self.run(*self.archiver, "rcD", f"{stem}_static.a", f"{stem}.o", f"{stem}_data.o")

    def front(self):
        of = self.of
        self.compile("front.c", "front.o", [f"CUDNN_MAJOR_VERSION={of.major}", f'BASE_LIBRARY="{base_of(of)}"'])
        self.compile("interface.c", "interface.o", [f"CUDNN_MAJOR_VERSION={of.major}"])
        soname = f"libcudnn.so.{of.major}"
        self.link(soname, soname, ["front.o", "interface.o"], ["libdl.so.2"], front=True)

    def members(self):
        for source in os.listdir(self.sources):
            if source.endswith((".c", ".S")):
                shutil.copy(os.path.join(self.sources, source), self.scratch)
        self.stub_system()
        total = int(self.options.size * (1 << 20) * 0.9)
        shares = sum(len(self.needs) if stem in LARGEST else 1 for stem in self.needs)
        found = []
        for stem in self.needs:
            share = total // shares * (len(self.needs) if stem in LARGEST else 1)
            self.part(stem, share - share // 10, share // 10)
            found += [self.member(f"{stem}_static.a", f"{stem}_static.a", 0o644), layout.static_link(stem, self.of)]
        if "libcudnn" not in self.options.without:
            self.front()
        for stem in ["libcudnn", *self.needs]:
            if stem not in self.options.without:
                found += [self.member(f"{stem}.so.{self.of.major}", f"{stem}.so.{self.of.short}", 0o755),
                          *layout.shared_links(stem, self.of)]
        return found

    def member(self, built, name, mode):
        path = os.path.join(self.scratch, built)
        return layout.Member(f"lib/{name}", mode, os.path.getsize(path), lambda: open(path, "rb"))


def base_of(of):
    return "libcudnn_ops_infer" if of.major == 8 else "libcudnn_graph"


def text_member(path, text):
    data = text.encode()
    return layout.Member(path, 0o644, len(data), lambda: io.BytesIO(data))
