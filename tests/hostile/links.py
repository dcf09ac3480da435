"""Links to elsewhere, what is then written through them, hard links, and one name that is several things."""

from case import changed, mixed
from tarball import DIRECTORY, FILE, GNU, HARD_LINK, LINK, Member, gnu_long, pax
from tree import FRONT, TOP

LIB, INCLUDE = TOP + b"/lib/", TOP + b"/include/"
SPARE = LIB + b"libcudnn_spare.so.8"
OUTSIDE = [b"/etc", b"/", b"../../..", b"../../../../outside", b"/proc/self/cwd", b"/proc/1/root"]


def by_name(name, target):
    return Member(name, LINK, target=target, mode=0o777)


def through_directories():
    for target in OUTSIDE:
        shown = target.decode()
        number = 29 if target.startswith(b"/") else 30
        for place in (TOP + b"/evil", TOP + b"/include/evil", INCLUDE[:-1], TOP, b"evil"):
            extra = [by_name(place, target), Member(place + b"/cudnn_x.h", data=b"x")]
            yield from mixed(number, "link then write", f"{place.decode()[-12:]} to {shown}", extra)
    chain = [by_name(TOP + b"/a/b", b"."), by_name(TOP + b"/c", b"a/b/../../out"),
             Member(TOP + b"/c/cudnn.h", data=b"x")]
    yield from mixed(31, "link then write", "by a chain", chain)
    deep = [by_name(TOP + b"/" + b"/".join([b"d"] * depth), b"..") for depth in range(1, 12)]
    yield from mixed(31, "link then write", "by a ladder", [*deep, Member(TOP + b"/d" * 11 + b"/cudnn.h", data=b"x")])


def through_files():
    for target in (b"/etc/shadow", b"../../../outside", b"../include/cudnn.h"):
        for name in (SPARE, INCLUDE + b"cudnn_x.h"):
            for second in (FILE, LINK, DIRECTORY):
                extra = [by_name(name, target), Member(name, second, b"x" if second == FILE else b"", b"libcudnn.so.8")]
                idea = f"{name.decode()[-9:]} to {target.decode()}, then {second}"
                yield from mixed(32, "link then write", idea, extra)
    for name in (SPARE + b"/", LIB + b"./libcudnn_spare.so.8", LIB + b"Libcudnn_spare.so.8"):
        extra = [by_name(SPARE, b"libcudnn.so.8"), Member(name, data=b"x")]
        yield from mixed(32, "link then write", f"again as {name.decode()[-22:]}", extra)


def targets():
    for target in (b"/etc/shadow", b"/etc/passwd", b"../libcudnn.so.8", b"./libcudnn.so.8", b"../../../../etc/passwd",
                   b".", b"..", b"", b"/", b"libcudnn.so.8/", b"a/b", b"\\etc\\passwd", b"libcudnn.so.8\x1b[2J",
                   b"libcudnn\xff.so", b"x" * 256):
        yield from mixed(51, "link target", f"{target[:30]}", [by_name(SPARE, target)],
                         f"'{target.decode()}'" if target.endswith(b"/passwd") else "")
    for way, before in (("pax", pax([(b"linkpath", b"/etc/shadow")])), ("gnu", gnu_long(b"/etc/shadow", b"K"))):
        told = [Member(SPARE, LINK, target=b"libcudnn.so.8", magic=GNU, before=[before])]
        yield from mixed(51, "link target", f"another one by {way}", told)
    for name in (b"lib/libcudnn.so.8", b"lib/libcudnn.so", b"lib/libcudnn_ops_infer.so.8"):
        for target in (b"/etc/shadow", b"../../../etc/shadow", b"libcudnn.so.8.9.7"):
            number = 53 if b"9.7" in target else 51
            yield changed(number, "link target", f"{name.decode()} to {target.decode()}", name,
                          lambda member, target=target: [member.with_(target=target)])


def loops():
    yield from mixed(52, "link loop", "to itself", [by_name(SPARE, b"libcudnn_spare.so.8")])
    pair = [by_name(LIB + b"libcudnn_%d.so.8" % i, b"libcudnn_%d.so.8" % (1 - i)) for i in range(2)]
    yield from mixed(52, "link loop", "of two", pair)
    many = [by_name(LIB + b"libcudnn_%d.so.8" % i, b"libcudnn_%d.so.8" % ((i + 1) % 60)) for i in range(60)]
    yield from mixed(52, "link loop", "of sixty", many)
    yield from mixed(53, "link loop", "to nothing", [by_name(SPARE, b"libcudnn_absent.so.8")],
                     "is a link that leads to no file")
    yield changed(52, "link loop", "the front to its own name", FRONT,
                  lambda member: [by_name(member.name, b"libcudnn.so.8")])


def headers():
    for target in (b"cudnn_version.h", b"/etc/passwd", b"../../secret"):
        yield changed(54, "header is a link", target.decode(), b"include/cudnn.h",
                      lambda member, target=target: [by_name(member.name, target)])
        one_more = [by_name(INCLUDE + b"cudnn_x.h", target)]
        yield from mixed(54, "header is a link", "one more to " + target.decode(), one_more)


def hard_links():
    for number, targets_ in ((33, [b"/etc/passwd", b"/", b"//etc/shadow"]),
                             (34, [b"../../etc/passwd", b"..", b"a/../../b"]),
                             (35, [LIB + b"libcudnn.so.8", LIB + b"libcudnn.so.8.9.6", INCLUDE + b"cudnn.h"])):
        for target in targets_:
            for data in (b"", b"with bytes"):
                extra = [Member(SPARE, HARD_LINK, data, target)]
                text = "" if data else "is a hard link"
                yield from mixed(number, "hard link", f"{target.decode()[-22:]} {data.decode()}", extra, text)


def one_name_twice():
    for first, second in ((FILE, FILE), (FILE, LINK), (LINK, FILE), (LINK, LINK), (DIRECTORY, FILE), (DIRECTORY, LINK),
                          (FILE, DIRECTORY), (LINK, DIRECTORY)):
        extra = [Member(SPARE, kind, b"x" if kind == FILE else b"", b"libcudnn.so.8") for kind in (first, second)]
        yield from mixed(47, "one name twice", f"{first} then {second}", extra, "libcudnn_spare.so.8")
    fixup = [Member(TOP + b"/fix", DIRECTORY, mode=0o755), by_name(TOP + b"/fix", b"/etc"),
             Member(TOP + b"/fix", DIRECTORY, mode=0o777)]
    yield from mixed(36, "one name twice", "a directory, a link, a directory", fixup)
    for name in (b"include/cudnn.h", FRONT, b"LICENSE"):
        yield changed(46, "one name twice", f"{name.decode()}, the same bytes", name, lambda member: [member, member])
        yield changed(47, "one name twice", f"{name.decode()}, other bytes", name,
                      lambda member: [member, member.with_(data=member.data + b"x")])


def cases():
    for family in (through_directories, through_files, targets, loops, headers, hard_links, one_name_twice):
        yield from family()
