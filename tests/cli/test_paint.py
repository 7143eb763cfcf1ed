"""What reaches a terminal."""

import io
import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from sagent.cli.paint import Paint, one_line, paint_for, printable


@given(st.text(st.characters()))
def test_no_text_holds_a_control_character_but_tab_and_newline(text: str) -> None:
    shown = printable(text)

    kinds = {unicodedata.category(character) for character in shown if character not in "\t\n"}
    assert kinds.isdisjoint({"Cc", "Cs"})


@given(st.text(st.characters()), st.integers(0, 50))
def test_a_stream_is_judged_the_same_wherever_it_is_split(text: str, at: int) -> None:
    assert printable(text[:at]) + printable(text[at:]) == printable(text)


def test_what_would_steer_a_terminal_is_seen_instead_of_done() -> None:
    assert (
        printable("\x1b[31mred\x1b]0;title\x07 a\rb\x9b \x7f")
        == "␛[31mred␛]0;title␇ ab\N{REPLACEMENT CHARACTER} ␡"
    )


def test_a_command_cannot_hide_behind_a_carriage_return_or_a_change_of_direction() -> None:
    assert one_line("rm -rf /\rls") == "rm -rf /ls"
    assert one_line("a\N{RIGHT-TO-LEFT OVERRIDE}b") == "a\N{REPLACEMENT CHARACTER}b"


def test_half_a_surrogate_pair_can_be_written() -> None:
    assert printable("\ud83d!").encode() == "\N{REPLACEMENT CHARACTER}!".encode()


def test_a_long_line_is_cut_and_says_so() -> None:
    assert one_line("word " * 10, 12) == "word word w…"


def test_there_are_no_colours_where_there_is_no_terminal_or_nobody_wants_them() -> None:
    class Terminal(io.StringIO):
        @override
        def isatty(self) -> bool:
            return True

    assert paint_for(Terminal(), {"TERM": "xterm"}) == Paint(on=True)
    assert paint_for(Terminal(), {"TERM": "xterm", "NO_COLOR": "1"}) == Paint()
    assert paint_for(Terminal(), {"TERM": "dumb"}) == Paint()
    assert paint_for(io.StringIO(), {}) == Paint()
    assert (Paint().red("x"), Paint(on=True).red("x"), Paint(on=True).red("")) == (
        "x",
        "\x1b[31mx\x1b[0m",
        "",
    )
