"""Which models Google has on offer."""

from collections.abc import Sequence
from typing import TypeGuard

from sagent.errors import BadAnswer
from sagent.lib.json import is_object, parse_json
from sagent.schema.wire import google as wire


def page(data: str) -> tuple[Sequence[str], str]:
    """The ids on one page that can be talked to, and what to ask for the next page with; empty on the last.

    Raises:
        BadAnswer: it is not such a page.
    """
    try:
        value = parse_json(data)
    except ValueError as error:
        raise BadAnswer(f"Google's list of models is not JSON: {error}") from error
    if not _is_list(value):
        raise BadAnswer("Google's list of models cannot be read: a model without a name, or no list")
    names = [
        entry["name"].removeprefix("models/")
        for entry in value.get("models", ())
        if "generateContent" in entry.get("supportedGenerationMethods", ())
    ]
    return tuple(names), value.get("nextPageToken", "")


def _is_list(value: object) -> TypeGuard[wire.ModelList]:
    if not is_object(value) or not isinstance(value.get("nextPageToken", ""), str):
        return False
    entries = value.get("models", [])
    return isinstance(entries, list) and all(map(_is_entry, entries))


def _is_entry(entry: object) -> bool:
    return (
        is_object(entry)
        and isinstance(entry.get("name"), str)
        and isinstance(entry.get("supportedGenerationMethods", []), list)
    )
