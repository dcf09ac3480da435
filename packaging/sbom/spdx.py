"""The SPDX 2.3 document of a package."""

import hashlib
import os
import uuid

from contents import Contents
from origin import LICENCE_ID, Component, Input, carried_by, licence_text, purl_of

TYPES = {".so": "BINARY", ".a": "BINARY", ".dll": "BINARY", ".lib": "BINARY", ".h": "SOURCE", ".cpp": "SOURCE",
         ".deb": "ARCHIVE", ".rpm": "ARCHIVE", ".gz": "ARCHIVE", ".md": "DOCUMENTATION", ".pgm": "IMAGE"}


def identifier(kind: str, name: str) -> str:
    return f"SPDXRef-{kind}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def file_entry(file):
    name = os.path.basename(file.path)
    ending = ".so" if ".so." in name else os.path.splitext(name)[1]
    return {
        "SPDXID": identifier("File", file.path),
        "fileName": "./" + file.path,
        "fileTypes": [TYPES.get(ending, "OTHER")],
        "checksums": [{"algorithm": "SHA1", "checksumValue": file.sha1},
                      {"algorithm": "SHA256", "checksumValue": file.sha256}],
        "licenseConcluded": "NOASSERTION",
        "licenseInfoInFiles": ["NOASSERTION"],
        "copyrightText": "NOASSERTION",
    }


def verification_code(files) -> str:
    return hashlib.sha1("".join(sorted(file.sha1 for file in files)).encode(), usedforsecurity=False).hexdigest()


def package_entry(package: Contents):
    entry = {
        "SPDXID": "SPDXRef-Package",
        "name": package.name,
        "packageFileName": package.file_name,
        "supplier": f"Organization: {package.supplier}" if package.supplier else "NOASSERTION",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": bool(package.files),
        "checksums": [{"algorithm": "SHA256", "checksumValue": package.sha256}],
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": LICENCE_ID,
        "copyrightText": "NOASSERTION",
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                          "referenceLocator": purl_of(package)}],
        "primaryPackagePurpose": "INSTALL",
    }
    if package.version:
        entry["versionInfo"] = package.version
    if package.files:
        entry["packageVerificationCode"] = {"packageVerificationCodeValue": verification_code(package.files)}
        entry["licenseInfoFromFiles"] = ["NOASSERTION"]
    return entry


def input_entry(archive: Input):
    return {
        "SPDXID": "SPDXRef-Input",
        "name": archive.file_name,
        "packageFileName": archive.file_name,
        "downloadLocation": archive.url or "NOASSERTION",
        "filesAnalyzed": False,
        "checksums": [{"algorithm": "SHA256", "checksumValue": archive.sha256}],
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": LICENCE_ID,
        "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": "ARCHIVE",
    }


def component_entry(component: Component):
    return {
        "SPDXID": identifier("Carried", component.name),
        "name": component.name,
        "downloadLocation": "NOASSERTION",
        "homepage": component.url,
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": component.licence,
        "copyrightText": component.copyright,
        "comment": f"Named in: {component.where}.",
        "primaryPackagePurpose": component.purpose,
    }


def relationship(left: str, kind: str, right: str):
    return {"spdxElementId": left, "relationshipType": kind, "relatedSpdxElement": right}


def document(package: Contents, archive: Input, created: str, tool: str):
    carried = carried_by(package)
    files = [file_entry(file) for file in package.files]
    components = [component_entry(component) for component in carried]
    unique = uuid.uuid5(uuid.NAMESPACE_URL, f"{package.sha256} {archive.sha256} {created} {tool}")
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": package.file_name,
        "documentNamespace": f"https://spdx.org/spdxdocs/{package.name}-{unique}",
        "creationInfo": {"created": created, "creators": [f"Tool: {tool}"]},
        "packages": [package_entry(package), input_entry(archive), *components],
        "files": files,
        "hasExtractedLicensingInfos": [{"licenseId": LICENCE_ID, "name": "The licence of cuDNN",
                                        "extractedText": licence_text(package)}],
        "relationships": [
            relationship("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Package"),
            relationship("SPDXRef-Package", "GENERATED_FROM", "SPDXRef-Input"),
            *(relationship("SPDXRef-Package", "CONTAINS", entry["SPDXID"]) for entry in [*components, *files]),
        ],
    }
