"""Finds the functions of a C++ file by their braces; good enough for formatted code, and faster than a compiler."""

import re

NOT_CODE = re.compile(
    r'R"(?P<d>[^()\s\\]{0,16})\((?:.|\n)*?\)(?P=d)"'  # raw strings first: they may hold anything
    r'|//[^\n]*|/\*(?:.|\n)*?\*/'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'"  # not the separator in 1'000
)
NOT_A_FUNCTION = re.compile(r"\s*(?:inline\s+|export\s+)*(?:namespace|struct|class|enum|union|extern)\b")


def without_text(source: str) -> str:
    """The same lines with comments, strings and characters blanked."""
    return NOT_CODE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]) if m[0][0] == "/" else "''" + "\n" * m[0].count("\n"), source)


def name_in(head: str) -> str:
    before = head[: head.index("(")].split()
    return before[-1] if before else head.strip()


def opens_function(head: str) -> bool:
    if "(" not in head or NOT_A_FUNCTION.match(re.sub(r"\s*template\s*<[^{]*?>\s*(?=\w)", "", head)):
        return False
    outside = re.sub(r"\([^()]*\)", "", re.sub(r"operator\s*[^\w\s(]+", "operator", head))
    return not re.search(r"=\s*[\w:<>, ]*$", outside)


def functions_of(source: str):
    """(name, first line, last line) of each outermost function, lambdas at namespace scope included in nothing."""
    code = re.sub(r"^\s*#(?:[^\n]*\\\n)*[^\n]*", lambda m: "\n" * m[0].count("\n"), without_text(source), flags=re.M)
    depth, parentheses, head_start, inside = 0, 0, 0, None
    for place, sign in ((m.start(), m[0]) for m in re.finditer(r"[(){};]", code)):
        if sign in "()":
            parentheses += 1 if sign == "(" else -1
            continue
        if inside is None and parentheses:  # a default argument or a call at namespace scope
            continue
        if sign == "{":
            head = code[head_start:place]
            if inside is None and opens_function(head):
                first = code.count("\n", 0, head_start + len(head) - len(head.lstrip())) + 1
                inside = (name_in(head), first, depth)
            depth += 1
        elif sign == "}":
            depth -= 1
            if inside and inside[2] == depth and not re.match(r"\s*[,{]", code[place + 1 :]):  # not a member initialiser
                yield inside[0], inside[1], code.count("\n", 0, place) + 1
                inside = None
        head_start = place + 1
