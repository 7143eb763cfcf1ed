"""The points at which real servers of the Responses wire differ from its documentation."""

import pytest

from sagent.errors import NotFound, Quota, Unauthorized
from sagent.protocols import Reply
from sagent.providers.faults import Refusal
from sagent.providers.frames import Frames
from sagent.providers.openai_responses.decode import Draft
from sagent.providers.openai_responses.faults import fault
from sagent.schema.message import ToolCall
from sagent.schema.part import Text, Thinking
from tests.providers import recordings

pytestmark = recordings.needed


def recorded(name: str) -> tuple[Reply, Draft]:
    """The reply of a recording, and the draft that it was folded in."""
    recording = recordings.one("openai_responses", name)
    frames, draft = Frames(), Draft(recording.model, whole=not recording.streamed)
    for data in [*frames.feed(recording.body), *frames.close()]:
        draft.absorb(data)
    return draft.finish(), draft


def test_wire_3_noise_that_hides_the_length_is_known_and_means_nothing() -> None:
    reply, draft = recorded("oar-openai-07c420b09f")

    assert b'"obfuscation"' in recordings.one("openai_responses", "oar-openai-07c420b09f").body
    assert "obfuscation" not in draft.unknown
    assert reply.stop in {"end", "tool_calls"}


def test_wire_4_a_mark_at_the_end_and_missing_event_names_disturb_nobody() -> None:
    marked, _ = recorded("oar-openrouter-17c2170a50")
    unnamed, _ = recorded("oar-bedrock-636d4e7217")

    assert [part.tool for part in marked.content if isinstance(part, ToolCall)] == ["llm_version"]
    assert unnamed.content[0] == Thinking(content="We simply count: 1, 2, 3, 4, 5.")


def test_wire_5_a_last_event_without_its_blank_line_ends_the_answer() -> None:
    reply, _ = recorded("oar-xai-2e1a1b94e0")

    assert (reply.stop, reply.usage.output_tokens > 0) == ("end", True)


def test_wire_8_an_error_in_the_middle_of_a_stream_is_raised_before_the_failure() -> None:
    with pytest.raises(Quota, match="exceeded your current quota"):
        recorded("oar-openai-1d140692da")


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("oar-xai-43856f6897", Unauthorized, "Incorrect API key provided"),
        ("oar-chatgpt-5227187e22", Unauthorized, "Could not parse your authentication token"),
        ("oar-xai-4aada2daec", NotFound, "Model not found: grok-nonexistent"),
    ],
)
def test_wire_10_envelopes_of_every_shape_keep_their_words(
    name: str, kind: type[Exception], words: str
) -> None:
    recording = recordings.one("openai_responses", name)

    error = fault(Refusal(status=recording.status, headers={}, body=recording.body, host="h"), 0.0)

    assert type(error) is kind
    assert words in str(error)


def test_wire_31_items_that_were_streamed_count_though_the_end_lists_none() -> None:
    call, _ = recorded("oar-chatgpt-04809123c9")
    three, _ = recorded("oar-chatgpt-bb91e61bb6")

    assert [part.tool for part in call.content if isinstance(part, ToolCall)] == ["ping"]
    assert len(three.native) == 3


def test_wire_32_events_without_numbers_are_read_in_their_order() -> None:
    reply, _ = recorded("oar-openai-252973455a")

    assert [type(part) for part in reply.content] == [Text]


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("oar-openai-bcaa1b1ec5", "response.shell_call_command.delta"),
        ("oar-openai-bdcdfad0c5", "response.apply_patch_call_operation_diff.delta"),
        ("oar-bedrock-636d4e7217", "response.reasoning_part.added"),
    ],
)
def test_wire_32_events_that_are_new_are_counted_and_disturb_nobody(name: str, event: str) -> None:
    reply, draft = recorded(name)

    assert draft.unknown[event] > 0
    assert reply.native


def test_wire_33_reasoning_comes_empty_sealed_and_in_plain_words() -> None:
    empty, _ = recorded("oar-azure-096cb38f48")
    plain, _ = recorded("oar-bedrock-9c01df5ccf")

    assert [part for part in empty.content if isinstance(part, Thinking)] == []
    assert isinstance(plain.content[0], Thinking)


def test_wire_33_the_phase_of_a_message_is_kept_for_the_way_back() -> None:
    reply, _ = recorded("oar-azure-4b47d621c8")

    phases = [item["phase"] for item in reply.native if "phase" in item]

    assert phases
    assert set(phases) <= {"commentary", "final_answer"}


def test_wire_33_a_search_with_an_empty_call_id_is_no_call_of_ours() -> None:
    reply, _ = recorded("oar-xai-4fb547f4c9")

    assert [part for part in reply.content if isinstance(part, ToolCall)] == []
    assert "" in {item.get("call_id") for item in reply.native}


def test_wire_33_references_and_details_of_the_usage_may_be_missing() -> None:
    reply, _ = recorded("oar-llamacpp-0e480a9520")

    assert reply.content == (Text(content="ok"),)
    assert (reply.usage.input_tokens, reply.usage.reasoning_tokens) == (18, 0)
