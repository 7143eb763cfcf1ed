"""This wire's blocks and figures as ours."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sagent.atoms import CallId
from sagent.lib.json import EMPTY, is_object
from sagent.messages.usage import added
from sagent.providers.hearing import call_of
from sagent.schema.message import ResponsePart
from sagent.schema.part import Text, Thinking
from sagent.schema.values import Usage
from sagent.schema.wire import anthropic as wire


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


def usage_of(usage: wire.Usage) -> Usage:
    """These figures as ours; iterations that make a summary are added, the sums hold only the others.

    Source: `BetaUsage.iterations` in Anthropic's SDK.
    """
    summaries = [each for each in usage.get("iterations") or () if each.get("type") == "compaction"]
    told = _counted(usage)
    for each in summaries:
        told = added(told, _counted(each))
    return told


def _counted(usage: wire.Usage) -> Usage:
    """Input that was cached stands outside their sum, thoughts inside."""
    output = usage.get("output_tokens") or usage.get("completion_tokens") or 0
    details = usage.get("output_tokens_details") or {}
    written = usage.get("cache_creation") or {}
    hour = written.get("ephemeral_1h_input_tokens") or 0
    cached = usage.get("cache_creation_input_tokens")
    if cached is None:
        cached = hour + (written.get("ephemeral_5m_input_tokens") or 0)
    read = usage.get("cache_read_input_tokens") or 0
    fresh = usage.get("input_tokens") or 0
    total = fresh + cached + read
    if not total:
        # Kimi counts as OpenAI does: all input in one figure, the cached part of it in another.
        total, read = usage.get("prompt_tokens") or 0, usage.get("cached_tokens") or 0
    return Usage(
        input_tokens=total,
        cache_read_tokens=read,
        cache_write_tokens=max(0, cached - hour),
        cache_write_1h_tokens=min(hour, cached),
        output_tokens=output,
        reasoning_tokens=min(details.get("thinking_tokens") or 0, output),
    )
