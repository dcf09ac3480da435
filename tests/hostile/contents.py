"""Libraries and headers that are not what their names say."""

import struct

import tree
from case import UNSUPPORTED, UNSAFE, accepted, changed, of_members
from tree import AARCH64, DYNAMIC, FRONT, LOAD, STACK, elf

SIZE = len(elf())
DYNAMIC_AT = tree.HEADER_SIZE + 2 * tree.SEGMENT_SIZE
# Where the fields of the ELF header stand.
CLASS, ORDER, VERSION, SEGMENTS_AT = 4, 5, 6, 32
SEGMENT_LENGTH, SEGMENT_COUNT = 54, 56


def front(number, idea, data, code=UNSAFE, text="libcudnn.so.8.9.6"):
    return changed(number, "ELF", idea, FRONT, lambda member: [member.with_(data=data)], text, code)


def other_machines():
    for idea, machine in (("sbsa", AARCH64), ("ppc64le", 21), ("no machine", 0), ("RISC-V", 243), ("the last number", 65535)):
        yield front(56, f"for {idea}", elf(machine=machine), UNSUPPORTED)
    yield front(57, "32 bits", elf(patch=[(CLASS, b"\1")]), UNSUPPORTED)
    yield front(57, "32 bits for i386", elf(machine=3, patch=[(CLASS, b"\1")]), UNSUPPORTED)


def no_library():
    for idea, data in (("text", b"not an ELF file\n" * 99), ("a script", b"#!/bin/sh\ntouch /tmp/evil\n"),
                       ("zeros", bytes(4096)), ("the magic alone", b"\x7fELF"), ("a cut header", elf()[:40]),
                       ("a static library", b"!<arch>\n"), ("a linker script", b"INPUT(/etc/passwd)\n")):
        yield front(58, idea, data)
    yield front(65, "no byte", b"")


def names_of_themselves():
    for idea, soname in (("another family", b"libevil.so.8"), ("none", b""), ("a path", b"/tmp/libcudnn.so.8"),
                         ("a path up", b"../libcudnn.so.8"), ("another part", b"libcudnn_ops_infer.so.8"),
                         ("an escape", b"\x1b[2Jlibcudnn.so")):
        yield front(59, f"SONAME of {idea}", elf(soname))
    yield front(59, "no SONAME", elf(tags=[(5, DYNAMIC_AT + 48), (10, 15), (0, 0)]))


def out_of_bounds():
    table = {"segments behind the end": (SEGMENTS_AT, struct.pack("<Q", SIZE)),
             "segments far away": (SEGMENTS_AT, struct.pack("<Q", 1 << 63)),
             "65,535 segments": (SEGMENT_COUNT, b"\xff\xff"),
             "60,000 segments": (SEGMENT_COUNT, struct.pack("<H", 60000)),
             "segments of one byte": (SEGMENT_LENGTH, b"\1\0"), "segments of no byte": (SEGMENT_LENGTH, b"\0\0"),
             "no such class": (CLASS, b"\3"), "no such order": (ORDER, b"\0"), "no such version": (VERSION, b"\0")}
    for idea, patch in table.items():
        yield front(60, idea, elf(patch=[patch]))
    for idea, segment in (("a segment behind the end", (LOAD, SIZE, 0, 4096, 4096)),
                          ("a segment that wraps", (LOAD, 1 << 63, 0, 1 << 63, 1 << 63)),
                          ("an address that wraps", (LOAD, 0, (1 << 64) - 8, 64, 64)),
                          ("more in the file than in memory", (LOAD, 0, 0, 128, 64))):
        yield front(60, idea, elf(segments=[segment, (DYNAMIC, 64, 64, 16, 16)]))
    loaded = (LOAD, 0, 0, SIZE, SIZE)
    for idea, dynamic in (("a dynamic section behind the end", (DYNAMIC, SIZE, SIZE, 64, 64)),
                          ("a dynamic section at two places", (DYNAMIC, DYNAMIC_AT, 64, 64, 64)),
                          ("a dynamic section that is not loaded", (DYNAMIC, DYNAMIC_AT, 1 << 40, 64, 64))):
        yield front(60, idea, elf(segments=[loaded, dynamic]))
    for idea, tags in (("names behind the end", [(5, SIZE), (10, 100), (14, 1), (0, 0)]),
                       ("names of all memory", [(5, 0), (10, (1 << 64) - 1), (14, 1), (0, 0)]),
                       ("a name behind the names", [(5, DYNAMIC_AT + 64), (10, 15), (14, 1 << 40), (0, 0)])):
        yield front(60, idea, elf(tags=tags))
    for less in (1, 8, 16, 64, 100):
        yield front(60, f"cut by {less}", elf()[:-less])
    yield front(60, "other byte order", elf(patch=[(ORDER, b"\2")]))


def remarked(number, idea, data, text):
    """Installed, but not without a word."""
    members = tree.members()
    at = tree.find(members, FRONT)
    members[at] = members[at].with_(data=data)
    return of_members(number, "remarked", idea, 0, members, text, tree.installed(members))


def remarkable():
    for idea, tag, value, text in (
            ("a fixed RUNPATH", 29, b"$ORIGIN:/tmp/evil", b"looks for other libraries in '/tmp/evil'"),
            ("a fixed RPATH", 15, b"/tmp/evil", b"looks for other libraries in '/tmp/evil'"),
            ("a RUNPATH to where it is started", 29, b"$ORIGIN:.", b"looks for other libraries in '.'"),
            ("a RUNPATH with an escape", 29, b"/\x1b[2J", b"looks for other libraries in '/\\x1b[2J'"),
            ("a library from elsewhere", 1, b"libevil.so.1", b"needs 'libevil.so.1', which no cuDNN does"),
            ("a library by its path", 1, b"/tmp/libcudnn.so", b"needs '/tmp/libcudnn.so', which no cuDNN does")):
        soname = b"libcudnn.so.8"
        tags = [(5, DYNAMIC_AT + 80), (10, len(soname) + len(value) + 3), (14, 1), (tag, len(soname) + 2), (0, 0)]
        yield remarked(61, idea, elf(soname + b"\0" + value, tags=tags), text.decode())
    size = SIZE + tree.SEGMENT_SIZE
    at = DYNAMIC_AT + tree.SEGMENT_SIZE
    segments = [(LOAD, 0, 0, size, size), (DYNAMIC, at, at, 64, 64), (STACK, 0, 0, 0, 0)]
    flags = tree.HEADER_SIZE + 2 * tree.SEGMENT_SIZE + 4
    yield remarked(62, "an executable stack", elf(segments=segments, patch=[(flags, b"\7")]),
                   "wants a stack that code can run on")


def headers():
    text = tree.VERSION_TEXT
    for number, idea, data in ((63, "8.9.2", text.replace(b"LEVEL 6", b"LEVEL 2")),
                               (63, "9.9.6", text.replace(b"MAJOR 8", b"MAJOR 9")),
                               (64, "no major", text.replace(b"CUDNN_MAJOR", b"CUDNN_MINER")), (64, "empty", b""),
                               (64, "a large number", text.replace(b"LEVEL 6", b"LEVEL 1000000000")),
                               (64, "too large a number", text.replace(b"LEVEL 6", b"LEVEL 99999999999999999999")),
                               (64, "a negative number", text.replace(b"LEVEL 6", b"LEVEL -6")),
                               (64, "binary", bytes(range(256)) * 8), (64, "two MiB", b"/" * (2 << 20) + text)):
        yield changed(number, "headers", f"the version: {idea}", b"include/cudnn_version.h",
                      lambda member, data=data: [member.with_(data=data)], "cudnn" if number == 64 else "8.9.6")


def missing():
    headers_ = [b"include/" + stem + b".h" for stem in tree.HEADERS]
    for name in headers_ + [b"lib/" + part + b".so.8" for part in tree.PARTS]:
        yield changed(66, "missing", name.decode(), name, lambda member: [])
    yield changed(53, "missing", FRONT.decode(), FRONT, lambda member: [], "leads to no file")
    yield of_members(66, "missing", "all but the licence", UNSAFE, tree.members()[:2], "the archive lacks")
    without = [member for member in tree.members() if not member.name.endswith(b".a")]
    yield accepted(66, "accepted", "no static library", without)


def cases():
    for family in (other_machines, no_library, names_of_themselves, out_of_bounds, remarkable, headers, missing):
        yield from family()
