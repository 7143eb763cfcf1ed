"""Amazon's frames, whole, in pieces and broken."""

import json
from importlib import import_module
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.errors import BadAnswer
from sagent.providers.eventstream import EventStream
from sagent.providers.frames import Frames
from tests.providers.platforms.gateway import chunk_frame, exception_frame, frame

EVENTS = ('{"type":"ping"}', '{"type":"message_stop","text":"ä"}')
STREAM = b"".join(chunk_frame(event.encode()) for event in EVENTS)


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_events_are_the_same_however_the_stream_is_cut(cuts: list[int]) -> None:
    frames = Frames()
    edges = [0, *sorted(cuts), len(STREAM)]

    pieces = [STREAM[start:end] for start, end in pairwise(edges)]
    found = [event for piece in pieces for event in frames.feed(piece)]

    assert (*found, *frames.close()) == EVENTS


@given(
    st.dictionaries(st.text("abc:-", min_size=1, max_size=9), st.text(max_size=9), max_size=4), st.binary()
)
def test_what_botocore_reads_is_what_the_frames_of_the_tests_say(
    headers: dict[str, str], payload: bytes
) -> None:
    buffer = import_module("botocore.eventstream").EventStreamBuffer()

    buffer.add_data(frame(headers, payload))

    (message,) = buffer
    assert (message.headers, message.payload) == (headers, payload)


def test_an_exception_is_an_event_of_its_own_with_the_status_that_it_stands_for() -> None:
    (event,) = EventStream().feed(exception_frame("throttlingException", "Too many tokens"))

    assert json.loads(event) == {
        "type": "error",
        "error": {"type": "throttlingException", "message": "Too many tokens", "http_code": "429"},
    }


def test_an_error_of_the_framing_itself_is_one_too() -> None:
    headers = {
        ":message-type": "error",
        ":error-code": "InternalError",
        ":error-message": "An internal error",
    }

    (event,) = EventStream().feed(frame(headers, b""))

    assert json.loads(event)["error"] == {
        "type": "InternalError",
        "message": "An internal error",
        "http_code": "500",
    }


def test_events_of_other_kinds_and_messages_without_an_end_are_nothing() -> None:
    stream = EventStream()

    assert stream.feed(frame({":event-type": "initial-response"}, b"{}") + STREAM[:20]) == []
    assert stream.close() == ()


@pytest.mark.parametrize(
    "broken",
    [
        b"\0\0\0\xff" + STREAM[4:],
        STREAM[:-1] + b"!",
        frame({}, b'{"bytes": "%"}'),
        frame({}, b"{"),
        frame({}, b'{"bytes": "/w=="}'),
    ],
    ids=["head", "checksum", "base64", "json", "utf-8"],
)
def test_what_is_broken_is_said_and_not_guessed(broken: bytes) -> None:
    with pytest.raises(BadAnswer, match="the stream is broken"):
        EventStream().feed(broken)
