"""The walls of the source tree, each a function from a tree to its list of complaints.

What a folder of installer/ may include is the table MAY_INCLUDE: data flows one way, and an arrow that points back is an
error. checks_test.py shows that each rule can fail; check.py runs them on the real tree.
"""

import ast
import re
from pathlib import Path

from cxx import functions_of

ALL = {"base", "recipe", "release", "packages", "system", "fetch", "host", "compat", "receipt", "plan", "verify",
       "transaction", "doctor", "cli"}
MAY_INCLUDE = {
    "base": set(),
    "recipe": {"base"},
    "release": {"base"},
    "packages": {"base"},
    "system": {"base"},
    "fetch": {"base", "release", "system"},
    "host": {"base", "packages", "system"},
    "compat": {"base", "host"},
    "receipt": {"base"},
    "plan": {"base", "recipe", "release", "packages", "host", "compat", "receipt"},
    "verify": {"base", "recipe", "release", "packages", "receipt", "system", "host"},
    "transaction": {"base", "packages", "plan", "receipt", "verify", "system", "fetch"},
    "doctor": ALL - {"transaction", "cli"},
    "cli": ALL,
}
# In host/ the parsers are pure: the probe alone looks at the machine.
SYSTEM_IN_HOST = {"host/probe.cpp"}

# Third-party headers: where they may be included, and by how many files at most. Headers of ours show none of them.
THIRD_PARTY = {
    r"archive(_entry)?\.h": ({"system"}, 2),
    r"lzma\.h|zlib\.h|zstd\.h|isa-l.*|igzip_lib\.h": ({"system"}, 2),
    r"yaml-cpp/.*": ({"base"}, 1),
    r"openssl/.*": ({"base"}, 1),
    r"spdlog/.*": ({"cli"}, 1),
    r"CLI/.*": ({"cli"}, 2),
    r"curl/.*": ({"fetch"}, 1),
    r"nlohmann/json\.hpp": (ALL, 16),
}

BAD_WORDS = {"util", "helper", "manager", "common", "misc", "core", "handler", "service"}
# Names that others gave: users know NVIDIA's samples by this file.
GIVEN_NAMES = {"samples_common.mk"}
FILE_LINES, FUNCTION_LINES = 500, 60
CXX = {".cpp", ".h"}
GENERATED_OR_DATA = {"data", "golden", "fixtures", "__pycache__"}


def sources(tree: Path, folder: str, suffixes):
    for path in sorted((tree / folder).rglob("*")):
        if path.is_file() and path.suffix in suffixes and not GENERATED_OR_DATA & set(path.relative_to(tree).parts):
            yield path


def includes_of(path: Path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if found := re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line):
            yield number, found[1] == '"', found[2]


def include_directions(tree: Path):
    """Every include of a folder of ours goes to itself or to a folder that the table allows."""
    root = tree / "installer"
    for path in sources(tree, "installer", CXX):
        name = path.relative_to(root)
        layer = name.parts[0]
        if len(name.parts) == 1:  # main.cpp
            layer, allowed = "cli", ALL
        elif layer == "cmake":
            continue
        elif layer not in MAY_INCLUDE:
            yield f"{path.relative_to(tree)}: folder '{layer}' is not in the table of layers (tests/architecture/rules.py)"
            continue
        else:
            allowed = MAY_INCLUDE[layer] | {layer}
        for number, _, header in includes_of(path):
            target = header.split("/")[0]
            if "/" not in header or target not in MAY_INCLUDE:
                continue
            wrong = target not in allowed or (layer == "host" and target == "system" and str(name) not in SYSTEM_IN_HOST)
            if wrong:
                yield f"{path.relative_to(tree)}:{number}: '{layer}' may not include '{header}'"


def third_party_walls(tree: Path):
    """A third-party header is seen by few .cpp files of one layer, so that it can be replaced."""
    for pattern, (layers, most) in THIRD_PARTY.items():
        users = []
        for path in sources(tree, "installer", CXX):
            name = path.relative_to(tree / "installer")
            hits = [header for _, quoted, header in includes_of(path) if not quoted and re.fullmatch(pattern, header)]
            if not hits:
                continue
            users.append(str(name))
            if path.suffix == ".h":
                yield f"installer/{name}: header '{hits[0]}' of a third party in a header of ours"
            if name.parts[0] not in layers:
                yield f"installer/{name}: '{hits[0]}' belongs in {', '.join(sorted(layers))} alone"
        if len(users) > most:
            yield f"'{pattern}' is included by {len(users)} files, at most {most} are allowed: {', '.join(users)}"


def telling_names(tree: Path):
    """No file or folder has a name that says nothing about what is in it."""
    for top in ("installer", "packaging", "recipes", "scripts", "tests", "docker"):
        for path in sorted((tree / top).rglob("*")):
            words = set(re.split(r"[^a-z]+", path.name.lower())) if path.name not in GIVEN_NAMES else set()
            bad = {word for word in BAD_WORDS if word in words or word + "s" in words}
            if bad - ({"manager"} if "package" in words else set()):
                yield f"{path.relative_to(tree)}: '{sorted(bad)[0]}' says nothing about what is in it"


def is_python(path: Path):
    if path.suffix == ".py":
        return True
    return path.suffix == "" and path.read_bytes()[:64].split(b"\n")[0].endswith(b"python3")


def shell_functions(text: str):
    start = None
    for number, line in enumerate(text.splitlines(), 1):
        if found := re.match(r"([\w-]+)\(\) *[({]$", line):
            start = (found[1], number)
        elif start and line in ("}", ")"):
            yield start[0], start[1], number
            start = None


def python_functions(text: str):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno


def sized_files(tree: Path):
    for top in ("installer", "packaging", "scripts", "tests", "docker", ".ci"):
        for path in sorted((tree / top).rglob("*")):
            if not path.is_file() or path.is_symlink() or GENERATED_OR_DATA & set(path.relative_to(tree).parts):
                continue
            if path.suffix in CXX:
                yield path, functions_of
            elif path.suffix in {".cmake", ".S", ".c"} or path.name == "CMakeLists.txt":
                yield path, lambda text: ()
            elif is_python(path):
                yield path, python_functions
            elif path.suffix == ".sh" or (path.suffix == "" and path.read_bytes()[:2] == b"#!"):
                yield path, shell_functions


def small_pieces(tree: Path):
    """Files end before 500 lines and functions before 60, tests included."""
    for path, functions in sized_files(tree):
        text, name = path.read_text(), path.relative_to(tree)
        lines = len(text.splitlines())
        if lines > FILE_LINES:
            yield f"{name}: {lines} lines, at most {FILE_LINES} are allowed"
        for function, first, last in functions(text):
            if last - first + 1 > FUNCTION_LINES:
                yield f"{name}:{first}: '{function}' has {last - first + 1} lines, at most {FUNCTION_LINES} are allowed"


def reasoned_exceptions(tree: Path):
    """A warning that is switched off names its check and says why."""
    for folder in ("installer", "tests"):
        for path in sources(tree, folder, CXX):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if "NOLINT" in line and "NOLINTEND" not in line and not re.search(r"NOLINT\w*\([a-z][\w.,\- ]+\): \S.{7}", line):
                    yield f"{path.relative_to(tree)}:{number}: NOLINT wants (check): reason"


def exit_codes(tree: Path):
    """The README's table of exit codes is the enum."""
    body = re.search(r"enum class Fault : int \{(.*?)\};", (tree / "installer/base/error.h").read_text(), re.S)[1]
    enum = [("0", "ok")] + [(code, name.replace("_", " ")) for name, code in re.findall(r"^\s*(\w+) = (\d+),", body, re.M)]
    table = re.findall(r"^\| (\d+) \| ([a-z ]+) \|", (tree / "README.md").read_text(), re.M)
    for missing in [row for row in enum if row not in table]:
        yield f"README.md: the table of exit codes lacks '| {missing[0]} | {missing[1]} |'"
    for extra in [row for row in table if row not in enum]:
        yield f"README.md: '| {extra[0]} | {extra[1]} |' is not in enum Fault"


def platforms(tree: Path):
    """Every recipe of a distribution has its row in the README, which says how it was run."""
    section = re.search(r"^## Platforms\n(.*?)(?=^## |\Z)", (tree / "README.md").read_text(), re.M | re.S)[1]
    table = re.findall(r"^\| ([^|]+) \| ([a-z0-9]+) \| ([^|]+) \|$", section, re.M)[1:]
    rows = {recipe: (title, run) for title, recipe, run in table}
    for path in sorted((tree / "recipes/distros").glob("*.yaml")):
        title = re.search(r"^title: (.*)$", path.read_text(), re.M)[1]
        row = rows.pop(path.stem, None)
        if row is None or row[0] != title:
            yield f"README.md: the table of platforms lacks '| {title} | {path.stem} | … |'"
        elif not re.match(r"real|look-alike|plan only|not run", row[1]):
            yield f"README.md: '{row[1]}' is not real, look-alike, plan only or not run"
    for recipe in rows:
        yield f"README.md: '{recipe}' in the table of platforms is no recipe"
