"""Text for a model to read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.tools.lines import clipped, counted, numbered, plain_text


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b[?25lhidden\x1b[?25h", "hidden"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b(Btext\x1b=", "text"),
        ("\x9b31mred", "red"),
        ("10%\r50%\r100%\n", "100%\n"),
        ("line\r\n", "line\n"),
        ("bo\bold", "bold"),
        ("\x00\x07\x7f\x85end", "end"),
        ("\x1b]unterminated", "unterminated"),
        ("\x1b", ""),
    ],
)
def test_what_steers_a_terminal_is_taken_out(output: str, text: str) -> None:
    assert plain_text(output) == text


@given(st.text(st.sampled_from("\x1b[]();0123mHa\x07\\\r\n\b\x9b\x85 \t"), max_size=60))
def test_nothing_that_steers_a_terminal_remains(output: str) -> None:
    assert all(char in "\n\t" or char.isprintable() for char in plain_text(output))


def test_a_long_line_is_clipped_with_a_word_on_the_rest() -> None:
    assert (clipped("abcdef", 4), clipped("abcd", 4)) == ("abcd… [2 more characters]", "abcd")


def test_numbers_and_counts_are_written_as_people_do() -> None:
    assert (numbered(7, "x"), counted(1, "line"), counted(0, "line")) == ("     7\tx", "1 line", "0 lines")
