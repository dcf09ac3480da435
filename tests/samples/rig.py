"""Places to build the samples in: toolkits put together from real headers and libraries that the test names."""

import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.normpath(os.path.join(HERE, "..", ".."))
SAMPLES = os.path.join(SOURCE, "packaging", "samples")
TOOLKIT = "/usr/local/cuda"
FOLDERS = {"mnistCUDNN": "mnistCUDNN", "conv_sample": "conv_sample", "RNN": "RNN_v8.0"}
sys.path.insert(0, os.path.join(SOURCE, "scripts"))
from payload import build  # noqa: E402

# Every function of CUDA's runtime that the samples call, for machines whose real one is not at hand.
CUDART = ["cudaDeviceSynchronize", "cudaDriverGetVersion", "cudaFree", "cudaGetDeviceCount", "cudaGetDeviceProperties",
          "cudaGetDeviceProperties_v2", "cudaGetErrorName", "cudaGetErrorString", "cudaMalloc", "cudaMemcpy", "cudaMemset",
          "cudaRuntimeGetVersion", "cudaSetDevice"]


def run(*command, expected=0, **more):
    """The command's output; another status than expected is an error that shows it."""
    done = subprocess.run([*command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, check=False, **more)
    if done.returncode != expected:
        raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def environment(**more):
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "XDG_CACHE_HOME")}
    return {**kept, "LC_ALL": "C", **more}


class Place:
    """A copy of the samples below a scratch folder, as a user makes one."""

    def __init__(self):
        self.scratch = tempfile.mkdtemp(prefix="cudnn-samples-")
        self.samples = os.path.join(self.scratch, "cudnn_samples_v8")
        shutil.copytree(SAMPLES, self.samples)

    def close(self):
        shutil.rmtree(self.scratch, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.scratch, *parts)

    def program(self, sample):
        return os.path.join(self.samples, FOLDERS[sample], sample)

    def make(self, sample, *variables):
        folder = os.path.join(self.samples, FOLDERS[sample])
        run("make", "-C", folder, "clean", env=environment())
        return run("make", "-C", folder, *variables, env=build.environment())

    def toolkit(self, name, include, target=None):
        """A toolkit with links to the headers of `include` (the first that has one wins) and an empty lib64."""
        top = self.path(name, "targets", target) if target else self.path(name)
        os.makedirs(os.path.join(top, "include"))
        os.makedirs(os.path.join(top, "lib64"))
        for folder in include:
            for entry in sorted(os.listdir(folder)):
                link = os.path.join(top, "include", entry)
                if not os.path.lexists(link):
                    os.symlink(os.path.join(folder, entry), link)
        return top

    def wrapper(self, name, *command):
        """A compiler with a name of its own."""
        path = self.path(name)
        with open(path, "w", encoding="utf-8") as out:
            out.write("#!/bin/sh\nexec " + " ".join(command) + ' "$@"\n')
        os.chmod(path, 0o755)
        return path


def header_macro(include, name, macro):
    with open(os.path.join(include, name), encoding="utf-8", errors="replace") as stream:
        return next(line.split()[2] for line in stream if line.startswith(f"#define {macro} "))


def emulated_toolkit(place, include):
    """cuDNN and the CUDA runtime computed on the processor, behind the real headers of `include`."""
    top, emulation = place.toolkit("emulated", include), os.path.join(HERE, "emulation")
    flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-isystem", os.path.join(top, "include")]
    run("gcc", *flags, "-c", os.path.join(emulation, "half.c"), "-o", place.path("half.o"))
    for library, sources in (("cudart", ["cudart.cpp"]), ("cudnn", ["layers.cpp", "recurrent.cpp", place.path("half.o")])):
        paths = [source if os.path.isabs(source) else os.path.join(emulation, source) for source in sources]
        run("g++", "-std=c++14", *flags, "-shared", *paths, "-o", os.path.join(top, "lib64", f"lib{library}.so"))
    return top


def stub_cudart(place, folder, compiler, soname):
    """A CUDA runtime of names alone, to link with."""
    source = place.path("cudart_stub.c")
    with open(source, "w", encoding="ascii") as out:
        out.write("".join(f"int {name}(void) {{ return 100; }}\n" for name in CUDART))
    run(*compiler, "-shared", "-fPIC", "-nostdlib", f"-Wl,-soname,{soname}", source, "-o",
        os.path.join(folder, "libcudart.so"), env=build.environment())


def facts_of(program):
    """(machine, needed libraries) of an ELF file, by readelf."""
    text = run("readelf", "-h", "-d", "--wide", program)
    machine = next(line.split(":")[1].strip() for line in text.splitlines() if "Machine:" in line)
    needed = [line.split("[")[1].rstrip("]") for line in text.splitlines() if "(NEEDED)" in line]
    return machine, needed
