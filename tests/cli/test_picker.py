"""The choice of a session to go on with."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from sagent.cli.picker import ROWS, Choice, application
from sagent.sessions.shelf import Listing

UP, DOWN, PAGE, BACK, ESCAPE = "\x1b[A", "\x1b[B", "\x1b[6~", "\x7f", "\x1b"


def listing(number: int, title: str = "", workspace: str = "/work") -> Listing:
    return Listing(
        session_id=f"s{number}",
        path=Path(f"/nowhere/s{number}.jsonl"),
        workspace=workspace,
        began=0.0,
        used=0.0,
        size=number,
        title=title or f"session {number}",
        problem="",
    )


LISTINGS = tuple(listing(number) for number in range(25))


async def chosen(keys: str, listings: Sequence[Listing] = LISTINGS) -> Listing | None:
    with create_pipe_input() as typed, create_app_session(input=typed, output=DummyOutput()):
        running = asyncio.ensure_future(application(Choice(listings)).run_async())
        typed.send_text(keys)
        return await asyncio.wait_for(running, 10)


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        ("\r", 0),
        (f"{DOWN}{DOWN}{UP}\r", 1),
        (f"{UP}\r", 0),
        (f"{PAGE}\r", ROWS),
        (f"{PAGE * 9}\r", 24),
        ("SESSION 2\r", 2),
        (f"23{BACK}4\r", 24),
        (f"giraffe\r{BACK * 7}\r", 0),
        ("giraffe\x15s7\r", 7),
        ("\x1b[200~session 7\x1b[201~\r", 7),
    ],
)
async def test_keys_move_the_mark_and_search_the_list(keys: str, number: int) -> None:
    assert await chosen(keys) == LISTINGS[number]


def test_a_narrow_terminal_shows_what_was_said_and_leaves_figures_out() -> None:
    choice = Choice([listing(5_200, "why is it so slow?")])

    wide, narrow = ("".join(text for _, text, *_ in choice.shown(columns)) for columns in (80, 40))

    assert "5.2 kB" in wide
    assert "5.2 kB" not in narrow
    assert "why is it so slow?" in wide
    assert "why is it so slow?" in narrow


@pytest.mark.parametrize("key", ["\x03", "\x04", ESCAPE])
async def test_whoever_leaves_chooses_none(key: str) -> None:
    assert await chosen(f"{DOWN}{key}") is None


def test_the_list_is_as_long_as_it_may_be_and_shows_the_mark() -> None:
    choice = Choice(LISTINGS)
    choice.move(20)

    text = "".join(fragment[1] for fragment in choice.shown(80))

    lines = text.splitlines()
    assert len(lines) == ROWS + 2
    assert [line.split("  ")[-1] for line in lines if line.startswith(">")] == ["session 20"]
    assert lines[-1] == "  and 15 more"


def test_directories_are_shown_and_searched_where_there_are_several() -> None:
    choice = Choice([listing(1, "one", "/a\x1b[31m"), listing(2, "two", "/b")], everywhere=True)
    choice.search("/a")

    text = "".join(fragment[1] for fragment in choice.shown(80))

    assert "\x1b" not in text
    assert text.rstrip().endswith("one")
    assert choice.marked == listing(1, "one", "/a\x1b[31m")
