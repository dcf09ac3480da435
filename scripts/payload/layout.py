"""How NVIDIA lays out the Linux archives of cuDNN 8.3 and newer: which names there are and which are links."""

import re
from typing import List, NamedTuple, Optional

MAJORS = {
    8: {
        "headers": ["cudnn", "cudnn_adv_infer", "cudnn_adv_train", "cudnn_backend", "cudnn_cnn_infer",
                    "cudnn_cnn_train", "cudnn_ops_infer", "cudnn_ops_train", "cudnn_version"],
        "libraries": ["libcudnn", "libcudnn_adv_infer", "libcudnn_adv_train", "libcudnn_cnn_infer",
                      "libcudnn_cnn_train", "libcudnn_ops_infer", "libcudnn_ops_train"],
    },
    9: {
        "headers": ["cudnn", "cudnn_adv", "cudnn_backend", "cudnn_cnn", "cudnn_graph", "cudnn_ops", "cudnn_version"],
        "libraries": ["libcudnn", "libcudnn_adv", "libcudnn_cnn", "libcudnn_engines_precompiled",
                      "libcudnn_engines_runtime_compiled", "libcudnn_graph", "libcudnn_heuristic", "libcudnn_ops"],
    },
}
ARCHITECTURES = ["x86_64", "sbsa", "ppc64le"]


class Member(NamedTuple):
    """One entry below the archive's top directory. `source` opens the bytes; a link has `target` instead."""
    path: str
    mode: int = 0o644
    size: int = 0
    source: Optional[object] = None
    target: Optional[str] = None


class Release(NamedTuple):
    version: str  # four parts: 8.9.6.50
    cuda: int
    arch: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    @property
    def short(self) -> str:
        """The three parts that file names carry: 8.9.6."""
        return ".".join(self.version.split(".")[:3])

    @property
    def top(self) -> str:
        return f"cudnn-linux-{self.arch}-{self.version}_cuda{self.cuda}-archive"

    @property
    def number(self) -> int:
        """What cudnnGetVersion() answers: 8906, 91900."""
        major, minor, patch = (int(part) for part in self.short.split("."))
        return major * (1000 if major < 9 else 10000) + minor * 100 + patch


def release(version: str, cuda: int, arch: str) -> Release:
    if not re.fullmatch(r"[0-9]+(\.[0-9]+){3}", version) or int(version.split(".")[0]) not in MAJORS:
        raise SystemExit(f"version '{version}' is none of cuDNN 8 or 9 with four parts, such as 8.9.6.50")
    if arch not in ARCHITECTURES:
        raise SystemExit(f"architecture '{arch}' is none of {', '.join(ARCHITECTURES)}")
    return Release(version, cuda, arch)


def shared_links(stem: str, of: Release) -> List[Member]:
    return [Member(f"lib/{stem}.so", target=f"{stem}.so.{of.major}"),
            Member(f"lib/{stem}.so.{of.major}", target=f"{stem}.so.{of.short}")]


def static_link(stem: str, of: Release) -> Member:
    return Member(f"lib/{stem}_static_v{of.major}.a", target=f"{stem}_static.a")
