#!/usr/bin/env python3
"""scripts/compat-tables writes the tables of recipes/compat again, byte for byte, from facts made out of them."""

import pathlib
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TABLES = ROOT / "recipes" / "compat"
WRITTEN = ("toolkits", "matrix", "branches", "packages")
GRADES = {"read": "V", "quoted": "S", "inferred": "I", "remembered": "M"}
TYPES = {"lts": "lts", "production": "production", "new-feature": "new_feature", "developer": "developer", "unknown": None}


def table(name):
    return yaml.safe_load((TABLES / f"{name}.yaml").read_text(encoding="utf-8"))


def origin(row):
    return {"src": row["source"], "conf": GRADES[row["grade"]]}


def toolkit_facts():
    floors = [{"major": row["major"], "linux_min": row["linux"], "windows_min": row["windows"],
               "linux_min_as_published": "", "max_exclusive": str(row["below"]) if "below" in row else None,
               **origin(row)} for row in table("toolkits")["floors"]]
    floors.append({"major": 10, "linux_min": None, "max_exclusive": None})
    toolkits = [{"release": row["release"], "version": row["version"], "api": row["cuda"], "branch": str(row["branch"]),
                 "linux_x86_64": row.get("linux"), "windows": row.get("windows"),
                 "linux_bundled": row.get("bundled", True), "map": "V", **origin(row)} for row in table("toolkits")["toolkits"]]
    return {"minor_version_compat": floors, "toolkits": toolkits, "more": 1}


def matrix_facts():
    matrix = table("matrix")
    editions = [{"edition": each["edition"], "date": each["date"] + " (approx, I)", "complete": each["complete"],
                 "columns": [str(column) for column in each["columns"]], **origin(each),
                 "rows": {row["package"].replace(".", "-"): [cell.replace("/", "") for cell in row["cells"]]
                          for row in each["rows"]}} for each in matrix["editions"]]
    older = {row["package"].replace(".", "-"): {"bases": row["bases"], **origin(row)} for row in matrix["packagers"]}
    older["gaps"] = []
    branches = [{"branch": str(row["branch"]), "type": TYPES[row["type"]], "cuda": row["cuda"], "eol": row.get("end"),
                 "eol_note": "EOL by now" if row.get("ended") else "", **origin(row)} for row in table("branches")["branches"]]
    packages = {row["cuda"].replace(".", "-"): {"branch": str(row["branch"])} for row in table("packages")["packages"]}
    return {"editions": editions, "older_rows_from_packagers": older, "driver_branches": branches, "packages": packages}


def main():
    with tempfile.TemporaryDirectory() as directory:
        names = []
        for name, facts in (("toolkits", toolkit_facts()), ("matrix", matrix_facts())):
            names.append(pathlib.Path(directory) / f"{name}-facts.yaml")
            names[-1].write_text(yaml.safe_dump(facts, sort_keys=False), encoding="utf-8")
        out = pathlib.Path(directory) / "out"
        subprocess.run([sys.executable, ROOT / "scripts" / "compat-tables", *names, out], check=True, capture_output=True)
        differing = [name for name in WRITTEN if (out / f"{name}.yaml").read_bytes() != (TABLES / f"{name}.yaml").read_bytes()]
    print("\n".join(f"differs: {name}" for name in differing) or f"{len(WRITTEN)} files written again, byte for byte")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
