"""Long texts are cut between lines, or at least between characters."""

import hypothesis.strategies as st
from hypothesis import given

from sagent.lib.ends import front, rear


def test_the_beginning_ends_with_a_line_and_the_end_begins_with_one() -> None:
    assert front(b"one\ntwo\nth") == b"one\ntwo\n"
    assert rear(b"e\ntwo three\n") == b"two three\n"


@given(text=st.text(max_size=30), size=st.integers(1, 40))
def test_no_character_is_cut_in_two(text: str, size: int) -> None:
    data = text.encode()

    assert text.startswith(front(data[:size]).decode())
    assert text.endswith(rear(data[-size:]).decode())
