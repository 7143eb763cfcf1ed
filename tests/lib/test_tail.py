"""The end of a text that grows."""

from hypothesis import given
from hypothesis import strategies as st

from sagent.lib.tail import KEPT, Tail


@given(st.lists(st.integers(0, 3 * KEPT), max_size=8))
def test_the_end_is_kept_and_what_came_before_is_counted(sizes: list[int]) -> None:
    tail, whole = Tail(), ""

    for number, size in enumerate(sizes):
        piece = chr(97 + number) * size
        tail.add(piece)
        whole += piece

    assert whole.endswith(tail.text)
    assert tail.skipped + len(tail.text) == len(whole)
    assert len(tail.text) <= 2 * KEPT
    assert len(tail.text) >= min(len(whole), KEPT)
    assert tail.empty == (whole == "")
