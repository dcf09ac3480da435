"""validate.py FILE…: each document by who defined its form; run by the Python of scripts/python-tools.

SPDX by the SPDX project's tools, CycloneDX by the official JSON Schema in its library, in-toto and SLSA by the messages of the
in-toto attestation framework. Prints what is wrong and exits 1 then.
"""

import json
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from google.protobuf.json_format import ParseDict
from in_toto_attestation.predicates.provenance.v1.provenance_pb2 import Provenance
from in_toto_attestation.v1.statement import Statement
from in_toto_attestation.v1.statement_pb2 import Statement as StatementMessage
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document


def spdx(path):
    return [message.validation_message for message in validate_full_spdx_document(parse_file(path))]


def cyclonedx(path):
    with open(path, encoding="utf-8") as stream:
        error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(stream.read())
    return [str(error)] if error else []


def in_toto(path):
    with open(path, encoding="utf-8") as stream:
        content = json.load(stream)
    try:
        Statement.copy_from_pb(ParseDict(content, StatementMessage())).validate()
        predicate = ParseDict(content["predicate"], Provenance())
        required = (predicate.build_definition.build_type, predicate.build_definition.external_parameters,
                    predicate.run_details.builder.id)
        return [] if all(required) else ["the provenance lacks what SLSA requires"]
    except Exception as error:  # whatever they throw is what is wrong
        return [f"{type(error).__name__}: {error}"]


FORMS = {".spdx.json": spdx, ".cdx.json": cyclonedx, ".intoto.json": in_toto}


def main():
    bad = 0
    for path in sys.argv[1:]:
        judge = next(judge for ending, judge in FORMS.items() if path.endswith(ending))
        for complaint in judge(path):
            print(f"{path}: {complaint}")
            bad = 1
    return bad


if __name__ == "__main__":
    sys.exit(main())
