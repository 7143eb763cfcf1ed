"""The schemas as they are published, for a program that has nothing else."""

import json
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator
from referencing.jsonschema import DRAFT202012, EMPTY_REGISTRY

SCHEMAS = Path(__file__).parent.parent.parent / "schemas"


@cache
def published(name: str) -> Draft202012Validator:
    """What says whether something fits a schema, such as `cli.json#/$defs/StreamLine`."""
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in SCHEMAS.rglob("*.json")]
    registry = EMPTY_REGISTRY.with_resources(
        (document["$id"], DRAFT202012.create_resource(document)) for document in documents
    )
    return Draft202012Validator({"$ref": f"https://sagent.dev/schemas/{name}"}, registry=registry)


def complaints(name: str, value: object) -> list[str]:
    """What is wrong with a value."""
    return [error.message for error in published(name).iter_errors(value)]
