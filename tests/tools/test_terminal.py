"""Programs that insist on a terminal."""

import asyncio
import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagent.atoms import CallId
from sagent.errors import ToolError
from sagent.schema.part import Text
from sagent.tools import Sandbox, Terminal
from sagent.tools.keys import sent
from sagent.tools.sandbox import _fault
from sagent.tools.screen import Screen
from tests.tools.calls import Desk, call_of, said

pytest.importorskip("pyte")


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal().hosted_by(Desk(tmp_path))


async def screen(terminal: Terminal, **directive: object) -> tuple[str, str]:
    """The screen, and the line below it."""
    shown, _, state = (await said(terminal, **directive)).rpartition("\n")
    return shown, state


async def test_a_program_has_a_terminal_and_its_screen_is_shown(terminal: Terminal) -> None:
    command = "tty -s && echo a terminal; stty size; read answer; echo got $answer; sleep 600"

    first = await screen(terminal, action="start", command=command, wait_for=r"24 80")
    second = await screen(terminal, action="send", text="yes", keys=["Enter"], wait_for="got")
    await terminal.sweep()

    assert first == ("a terminal\n24 80", "[main: 80x24, cursor at row 3, column 1]")
    assert second == ("a terminal\n24 80\nyes\ngot yes", "[main: 80x24, cursor at row 5, column 1]")


async def test_control_and_a_letter_interrupts_what_runs(terminal: Terminal) -> None:
    await said(
        terminal, action="start", command="trap 'echo caught; exit 7' INT; echo on; sleep 600", wait_for="on"
    )

    shown, state = await screen(terminal, action="send", keys=["C-c"], wait_for="caught")

    assert "caught" in shown
    assert await _ended(terminal) == "[main: 80x24, the program has ended with exit code 7]"
    await terminal.sweep()
    assert state.startswith("[main: 80x24, ")


async def _ended(terminal: Terminal) -> str:
    """The state once the screen does not change any more, as nobody holds the terminal."""
    return (await screen(terminal, action="read", wait_for="never to be seen"))[1].replace(
        "; 'never to be seen' did not appear", ""
    )


async def test_a_prompt_that_was_there_before_is_not_taken_for_the_next_one(terminal: Terminal) -> None:
    command = "while read -p '>>> ' words; do sleep 0.3; echo you said $words; done"
    await said(terminal, action="start", command=command, wait_for=">>> $")

    shown, state = await screen(terminal, action="send", text="hm", keys=["Enter"], wait_for=">>> ")
    await terminal.sweep()

    assert shown == ">>> hm\nyou said hm\n>>>"
    assert state == "[main: 80x24, cursor at row 3, column 5]"


async def test_a_full_screen_program_is_drawn_where_it_draws(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "numbers").write_text("".join(f"{number}\n" for number in range(1, 101)))

    first = await screen(
        terminal, action="start", command="less numbers", rows=5, columns=20, wait_for="numbers"
    )
    second = await screen(terminal, action="send", keys=["PageDown"], wait_for="^5$")
    await terminal.sweep()

    assert first[0].split("\n")[:4] == ["1", "2", "3", "4"]
    assert second[0].split("\n")[:4] == ["5", "6", "7", "8"]


async def test_a_program_is_told_that_its_terminal_has_another_size(terminal: Terminal) -> None:
    command = "trap 'stty size' WINCH; echo on; while :; do sleep 0.05; done"
    await said(terminal, action="start", command=command, wait_for="on")

    shown, state = await screen(terminal, action="resize", rows=30, columns=100, wait_for="30 100")
    await terminal.sweep()

    assert shown == "on\n30 100"
    assert state == "[main: 100x30, cursor at row 3, column 1]"


async def test_what_has_scrolled_away_is_kept_within_bounds(terminal: Terminal) -> None:
    await said(terminal, action="start", command="seq 3000; sleep 600", rows=5, wait_for="3000")

    some = await screen(terminal, action="read", history=3)
    most = await screen(terminal, action="read", history=1000)
    await terminal.sweep()

    assert some[0].split("\n") == [str(number) for number in range(2994, 3001)]
    assert len(most[0].split("\n")) == 1004


async def test_several_terminals_are_open_at_a_time(terminal: Terminal) -> None:
    await said(terminal, action="start", session="one", command="cat", timeout=0)
    await said(terminal, action="start", session="two", command="cat", timeout=0)

    await said(terminal, action="send", session="one", text="only one", timeout=0)
    one = await screen(terminal, action="read", session="one", wait_for="only one")
    two = await screen(terminal, action="read", session="two")
    await terminal.sweep()

    assert (one[0], two[0]) == ("only one", "")


async def test_stopping_a_terminal_ends_its_programs(terminal: Terminal, tmp_path: Path) -> None:
    command = "setsid sleep 600 & echo $! > other; echo $$ > pid; echo on; exec sleep 600"
    await said(terminal, action="start", command=command, wait_for="on")
    numbers = [int((tmp_path / name).read_text()) for name in ("other", "pid")]

    answer = await said(terminal, action="stop")

    assert answer == "on\n[main: stopped]"
    assert [Path(f"/proc/{number}/exe").exists() for number in numbers] == [False, False]


async def test_many_terminals_leave_no_descriptor(terminal: Terminal) -> None:
    await said(terminal, action="start", command="true", wait_for="x", timeout=100)
    await terminal.sweep()
    before = len(list(Path("/proc/self/fd").iterdir()))

    for _ in range(10):
        await said(terminal, action="start", command="cat", timeout=0)
        await said(terminal, action="stop")

    assert len(list(Path("/proc/self/fd").iterdir())) == before


async def test_a_program_may_ask_where_its_cursor_is(terminal: Terminal) -> None:
    command = r"printf 'ab\033[6n'; IFS=';' read -rs -d R row column; echo; echo at $column; sleep 600"

    shown, _ = await screen(terminal, action="start", command=command, wait_for="at 3")
    await terminal.sweep()

    assert "at 3" in shown


async def test_what_does_not_appear_in_time_is_said_not_to(terminal: Terminal) -> None:
    answer = await said(terminal, action="start", command="echo on; sleep 600", wait_for="off", timeout=300)
    await terminal.sweep()

    assert answer == "on\n[main: 80x24, cursor at row 2, column 1; 'off' did not appear]"


WRONG: Mapping[str, Mapping[str, object]] = {
    "there is no terminal 'main'; none is open. Start it first": {"action": "read"},
    "there is no key 'Entr': give a name": {"action": "send", "session": "open", "keys": ["Entr"]},
    "the terminal 'open' is open: stop it": {"action": "start", "session": "open"},
    "wait_for is no regular expression": {"action": "read", "session": "open", "wait_for": "("},
    "there is no terminal 'other'; there are open.": {"action": "stop", "session": "other"},
}


@pytest.mark.parametrize("complaint", WRONG)
async def test_what_cannot_be_done_is_refused_with_what_can(terminal: Terminal, complaint: str) -> None:
    if "none" not in complaint:
        await said(terminal, action="start", session="open", command="cat", timeout=0)

    with pytest.raises(ToolError, match=re.escape(complaint)):
        await said(terminal, **WRONG[complaint])

    await terminal.sweep()


def test_terminals_of_an_event_loop_that_is_over_are_over(tmp_path: Path) -> None:
    terminal = Terminal().hosted_by(Desk(tmp_path))

    async def first() -> None:
        await said(terminal, action="start", command="true", wait_for="never", timeout=5000)

    async def second() -> str:
        with pytest.raises(ToolError) as caught:
            await said(terminal, action="read")
        return str(caught.value)

    asyncio.run(first())

    assert asyncio.run(second()) == "there is no terminal 'main'; none is open. Start it first"


@pytest.mark.parametrize(
    ("key", "application", "sends"),
    [
        ("Enter", False, "\r"),
        ("up", False, "\x1b[A"),
        ("Up", True, "\x1bOA"),
        ("C-c", False, "\x03"),
        ("ctrl-D", False, "\x04"),
        ("M-x", False, "\x1bx"),
        ("F12", False, "\x1b[24~"),
        ("q", False, "q"),
    ],
)
def test_a_key_sends_what_a_console_sends(key: str, *, application: bool, sends: str) -> None:
    assert sent(key, application=application) == sends


@settings(deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=20), st.from_regex(rb"\x1b[\[(#?\]P>=][0-9;?>=!]{0,6}[ -~]"))))
def test_whatever_a_program_writes_the_screen_can_be_read(pieces: list[bytes]) -> None:
    screen = Screen(20, 5, lambda _: None)

    for piece in pieces:
        screen.feed(piece)
    screen.feed(b"\x18\x1b[?3l\x1bc\x1b[2J\x1b[1;1Hstill")

    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", screen.text(1000))


def test_a_summary_says_what_is_done_where(terminal: Terminal) -> None:
    call = call_of(terminal, action="send", session="db", text="select 1;", keys=["Enter"])

    assert terminal.summary(call) == "db: send 'select 1;' Enter"


def test_a_terminal_polls(terminal: Terminal) -> None:
    assert terminal.polls


async def test_a_program_starts_where_commands_do(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    desk = Desk(tmp_path, places=[tmp_path / "sub"])
    terminal = Terminal().hosted_by(desk)

    shown, _ = await screen(terminal, action="start", command="pwd; echo $TERM; sleep 600", wait_for="linux")
    await terminal.sweep()

    assert shown.replace("\n", "") == f"{os.path.realpath(tmp_path / 'sub')}linux"


@pytest.mark.skipif(_fault(False) is not None, reason=str(_fault(False)))
async def test_a_program_in_a_sandbox_has_a_terminal_too(tmp_path: Path) -> None:
    terminal = Terminal(sandbox=Sandbox(network=False)).hosted_by(Desk(tmp_path))
    command = "stty size; touch here /etc/there; sleep 600"

    shown, _ = await screen(terminal, action="start", command=command, wait_for="Read-only")
    await terminal.sweep()

    assert shown == "24 80\ntouch: cannot touch '/etc/there': Read-only file system"
    assert (tmp_path / "here").exists()


@pytest.mark.parametrize(
    ("text", "keys", "told"),
    [
        ("ls", ["Enter"], ["ls\n"]),
        ("ls", ["Enter", "r", "m", "Space", "x"], ["ls\nrm x"]),
        ("ls .\rrm x\r", [], ["ls .\nrm x\n"]),
        ("ls \x15rm x", ["Enter"], ["ls rm x\n", "C-u"]),
        ("ls", ["C-a", "r", "m"], ["lsrm", "C-a"]),
        ("cat\tx", [], ["catx", "C-i"]),
        ("", ["Up", "Enter"], ["Up"]),
        ("", ["Enter"], ["Enter"]),
        ("", ["C-m"], ["Enter"]),
    ],
)
def test_all_that_is_typed_is_judged_as_a_shell_would_take_it(
    terminal: Terminal, text: str, keys: list[str], told: list[str]
) -> None:
    reach = terminal.reach(call_of(terminal, action="send", text=text, keys=keys))

    assert list(reach.commands) == told


async def test_what_is_typed_is_judged_where_the_program_was_started(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    terminal = Terminal().hosted_by(desk)
    (tmp_path / "sub").mkdir()
    desk.moved(CallId("c1"), tmp_path / "sub")
    started = call_of(terminal, action="start", command="pwd; read", wait_for="sub$")
    judged = terminal.reach(started).folder

    shown, _ = await screen(terminal, **started.content)
    desk.moved(CallId("c1"), tmp_path)
    typed = terminal.reach(call_of(terminal, action="send", text="ls")).folder
    await terminal.sweep()

    assert (judged, typed) == (tmp_path / "sub", tmp_path / "sub")
    assert shown.endswith("sub")


async def test_of_two_terminals_of_one_name_that_are_started_at_once_one_is_open(terminal: Terminal) -> None:
    start = call_of(terminal, action="start", command="echo on; sleep 600", wait_for="on")

    answers = await asyncio.gather(terminal.run(start), terminal.run(start), return_exceptions=True)
    await terminal.sweep()

    first, second = answers
    assert isinstance(first, Text)
    assert isinstance(second, ToolError)
    assert str(second).startswith("the terminal 'main' is open")
