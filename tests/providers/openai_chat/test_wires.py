"""What real servers of this wire send, against what documentation says: point by point."""

import json
from collections.abc import Sequence

import pytest

from sagent.errors import BadAnswer, Illegal, Overflow, Overloaded, ProviderError, Refused, Unauthorized
from sagent.protocols import Chunk, Reply
from sagent.providers.faults import Refusal
from sagent.providers.frames import Frames
from sagent.providers.openai_chat.decode import Draft
from sagent.providers.openai_chat.faults import fault
from sagent.schema.event import TextDelta, ThinkingDelta
from sagent.schema.message import ToolCall
from sagent.schema.part import Text, Thinking
from tests.providers import recordings

pytestmark = recordings.needed


def recorded(name: str, api: str = "openai_chat") -> tuple[Reply, Sequence[Chunk]]:
    """The reply of a recording, and what was shown on the way."""
    recording = recordings.one(api, name)
    frames, draft = Frames(), Draft(recording.model, vendor="Somebody", whole=not recording.streamed)
    events = [*frames.feed(recording.body), *frames.close()]
    shown = [delta for event in events for delta in draft.absorb(event)]
    return draft.finish(), shown


def refused(name: str, api: str = "openai_chat") -> ProviderError:
    """The refusal of a recording."""
    recording = recordings.one(api, name)
    return fault(Refusal(status=recording.status, headers={}, body=recording.body, host="h"), 0.0)


def calls(name: str) -> Sequence[tuple[str, object]]:
    """The calls of a recording."""
    reply, _ = recorded(name)
    return [(part.tool, dict(part.content)) for part in reply.content if isinstance(part, ToolCall)]


@pytest.mark.parametrize("name", ["oac-cerebras-2cbe83809e", "oac-groq-1e258a2b4c"])
def test_wire_4_and_5_streams_end_without_a_mark_and_without_a_blank_line(name: str) -> None:
    assert recorded(name)[0].stop == "tool_calls" or recorded(name)[0].content


def test_wire_7_a_body_behind_kilobytes_of_blank_lines_is_an_answer() -> None:
    assert recorded("oac-openrouter-12676fb49b")[0].content


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("oac-groq-fe75478c7c", BadAnswer, "Tool choice is required"),
        ("oac-openrouter-509d9fea82", Overloaded, "Upstream error from Venice"),
        ("oac-openrouter-6c18181d6f", Overloaded, "HTTP 502"),
        ("oac-openrouter-7924e7dc9b", Overloaded, "Error processing stream"),
    ],
)
def test_wire_8_and_9_errors_under_200_are_raised_as_what_they_are(
    name: str, kind: type[ProviderError], words: str
) -> None:
    with pytest.raises(kind, match=words):
        recorded(name)


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("oac-xai-3a9ca9fe06", Refused, "grok-beta was deprecated"),
        ("oac-mistral-2323656a32", Unauthorized, "Invalid API Key"),
        ("oac-mistral-cf80e1fbbe", Refused, "Invalid model: definitely-not-a-model"),
        ("oac-venice-f7a822c62b", Refused, "Specified model not found"),
        ("oac-dashscope-8355d724c8", Illegal, "'type' is a required property"),
        ("oac-perplexity-0ba25993c3", Overflow, "too long"),
        ("oac-llamacpp-38de7dec3c", Unauthorized, "Invalid API Key"),
    ],
)
def test_wire_10_every_envelope_of_an_error_is_opened(
    name: str, kind: type[ProviderError], words: str
) -> None:
    found = refused(name)

    assert isinstance(found, kind)
    assert words in str(found)


def test_wire_10_dashscopes_own_envelope_is_opened_too() -> None:
    assert isinstance(refused("oth-dashscope-7302ff857f", "other"), Unauthorized)


@pytest.mark.parametrize(
    "name", ["oac-deepseek-1940ec62c0", "oac-ollama-a22fd863b8", "oac-perplexity-0ba25993c3"]
)
def test_wire_12_every_vendors_words_for_too_long_are_known(name: str) -> None:
    assert isinstance(refused(name), Overflow)


def test_wire_13_what_a_server_behind_said_is_quoted() -> None:
    behind = refused("oac-openrouter-482e009154")

    assert isinstance(behind, Refused)
    assert "Provider returned error: Content violates usage guidelines" in str(behind)
    assert isinstance(refused("oac-llamacpp-d9ee03ef40"), Illegal)


def test_wire_13_a_rate_is_waited_for_and_a_wrong_temperature_is_not() -> None:
    busy = refused("oac-moonshot-4c3ae5ab2a")

    assert isinstance(busy, Overloaded)
    assert busy.retry_after == 1.0
    assert isinstance(refused("oac-moonshot-514f7b818a"), Illegal)


def test_wire_14_what_the_model_wrote_instead_of_a_call_is_told() -> None:
    with pytest.raises(BadAnswer, match=r"The model wrote: .*structured_output"):
        recorded("oac-groq-2ef8421043")


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("oac-azure-355c447d30", None),
        ("oac-databricks-1d5d1ac021", (397, 49)),
        ("oac-dashscope-157ee2de02", (2522, 128)),
        ("oac-minimax-c3fbd1d84a", (11977, 101)),
        ("oac-ollama-cbade3ef1b", (0, 0)),
        ("oac-cerebras-2cbe83809e", (145, 98)),
    ],
)
def test_wire_15_usage_is_found_wherever_it_stands(name: str, figures: tuple[int, int] | None) -> None:
    usage = recorded(name)[0].usage

    assert figures is None or (usage.input_tokens, usage.output_tokens) == figures


def test_wire_15_usage_that_only_groqs_extras_hold_is_found() -> None:
    assert recorded("oac-groq-a64ff9d66c")[0].usage.input_tokens > 0


def test_wire_15_usage_inside_a_choice_is_found() -> None:
    draft = Draft("kimi", vendor="Somebody", whole=False)
    usage = {"prompt_tokens": 9, "completion_tokens": 2, "cached_tokens": 4}
    draft.absorb(
        json.dumps({"choices": [{"delta": {"content": "x"}, "finish_reason": "stop", "usage": usage}]})
    )

    counted = draft.finish().usage

    assert (counted.input_tokens, counted.cache_read_tokens, counted.output_tokens) == (9, 4, 2)


@pytest.mark.parametrize(
    ("name", "stop"),
    [
        ("oac-openrouter-2130901072", "tool_calls"),
        ("oac-openrouter-84a339314a", "end"),
        ("oac-openai-0ff310a22d", "end"),
        ("oac-openai-011a4ecf7d", "tool_calls"),
        ("oac-google-39239bac6d", "tool_calls"),
        ("oac-deepseek-b613942fbf", "length"),
        ("oac-deepseek-5082a413b3", "length"),
    ],
)
def test_wire_16_and_17_many_odd_or_no_reasons_to_end_are_understood(name: str, stop: str) -> None:
    assert recorded(name)[0].stop == stop


def test_wire_17_a_cut_call_keeps_what_came_of_it() -> None:
    reply, _ = recorded("oac-deepseek-b613942fbf")

    assert [part.raw for part in reply.content if isinstance(part, ToolCall)] == ["", '{"summary": ']


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("oac-mistral-24fbb4e053", [("plus", {"a": 1, "b": 2}), ("minus", {"a": 1, "b": 2})]),
        (
            "oac-zai-1798ce446c",
            [("structured_output", {"name": "Alex Johnson", "age": 28, "occupation": "Software Engineer"})],
        ),
        ("oac-google-39239bac6d", [("return_bool", {"value": True})]),
        (
            "oac-openrouter-6d62e87acf",
            [("structured_output", {"name": "John Doe", "age": 30, "occupation": "Software Engineer"})],
        ),
    ],
)
def test_wire_18_calls_are_put_together_however_they_are_cut(name: str, expected: object) -> None:
    assert calls(name) == expected


@pytest.mark.parametrize(
    "name", ["oac-dashscope-157ee2de02", "oac-venice-57e62834b6", "oac-openrouter-b8b4c2780b"]
)
def test_wire_18_repeated_empty_and_missing_members_of_calls_are_nothing(name: str) -> None:
    ((tool, directive),) = calls(name)

    assert tool
    assert isinstance(directive, dict)


def test_wire_19_an_answer_that_is_repeated_at_the_end_counts_once() -> None:
    reply, _ = recorded("oac-minimax-c3fbd1d84a")

    (thought, call) = reply.content
    assert isinstance(thought, Thinking)
    assert thought.content.count("Let me start by loading the AIHOT skill.") == 1
    assert isinstance(call, ToolCall)


@pytest.mark.parametrize(
    "recording",
    [each for each in recordings.recorded("openai_chat") if "perplexity" in each.name and each.status == 200],
    ids=lambda each: each.name,
)
def test_wire_19_perplexity_says_everything_twice_and_is_heard_once(recording: recordings.Recording) -> None:
    reply, shown = recorded(recording.name)

    assert reply.content == (
        Text(content="".join(chunk.content for chunk in shown if isinstance(chunk, TextDelta))),
    )
    assert reply.content != (Text(content=""),)


def test_wire_20_content_may_be_parts_or_an_object() -> None:
    parts, _ = recorded("oac-mistral-41a177c561")
    value, _ = recorded("oac-cloudflare-075ca24c88")

    assert parts.content[1:] == (Text(content="4"),)
    assert isinstance(parts.content[0], Thinking)
    assert value.content == (Text(content='{"name":"Emily Wilson","age":32}'),)


def test_wire_21_a_filtered_answer_without_a_message_is_filtered() -> None:
    assert recorded("oac-azure-eb69d535db")[0].stop == "filter"


def test_wire_22_the_same_thoughts_under_two_names_are_shown_once() -> None:
    reply, shown = recorded("oac-openrouter-02c078eeeb")

    (thought,) = reply.content
    assert thought == Thinking(
        content="".join(chunk.content for chunk in shown if isinstance(chunk, ThinkingDelta))
    )
    (message,) = reply.native
    assert sorted(message) == ["reasoning", "reasoning_details", "role"]


def test_wire_22_null_and_empty_thoughts_open_nothing() -> None:
    thoughtless = [
        recording.name
        for recording in recordings.recorded("openai_chat")
        if recording.status == 200
        and b'"reasoning_content":""' in recording.body
        and "thinking" not in recording.tags
    ]

    found = [recorded(name)[0].content for name in thoughtless]

    assert not [part for content in found for part in content if isinstance(part, Thinking)]


def test_wire_23_an_answer_of_thoughts_alone_is_cut_and_not_broken() -> None:
    reply, _ = recorded("oac-moonshot-71f1c9033b")

    assert (reply.stop, [type(part) for part in reply.content]) == ("length", [Thinking])


@pytest.mark.parametrize(
    ("name", "output", "thoughts"),
    [
        ("oac-xai-0cf58c655e", 42 + 285, 285),
        ("oac-vercel-gateway-0078bdd063", 14 + 43, 43),
        ("oac-moonshot-71f1c9033b", 16, 13),
    ],
)
def test_wire_24_thoughts_are_part_of_the_output_wherever_they_stood(
    name: str, output: int, thoughts: int
) -> None:
    usage = recorded(name)[0].usage

    assert (usage.output_tokens, usage.reasoning_tokens) == (output, thoughts)


@pytest.mark.parametrize("recording", recordings.recorded("other"), ids=lambda each: each.name)
def test_what_other_wires_say_is_an_error_of_ours_or_nothing(recording: recordings.Recording) -> None:
    try:
        reply, _ = recorded(recording.name, "other")
    except ProviderError:
        return

    assert [part for part in reply.content if isinstance(part, ToolCall)] == []
