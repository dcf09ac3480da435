"""What a package was made of: the archive that was given, and what its authors say that they built in."""

import re
from typing import List, NamedTuple, Optional

from contents import Contents

LICENCE_ID = "LicenseRef-cuDNN"


class Input(NamedTuple):
    """The archive that the packages were made of."""
    file_name: str
    sha256: str
    url: Optional[str]


class Component(NamedTuple):
    """A third party's work inside; `where` says who tells us so."""
    name: str
    licence: str
    url: str
    copyright: str
    where: str
    purpose: str = "LIBRARY"


_GUIDE = "NVIDIA cuDNN Installation Guide 8.9.6, section 5.1"
IN_CUDNN = [
    Component("zlib", "Zlib", "https://zlib.net/", "Copyright 1995-2017 Jean-loup Gailly and Mark Adler", _GUIDE),
    Component("zstr", "MIT", "https://github.com/mateidavid/zstr",
              "Copyright 2015 Matei David, Ontario Institute for Cancer Research", _GUIDE),
    Component("RapidJSON", "MIT", "https://github.com/Tencent/rapidjson",
              "Copyright 2015 THL A29 Limited, a Tencent company, and Milo Yip", _GUIDE),
]
IN_SAMPLES = [
    Component("MNIST database", "CC-BY-SA-3.0", "http://yann.lecun.com/exdb/mnist/",
              "Copyright Yann LeCun, Corinna Cortes and Christopher J. C. Burges", "mnistCUDNN/data/README.md", "FILE"),
]
_CUDNN_BINARY = re.compile(r"(^|/)(libcudnn[^/]*\.(so[.0-9]*|a)|cudnn[^/]*\.dll)$")
_CUDNN_PACKAGE = re.compile(r"(^|/)libcudnn[0-9]+(?!-samples)[^/]*\.(deb|rpm)$")
_SAMPLES = re.compile(r"(^|/)(mnistCUDNN/data/digit-[0-9]\.pgm|libcudnn[0-9]+-samples[^/]*\.(deb|rpm))$")


def carried_by(package: Contents) -> List[Component]:
    """The third parties' works in a package, judged by its files; an installer carries what its packages carry."""
    paths = [file.path for file in package.files]
    found = []
    if not paths or any(_CUDNN_BINARY.search(path) or _CUDNN_PACKAGE.search(path) for path in paths):
        found += IN_CUDNN
    if any(_SAMPLES.search(path) for path in paths):
        found += IN_SAMPLES
    return found


def licence_text(package: Contents) -> str:
    return package.licence or "NVIDIA's software licence agreement for cuDNN, whose text is the file LICENSE of the archive."


def purl_of(package: Contents) -> str:
    """The package URL; nobody but who builds them publishes these packages, hence the namespace."""
    def quoted(text):
        return re.sub(r"[^A-Za-z0-9._~:-]", lambda m: "".join(f"%{byte:02X}" for byte in m[0].encode()), text)
    if package.kind in ("deb", "rpm"):
        return (f"pkg:{package.kind}/cudnn-install/{quoted(package.name)}@{quoted(package.version)}"
                f"?arch={quoted(package.architecture)}")
    version = f"@{quoted(package.version)}" if package.version else ""
    return f"pkg:generic/{quoted(package.name)}{version}?checksum=sha256:{package.sha256}&file_name={quoted(package.file_name)}"
