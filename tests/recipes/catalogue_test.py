#!/usr/bin/env python3
"""scripts/catalogue writes the same bytes for the same releases, whatever their order and their other keys."""

import pathlib
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RELEASES = ROOT / "recipes" / "releases"


def written(releases):
    with tempfile.TemporaryDirectory() as directory:
        source = pathlib.Path(directory) / "releases.yaml"
        source.write_text(yaml.safe_dump({"releases": releases}), encoding="utf-8")
        out = pathlib.Path(directory) / "out"
        subprocess.run([sys.executable, ROOT / "scripts" / "catalogue", source, out], check=True, capture_output=True)
        return {file.name: file.read_text(encoding="utf-8") for file in out.iterdir()}


def main():
    kept = {file.name: file.read_text(encoding="utf-8") for file in RELEASES.iterdir()}
    releases = []
    for text in reversed(kept.values()):
        release = yaml.safe_load(text)
        artifacts = [{**artifact, "seen": ["elsewhere"]} for artifact in reversed(release["artifacts"])]
        releases.append({"version": release["release"], "artifacts": artifacts})
    again = written(releases)
    differing = sorted(name for name in kept.keys() | again.keys() if kept.get(name) != again.get(name))
    print("\n".join(f"differs: {name}" for name in differing) or f"{len(kept)} files written again, byte for byte")
    return 1 if differing or not kept else 0


if __name__ == "__main__":
    sys.exit(main())
