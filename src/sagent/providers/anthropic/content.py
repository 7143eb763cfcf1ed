"""This wire's blocks and figures as ours."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Final

from sagent.atoms import CallId
from sagent.lib.json import EMPTY, is_object
from sagent.messages.usage import added
from sagent.providers.hearing import call_of, figures_of
from sagent.schema.message import ResponsePart
from sagent.schema.part import Text, Thinking
from sagent.schema.values import Usage

COUNTS: Final = (
    "input_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "cache_creation.ephemeral_5m_input_tokens",
    "cache_creation.ephemeral_1h_input_tokens",
    "output_tokens",
    "output_tokens_details.thinking_tokens",
    "prompt_tokens",
    "cached_tokens",
    "completion_tokens",
)
"""The figures that usage is made of."""


def content_of(blocks: Sequence[tuple[Mapping[str, object], str]], vendor: str) -> Sequence[ResponsePart]:
    """What a response says, block by block, each with its input as spelled where that is no JSON object.

    What only its maker can read, sealed thoughts and the work of its own tools, is left out.

    Raises:
        BadAnswer: a call cannot be read.
    """
    content: list[ResponsePart] = []
    calls = set[CallId]()
    for block, raw in blocks:
        match block.get("type"):
            case "text" if text := _word(block, "text"):
                content.append(Text(content=text))
            case "thinking":
                content.append(
                    Thinking(content=_word(block, "thinking"), signature=_word(block, "signature"))
                )
            case "tool_use":
                given = block.get("input")
                arguments = given if is_object(given) and not raw else EMPTY
                called = call_of(vendor, _word(block, "name"), _word(block, "id"), arguments, calls)
                content.append(replace(called, raw=raw) if raw else called)
            case _:
                pass
    return tuple(content)


def _word(block: Mapping[str, object], key: str) -> str:
    value = block.get(key)
    return value if isinstance(value, str) else ""


def summaries(usage: object) -> Sequence[object]:
    """The figures of the iterations that made a summary.

    Source: `BetaUsage.iterations` in Anthropic's SDK.
    """
    steps = usage.get("iterations") if is_object(usage) else None
    told = steps if isinstance(steps, list) else ()
    return [step for step in told if is_object(step) and step.get("type") == "compaction"]


def usage_of(usage: Mapping[str, int], summaries: Sequence[object]) -> Usage:
    """These figures as ours; what made a summary is added, since the sums hold only the rest."""
    return reduce(added, (_counted(figures_of(each, COUNTS)) for each in summaries), _counted(usage))


def _counted(usage: Mapping[str, int]) -> Usage:
    """Input that was cached stands outside their sum, thoughts inside."""
    output = usage.get("output_tokens") or usage.get("completion_tokens", 0)
    hour = usage.get("cache_creation.ephemeral_1h_input_tokens", 0)
    short = usage.get("cache_creation.ephemeral_5m_input_tokens", 0)
    cached = usage.get("cache_creation_input_tokens", hour + short)
    read = usage.get("cache_read_input_tokens", 0)
    total = usage.get("input_tokens", 0) + cached + read
    if not total:
        # Kimi counts as OpenAI does: all input in one figure, the cached part of it in another.
        total, read = usage.get("prompt_tokens", 0), usage.get("cached_tokens", 0)
    return Usage(
        input_tokens=total,
        cache_read_tokens=read,
        cache_write_tokens=max(0, cached - hour),
        cache_write_1h_tokens=min(hour, cached),
        output_tokens=output,
        reasoning_tokens=min(usage.get("output_tokens_details.thinking_tokens", 0), output),
    )
