"""bill_judges.py FILE…: what the makers of the two formats have to say against bills of materials; nothing is good.

Runs in the environment of scripts/python-tools.
"""

import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from spdx_tools.spdx.parser.error import SPDXParsingError
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document


def complaints_about(path: Path):
    if path.name.endswith(".cdx.json"):
        found = JsonStrictValidator(SchemaVersion.V1_6).validate_str(path.read_text())
        return [] if found is None else [str(found)]
    try:
        return [each.validation_message for each in validate_full_spdx_document(parse_file(str(path)))]
    except SPDXParsingError as error:
        return error.get_messages()


def main() -> int:
    complaints = [f"{path}: {words}" for path in sys.argv[1:] for words in complaints_about(Path(path))]
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
