"""Tar archives written block by block, so that every field of them can be wrong. Nothing here checks anything."""

from dataclasses import dataclass, field, replace

BLOCK = 512
FILE, HARD_LINK, LINK, CHARACTER, DISK, DIRECTORY, PIPE = (b"%d" % number for number in range(7))
NAME_AT, MODE_AT, UID_AT, GID_AT, SIZE_AT, TIME_AT, SUM_AT, KIND_AT, TARGET_AT, MAGIC_AT = (
    0, 100, 108, 116, 124, 136, 148, 156, 157, 257)
USTAR, GNU, V7 = b"ustar\x0000", b"ustar  \0", bytes(8)
END = bytes(2 * BLOCK)


def octal(number, width):
    return b"%0*o\0" % (width - 1, number)


def base256(number, width):
    return (number & ((1 << 8 * width) - 1) | 1 << 8 * width - 1).to_bytes(width, "big")


def padded(data):
    return data + bytes(-len(data) % BLOCK)


@dataclass
class Member:
    """One member with the extension headers before it. `size`: the raw field; None: what the data has."""
    name: bytes
    kind: bytes = FILE
    data: bytes = b""
    target: bytes = b""
    mode: int = 0o644
    size: bytes = None
    magic: bytes = USTAR
    fields: dict = field(default_factory=dict)  # offset → bytes, laid over the header before its sum is made
    sum: bytes = None  # the raw field; None: the right one
    before: list = field(default_factory=list)

    def header(self):
        """512 bytes; of a name or target that is longer than its field the beginning."""
        block = bytearray(BLOCK)
        wanted = {NAME_AT: self.name[:100], MODE_AT: octal(self.mode, 8), UID_AT: octal(0, 8), GID_AT: octal(0, 8),
                  SIZE_AT: self.size or octal(len(self.data), 12), TIME_AT: octal(1700000000, 12),
                  KIND_AT: self.kind, TARGET_AT: self.target[:100], MAGIC_AT: self.magic, **self.fields}
        for at, data in wanted.items():
            block[at:at + len(data)] = data
        block[SUM_AT:SUM_AT + 8] = b" " * 8
        block[SUM_AT:SUM_AT + 8] = self.sum or b"%06o\0 " % sum(block)
        return bytes(block)

    def blocks(self):
        return b"".join(one.blocks() for one in self.before) + self.header() + padded(self.data)

    def with_(self, **changes):
        return replace(self, **changes)


def record(key, value):
    """One record of a pax header: its own length in front."""
    text = b" " + key + b"=" + value + b"\n"
    length = len(text)
    while len(b"%d" % length) + len(text) != length:
        length = len(b"%d" % length) + len(text)
    return b"%d" % length + text


def pax(records, kind=b"x"):
    """An extension header; `records` are pairs, or the raw bytes."""
    data = records if isinstance(records, bytes) else b"".join(record(key, value) for key, value in records)
    return Member(b"PaxHeaders/x", kind, data)


def gnu_long(text, kind=b"L", end=b"\0"):
    """GNU's long name (L) or long target (K)."""
    return Member(b"././@LongLink", kind, text + end, magic=GNU)


def tar(members, end=END):
    return b"".join(member.blocks() for member in members) + end
