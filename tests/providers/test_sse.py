"""Server-sent events in the shapes that real servers give them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.providers.sse import Sse

STREAMS = {
    "crlf, as gemini ends its lines": (b'data: {"a":1}\r\n\r\ndata: {"b":2}\r\n\r\n', ['{"a":1}', '{"b":2}']),
    "lf": (b"data: one\n\ndata: two\n\n", ["one", "two"]),
    "cr alone": (b"data: one\r\rdata: two\r\r", ["one", "two"]),
    "comments before and between": (b": PROCESSING\n\n: PROCESSING\n\ndata: one\n\n: more\n\n", ["one"]),
    "no space after the colon, and other fields": (
        b"id:1\nevent:result\n:HTTP_STATUS/200\ndata:one\n\n",
        ["one"],
    ),
    "only the first space is not data": (b"data:  one\n\n", [" one"]),
    "padding inside the json": (b'data: {"a":1     }\n\n', ['{"a":1     }']),
    "data of several lines": (b"data: one\ndata: two\n\n", ["one\ntwo"]),
    "a field without a colon": (b"data\ndata: two\n\n", ["\ntwo"]),
    "the last event not closed": (b"data: one\n\ndata: two\n", ["one", "two"]),
    "the last line not ended": (b"data: one\n\ndata: two", ["one", "two"]),
    "a byte order mark": (b"\xef\xbb\xbfdata: one\n\n", ["one"]),
    "a long character": ("data: é✅\n\n".encode(), ["é✅"]),
    "a separator that is no line end": ("data: a\u2028b\x0bc\n\n".encode(), ["a\u2028b\x0bc"]),
    "nothing at all": (b"", []),
    "blank lines only": (b"\n\n\r\n", []),
}


def read(pieces: list[bytes]) -> list[str]:
    reader = Sse()
    events = [event for piece in pieces for event in reader.feed(piece)]
    return [*events, *reader.close()]


@pytest.mark.parametrize(("stream", "events"), STREAMS.values(), ids=STREAMS)
def test_every_shape_of_stream_gives_its_events(stream: bytes, events: list[str]) -> None:
    assert read([stream]) == events


@pytest.mark.parametrize(("stream", "events"), STREAMS.values(), ids=STREAMS)
def test_a_stream_that_comes_byte_by_byte_gives_the_same(stream: bytes, events: list[str]) -> None:
    assert read([stream[at : at + 1] for at in range(len(stream))]) == events


LINES = st.sampled_from(
    [b"data: {}", b"data:", b"data", b": c", b"event: x", b"", b"", "data: é✅".encode(), b"data: a  b"]
)
ENDS = st.sampled_from([b"\n", b"\r", b"\r\n"])


@given(st.lists(st.tuples(LINES, ENDS)), st.lists(st.integers(0, 200)))
def test_any_split_of_any_stream_gives_the_same_events(
    lines: list[tuple[bytes, bytes]], cuts: list[int]
) -> None:
    # A CR that another line's LF follows would be one line end and not two.
    stream = b"".join(line + end for line, end in lines).replace(b"\r\n", b"\n").replace(b"\r", b"\r\n")
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})

    pieces = [stream[a:b] for a, b in pairwise(places)]

    assert read(pieces) == read([stream])


def test_an_event_is_given_as_soon_as_its_blank_line_is_there() -> None:
    reader = Sse()

    assert reader.feed(b"data: one\r\n\r") == ["one"]
    assert reader.feed(b"\ndata: two\r\n\r\n") == ["two"]
