"""What strict servers refuse about the schema of an answer, one rule beside the other."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sagent.lib.json import is_object
from sagent.providers.forms import ANYTHING, SAID, Flavour

TOLD: Final = frozenset(("title", "description", "default"))
"""Keywords that demand nothing, and that nobody minds."""


def bad_schema(schema: object, flavour: Flavour, place: str) -> Iterator[str]:
    """Say what would be refused about the schema of an answer."""
    if not is_object(schema):
        yield f"{place}: Invalid schema: expected an object"
        return
    if schema.get("type") != "object":
        yield f"{place}: Invalid schema: schema must be of 'type: \"object\"'"
    yield from _bad_node(schema, flavour, place)
    definitions = schema.get("$defs", {})
    if is_object(definitions):
        for name, node in definitions.items():
            yield from _bad_node(node, flavour, f"{place}.$defs.{name}")
            if not flavour.recursive and _leads_to(node, str(name), definitions, frozenset()):
                yield f"{place}: Circular reference detected in schema definitions: {name}"


def _bad_node(node: object, flavour: Flavour, place: str) -> Iterator[str]:
    if not is_object(node) or not node.keys() & {"type", "anyOf", "$ref"}:
        yield f"{place}: schema must have a 'type' key"
        return
    if "$ref" in node:
        if len(node) > 1:
            yield f"{place}: $ref cannot have keywords {sorted(node.keys() - {'$ref'})}"
        return
    for key, value in node.items():
        allowed = flavour.keywords.get(key)
        if key in SAID or key in TOLD or key == "additionalProperties":
            continue
        if allowed is None or (allowed is not ANYTHING and value not in allowed):
            yield f"{place}: '{key}' is not permitted"
    branches = node.get("anyOf", ())
    if isinstance(branches, Sequence):
        for index, branch in enumerate(branches):
            yield from _bad_node(branch, flavour, f"{place}.anyOf[{index}]")
    if node.get("type") == "object":
        yield from _bad_object(node, flavour, place)
    elif node.get("type") == "array":
        yield from _bad_node(node.get("items"), flavour, f"{place}.items")


def _bad_object(node: Mapping[str, object], flavour: Flavour, place: str) -> Iterator[str]:
    if node.get("additionalProperties") is not False:
        yield f"{place}: 'additionalProperties' is required to be supplied and to be false"
    properties, required = node.get("properties", {}), node.get("required", ())
    if not is_object(properties) or not isinstance(required, Sequence):
        yield f"{place}: 'properties' must be an object, and 'required' an array"
        return
    for name, inner in properties.items():
        yield from _bad_node(inner, flavour, f"{place}.properties.{name}")
        if flavour.demanding and name not in required:
            yield f"{place}: 'required' is required to include every key in properties. Missing '{name}'."


def _leads_to(node: object, name: str, definitions: Mapping[str, object], seen: frozenset[str]) -> bool:
    """Whether a definition refers to another one, or to itself, through whatever is between."""
    if is_object(node):
        reference = str(node.get("$ref", "")).removeprefix("#/$defs/")
        if reference == name:
            return True
        if reference and reference not in seen:
            return _leads_to(definitions.get(reference), name, definitions, seen | {reference})
        return any(_leads_to(inner, name, definitions, seen) for inner in node.values())
    if isinstance(node, Sequence) and not isinstance(node, str):
        return any(_leads_to(inner, name, definitions, seen) for inner in node)
    return False
