"""Which models OpenAI, or who speaks like it, has on offer."""

import re
from collections.abc import Mapping, Sequence
from json import JSONDecodeError, loads
from typing import Final, TypeGuard

from sagent.errors import BadAnswer
from sagent.schema.wire import openai_responses as wire

MUTE: Final = re.compile(
    r"embedding|whisper|tts|transcribe|diarize|translate|dall-e|image|sora|moderation|realtime|audio|live"
    r"|davinci|babbage|instruct|computer-use|search-api|search-preview"
)
"""What stands in the names of models that cannot be talked to, or only about one thing."""


def page(data: str, vendor: str) -> tuple[Sequence[str], str]:
    """The ids on one page that can be talked to, and the id behind which the next begins; empty on the last.

    Raises:
        BadAnswer: it is not such a page.
    """
    try:
        value = loads(data)
    except JSONDecodeError as error:
        raise BadAnswer(f"{vendor}'s list of models is not JSON: {error}") from error
    if not _is_list(value):
        raise BadAnswer(f"{vendor}'s list of models cannot be read: a model without an id, or no list")
    names = [entry["id"] for entry in value["data"]]
    last = (value.get("last_id") or "".join(names[-1:])) if value.get("has_more") else ""
    return tuple([name for name in names if not MUTE.search(name)]), last


def _is_list(value: object) -> TypeGuard[wire.ModelList]:
    if not isinstance(value, Mapping) or not isinstance(value.get("last_id"), str | None):
        return False
    entries = value.get("data")
    return isinstance(entries, list) and all(
        isinstance(entry, Mapping) and isinstance(entry.get("id"), str) for entry in entries
    )
