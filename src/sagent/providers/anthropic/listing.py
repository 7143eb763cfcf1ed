"""Which models are on offer."""

from collections.abc import Sequence
from typing import TypeGuard

from sagent.errors import BadAnswer
from sagent.lib.json import is_object, parse_json
from sagent.schema.wire import anthropic as wire


def page(data: str, vendor: str) -> tuple[Sequence[str], str]:
    """The ids on one page, and the one behind which the next page begins; empty on the last.

    Raises:
        BadAnswer: it is not such a page.
    """
    try:
        value = parse_json(data)
    except ValueError as error:
        raise BadAnswer(f"{vendor}'s list of models is not JSON: {error}") from error
    if not _is_list(value):
        raise BadAnswer(f"{vendor}'s list of models cannot be read: a model without an id, or no list")
    names = tuple(entry["id"] for entry in value["data"])
    last = value.get("last_id") or (names[-1] if names else "")
    return names, last if value.get("has_more") else ""


def _is_list(value: object) -> TypeGuard[wire.ModelList]:
    if not is_object(value) or not isinstance(value.get("last_id") or "", str):
        return False
    entries = value.get("data")
    return isinstance(entries, list) and all(
        is_object(entry) and isinstance(entry.get("id"), str) for entry in entries
    )
