#!/usr/bin/env python3
"""Every good recipe passes its JSON Schema; every bad one fails it, but for those that semantic_only.txt names.

usage: schema_test.py CHECK_JSONSCHEMA
"""

import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
RECIPES = HERE.parent.parent / "recipes"
FOLDERS = {"distro": "distros", "method": "methods", "product": "products", "release": "releases", "compat": "compat",
           "guide": "guides"}
KINDS = tuple(FOLDERS)


def failing(tool, kind, files):
    """The names among `files` that the schema of `kind` refuses."""
    command = [tool, "--output-format", "json", "--schemafile", str(RECIPES / "schema" / f"{kind}.schema.json")]
    run = subprocess.run(command + [str(file) for file in files], capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):
        sys.exit(f"{tool} ended with {run.returncode}: {run.stderr}")
    report = json.loads(run.stdout)
    return {pathlib.Path(entry["filename"]).name for entry in report.get("errors", []) + report.get("parse_errors", [])}


def first_word(file):
    """The first key of the file, however damaged the file is."""
    for line in file.read_bytes().decode("utf-8", "replace").splitlines():
        if line and not line.startswith(("#", "---")):
            return line.split(":")[0]
    return ""


def semantic_only():
    lines = (HERE / "semantic_only.txt").read_text(encoding="utf-8").splitlines()
    return {line.split(":")[0] + ".yaml" for line in lines if line and not line.startswith("#")}


def main(tool):
    findings = []
    for kind in KINDS:
        files = sorted((RECIPES / FOLDERS[kind]).glob("*.yaml"))
        if not files:
            findings.append(f"no {kind} to check")
        findings += [f"good {kind} is refused: {name}" for name in sorted(failing(tool, kind, files))]

    bad = sorted((HERE / "bad").glob("*.yaml"))
    excused = semantic_only()
    findings += [f"semantic_only.txt names no file: {name}" for name in sorted(excused - {file.name for file in bad})]
    for kind in KINDS:
        # A file of no kind is checked against the first schema: an editor would not offer another.
        files = [file for file in bad if first_word(file) == kind or (kind == "distro" and first_word(file) not in KINDS)]
        refused = failing(tool, kind, files)
        for file in files:
            if file.name in refused and file.name in excused:
                findings.append(f"the schema refuses it, so take it out of semantic_only.txt: {file.name}")
            if file.name not in refused and file.name not in excused:
                findings.append(f"the {kind} schema accepts a bad file: {file.name}")
    print("\n".join(findings) or f"{len(bad)} bad files and all good ones judged as the loader does")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
