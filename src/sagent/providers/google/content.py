"""Google's parts and figures as ours."""

from collections.abc import Mapping, Sequence
from typing import Final

from sagent.atoms import CallId
from sagent.lib.json import is_object
from sagent.providers.hearing import call_of, file_of, integer
from sagent.providers.metering import Metering, metering
from sagent.schema.message import ResponsePart
from sagent.schema.part import Text, Thinking
from sagent.schema.values import Usage
from sagent.schema.wire import google as wire

COUNTS: Final = (
    "promptTokenCount",
    "cachedContentTokenCount",
    "toolUsePromptTokenCount",
    "candidatesTokenCount",
    "thoughtsTokenCount",
)
"""The figures that usage is made of."""


def content_of(parts: Sequence[wire.Part]) -> Sequence[ResponsePart]:
    """What a response says: text that belongs together in one part; signatures and the unknown left out.

    Raises:
        BadAnswer: a call or a file cannot be read.
    """
    content: list[ResponsePart] = []
    calls = set[CallId]()
    for part in parts:
        given = part.get("text")
        text = given if isinstance(given, str) else ""
        before = content[-1] if content else None
        if (call := part.get("functionCall")) is not None:
            content.append(
                call_of("Google", call.get("name") or "", call.get("id") or "", call.get("args") or {}, calls)
            )
        elif file := part.get("inlineData"):
            content.append(file_of("Google", file["mimeType"], file["data"]))
        elif part.get("thought"):
            content.append(Thinking(content=text, signature=part.get("thoughtSignature") or ""))
        elif text and isinstance(before, Text):
            content[-1] = Text(content=before.content + text)
        elif text:
            content.append(Text(content=text))
    return tuple(content)


def metering_of(usage: Mapping[str, object]) -> Metering:
    """How it was served, and how much of it was not text; Vertex AI says the former in words of its own."""
    heard, cached = (
        _of_kind(usage, "promptTokensDetails", "AUDIO"),
        _of_kind(usage, "cacheTokensDetails", "AUDIO"),
    )
    traffic = str(usage.get("trafficType") or "").removeprefix("ON_DEMAND_")
    return metering(
        {"service_tier": usage.get("serviceTier") or traffic or None},
        {
            "input_audio": heard - cached,
            "cache_audio_read": cached,
            "output_audio": _of_kind(usage, "candidatesTokensDetails", "AUDIO"),
            "output_image": _of_kind(usage, "candidatesTokensDetails", "IMAGE"),
        },
    )


def _of_kind(usage: Mapping[str, object], details: str, modality: str) -> int:
    """How many tokens of a kind there were."""
    listed = usage.get(details)
    return sum(
        integer(each.get("tokenCount")) or 0
        for each in (listed if isinstance(listed, list) else ())
        if is_object(each) and each.get("modality") == modality
    )


def usage_of(usage: Mapping[str, int]) -> Usage:
    """Google's figures as ours: input made by its tools and thoughts stand outside the sums that it gives."""
    thoughts = usage.get("thoughtsTokenCount", 0)
    return Usage(
        input_tokens=usage.get("promptTokenCount", 0) + usage.get("toolUsePromptTokenCount", 0),
        cache_read_tokens=usage.get("cachedContentTokenCount", 0),
        cache_write_tokens=0,
        cache_write_1h_tokens=0,
        output_tokens=usage.get("candidatesTokenCount", 0) + thoughts,
        reasoning_tokens=thoughts,
    )
