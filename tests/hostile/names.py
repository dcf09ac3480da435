"""Names that lead out, are too long, look like others, or mean something to a shell or a terminal."""

from case import mixed
from tarball import DIRECTORY, GNU, Member, gnu_long, pax
from tree import TOP

HERE = TOP + b"/include/"
LEADS_OUT = [b"/etc/evil.h", b"//etc/evil.h", b"/" + HERE + b"cudnn_x.h", b"../evil.h", b"./../evil.h",
             b"a/../../evil.h", TOP + b"/../evil.h", HERE + b"../../evil.h", HERE + b"../../../evil.h", HERE + b"..", TOP + b"/..", b"..",
             b"../", HERE + b"/cudnn_x.h", HERE + b"./cudnn_x.h", HERE + b"cudnn_x.h/", HERE + b"cudnn_x.h/.",
             HERE + b"cudnn_x.h/../../../evil.h", b"~/evil.h", b".../evil.h"]
BACKSLASHES = [HERE + b"..\\..\\evil.h", b"..\\evil.h", b"C:\\evil.h", b"C:/evil.h", HERE + b"cudnn\\x.h"]
ODD = {"UTF-8, composed": "cudnn_\u00e9.h".encode(), "UTF-8, decomposed": "cudnn_e\u0301.h".encode(),
       "not UTF-8": b"cudnn_\xff\xfe.h", "cut UTF-8": b"cudnn_\xc3.h", "overlong UTF-8": b"cudnn_\xc0\xaf.h",
       "right to left": "cudnn_\u202eh.evil.h".encode(), "no width": "cudnn_\u200b.h".encode(),
       "C1 control": b"cudnn_\xc2\x9b2J.h", "a bare C1 byte": b"cudnn_\x9b2J.h"}
CONTROL = {"line break": b"cudnn_\nx.h", "escape": b"cudnn_\x1b[2J\x1b]0;evil\x07.h", "carriage return": b"cudnn_\r.h",
           "tab": b"cudnn_\t.h", "delete": b"cudnn_\x7f.h", "bell": b"cudnn_\x07.h"}
SHELL = {"space": b"cudnn_ x.h", "command": b"cudnn_$(touch evil).h", "semicolon": b"cudnn_;touch evil;.h",
         "quote": b"cudnn_'.h", "backquote": b"cudnn_`touch evil`.h", "star": b"cudnn_*.h", "percent": b"cudnn_%n%s.h",
         "brace": b"cudnn_${HOME}.h"}


def one(name, way="ustar", kind=b"0"):
    """A member of this name, told in the header, by pax, or by GNU's long name."""
    data = b"" if kind == DIRECTORY else b"x"
    if way == "pax":
        return [Member(HERE + b"cudnn_x.h", kind, data, before=[pax([(b"path", name)])])]
    if way == "gnu":
        return [Member(HERE + b"cudnn_x.h", kind, data, magic=GNU, before=[gnu_long(name)])]
    return [Member(name, kind, data)]


def leads_out():
    for name in LEADS_OUT:
        number = 25 if name.startswith(b"/") else 26
        for way in ("ustar", "pax", "gnu") if b"evil" in name else ("ustar",):
            text = "" if name.endswith(b"/") else f"'{name.decode()}'"
            yield from mixed(number, "traversal", f"{name.decode()} by {way}", one(name, way), text)
    for name in (b"../evil", b"/etc/evil", TOP + b"/include/../../evil"):
        yield from mixed(26, "traversal", f"directory {name.decode()}", one(name, kind=DIRECTORY), f"'{name.decode()}'")
    for name in BACKSLASHES:
        yield from mixed(28, "traversal", f"{name.decode()}", one(name))


def odd_names():
    for number, table in ((49, ODD), (50, CONTROL), (50, SHELL)):
        for idea, name in table.items():
            for way in ("ustar", "pax"):
                text = "cudnn_\\x" if name in CONTROL.values() else ""
                yield from mixed(number, "names", f"{idea} by {way}", one(HERE + name, way), text)
    for name in (b"-rf", b"--prefix=/", b"cudnn.h;", b"CUDNN_X.H"):
        yield from mixed(50, "names", f"{name.decode()} among the headers", one(HERE + name))
    for idea, name in (("a header in capitals", b"CUDNN.H"), ("a header with one capital", b"cuDNN.h"),
                       ("a capital behind the first", b"cudnn_Version.h")):
        yield from mixed(48, "names", idea, one(HERE + name))


def long_names():
    deep = b"/".join([b"d" * 200] * 30)
    for way in ("pax", "gnu"):
        yield from mixed(37, "names", f"thirty directories of 200 by {way}", one(HERE + deep + b"/cudnn_x.h", way))
        yield from mixed(37, "names", f"4,095 bytes by {way}", one((HERE + b"a/" * 4096)[:4095], way))
        yield from mixed(37, "names", f"4,096 bytes by {way}", one((HERE + b"a/" * 4096)[:4096], way))
        yield from mixed(37, "names", f"a million bytes by {way}", one(HERE + b"cudnn" + b"x" * 1_000_000 + b".h", way))
        yield from mixed(38, "names", f"256 in one part by {way}", one(HERE + b"cudnn" + b"x" * 249 + b".h", way))
        yield from mixed(38, "names", f"2,000 in one part by {way}", one(HERE + b"cudnn" + b"x" * 1993 + b".h", way))


def empty_names():
    yield from mixed(25, "names", "no name at all", one(b""))
    yield from mixed(25, "names", "no name by pax", one(b"", "pax"))
    yield from mixed(26, "names", "a second top directory", one(b"other/include/cudnn_x.h"), "is not below '")
    yield from mixed(26, "names", "a file beside the top directory", one(b"cudnn_x.h"), "'cudnn_x.h'")
    yield from mixed(26, "names", "a file that no cuDNN has", one(TOP + b"/lib/evil.sh"), "lib/evil.sh'")
    yield from mixed(26, "names", "a directory that no cuDNN has", one(TOP + b"/bin/", kind=DIRECTORY))


def cases():
    yield from leads_out()
    yield from odd_names()
    yield from long_names()
    yield from empty_names()
