"""Sizes that lie, sparse files, headers within headers, and archives that unpack to too much."""

import packing
import tree
from case import UNSAFE, Case, changed, mixed, of_members
from tarball import BLOCK, END, GNU, USTAR, Member, base256, gnu_long, octal, padded, pax, record, tar
from tree import FRONT, TOP

SPARE = TOP + b"/include/cudnn_x.h"
HUGE = 99999999999999
MEBIBYTE = 1 << 20


def spare(data=b"x", **more):
    return Member(SPARE, data=data, **more)


def lying_fields():
    fields = {"negative": base256(-1, 12), "most negative": base256(-(1 << 94), 12),
              "most of base 256": b"\x80" + b"\xff" * 11, "63 bits": base256((1 << 63) - 1, 12),
              "64 bits": base256(1 << 64, 12), "eight gigabytes": b"77777777777\0",
              "no digits": b"zzzzzzzzzzz\0", "minus in octal": b"-0000000001\0", "nine in octal": b"00000000009\0",
              "empty": bytes(12)}
    for idea, field in fields.items():
        yield from mixed(14, "size lies", idea, [spare(size=field)])
    for told, real in ((0, 600), (512, 513), (10_000, 6)):
        yield from mixed(14, "size lies", f"{told} of {real}", [spare(bytes([65]) * real, size=octal(told, 12))])
    for kind in (b"5", b"2", b"1", b"3"):
        extra = [Member(TOP + b"/include/", kind, b"x" * 700, b"cudnn.h")]
        yield from mixed(14, "size lies", f"bytes behind a header of type {kind.decode()}", extra)


def lying_pax():
    for value in (b"%d" % HUGE, b"-1", b"0", b"6x", b"", b"18446744073709551616", b"9223372036854775807", b"513"):
        extra = [spare(b"sixsix", before=[pax([(b"size", value)])])]
        yield from mixed(15, "size lies", f"pax says '{value.decode()}'", extra)
    for key in (b"SCHILY.realsize", b"GNU.sparse.realsize", b"GNU.sparse.size"):
        extra = [spare(b"sixsix", before=[pax([(key, b"%d" % HUGE)])])]
        yield from mixed(15, "size lies", f"{key.decode()} by pax", extra)


def large_headers():
    for size in (2 << 30, 65 * 1024, MEBIBYTE + 1):
        field = octal(size, 12)
        for kind in (b"x", b"g", b"L", b"K"):
            big = Member(b"big", kind, b"10 path=a\n", size=field, magic=GNU if kind in b"LK" else USTAR)
            yield from mixed(16, "size lies", f"a header {kind.decode()} of {size}", [big, spare()])


def malformed_pax():
    for data in (b"", b"x", b"12", b"0 path=a\n", b"-5 path=a\n", b"99 path=a\n", b"9 path=a\n", b"10 path=ab",
                 b"10 pathab", b"99999999999999999999 path=a\n", b"7 =abc\n", b"11 path=a\0\n\n", b"10  path=\n",
                 record(b"path", b"a\0b"),
                 record(b"path", TOP + b"/include/cudnn_x.h\0/../../../evil"), record(b"linkpath", b"\0")):
        yield from mixed(17, "pax", f"{data[:24]}", [spare(before=[pax(data)])])
    twice = pax([(b"path", SPARE), (b"path", b"../../evil")])
    yield from mixed(17, "pax", "a name twice", [spare(before=[twice])])
    two = [pax([(b"path", b"../../evil")]), pax([(b"comment", b"x")])]
    yield from mixed(17, "pax", "two headers", [spare(before=two)])
    yield from mixed(17, "pax", "none behind it", [pax([(b"path", b"../../evil")]), Member(b"../evil", data=b"x")])
    for key, value in ((b"path", b"../../evil"), (b"linkpath", b"/etc/shadow"), (b"size", b"1")):
        extra = [pax([(key, value)], b"g")]
        yield from mixed(19, "pax", f"{key.decode()} for all", extra)


def long_name_chains():
    good, evil = gnu_long(SPARE), gnu_long(b"../../evil")
    chains = {"without end": [gnu_long(b"a" * 512, end=b"")], "two names": [good, evil],
              "a name for a name": [evil, evil, good], "a target for a file": [gnu_long(b"/etc/shadow", b"K"), evil], "an empty name": [gnu_long(b"", end=b"")],
              "a name behind its end": [gnu_long(SPARE + b"\0/../../../../evil")], "many": [evil] * 200}
    for idea, before in chains.items():
        yield from mixed(18, "long names", idea, [spare(magic=GNU, before=before)])
    yield of_members(18, "long names", "a name and no member", UNSAFE, [*tree.members(), gnu_long(SPARE)])


def sparse():
    old = {386: octal(0, 12) + octal(1, 12) + octal(1 << 32, 12) + octal(1, 12), 483: octal((1 << 32) + 1, 12)}
    yield from mixed(20, "sparse", "GNU's old form", [spare(b"ab", kind=b"S", magic=GNU, fields=old)])
    overlap = {386: octal(0, 12) + octal(512, 12) + octal(0, 12) + octal(512, 12), 483: octal(512, 12)}
    yield from mixed(20, "sparse", "parts that overlap", [spare(b"a" * 1024, kind=b"S", magic=GNU, fields=overlap)])
    hole = b"%d" % (1 << 60)
    forms = {"0.0": [(b"GNU.sparse.size", hole), (b"GNU.sparse.numblocks", b"1"), (b"GNU.sparse.offset", hole),
                     (b"GNU.sparse.numbytes", b"1")],
             "0.1": [(b"GNU.sparse.size", hole), (b"GNU.sparse.numblocks", b"1"), (b"GNU.sparse.map", hole + b",1"),
                     (b"GNU.sparse.name", b"../../evil")],
             "1.0": [(b"GNU.sparse.major", b"1"), (b"GNU.sparse.minor", b"0"), (b"GNU.sparse.name", b"../../evil"),
                     (b"GNU.sparse.realsize", hole)]}
    for form, records in forms.items():
        data = padded(b"1\n" + hole + b"\n1\n") + b"x" if form == "1.0" else b"x"
        yield from mixed(20, "sparse", f"GNU's form {form}", [spare(data, before=[pax(records)])])
    yield from mixed(20, "sparse", "Solaris' own header", [Member(b"x", b"X", record(b"path", b"../../evil")), spare()])


def bombs():
    def zeros(pack):
        return lambda: pack(tar([*tree.members(), spare(bytes(300 * MEBIBYTE))]))
    yield Case(23, "bombs", "300 MiB of zeros in xz", UNSAFE, zeros(packing.xz))
    yield Case(23, "bombs", "300 MiB of zeros in zstd", UNSAFE, zeros(packing.zst))
    yield Case(23, "bombs", "300 MiB of zeros in gzip", UNSAFE, zeros(packing.gz))
    yield Case(23, "bombs", "300 MiB of zeros behind the end", UNSAFE,
               lambda: packing.zst(tar(tree.members()) + bytes(300 * MEBIBYTE) + b"x"))
    for code in (40, 38, 34):
        yield Case(24, "bombs", f"a dictionary of code {code}", UNSAFE,
                   lambda code=code: packing.xz_with_dictionary(tar(tree.members()), code))
    many = [Member(TOP + b"/include/", b"5")] * 100_000
    yield of_members(21, "bombs", "100,000 members", UNSAFE, [*tree.members(), *many])
    files = [Member(TOP + b"/include/cudnn_%d.h" % number) for number in range(5000)]
    yield of_members(21, "bombs", "5,000 headers", UNSAFE, [*tree.members(), *files])
    headers = [pax([(b"comment", b"x" * 400)])] * 50_000
    yield of_members(21, "bombs", "50,000 headers of pax", UNSAFE, [*tree.members(), spare(before=headers)])
    whole = b"%o\0" % (17 << 30)
    yield from mixed(22, "bombs", "17 GiB by its header", [spare(size=whole)])
    inner = [Member(TOP + b"/inner.tar", data=tar(tree.members()))]
    yield of_members(12, "bombs", "a tar in the tar", UNSAFE, inner)
    yield Case(12, "bombs", "xz in xz", UNSAFE, lambda: packing.xz(packing.xz(tar(tree.members()))))


def hidden():
    """What one reader takes for data and another for a header."""
    evil = Member(b"../../evil", data=b"x").blocks()
    by_pax = [spare(evil, before=[pax([(b"size", b"0")])])]
    by_header = [spare(evil, size=octal(0, 12), before=[pax([(b"size", b"%d" % len(evil))])])]
    yield from mixed(17, "two readers", "a header in the data, its size by pax", by_pax)
    yield from mixed(17, "two readers", "a header in the data, its size in the header", by_header)
    members = tree.members()
    middle = len(members) // 2
    for idea, between in (("one block of zeros", bytes(BLOCK)), ("the end", END)):
        yield Case(2, "two readers", f"{idea} in the midst", UNSAFE, lambda between=between: packing.gz(
            tar(members[:middle], between) + tar(members[middle:])))
    yield changed(15, "two readers", "the front with its size by pax", FRONT, lambda member: [
        member.with_(size=octal(0, 12), before=[pax([(b"size", b"%d" % len(member.data))])])])
    wrong = {"zeros": bytes(8), "spaces": b" " * 8, "text": b"checksum", "one more": b"000001\0 "}
    for idea, field in wrong.items():
        yield from mixed(13, "checksums", f"a sum of {idea}", [spare(sum=field)])


def cases():
    for family in (lying_fields, lying_pax, large_headers, malformed_pax, long_name_chains, sparse, bombs, hidden):
        yield from family()
