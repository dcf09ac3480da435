#!/usr/bin/env python3
"""check.py RULE TREE: prints every complaint of one rule and exits 1 if there is one."""

import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import rules  # noqa: E402


def main() -> int:
    rule, tree = sys.argv[1], Path(sys.argv[2])
    complaints = list(getattr(rules, rule)(tree))
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
