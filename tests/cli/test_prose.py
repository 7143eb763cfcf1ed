"""Markdown in a terminal."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.cli.paint import Paint
from sagent.cli.prose import Prose

PAINT = Paint(on=True)

MARKS = st.text(alphabet=" `*~#_([ab\n", max_size=60)


def painted(text: str, paint: Paint = PAINT) -> list[str]:
    prose = Prose(paint)
    return [prose.line(line) for line in text.split("\n")]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("# One", PAINT.bold("# One")),
        ("   ###### Six", PAINT.bold("   ###### Six")),
        ("#hash", "#hash"),
        ("####### seven", "####### seven"),
        ("say `x = 1` now", f"say {PAINT.cyan('`x = 1`')} now"),
        ("a ``tick ` tock`` b", f"a {PAINT.cyan('``tick ` tock``')} b"),
        ("one ` alone", "one ` alone"),
        ("this is **so** and **not so**", f"this is {PAINT.bold('**so**')} and {PAINT.bold('**not so**')}"),
        ("`**code**` is code", f"{PAINT.cyan('`**code**`')} is code"),
        ("f(**a) and g(**b)", "f(**a) and g(**b)"),
        ("2 ** 3 ** 4", "2 ** 3 ** 4"),
        ("***", "***"),
        ("```inline``` is no block", f"{PAINT.cyan('```inline```')} is no block"),
        ("plain words", "plain words"),
    ],
)
def test_a_line_is_painted_as_what_it_is(line: str, shown: str) -> None:
    assert painted(line) == [shown]


def test_a_block_of_code_lasts_until_a_fence_of_its_kind_that_is_as_long() -> None:
    code = ["~~~", "# no heading", "```", "```` x", "`````"]

    shown = painted("\n".join(["````python", *code, "# A heading"]))

    assert shown == [
        PAINT.dim("````python"),
        *map(PAINT.cyan, code[:-1]),
        PAINT.dim("`````"),
        PAINT.bold("# A heading"),
    ]


def test_what_an_answer_leaves_open_ends_with_it() -> None:
    prose = Prose(PAINT)

    begun = prose.line("```")
    prose.end()

    assert (begun, prose.line("plain")) == (PAINT.dim("```"), "plain")


@given(MARKS)
def test_every_character_stays_where_it_was(text: str) -> None:
    bare = [re.sub(r"\x1b\[\d*m", "", line) for line in painted(text)]

    assert bare == text.split("\n")


@given(MARKS)
def test_without_colours_nothing_is_painted(text: str) -> None:
    assert painted(text, Paint()) == text.split("\n")
