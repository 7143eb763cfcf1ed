"""What Moonshot refuses beside what all servers of Chat Completions do."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

MAPS: Final = ("properties", "patternProperties", "$defs", "definitions")
LISTS: Final = ("anyOf", "oneOf", "allOf", "prefixItems")
SINGLES: Final = ("items", "contains", "additionalProperties", "propertyNames", "not")


def unflavoured(body: Mapping[str, object]) -> Iterator[str]:
    """A complaint for each schema that is not of its flavour, and for a temperature of anybody else's."""
    if body.get("temperature", 1) != 1:
        yield "invalid temperature: only 1 is allowed for this model"
    tools = body.get("tools", ())
    for tool in tools if isinstance(tools, Sequence) else ():
        function = tool.get("function") if isinstance(tool, Mapping) else None
        schema = function.get("parameters") if isinstance(function, Mapping) else None
        for wrong in _wrong(schema, "parameters"):
            yield f"tools.function.parameters is not a valid moonshot flavored json schema: <{wrong}>"


def _wrong(node: object, place: str) -> Iterator[str]:
    if not isinstance(node, Mapping):
        return
    if "anyOf" in node and "type" in node:
        yield f"At path '{place}': when using anyOf, type should be defined in anyOf items"
    if not node.keys() & {"anyOf", "$ref"} and not isinstance(node.get("type"), str):
        yield f"At path '{place}': type is not defined"
    if node.get("type") == "object" and not isinstance(node.get("required"), Sequence):
        yield f"At path '{place}': required must be an array"
    for key in MAPS:
        inner = node.get(key)
        for name, value in inner.items() if isinstance(inner, Mapping) else ():
            yield from _wrong(value, f"{place}.{key}.{name}")
    for key in LISTS:
        several = node.get(key)
        for number, value in enumerate(several if isinstance(several, Sequence) else ()):
            yield from _wrong(value, f"{place}.{key}.{number}")
    for key in SINGLES:
        yield from _wrong(node.get(key), f"{place}.{key}")
