"""Whether an answer has the form that was asked for: pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from sagent.lib.json import EMPTY, JsonObject, JsonValue, freeze_object, read_json
from sagent.lib.value import frozen

FENCED: Final = re.compile(r"```(?:json)?[ \t]*\n(.*?)\n?```", re.DOTALL | re.IGNORECASE)
"""JSON in a code fence, as models write it that were only told in words."""


@frozen()
class Formed:
    """An answer, held against the schema that it has to fit."""

    value: JsonValue
    complaint: str = ""
    """What is wrong with it; empty where it fits."""


def formed(text: str, schema: JsonObject) -> Formed:
    """An answer as JSON, in a code fence or without one.

    Some servers demand every property: there null stands for one that need not be there.
    """
    from sagent.validation import misfit  # jsonschema is heavy

    bare = text.strip()
    fence = FENCED.fullmatch(bare)
    try:
        value = read_json(fence[1] if fence else bare)
    except ValueError as error:
        return Formed(None, f"it is no JSON: {error}" if bare else "it is empty")
    try:
        complaint = misfit(schema, value)
        if complaint is not None:
            fuller = _without_nulls(value, schema, schema.get("$defs", EMPTY))
            if misfit(schema, fuller) is None:
                return Formed(fuller)
    except Exception as error:
        # The schema may be anybody's, and a broken one breaks the validator in its own way.
        return Formed(value, f"the schema itself is broken: {type(error).__name__}: {str(error)[:200]}")
    return Formed(value, complaint or "")


def _without_nulls(value: JsonValue, schema: JsonValue, definitions: JsonValue) -> JsonValue:
    """The value without the members that are null although the schema knows only their absence."""
    from sagent.validation import misfit

    def fits(inner: JsonValue, node: JsonValue) -> bool:
        return not isinstance(node, Mapping) or misfit(_whole(node, definitions), inner) is None

    if not isinstance(schema, Mapping):
        return value
    if isinstance(schema.get("$ref"), str):
        name = str(schema["$ref"]).removeprefix("#/$defs/")
        return (
            _without_nulls(value, definitions.get(name), definitions)
            if isinstance(definitions, Mapping)
            else value
        )
    for branch in _row(schema.get("anyOf", schema.get("oneOf"))):
        fuller = _without_nulls(value, branch, definitions)
        if fits(fuller, branch):
            return fuller
    if isinstance(value, Mapping):
        properties, required = schema.get("properties", EMPTY), _row(schema.get("required"))
        known = properties if isinstance(properties, Mapping) else EMPTY
        return freeze_object(
            {
                name: _without_nulls(member, known.get(name), definitions)
                for name, member in value.items()
                if member is not None or name in required or fits(None, known.get(name))
            }
        )
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple([_without_nulls(item, schema.get("items"), definitions) for item in value])
    return value


def _whole(node: JsonObject, definitions: JsonValue) -> JsonObject:
    return {**node, "$defs": definitions}


def _row(value: JsonValue) -> Sequence[JsonValue]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()
