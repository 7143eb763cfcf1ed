"""Framing as real servers do it: the points that documentation leaves out."""

import json
import random
from itertools import pairwise

import pytest

from sagent.errors import Overflow, Overloaded, Refused
from sagent.providers.faults import Refusal
from sagent.providers.frames import Frames
from sagent.providers.google.faults import fault
from tests.providers import recordings
from tests.providers.recordings import Recording

APIS = ("google_generate", "openai_chat", "openai_responses", "anthropic_messages", "other")

pytestmark = recordings.needed


def read(body: bytes, cuts: int = 0) -> list[str]:
    frames, seed = Frames(), random.Random(len(body))
    places = sorted({0, len(body), *(seed.randrange(len(body) or 1) for _ in range(cuts))})
    events = [event for a, b in pairwise(places) for event in frames.feed(body[a:b])]
    return [*events, *frames.close()]


def of(api: str, name: str) -> Recording:
    return recordings.one(api, name)


def test_wire_1_lines_that_end_with_crlf_are_lines() -> None:
    recording = of("google_generate", "gem-google-04d9011fde")

    (event,) = read(recording.body)

    assert b"\r\n\r\n" in recording.body
    assert json.loads(event)["modelVersion"] == "gemini-2.5-flash"


def test_wire_2_comments_and_missing_spaces_disturb_nobody() -> None:
    commented = read(of("openai_chat", "oac-openrouter-02c078eeeb").body)
    spaceless = read(of("other", "oth-dashscope-24f6b01623").body)

    assert all(json.loads(event)["object"] == "chat.completion.chunk" for event in commented[:-1])
    assert commented[-1] == "[DONE]"
    assert all("output" in json.loads(event) for event in spaceless)


def test_wire_3_padding_inside_events_is_json_all_the_same() -> None:
    events = read(of("anthropic_messages", "ant-anthropic-016e11e990").body)

    assert json.loads(events[-1])["type"] == "message_stop"


def test_wire_4_a_stream_ends_where_its_bytes_end_with_or_without_a_mark() -> None:
    without = read(of("openai_chat", "oac-cerebras-2cbe83809e").body)
    marked = read(of("openai_responses", "oar-openrouter-17c2170a50").body)

    assert "[DONE]" not in without
    assert json.loads(without[-1])["object"] == "chat.completion.chunk"
    assert marked[-1] == "[DONE]"


@pytest.mark.parametrize(
    ("api", "name"), [("openai_chat", "oac-groq-1e258a2b4c"), ("openai_responses", "oar-xai-2e1a1b94e0")]
)
def test_wire_5_a_last_event_without_its_blank_line_is_not_lost(api: str, name: str) -> None:
    body = of(api, name).body

    assert read(body) == read(body + b"\n\n")


def test_wire_6_an_array_is_streamed_element_by_element() -> None:
    events = read(of("google_generate", "gem-google-10374c5fb5").body)

    assert [json.loads(event)["modelVersion"] for event in events] == ["gemini-3.6-flash"] * 3


def test_wire_7_a_body_behind_kilobytes_of_blank_lines_is_found() -> None:
    body = of("openai_chat", "oac-openrouter-12676fb49b").body

    (event,) = read(body)

    assert body[:1] != b"{"
    assert "choices" in json.loads(event)


@pytest.mark.parametrize("api", APIS)
def test_every_recorded_body_gives_the_same_events_in_any_pieces(api: str) -> None:
    bodies = [recording.body for recording in recordings.recorded(api)]

    assert bodies
    assert [read(body, cuts=9) for body in bodies] == [read(body) for body in bodies]


def test_wire_10_the_code_of_googles_errors_is_a_number_and_429_says_how_long() -> None:
    recording = of("google_generate", "gem-google-a7fb078928")

    error = fault(Refusal(status=429, headers={}, body=recording.body, host="h"), 0.0)

    assert isinstance(error, Overloaded)
    assert (error.status, error.retry_after) == (429, 48.0)


def test_wire_12_googles_words_for_a_conversation_that_is_too_long_are_known() -> None:
    recording = of("google_generate", "gem-google-vertex-0bd6699ba9")

    assert isinstance(fault(Refusal(status=400, headers={}, body=recording.body, host="h"), 0.0), Overflow)


def test_an_error_that_calls_itself_a_stream_is_read_as_the_error_it_is() -> None:
    recording = of("google_generate", "gem-google-d45fee50a0")

    assert isinstance(fault(Refusal(status=404, headers={}, body=recording.body, host="h"), 0.0), Refused)
