"""The facts of a bill, apart from any format."""

import hashlib
import uuid
from dataclasses import dataclass, field
from typing import List


@dataclass(frozen=True)
class Component:
    """Something that is inside, or, with `builds`, that only made what is inside."""
    name: str
    version: str
    licence: str  # an SPDX expression
    purl: str = ""
    source: str = ""  # where its publisher offers it
    sha256: str = ""  # of the source that was built
    remark: str = ""
    builds: bool = False


@dataclass(frozen=True)
class Delivered:
    """A file that goes to users."""
    name: str
    sha1: str
    sha256: str

    @classmethod
    def of(cls, path, name):
        with open(path, "rb") as stream:
            data = stream.read()
        return cls(name, hashlib.sha1(data).hexdigest(), hashlib.sha256(data).hexdigest())


@dataclass(frozen=True)
class Bill:
    name: str
    version: str
    licence: str
    summary: str
    created: str  # 2026-01-31T00:00:00Z
    files: List[Delivered] = field(default_factory=list)
    components: List[Component] = field(default_factory=list)

    def identity(self) -> uuid.UUID:
        """The same for the same contents, another for any other."""
        return uuid.uuid5(uuid.NAMESPACE_URL, repr(self))
