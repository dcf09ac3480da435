"""The good archive that every attack is mixed into: a cuDNN 8 in NVIDIA's layout, its libraries a few hundred bytes."""

import hashlib
import struct

from tarball import DIRECTORY, LINK, Member

VERSION = "8.9.6.50"
TOP = b"cudnn-linux-x86_64-8.9.6.50_cuda12-archive"
HEADERS = [b"cudnn" + end for end in (b"", b"_adv_infer", b"_adv_train", b"_backend", b"_cnn_infer", b"_cnn_train",
                                      b"_ops_infer", b"_ops_train", b"_version")]
PARTS = [b"libcudnn" + end for end in (b"", b"_adv_infer", b"_adv_train", b"_cnn_infer", b"_cnn_train", b"_ops_infer",
                                       b"_ops_train")]
FRONT = b"lib/libcudnn.so.8.9.6"
VERSION_TEXT = b"#define CUDNN_MAJOR 8\n#define CUDNN_MINOR 9\n#define CUDNN_PATCHLEVEL 6\n"
X86_64, AARCH64 = 62, 183
LOAD, DYNAMIC, STACK = 1, 2, 0x6474E551
HEADER_SIZE, SEGMENT_SIZE = 64, 56


def elf(soname=b"libcudnn.so.8", machine=X86_64, segments=None, tags=None, patch=()):
    """A shared library with a dynamic section and nothing else. `segments` and `tags` replace the sound ones; `patch`
    is laid over the file, (offset, bytes) each."""
    strings = b"\0" + soname + b"\0"
    count = 2 if segments is None else len(segments)
    dynamic_at = HEADER_SIZE + count * SEGMENT_SIZE
    tags = [(5, dynamic_at + 64), (10, len(strings)), (14, 1), (0, 0)] if tags is None else tags
    dynamic = b"".join(struct.pack("<QQ", *tag) for tag in tags)
    size = dynamic_at + len(dynamic) + len(strings)
    segments = segments or [(LOAD, 0, 0, size, size), (DYNAMIC, dynamic_at, dynamic_at, len(dynamic), len(dynamic))]
    header = struct.pack("<4sBBBB8xHHIQQQIHHHHHH", b"\x7fELF", 2, 1, 1, 0, 3, machine, 1, 0, HEADER_SIZE, 0, 0,
                         HEADER_SIZE, SEGMENT_SIZE, count, 0, 0, 0)
    table = b"".join(struct.pack("<IIQQQQQQ", kind, 4, offset, address, address, in_file, in_memory, 8)
                     for kind, offset, address, in_file, in_memory in segments)
    data = bytearray(header + table + dynamic + strings)
    for at, put in patch:
        data[at:at + len(put)] = put
    return bytes(data)


def library(part):
    names = [b"lib/" + part + end for end in (b".so", b".so.8", b".so.8.9.6")]
    links = [Member(TOP + b"/" + name, LINK, target=part + end, mode=0o777)
             for name, end in zip(names, (b".so.8", b".so.8.9.6"))]
    return [Member(TOP + b"/" + names[2], data=elf(part + b".so.8"), mode=0o755), *links]


def members():
    """A new list each time; the members in it may be changed."""
    tree = [Member(TOP + b"/", DIRECTORY, mode=0o755), Member(TOP + b"/LICENSE", data=b"the terms of a test\n"),
            Member(TOP + b"/include/", DIRECTORY, mode=0o755)]
    for name in HEADERS:
        text = VERSION_TEXT if name == b"cudnn_version" else b"/* " + name + b" */\n"
        tree.append(Member(TOP + b"/include/" + name + b".h", data=text))
    tree.append(Member(TOP + b"/lib/", DIRECTORY, mode=0o755))
    for part in PARTS:
        tree += library(part)
    tree.append(Member(TOP + b"/lib/libcudnn_static_v8.a", data=b"!<arch>\n"))
    return tree


def find(tree, name):
    """Its place in the list."""
    return next(i for i, member in enumerate(tree) if member.name == TOP + b"/" + name)


def installed(tree):
    """What an installation of these members leaves below the prefix: name → mode and digest, or target."""
    found = {}
    for member in tree:
        name = member.name.decode(errors="replace").removeprefix(TOP.decode() + "/")
        place = name.replace("lib/", "lib64/", 1) if name.startswith("lib/") else name
        if member.kind == LINK:
            found[place] = ("link", member.target.decode())
        elif name.startswith(("lib/", "include/")) and member.kind != DIRECTORY:
            mode = "0o755" if member.mode & 0o100 else "0o644"
            found[place] = ("file", mode, hashlib.sha256(member.data).hexdigest())
    return found
