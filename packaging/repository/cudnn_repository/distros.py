"""What the recipes of the distributions say that repositories depend on."""

import os
import re
from typing import Dict, List, NamedTuple

from .programs import Failure

RECIPES = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "recipes", "distros"))
KINDS = {"apt": "deb", "dnf": "rpm", "yum": "rpm", "tdnf": "rpm", "zypper": "rpm"}


class Distro(NamedTuple):
    name: str
    family: str  # apt, dnf, yum, zypper, tdnf
    in_guide: bool
    architectures: Dict[str, str]  # --arch word: the repository's word for it
    compression: List[str]  # what its package tools can read
    word: str  # what trees of network repositories call it: azl3

    @property
    def kind(self):
        return KINDS[self.family]

    def refuse_unreadable(self, package):
        """A package that the distribution's own tools could not unpack never gets into its repository."""
        if package.compression not in ("none", *self.compression):
            raise Failure(f"'{package.file}' is compressed with {package.compression}, which {self.name} cannot read; "
                          f"it reads {', '.join(self.compression)}")


def _line(text, key, otherwise=""):
    found = re.search(rf"^{key}:\s*(.*?)\s*(?:#.*)?$", text, re.M)
    return found[1] if found else otherwise


def named(name, recipes=RECIPES):
    """The recipe's keys that are one line each. The recipes have been checked by cudnn-install: this is no validator."""
    path = os.path.join(recipes, f"{name}.yaml")
    if not re.fullmatch(r"[a-z0-9]+", name) or not os.path.exists(path):
        raise Failure(f"there is no distribution '{name}' in {recipes}")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    pairs = re.findall(r"([\w-]+):\s*([\w-]+)", _line(text, "arch"))
    word = re.search(r"word:\s*(\w+)", _line(text, "repository"))
    return Distro(name, _line(text, "family"), _line(text, "in_guide") == "true", dict(pairs),
                  re.findall(r"\w+", _line(text, "compression")), word[1] if word else name)


def all_distros(recipes=RECIPES):
    """Every distribution that has a package manager."""
    names = sorted(file[:-len(".yaml")] for file in os.listdir(recipes) if file.endswith(".yaml"))
    return [distro for distro in (named(name, recipes) for name in names) if distro.family in KINDS]
