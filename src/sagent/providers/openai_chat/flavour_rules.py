"""What Moonshot refuses about the schema of a function: all that is not of its own flavour."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sagent.providers.openai_chat import flavour

LISTS: Final = flavour.LISTS | {"oneOf"}
"""Keywords whose values are several schemas; the last one is none of the flavour, and judged all the same."""


def unflavoured(schema: object, place: str) -> Iterator[str]:
    """Say what is not of its flavour."""
    for wrong in _wrong(schema, "parameters"):
        yield (
            f"{place}: tools.function.parameters is not a valid moonshot flavored json schema, "
            f"details: <{wrong}>"
        )


def _wrong(node: object, place: str) -> Iterator[str]:
    if not isinstance(node, Mapping):
        return
    if "anyOf" in node and "type" in node:
        yield f"At path '{place}': when using anyOf, type should be defined in anyOf items"
    if not node.keys() & {"anyOf", "$ref"} and not isinstance(node.get("type"), str):
        yield f"At path '{place}': type is not defined"
    if node.get("type") == "object" and not isinstance(node.get("required"), Sequence):
        yield f"At path '{place}': required must be an array"
    for key in flavour.MAPS:
        inner = node.get(key)
        for name, value in inner.items() if isinstance(inner, Mapping) else ():
            yield from _wrong(value, f"{place}.{key}.{name}")
    for key in LISTS:
        several = node.get(key)
        for number, value in enumerate(several if isinstance(several, Sequence) else ()):
            yield from _wrong(value, f"{place}.{key}.{number}")
    for key in flavour.SINGLES:
        yield from _wrong(node.get(key), f"{place}.{key}")
