"""Compiles the stub DLLs of the demo for Windows, with zig's clang, and their import libraries."""

import os
import shutil
import subprocess

from . import build, layout

TARGET = "x86_64-windows-gnu"


def exports_of(stem):
    if stem == "cudnn":
        return ["cudnnGetVersion", "cudnnGetCudartVersion"]
    return ["cudnn" + "".join(word.capitalize() for word in stem.split("_")[1:]) + "VersionCheck"]


def make_dll(zig, scratch, stem, of):
    """STEM64_8.dll, and its import library under both of the names that NVIDIA gives it."""
    dll, exports = f"{stem}64_{of.major}.dll", exports_of(stem)
    number = layout.Release(of.version, of.cuda, "x86_64").number
    defines = (["-DFRONT=1", f"-DCUDNN_VERSION_NUMBER={number}", f"-DCUDART_VERSION_NUMBER={build.CUDART[of.cuda]}"]
               if stem == "cudnn" else [f"-DVERSION_CHECK={exports[0]}"])
    run = lambda *command: subprocess.run(command, cwd=scratch, env=build.environment(), check=True)  # noqa: E731
    run(zig, "cc", "-target", TARGET, "-O1", "-g0", "-Wall", "-Werror", "-shared", "-nostdlib", "-Wl,-e,entry",
        "-s", *defines, "-o", dll, "windows.c")
    with open(os.path.join(scratch, f"{stem}.def"), "w", encoding="ascii") as out:
        out.write(f"LIBRARY {dll}\nEXPORTS\n" + "".join(f"  {name}\n" for name in exports))
    run(zig, "dlltool", "-m", "i386:x86-64", "-d", f"{stem}.def", "-l", f"{stem}.lib")
    shutil.copyfile(os.path.join(scratch, f"{stem}.lib"), os.path.join(scratch, f"{dll[:-len('.dll')]}.lib"))
    return dll


def member(scratch, name, folder):
    path = os.path.join(scratch, name)
    return layout.Member(f"{folder}/{name}", 0o644, os.path.getsize(path), lambda: open(path, "rb"))


def members(of, scratch, sources):
    shutil.copy(os.path.join(sources, "windows.c"), scratch)
    zig, found = build.zig(), []
    for library in layout.MAJORS[of.major]["libraries"]:
        stem = library[len("lib"):]
        dll = make_dll(zig, scratch, stem, of)
        found += [member(scratch, dll, of.libraries), member(scratch, f"{stem}.lib", "lib/x64"),
                  member(scratch, f"{dll[:-len('.dll')]}.lib", "lib/x64")]
    return found
