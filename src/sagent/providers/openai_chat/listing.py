"""Which models a server has on offer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeGuard

from sagent.errors import BadAnswer
from sagent.lib.json import is_object, parse_json

if TYPE_CHECKING:
    from sagent.schema.wire import openai_chat as wire


def page(data: str, vendor: str) -> tuple[Sequence[str], str]:
    """The ids on one page, and the id to ask for the next page with; empty on the last, which most are.

    Raises:
        BadAnswer: it is not such a page.
    """
    try:
        value = parse_json(data)
    except ValueError as error:
        raise BadAnswer(f"{vendor}'s list of models is not JSON: {error}") from error
    if isinstance(value, list):
        value = {"data": value}  # Together sends nothing but the list
    if not _is_list(value):
        raise BadAnswer(f"{vendor}'s list of models cannot be read: a model without an id, or no list")
    names = tuple(dict.fromkeys(entry["id"] for entry in value["data"]))
    return names, value.get("last_id", "") if value.get("has_more") and names else ""


def _is_list(value: object) -> TypeGuard["wire.ModelList"]:
    if not is_object(value) or not isinstance(value.get("last_id") or "", str):
        return False
    entries = value.get("data")
    return isinstance(entries, list) and all(
        is_object(entry) and isinstance(entry.get("id"), str) for entry in entries
    )
