"""The ids and seals that the Responses wire gives, and whether they come back as they belong together."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

_MARK: Final = b"sagent-loopback:"
_NONE: Final = "f" * 12
_OURS: Final = re.compile(r"(?:fc|msg|ig)_5a9e[0-9a-f]{12}([0-9a-f]{12})")


def item_id(prefix: str, number: int, index: int, reasoning: str = "") -> str:
    """The id of an item; the reasoning that it belongs to can be told from it."""
    return f"{prefix}_5a9e{number:08x}{index:04x}{reasoning[7:19] or _NONE}"


def seal(reasoning: str, summary: object) -> str:
    """An item of reasoning as only its maker can read it: it changes with every word of it."""
    return "gAAAAAB" + base64.urlsafe_b64encode(_MARK + reasoning.encode() + b":" + _digest(summary)).decode()


def forgeries(items: object, *, reasons: bool) -> Iterator[str]:
    """A complaint for each seal that is not its item's, and for each item that lost its reasoning.

    Of a call with an id that is none of ours only this is known: a model that `reasons` did so before it.
    """
    seen: set[str] = set()
    reasoned = False
    for index, item in _objects(items):
        name = str(item.get("id") or "")
        if item.get("type") == "function_call_output" or item.get("role") == "user":
            reasoned = False
        if item.get("type") == "reasoning":
            reasoned = True
            seen.add(name[7:19])
            given = item.get("encrypted_content")
            if isinstance(given, str) and (reason := _broken(given, name, item.get("summary"))):
                yield (
                    f"input[{index}].encrypted_content: The encrypted content {given[:4]}...{given[-4:]} "
                    f"could not be verified. Reason: {reason}"
                )
        elif (ours := _OURS.fullmatch(name)) and ours[1] != _NONE and ours[1] not in seen:
            yield (
                f"input: Item '{name}' of type '{item.get('type')}' was provided without its required "
                f"'reasoning' item: 'rs_5a9e{ours[1]}{_NONE}'."
            )
        elif item.get("type") == "function_call" and name and not ours and reasons and not reasoned:
            yield (
                f"input: Item '{name}' of type 'function_call' was provided without its required "
                "'reasoning' item."
            )


def _broken(given: str, name: str, summary: object) -> str:
    """Why a seal does not hold; empty if it does."""
    try:
        opened = base64.urlsafe_b64decode(given.removeprefix("gAAAAAB"))
    except ValueError:
        opened = b""
    mark, _, rest = opened.partition(b":")
    owner, _, digest = rest.partition(b":")
    if mark + b":" != _MARK or digest != _digest(summary):
        return "Encrypted content could not be decrypted or parsed."
    return "" if owner == name.encode() else "Encrypted content item_id did not match the target item id."


def _digest(summary: object) -> bytes:
    return hashlib.sha256(json.dumps(summary, sort_keys=True).encode()).hexdigest().encode()


def _objects(value: object) -> Iterator[tuple[int, Mapping[str, object]]]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        for index, item in enumerate(value):
            if isinstance(item, Mapping):
                yield index, item
