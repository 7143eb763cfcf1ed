"""What changes in a text, as it is shown."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from sagent.tools.spans import Span, difference, spliced

TEXTS = st.text(st.sampled_from("ab\n"), max_size=40)


@example(text="\n", cuts=[0, 1], new=["", "", "", ""])
@example(text="\na", cuts=[0, 2], new=["", "", "", ""])
@given(text=TEXTS, cuts=st.lists(st.integers(0, 40), max_size=8), new=st.lists(TEXTS, min_size=4, max_size=4))
def test_a_difference_leads_from_the_lines_before_to_those_after(
    text: str, cuts: list[int], new: list[str]
) -> None:
    places = sorted({min(cut, len(text)) for cut in cuts})
    pairs = zip(places[::2], places[1::2], new, strict=False)
    spans = [Span(start=start, end=end, text=word) for start, end, word in pairs]

    before, after = lines(text), lines(spliced(text, spans))
    shift = 0
    for hunk in re.split(r"(?m)^(?=@@)", "\n".join(difference(text, spans)))[1:]:
        head, *body = hunk.removesuffix("\n").split("\n")
        was, now = numbers(head)
        gone = [line[1:] for line in body if line[0] != "+"]
        come = [line[1:] for line in body if line[0] != "-"]
        assert (len(gone), len(come)) == (was[1], now[1])
        start = was[0] - (was[1] > 0) + shift
        assert before[start : start + len(gone)] == gone
        before[start : start + len(gone)] = come
        assert start == now[0] - (now[1] > 0)
        shift += len(come) - len(gone)

    assert before == after


def lines(text: str) -> list[str]:
    """What the difference is about: a last line that is empty is none."""
    return text.removesuffix("\n").split("\n") if text else []


def numbers(head: str) -> list[tuple[int, int]]:
    return [(int(start), int(count or 1)) for start, count in re.findall(r"[-+](\d+)(?:,(\d+))?", head)]


def test_lines_that_change_side_by_side_are_one_change() -> None:
    spans = [Span(start=0, end=1, text="A"), Span(start=2, end=3, text="B")]

    assert list(difference("a\nb\n", spans)) == ["@@ -1,2 +1,2 @@", "-a", "-b", "+A", "+B"]
