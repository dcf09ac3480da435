"""How a package was made: an in-toto statement with SLSA's provenance as its predicate. It is not signed here."""

from contents import Contents
from origin import Input

BUILD_TYPE = "urn:cudnn-install:packaging:v1"  # README.md beside this file says what it means


def statement(package: Contents, archive: Input, run: dict):
    """`run`: builder, tool, parameters (what the caller chose), finished (time), byproducts (file name → sha256)."""
    name, version = run["tool"].rsplit("-", 1)
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": package.file_name, "digest": {"sha256": package.sha256}}],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {"archive": archive.file_name, **run["parameters"]},
                "resolvedDependencies": [{
                    "name": archive.file_name,
                    **({"uri": archive.url} if archive.url else {}),
                    "digest": {"sha256": archive.sha256},
                }],
            },
            "runDetails": {
                "builder": {"id": run["builder"], "version": {name: version}},
                "metadata": {"finishedOn": run["finished"]},
                "byproducts": [{"name": name, "digest": {"sha256": sha256}}
                               for name, sha256 in sorted(run["byproducts"].items())],
            },
        },
    }
