"""One archive with what the tool has to say to it. The numbers are those of cases.txt."""

from dataclasses import dataclass
from typing import Callable

import packing
import tree
from tarball import tar

UNSAFE, OTHER_DIGEST, UNSUPPORTED = 11, 12, 21


@dataclass
class Case:
    number: int
    family: str
    idea: str
    code: int
    data: Callable  # makes the file's bytes
    text: str = ""  # in what is said on standard error
    left: dict = None  # where the code is 0: what an installation leaves, as tree.installed() tells

    @property
    def name(self):
        return f"case_{self.number:03d} {self.family}: {self.idea}"


def of_members(number, family, idea, code, members, text="", left=None):
    return Case(number, family, idea, code, lambda: packing.gz(tar(members)), text, left)


def mixed(number, family, idea, extra, text="", code=UNSAFE):
    """The good tree with `extra` as its first, middle and last members: nothing of the good part may stay."""
    made = []
    for place in ("first", "in the midst", "last"):
        members = tree.members()
        at = {"first": 0, "in the midst": len(members) // 2, "last": len(members)}[place]
        members[at:at] = extra
        made.append(of_members(number, family, f"{idea}, {place}", code, members, text))
    return made


def changed(number, family, idea, name, change, text="", code=UNSAFE):
    """The good tree with one member replaced by the members that `change` makes of it."""
    members = tree.members()
    at = tree.find(members, name)
    members[at:at + 1] = change(members[at])
    return of_members(number, family, idea, code, members, text)


def accepted(number, family, idea, members, expected=None, pack=packing.gz):
    """Nothing hostile in it, or nothing that may have an effect."""
    return Case(number, family, idea, 0, lambda: pack(tar(members)), "", tree.installed(expected or members))
