"""Lines are found in bytes, as a reader of the text would count them."""

from io import BytesIO
from threading import Event

import hypothesis.strategies as st
import pytest
from hypothesis import given

from sagent.errors import ToolError
from sagent.tools.charset import Charset
from sagent.tools.milestones import Milestones

CHARSETS = st.sampled_from(
    [
        Charset(codec="utf-8"),
        Charset(codec="utf-8", mark=b"\xef\xbb\xbf"),
        Charset(codec="utf-16-le", mark=b"\xff\xfe"),
        Charset(codec="utf-16-be"),
        Charset(codec="utf-32-le", mark=b"\xff\xfe\0\0"),
        Charset(codec="utf-32-be"),
    ]
)
TEXTS = st.text(alphabet="\n\n\nab\u0a00\u000a\u4e00\u010a", max_size=30)  # halves of some look like LF


def milestones(text: str, charset: Charset) -> Milestones:
    data = charset.mark + text.encode(charset.codec)
    return Milestones(BytesIO(data), len(data), charset, Event())


def lines_of(text: str) -> list[str]:
    return text.split("\n")[: -1 if text.endswith("\n") or not text else None]


@given(text=TEXTS, charset=CHARSETS, count=st.integers(0, 30))
def test_what_stands_behind_so_many_lines_is_found(text: str, charset: Charset, count: int) -> None:
    places = milestones(text, charset)

    place, passed = places.after(count)

    lines = [line + "\n" for line in lines_of(text)]
    before = "".join(lines[:count])[: len(text)]
    assert passed == min(count, len(lines))
    assert place == places.start + len(before.encode(charset.codec))


@given(text=TEXTS, charset=CHARSETS, count=st.integers(1, 30))
def test_the_last_lines_begin_where_they_begin(text: str, charset: Charset, count: int) -> None:
    places = milestones(text, charset)

    place = places.before_end(count)

    rest = "\n".join(lines_of(text)[-count:])
    assert (places.end - place) in {len(tail.encode(charset.codec)) for tail in (rest, f"{rest}\n")}
    assert places.lines_before(place) == len(lines_of(text)) - len(lines_of(text)[-count:])


def test_lines_are_found_across_the_chunks_that_are_looked_through() -> None:
    text = "x" * 700_000 + "\n" + "y" * 700_000 + "\n" + "z\n"
    places = milestones(text, Charset(codec="utf-8"))

    found = places.after(2), places.before_end(2), places.before_end(1), places.lines_before(1_400_002)

    assert found == ((1_400_002, 2), 700_001, 1_400_002, 2)


def test_looking_through_a_file_can_be_stopped() -> None:
    stop = Event()
    stop.set()

    with pytest.raises(ToolError, match="stopped"):
        Milestones(BytesIO(b"a\n"), 2, Charset(codec="utf-8"), stop).after(1)
