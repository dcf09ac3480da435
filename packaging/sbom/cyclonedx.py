"""The CycloneDX 1.6 document of a package."""

import uuid

from contents import Contents
from origin import Component, Input, carried_by, licence_text, purl_of


def digest(sha256: str):
    return {"alg": "SHA-256", "content": sha256}


def component_entry(component: Component):
    return {
        "type": "data" if component.purpose == "FILE" else "library",
        "bom-ref": f"carried:{component.name}",
        "name": component.name,
        "description": f"Named in: {component.where}.",
        "licenses": [{"license": {"id": component.licence}}],
        "copyright": component.copyright,
        "externalReferences": [{"type": "website", "url": component.url}],
    }


def file_entry(file):
    return {"type": "file", "bom-ref": f"file:{file.path}", "name": file.path,
            "hashes": [{"alg": "SHA-1", "content": file.sha1}, digest(file.sha256)]}


def input_entry(archive: Input):
    entry = {"type": "file", "name": archive.file_name, "hashes": [digest(archive.sha256)]}
    if archive.url:
        entry["externalReferences"] = [{"type": "distribution", "url": archive.url}]
    return entry


def package_entry(package: Contents, archive: Input):
    entry = {
        "type": "library",
        "bom-ref": "package",
        "name": package.name,
        "version": package.version,
        "hashes": [digest(package.sha256)],
        "licenses": [{"license": {"name": "The licence of cuDNN", "text": {"contentType": "text/plain",
                                                                          "content": licence_text(package)}}}],
        "purl": purl_of(package),
        "pedigree": {"ancestors": [input_entry(archive)]},
        "properties": [{"name": "cudnn-install:file", "value": package.file_name},
                       {"name": "cudnn-install:architecture", "value": package.architecture}],
    }
    if package.supplier:
        entry["supplier"] = {"name": package.supplier}
    return entry


def document(package: Contents, archive: Input, created: str, tool: str):
    name, version = tool.rsplit("-", 1)
    carried = carried_by(package)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, f'{package.sha256} {archive.sha256} {created} {tool}')}",
        "version": 1,
        "metadata": {
            "timestamp": created,
            "tools": {"components": [{"type": "application", "name": name, "version": version}]},
            "component": package_entry(package, archive),
        },
        "components": [*map(component_entry, carried), *map(file_entry, package.files)],
        "dependencies": [{"ref": "package", "dependsOn": [f"carried:{component.name}" for component in carried]}],
    }
