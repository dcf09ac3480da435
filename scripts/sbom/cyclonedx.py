"""CycloneDX 1.6 as JSON."""

from .bill import Bill


def licences(expression):
    return [{"expression": expression}]


def component_of(component):
    described = {
        "type": "application" if component.builds else "library",
        "bom-ref": f"part:{component.name}",
        "name": component.name,
        "version": component.version,
        "scope": "excluded" if component.builds else "required",
        "licenses": licences(component.licence),
    }
    if component.remark:
        described["description"] = component.remark
    if component.purl:
        described["purl"] = component.purl
    if component.source:
        place = {"type": "source-distribution", "url": component.source}
        if component.sha256:
            place["hashes"] = [{"alg": "SHA-256", "content": component.sha256}]
        described["externalReferences"] = [place]
    elif component.sha256:
        described["hashes"] = [{"alg": "SHA-256", "content": component.sha256}]
    return described


def file_of(delivered):
    return {
        "type": "file",
        "bom-ref": f"file:{delivered.name}",
        "name": delivered.name,
        "hashes": [{"alg": "SHA-1", "content": delivered.sha1}, {"alg": "SHA-256", "content": delivered.sha256}],
    }


def cyclonedx(bill: Bill):
    """The document as what json.dump takes."""
    parts = [f"part:{component.name}" for component in bill.components]
    inside = [f"part:{component.name}" for component in bill.components if not component.builds]
    files = [f"file:{each.name}" for each in bill.files]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{bill.identity()}",
        "version": 1,
        "metadata": {
            "timestamp": bill.created,
            "component": {"type": "application", "bom-ref": "product", "name": bill.name, "version": bill.version,
                          "description": bill.summary, "licenses": licences(bill.licence)},
        },
        "components": [*map(component_of, bill.components), *map(file_of, bill.files)],
        "dependencies": [{"ref": "product", "dependsOn": files},
                         *({"ref": each, "dependsOn": inside} for each in files),
                         *({"ref": each} for each in parts)],
    }
