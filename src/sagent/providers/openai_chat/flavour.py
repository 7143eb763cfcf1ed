"""JSON Schemas as Moonshot takes them: a narrower flavour of the same.

Source: MoonshotAI/kimi-cli#1595, and the refusals that others have met: "not a valid moonshot flavored
json schema". What is lost only widens, but for values of any type, which can have no parts here, and for
null: our own check still holds a directive to the whole schema.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from sagent.lib.json import FrozenObject, JsonObject, JsonValue, freeze_object, is_object
from sagent.providers.nodes import type_of

MAPS: Final = frozenset(("properties", "patternProperties", "$defs", "definitions"))
"""Keywords whose values are schemas by name."""

LISTS: Final = frozenset(("anyOf", "allOf", "prefixItems"))
"""Keywords whose values are several schemas."""

SINGLES: Final = frozenset(("items", "contains", "additionalProperties", "propertyNames", "not"))
"""Keywords whose values are one schema."""

BESIDE: Final = frozenset(("$ref", "$defs", "definitions", "title", "description"))
"""What may stand beside a reference."""

SCALARS: Final = ("string", "number", "boolean")
"""What stands for a value of any type; whatever has parts would have to say which."""


def flavoured(schema: JsonObject) -> JsonObject:
    """The schema in that flavour: a node has one type, or an `anyOf`; an object has `required`."""
    node: dict[str, JsonValue] = {}
    for key, value in schema.items():
        if key == "oneOf":
            node["anyOf"] = _several(value)
        elif key in MAPS and is_object(value):
            node[key] = freeze_object({name: _one(inner) for name, inner in value.items()})
        elif key in LISTS:
            node[key] = _several(value)
        elif key in SINGLES:
            node[key] = _one(value)
        elif key != "nullable":
            node[key] = value
    return freeze_object(_united(node) if "anyOf" in node else _typed(node))


def _united(node: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """A union has no type of its own, and none that is null; one that is left alone is no union."""
    branches = node.pop("anyOf")
    kind = node.pop("type", None)
    told = [
        branch
        for branch in (branches if isinstance(branches, tuple) else ())
        if isinstance(branch, FrozenObject) and branch.get("type") != "null"
    ]
    if len(told) == 1:
        alone = {**node, **told[0]}
        return _united(alone) if "anyOf" in alone else _typed(alone)
    if not told:
        return _typed({**node, "type": kind or "string"})
    return {**node, "anyOf": tuple(told)}


def _typed(node: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if "$ref" in node:
        # The type is where it leads, and nothing that would restrict it further may stand beside.
        return {key: value for key, value in node.items() if key in BESIDE}
    kind = node.get("type")
    if not isinstance(kind, str):
        kinds = [each for each in kind if each != "null"] if isinstance(kind, tuple) else _guessed(node)
        if len(kinds) > 1:
            return _split(node, kinds)
        node["type"] = kinds[0] if kinds else "string"
    if node["type"] == "object":
        properties, required = node.get("properties"), node.get("required")
        known = properties.keys() if is_object(properties) else ()
        node["required"] = tuple(
            name for name in (required if isinstance(required, tuple) else ()) if name in known
        )
    choices = node.get("enum")
    if isinstance(choices, tuple) and (
        kept := tuple(choice for choice in choices if choice not in (None, ""))
    ):
        node["enum"] = kept
    return node


def _split(node: dict[str, JsonValue], kinds: Sequence[JsonValue]) -> dict[str, JsonValue]:
    """A node of several types, as a union of nodes of one; what is said about it stays outside."""
    outside: dict[str, JsonValue] = {
        key: node[key] for key in ("title", "description", "default") if key in node
    }
    inside = {key: value for key, value in node.items() if key not in outside}
    return {**outside, "anyOf": tuple([freeze_object(_typed({**inside, "type": kind})) for kind in kinds])}


def _guessed(node: Mapping[str, JsonValue]) -> Sequence[str]:
    """The types that a node means without a word."""
    if node.keys() & {"properties", "required", "additionalProperties", "patternProperties"}:
        return ["object"]
    if node.keys() & {"items", "prefixItems", "contains"}:
        return ["array"]
    choices = node.get("enum")
    said = [node["const"]] if "const" in node else choices if isinstance(choices, tuple) else ()
    return list(dict.fromkeys(type_of(value) for value in said if value is not None)) or list(SCALARS)


def _one(value: JsonValue) -> JsonValue:
    return flavoured(value) if isinstance(value, FrozenObject) else value


def _several(value: JsonValue) -> JsonValue:
    return tuple(map(_one, value)) if isinstance(value, tuple) else value
