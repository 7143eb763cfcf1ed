"""The signatures that the Google wire puts on calls, and whether they come back where they belong."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

_MARK: Final = b"sagent-loopback:"


def signature(part: Mapping[str, object]) -> str:
    """The proof of a part: it changes with every word of it."""
    bare = {key: value for key, value in part.items() if key != "thoughtSignature"}
    digest = hashlib.sha256(json.dumps(bare, sort_keys=True).encode()).digest()
    return base64.b64encode(_MARK + digest).decode()


def forgeries(body: Mapping[str, object]) -> Iterator[str]:
    """A complaint for each of our signatures on a part that is not its own; others are not judged."""
    for index, content in _objects(body.get("contents")):
        for number, part in _objects(content.get("parts")):
            given = part.get("thoughtSignature")
            if isinstance(given, str) and _is_ours(given) and given != signature(part):
                yield f"contents[{index}].parts[{number}]: Thought signature is not valid."


def _is_ours(given: str) -> bool:
    try:
        return base64.b64decode(given, validate=True).startswith(_MARK)
    except ValueError:
        return False


def _objects(value: object) -> Iterator[tuple[int, Mapping[str, object]]]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        for index, item in enumerate(value):
            if isinstance(item, Mapping):
                yield index, item
