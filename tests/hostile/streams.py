"""The file as a whole: empty, cut, flipped, with more behind it, or of another kind."""

import io
import lzma
import random
import zipfile

import packing
import tree
from case import UNSAFE, Case, accepted
from tarball import BLOCK, END, tar

PLAIN = tar(tree.members())
XZ = packing.xz(PLAIN)
CPIO = b"070701" + b"0" * 104
EDGES, CUTS, FLIPS = 40, 40, 300


def unsafe(number, family, idea, data, text=""):
    return Case(number, family, idea, UNSAFE, data if callable(data) else lambda: data, text)


def nothing():
    yield unsafe(1, "empty", "no byte", b"", "it is an empty file")
    for idea, pack in (("xz", packing.xz), ("gzip", packing.gz), ("zstd", packing.zst)):
        yield unsafe(1, "empty", f"no byte in {idea}", lambda pack=pack: pack(b""))
        for zeros in (BLOCK, 2 * BLOCK, 10240):
            yield unsafe(2, "empty", f"{zeros} zeros in {idea}", lambda pack=pack, zeros=zeros: pack(bytes(zeros)))
    yield unsafe(2, "empty", "a tar without members", lambda: packing.gz(END), "the archive has no members")


def cut_tars():
    """At block edges and a byte beside them. Every header's and every file's block is cut somewhere."""
    blocks = len(PLAIN) // BLOCK
    for edge in range(EDGES):
        at = (edge * blocks // EDGES) * BLOCK
        number = 3 if edge % 2 else 4
        for length in {max(at - 1, 0), at, at + 1}:
            yield unsafe(number, "cut tar", f"after {length} bytes", lambda length=length: packing.gz(PLAIN[:length]))
    for length in (len(PLAIN) - BLOCK, len(PLAIN) - 1):
        yield unsafe(3, "cut tar", f"after {length} bytes", lambda length=length: packing.gz(PLAIN[:length]))


def cut_files():
    for part in range(CUTS):
        length = part * len(XZ) // CUTS
        yield unsafe(5, "cut file", f"xz after {length} bytes", XZ[:length])
    for less in (1, 4, 12, 24):
        yield unsafe(6, "cut file", f"xz without its last {less}", XZ[:-less])
    for idea, pack in (("gzip", packing.gz), ("zstd", packing.zst)):
        for part in range(1, 8):
            yield unsafe(5, "cut file", f"{idea}, {part} eighths",
                         lambda pack=pack, part=part: pack(PLAIN)[:len(pack(PLAIN)) * part // 8])


def flipped_headers():
    """One bit in every second byte of the first two headers, the even ones of one and the odd ones of the other."""
    for at in [*range(0, BLOCK, 2), *range(BLOCK + 1, 2 * BLOCK, 2)]:
        yield unsafe(13, "flips", f"header byte {at}", lambda at=at: packing.gz(packing.flipped(PLAIN, at)))


def flipped_files():
    chance = random.Random(7)
    for at in sorted(chance.sample(range(len(XZ)), FLIPS)):
        yield unsafe(7, "flips", f"xz byte {at}", packing.flipped(XZ, at, 1 << at % 8))
    whole = packing.xz(PLAIN, "crc32")
    yield unsafe(8, "flips", "the check of a block", packing.flipped(whole, len(whole) - 12 - 8 - 4))
    for idea, pack in (("gzip", packing.gz), ("zstd", packing.zst)):
        for part in range(1, 20):
            yield unsafe(7, "flips", f"{idea}, {part} of 20", lambda pack=pack, part=part: packing.flipped(
                pack(PLAIN), len(pack(PLAIN)) * part // 20))


def more_behind():
    for number, idea, more in ((9, "text", b"garbage"), (9, "a zero", b"\0"), (9, "a block of zeros", bytes(BLOCK)),
                               (9, "half an xz", XZ[:99]), (10, "itself", XZ), (10, "an empty stream", packing.xz(b"")),
                               (9, "a gzip", packing.gz(b"x"))):
        yield unsafe(number, "more behind", f"xz, then {idea}", XZ + more)
        yield unsafe(number, "more behind", f"gzip, then {idea}", lambda more=more: packing.gz(PLAIN) + more)
    for idea, more in (("a byte", b"x"), ("text", b"hidden" * 200), ("another tar", PLAIN)):
        yield unsafe(9, "more behind", f"the tar, then {idea}", lambda more=more: packing.gz(PLAIN + more))
    yield accepted(9, "accepted", "zeros behind the end", tree.members(),
                   pack=lambda data: packing.gz(data + bytes(9728)))


def other_kinds():
    def zipped():
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr("cudnn.h", "x")
        return made.getvalue()

    kinds = {"zip": zipped, "bzip2": lambda: packing.bz(PLAIN), "plain tar": lambda: PLAIN,
             "lzma": lambda: lzma.compress(PLAIN, lzma.FORMAT_ALONE), "7z": lambda: b"7z\xbc\xaf\x27\x1c" + bytes(99),
             "rar": lambda: b"Rar!\x1a\x07\x01\0" + bytes(99), "deb": lambda: b"!<arch>\ndebian-binary   ",
             "page": lambda: b"<!DOCTYPE html><title>\x1b]0;evil\x07 Log in</title>",
             "cpio": lambda: CPIO,
             "ELF": lambda: tree.elf()}
    for idea, data in kinds.items():
        yield unsafe(11, "other kinds", idea, data, "the archive is not .tar.xz, .tar.gz or .tar.zst")
    for idea, data in {"text": b"hello", "a C source": b"int main(void) {}\n", "zip": zipped(), "cpio": CPIO}.items():
        yield unsafe(11, "other kinds", f"{idea} in gzip", lambda data=data: packing.gz(data))


def good_streams():
    for check in packing.CHECKS:
        yield accepted(27, "accepted", f"xz with check {check}", tree.members(),
                       pack=lambda data, check=check: packing.xz(data, check))
    yield accepted(27, "accepted", "xz in blocks", tree.members(), pack=lambda data: packing.xz_in_blocks(data, 8192))
    yield accepted(24, "accepted", "a dictionary of 128 MiB", tree.members(),
                   pack=lambda data: packing.xz_with_dictionary(data, 30))
    yield accepted(27, "accepted", "zstd", tree.members(), pack=packing.zst)
    yield accepted(27, "accepted", "gzip", tree.members())


def cases():
    for family in (nothing, cut_tars, cut_files, flipped_headers, flipped_files, more_behind, other_kinds, good_streams):
        yield from family()
