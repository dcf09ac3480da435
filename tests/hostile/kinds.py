"""Members that are neither file, directory nor link, and modes, owners and attributes that an archive may ask for."""

import tree
from case import accepted, changed, mixed
from tarball import (CHARACTER, DIRECTORY, DISK, FILE, GID_AT, GNU, LINK, MAGIC_AT, PIPE, TIME_AT, UID_AT, V7, Member,
                     base256, gnu_long, octal, pax, record)
from tree import FRONT, TOP

SPARE = TOP + b"/lib/libcudnn_spare.so.8"
TYPES = {b"7": "contiguous", b"8": "8", b"9": "9", b"A": "A", b"D": "GNU's dump of a directory", b"M": "more of a file",
         b"N": "GNU's old names", b"S": "GNU's sparse file", b"V": "GNU's volume label", b"Z": "Z", b"\xff": "255"}


def special():
    devices = {CHARACTER: (39, "character device"), DISK: (39, "block device"), PIPE: (40, "pipe")}
    for kind, (number, idea) in devices.items():
        numbers = {329: octal(1, 8), 337: octal(3, 8)}
        for name in (SPARE, TOP + b"/include/cudnn_x.h", TOP + b"/evil"):
            extra = [Member(name, kind, fields=numbers)]
            yield from mixed(number, "special types", f"{idea} {name.decode()[-12:]}", extra, name.decode()[-12:])
    for kind, idea in TYPES.items():
        yield from mixed(41, "special types", idea, [Member(TOP + b"/evil", kind, b"x" * 512)])
    for name, kind in ((b"lib/libcudnn.so.8", FILE), (FRONT, LINK), (b"include/cudnn.h", DIRECTORY),
                       (FRONT, DIRECTORY)):
        yield changed(32, "special types", f"{name.decode()} as {kind}", name,
                      lambda member, kind=kind: [member.with_(kind=kind, data=b"", target=b"libcudnn.so.8.9.6")])


def forbidden_bits():
    for mode in (0o4755, 0o2755, 0o1755, 0o6755, 0o7777, 0o4000):
        yield changed(42, "modes", f"front with {mode:o}", FRONT, lambda member, mode=mode: [member.with_(mode=mode)],
                      "libcudnn.so.8.9.6")
        yield from mixed(42, "modes", f"directory with {mode:o}", [Member(TOP + b"/lib/", DIRECTORY, mode=mode)])


def with_modes(mode):
    return [member if member.kind == LINK else member.with_(mode=mode) for member in tree.members()]


def modes_are_ours():
    for number, mode in ((43, 0o777), (43, 0o666), (43, 0o002), (43, 0o000), (44, 0o777)):
        yield accepted(number, "accepted", f"modes of {mode:o}", with_modes(mode))
    below = [member.with_(name=b"./" + member.name) for member in tree.members()]
    root = [Member(b"./", DIRECTORY, mode=0o777), *below]
    yield accepted(44, "accepted", "the directory of all with 777", root, tree.members())


def told(idea, number, fields=None, before=(), magic=None):
    """The good tree in which every member carries fields or headers that must have no effect."""
    magic_field = {MAGIC_AT: magic} if magic is not None else {}
    members = [member.with_(fields={**(fields or {}), **magic_field}, before=list(before)) for member in tree.members()]
    return accepted(number, "accepted", idea, members, tree.members())


def owners_and_attributes():
    yield told("an owner of 12345", 45, {UID_AT: octal(12345, 8), GID_AT: octal(12345, 8)})
    yield told("an owner below nothing", 45, {UID_AT: base256(-1, 8), GID_AT: base256(-1, 8)})
    yield told("names of owners", 45, {265: b"root\0", 297: b"shadow\0"})
    attributes = {b"SCHILY.xattr.user.evil": b"x", b"SCHILY.xattr.security.capability": bytes(20),
                  b"LIBARCHIVE.xattr.security.selinux": b"c3lzdGVtX3U=",
                  b"SCHILY.acl.access": b"user::rwx,user:12345:rwx", b"SCHILY.acl.default": b"user::rwx", b"SCHILY.fflags": b"uimmutable", b"RHT.security.selinux": b"x"}
    for key, value in attributes.items():
        yield told(key.decode(), 45, before=[pax([(key, value)])])
    yield told("an owner by pax", 45, before=[pax([(b"uid", b"99999999999"), (b"gid", b"-5"), (b"uname", b"root")])])


def times():
    for idea, field in (("of 1970", octal(0, 12)), ("far ahead", b"77777777777\0"),
                        ("before all", base256(-(1 << 60), 12))):
        yield told(f"a time {idea}", 55, {TIME_AT: field})
    yield from mixed(55, "times", "no number", [Member(SPARE, fields={TIME_AT: b"not-a-date\0\0"})])
    for text in (b"1e400", b"nan", b"-99999999999999999999.5", b"253402300800", b"1700000000.999999999999", b""):
        yield told(f"a time of '{text.decode()}' by pax", 55, before=[pax([(b"mtime", text), (b"atime", text)])])


def by_pax(member):
    target = [(b"linkpath", member.target)] if member.target else []
    return member.with_(name=b"x", before=[pax([(b"path", member.name), *target])])


def dialects():
    yield told("POSIX", 27)
    yield told("GNU", 27, magic=GNU)
    yield told("the old form", 27, magic=V7)
    yield accepted(27, "accepted", "names by pax", [by_pax(member) for member in tree.members()], tree.members())
    yield accepted(27, "accepted", "long names of GNU", [
        member.with_(name=b"x", magic=GNU, before=[gnu_long(member.name)]) for member in tree.members()], tree.members())
    for front in (b"./", b"././"):
        yield accepted(27, "accepted", f"names that begin with {front.decode()}", [
            member.with_(name=front + member.name) for member in tree.members()], tree.members())
    yield told("a comment", 19, before=[pax([(b"comment", b"made by hand")])])
    made_by = Member(b"pax_global_header", b"g", record(b"comment", b"made by hand"))
    yield accepted(19, "accepted", "a comment for all", [made_by, *tree.members()], tree.members())
    mixed_names = [member.with_(before=[pax([(b"path", member.name)])], name=b"../../evil")
                   for member in tree.members()]
    yield accepted(17, "accepted", "bad names behind good ones of pax", mixed_names, tree.members())


def cases():
    for family in (special, forbidden_bits, modes_are_ours, owners_and_attributes, times, dialects):
        yield from family()
