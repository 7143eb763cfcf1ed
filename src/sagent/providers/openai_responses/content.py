"""OpenAI's items and figures as ours."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sagent.atoms import CallId
from sagent.providers.hearing import file_of, spelled_call
from sagent.schema.message import ResponsePart
from sagent.schema.part import Text, Thinking
from sagent.schema.values import Usage
from sagent.schema.wire import openai_responses as wire

COUNTS: Final = (
    "input_tokens",
    "input_tokens_details.cached_tokens",
    "input_tokens_details.cache_write_tokens",
    "output_tokens",
    "output_tokens_details.reasoning_tokens",
)
"""The figures that usage is made of."""


def content_of(items: Sequence[wire.Item], vendor: str) -> Sequence[ResponsePart]:
    """What a response says, item by item; what is sealed or unknown is left out.

    Raises:
        BadAnswer: a call or a picture cannot be read.
    """
    calls = set[CallId]()
    return tuple([part for item in items for part in _parts(item, calls, vendor)])


def _parts(item: wire.Item, calls: set[CallId], vendor: str) -> Iterator[ResponsePart]:
    match item.get("type"):
        case "message" if item.get("role") in {None, "assistant"}:
            if text := "".join(map(_words, _pieces(item))):
                yield Text(content=text)
        case "reasoning":
            told = map(_words, item.get("summary") or ())
            if thought := "\n\n".join(told) or "".join(map(_words, _pieces(item))):
                yield Thinking(content=thought)
        case "function_call":
            yield spelled_call(
                vendor,
                item.get("name") or "",
                item.get("call_id") or "",
                item.get("arguments") or "",
                calls,
            )
        case "image_generation_call":
            if picture := item.get("result"):
                yield file_of(vendor, f"image/{item.get('output_format') or 'png'}", picture)
        case _:
            pass


def declines(item: wire.Item) -> bool:
    """Whether the model declines in a message."""
    return item.get("type") == "message" and any(piece.get("type") == "refusal" for piece in _pieces(item))


def _pieces(item: wire.Item) -> Sequence[wire.Content]:
    content = item.get("content") or ()
    return () if isinstance(content, str) else content


def _words(piece: wire.Content) -> str:
    words = piece.get("text") or piece.get("refusal")
    return words if isinstance(words, str) else ""


def usage_of(usage: Mapping[str, int]) -> Usage:
    """OpenAI's figures as ours: its sums hold the cached part and the reasoning already."""
    return Usage(
        input_tokens=usage.get("input_tokens", 0),
        cache_read_tokens=usage.get("input_tokens_details.cached_tokens", 0),
        cache_write_tokens=usage.get("input_tokens_details.cache_write_tokens", 0),
        cache_write_1h_tokens=0,
        output_tokens=usage.get("output_tokens", 0),
        reasoning_tokens=usage.get("output_tokens_details.reasoning_tokens", 0),
    )
