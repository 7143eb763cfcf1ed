"""Results that are too long: head and tail for the model, all of it in a file, nothing dropped in silence."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from sagent.atoms import CallId
from sagent.lib.ends import front, rear
from sagent.lib.outputs import OMITTED, gap, keep
from sagent.loop.traffic import Outcome
from sagent.messages.room import LEAST, text_size
from sagent.messages.words import plain
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Part, Text, Thinking

MOST_TEXTS: Final = 4
"""How many texts a result that is cut may have: of more there would be too little of each to see."""

_GAP: Final = 250
"""How many bytes are kept free for the words on what is left out."""


async def trimmed(outcome: Outcome, room: Callable[[CallId], int]) -> Outcome:
    """The outcome, in no more bytes of text than it may have when it is told.

    What is left out is in a file before that: whoever reads of it can read it.
    """
    size = weight(outcome.content)
    if size <= LEAST or size <= room(outcome.call_id):
        return outcome
    from asyncio import to_thread

    content = _gathered(outcome.content)
    kept = await to_thread(_kept, content)
    # Others may have come meanwhile, and taken their share.
    return replace(outcome, content=cut(content, room(outcome.call_id), kept))


def weight(content: Iterable[Part]) -> int:
    """How many bytes of text there are; pictures and such are no text."""
    size = 0
    for part in content:
        size += text_size(part.content if isinstance(part, Text) else _written(part))
    return size


def cut(content: Sequence[Part], room: int, kept: Mapping[int, str]) -> Sequence[Part]:
    """The parts in so many bytes of text: the short ones whole, of the long ones the beginning and the end.

    `kept` says where all of a part is, by its index. What was JSON is only text when it is cut. Pure.
    """
    sizes = {index: text_size(_written(part)) for index, part in enumerate(content)}
    shares, left = dict[int, int](), room
    for count, index in enumerate(sorted(sizes, key=sizes.__getitem__)):
        shares[index] = min(sizes[index], left // (len(sizes) - count))
        left -= shares[index]
    return tuple(
        part if sizes[index] <= shares[index] else _ends(part, shares[index], kept[index])
        for index, part in enumerate(content)
    )


def _ends(part: Part, room: int, kept: str) -> Part:
    whole = _whole(part)
    data = whole.encode(errors="replace")
    # What a tool has cut itself says where all of it is: the file that is kept here has no more than that.
    earlier = [found[0] for found in re.finditer(OMITTED, whole) if text_size(found[0]) <= _GAP][:1]
    half = (room - _GAP - sum(map(text_size, earlier))) // 2
    head, tail = front(data[:half]), rear(data[-half:])
    lines = data.count(b"\n", len(head), len(data) - len(tail))
    lost = [words for words in earlier if words.encode(errors="replace") not in head + b"\n" + tail]
    told = "\n".join((gap(lines, len(data) - len(head) - len(tail), kept), *lost))
    text = "\n".join((head.decode(errors="replace").rstrip("\n"), told, tail.decode(errors="replace")))
    return ErrorText(content=text) if isinstance(part, ErrorText) else Text(content=text)


def _gathered(content: Sequence[Part]) -> Sequence[Part]:
    """The parts; of many texts one, in the place of the first."""
    texts = [part for part in content if _written(part)]
    if len(texts) <= MOST_TEXTS:
        return content
    whole = Text(content="\n".join(_whole(part) for part in texts))
    first = next(index for index, part in enumerate(content) if _written(part))
    others = [part for part in content[first:] if not _written(part)]
    return (*content[:first], whole, *others)


def _kept(content: Sequence[Part]) -> Mapping[int, str]:
    """Write the texts that may be cut to files; where they are, or why they are nowhere."""
    kept: dict[int, str] = {}
    for index, part in enumerate(content):
        if text_size(_written(part)) > LEAST // MOST_TEXTS:
            try:
                path = keep(_whole(part), ".json" if isinstance(part, Data) else ".txt")
            except OSError as error:
                kept[index] = f"lost, since it could not be kept: {error.strerror or error}"
            else:
                kept[index] = str(path)
    return kept


def _written(part: Part) -> str:
    """What a model reads of a part as text."""
    match part:
        case Text() | ErrorText() | Thinking() | Data():
            return plain(part)
        case Image() | Document() | Audio() | Foreign():
            return ""


def _whole(part: Part) -> str:
    """The text of a part as it is kept: JSON on many lines, so that it can be read by them."""
    return (
        json.dumps(part.content, indent=1, ensure_ascii=False) if isinstance(part, Data) else _written(part)
    )
