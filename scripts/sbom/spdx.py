"""SPDX 2.3 as JSON."""

import re

from .bill import Bill


def reference(kind, name):
    return f"SPDXRef-{kind}-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)


def package_of(component):
    package = {
        "SPDXID": reference("Part", component.name),
        "name": component.name,
        "versionInfo": component.version,
        "supplier": "NOASSERTION",
        "downloadLocation": component.source or "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": component.licence,
        "licenseDeclared": component.licence,
        "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": "APPLICATION" if component.builds else "LIBRARY",
    }
    if component.sha256:
        package["checksums"] = [{"algorithm": "SHA256", "checksumValue": component.sha256}]
    if component.purl:
        package["externalRefs"] = [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                                    "referenceLocator": component.purl}]
    if component.remark:
        package["comment"] = component.remark
    return package


def product_of(bill):
    return {
        "SPDXID": reference("Product", bill.name),
        "name": bill.name,
        "versionInfo": bill.version,
        "summary": bill.summary,
        "supplier": "NOASSERTION",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": bill.licence,
        "licenseDeclared": bill.licence,
        "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": "APPLICATION",
    }


def file_of(delivered, licence):
    return {
        "SPDXID": reference("File", delivered.name),
        "fileName": f"./{delivered.name}",
        "fileTypes": ["BINARY"],
        "checksums": [{"algorithm": "SHA1", "checksumValue": delivered.sha1},
                      {"algorithm": "SHA256", "checksumValue": delivered.sha256}],
        "licenseConcluded": licence,
        "licenseInfoInFiles": ["NOASSERTION"],
        "copyrightText": "NOASSERTION",
    }


def relationships_of(bill):
    product = reference("Product", bill.name)
    triples = [("SPDXRef-DOCUMENT", "DESCRIBES", product)]
    triples += [(reference("File", each.name), "GENERATED_FROM", product) for each in bill.files]
    for component in bill.components:
        part = reference("Part", component.name)
        triples.append((part, "BUILD_TOOL_OF", product) if component.builds else (product, "STATIC_LINK", part))
    return [{"spdxElementId": left, "relationshipType": kind, "relatedSpdxElement": right} for left, kind, right in triples]


def spdx(bill: Bill):
    """The document as what json.dump takes."""
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"{bill.name}-{bill.version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/{bill.name}-{bill.version}-{bill.identity()}",
        "creationInfo": {"created": bill.created, "creators": [f"Tool: {bill.name}-release-{bill.version}"]},
        "packages": [product_of(bill), *map(package_of, bill.components)],
        "files": [file_of(each, bill.licence) for each in bill.files],
        "relationships": relationships_of(bill),
    }
