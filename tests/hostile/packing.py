"""From a tar to the compressed file: whole, in several blocks or streams, with a lie in it, cut or flipped."""

import bz2
import gzip
import lzma
import struct
import subprocess
import zlib

CHECKS = {"none": lzma.CHECK_NONE, "crc32": lzma.CHECK_CRC32, "crc64": lzma.CHECK_CRC64, "sha256": lzma.CHECK_SHA256}
DICTIONARY = 1 << 16
DICTIONARY_AT = 16  # in a file that lzma writes: stream header (12), size, flags, filter, its length, this byte


def xz(data, check="crc64"):
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": DICTIONARY}]
    return lzma.compress(data, lzma.FORMAT_XZ, CHECKS[check], filters=filters)


def xz_in_blocks(data, size):
    return _through(["xz", "-0", "-T1", f"--block-size={size}", "--stdout"], data)


def xz_with_dictionary(data, code):
    """Says that it needs a dictionary of another size: 40 stands for 4 GiB, 30 for 128 MiB."""
    made = bytearray(xz(data))
    length = (made[12] + 1) * 4
    made[DICTIONARY_AT] = code
    made[12 + length - 4:12 + length] = struct.pack("<I", zlib.crc32(bytes(made[12:12 + length - 4])))
    return bytes(made)


def gz(data):
    return gzip.compress(data, 1, mtime=0)


def zst(data):
    return _through(["zstd", "-q", "-1", "-c"], data)


def bz(data):
    return bz2.compress(data, 1)


def flipped(data, at, mask=1):
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1:]


def _through(command, data):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout
