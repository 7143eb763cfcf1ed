"""The kinds of wire, told apart by how they begin."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.providers.frames import Frames

WIRES = {
    "server-sent events": (b'data: {"a":1}\r\n\r\n', ['{"a":1}']),
    "an array, as gemini streams without alt=sse": (b'[{"a":"]}\\"["}\n,\r\n{"b":[1,{}]}\n]', None),
    "an array on one line": (b'[{"a":1},{"b":2}]', ['{"a":1}', '{"b":2}']),
    "an empty array": (b"[]", []),
    "a whole body": (b'{"a": [1, 2]}\n', ['{"a": [1, 2]}\n']),
    "a body behind kilobytes of blank lines": (b"\n" * 5000 + b'{"a":1}', ['{"a":1}']),
    "a body behind a byte order mark": (b'\xef\xbb\xbf{"a":1}', ['{"a":1}']),
    "nothing": (b"", []),
    "blanks": (b" \n ", []),
    "a comment first": (b': hold on\n\ndata: {"a":1}\n\n', ['{"a":1}']),
    "an event's name first": (b'event: x\ndata: {"a":1}\n\n', ['{"a":1}']),
    "a field that never ends": (b"dat", []),
    "words": (b"OK\n", []),
}


def read(pieces: list[bytes]) -> list[str]:
    frames = Frames()
    events = [event for piece in pieces for event in frames.feed(piece)]
    return [*events, *frames.close()]


@pytest.mark.parametrize(("wire", "events"), WIRES.values(), ids=WIRES)
def test_every_kind_of_wire_gives_its_events(wire: bytes, events: list[str] | None) -> None:
    expected = ['{"a":"]}\\"["}', '{"b":[1,{}]}'] if events is None else events

    assert read([wire]) == expected
    assert read([wire[at : at + 1] for at in range(len(wire))]) == expected


VALUES = st.recursive(
    st.text() | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(
    st.lists(st.dictionaries(st.text(), VALUES, max_size=3), max_size=4),
    st.lists(st.integers(0, 300)),
    st.booleans(),
)
def test_any_split_of_any_array_gives_its_elements(
    elements: list[dict[str, object]], cuts: list[int], ascii_only: bool
) -> None:
    wire = json.dumps(elements, ensure_ascii=ascii_only, indent=1).encode(errors="replace")
    places = sorted({0, len(wire), *(cut for cut in cuts if cut < len(wire))})

    events = read([wire[a:b] for a, b in pairwise(places)])

    assert [json.loads(event) for event in events] == json.loads(wire)


def test_an_element_is_given_as_soon_as_it_is_whole() -> None:
    frames = Frames()

    assert frames.feed(b'[{"a":1') == []
    assert frames.feed(b"}") == ['{"a":1}']


@pytest.mark.parametrize(
    ("wire", "words"),
    [
        (b"OK\n", b"OK\n"),
        (b" <html>data: no</html>", b"<html>data: no</html>"),
        (b"deny" * 2000, b"deny" * 1000),
        (b"17", b"17"),
        (b": comment\n\n", b""),
        (b"data: x\n\n", b""),
        (b"{}", b""),
        (b"", b""),
    ],
)
def test_what_holds_no_events_is_kept_in_part(wire: bytes, words: bytes) -> None:
    at_once, bit_by_bit = Frames(), Frames()
    at_once.feed(wire)
    for at in range(len(wire)):
        bit_by_bit.feed(wire[at : at + 1])

    assert (at_once.words, bit_by_bit.words) == (words, words)
