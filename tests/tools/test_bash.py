"""Running shell commands."""

import asyncio
import contextlib
import os
import re
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagent.atoms import CallId
from sagent.errors import ToolError
from sagent.protocols import Answer
from sagent.schema.event import Event, Progress
from sagent.schema.message import ToolResult
from sagent.schema.part import Text
from sagent.tools import Bash
from sagent.tools.process import start
from sagent.tools.spool import SHOWN, Spool
from sagent.tools.watch import WAITS, Watch
from tests.tools.calls import Desk, call_of, said, taken, told


@pytest.fixture
def bash(tmp_path: Path) -> Bash:
    return Bash(tmp_path)


def alive(number: int) -> bool:
    """Whether a process still runs; a dead one that nobody has buried does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except OSError:
        return False


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """Through which a command and its test wait for each other."""
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


async def heard(pipe: Path) -> str:
    """What a command says, as soon as it does."""
    return await asyncio.to_thread(pipe.read_text)


async def let_go(pipe: Path) -> None:
    """Let a command go on that waits."""
    await asyncio.to_thread(pipe.write_text, "\n")


async def test_what_a_command_writes_is_answered_in_its_order(bash: Bash) -> None:
    _, answer = await told(bash, command="echo one; echo two >&2; printf three")

    assert answer == Text(content="one\ntwo\nthree")


async def test_a_command_that_writes_nothing_is_said_to(bash: Bash) -> None:
    assert await said(bash, command="true") == "(no output)"


async def test_an_exit_code_is_told_where_it_is_not_zero(bash: Bash) -> None:
    _, answer = await told(bash, command="echo oops; exit 3")

    assert isinstance(answer, ToolResult)
    assert (answer.failed, answer.content) == (True, (Text(content="oops\nexit code 3"),))


async def test_a_shell_that_is_killed_is_told_with_its_signal(bash: Bash) -> None:
    assert await said(bash, command="kill -9 $$") == "killed by signal 9"


async def test_a_command_runs_in_the_workspace_without_input_or_terminal(bash: Bash, tmp_path: Path) -> None:
    answer = await said(bash, command="pwd -P; cat; tty; echo $CI $PAGER $GIT_TERMINAL_PROMPT")

    assert answer == f"{os.path.realpath(tmp_path)}\nnot a tty\n1 cat 0"


async def test_a_command_ends_with_its_shell_though_a_grandchild_keeps_the_output_open(
    bash: Bash, tmp_path: Path
) -> None:
    answer = await said(bash, command="sleep 600 & echo $! > pid; echo started")

    child = int((tmp_path / "pid").read_text())
    assert re.fullmatch(r"started\n\[a background process still runs; its output goes to /.*\.txt\]", answer)
    assert alive(child)
    os.kill(child, 9)
    taken(Path(answer.rpartition(" ")[2].removesuffix("]")))


async def test_a_background_process_can_go_on_writing(bash: Bash, pipe: Path) -> None:
    answer = await said(bash, command="(read < pipe; echo late; echo done > pipe) &")
    output = Path(answer.rpartition(" ")[2].removesuffix("]"))

    await let_go(pipe)
    await heard(pipe)

    assert taken(output) == b"late\n"


async def test_a_timeout_ends_everything_that_was_started(bash: Bash, tmp_path: Path) -> None:
    command = "sleep 60 & echo $! > pid; echo begun; wait"

    _, answer = await told(bash, command=command, timeout=300)

    assert isinstance(answer, ToolResult)
    assert (answer.failed, answer.content) == (
        True,
        (Text(content="begun\nstopped after the timeout of 300 ms"),),
    )
    assert not alive(int((tmp_path / "pid").read_text()))


async def test_a_timeout_moves_a_command_to_the_background_where_somebody_takes_it(
    tmp_path: Path, pipe: Path
) -> None:
    desk = Desk(tmp_path, takes=True)
    command = "echo begun; echo $$ > pid; read < pipe; cd /; echo done"
    running = asyncio.create_task(told(Bash().hosted_by(desk), command=command, timeout=300))

    await desk.noticed.wait()
    await let_go(pipe)
    _, answer = await running

    (notice,) = desk.notices
    group = (tmp_path / "pid").read_text().strip()
    assert re.fullmatch(
        "still running after 0.3 s, so it goes on in the background; its result arrives in a later message. "
        rf"`kill -- -{group}` ends it.\nIts output so far \(all of it goes to /\S+\.txt\):\nbegun",
        notice,
    )
    assert answer == Text(content="begun\ndone\n[working directory: /]")
    kept = Path(notice.partition("goes to ")[2].partition(")")[0])
    assert taken(kept) == b"begun\ndone\n"


async def test_what_nobody_takes_to_the_background_is_ended_at_its_timeout(tmp_path: Path) -> None:
    desk = Desk(tmp_path, takes=False)

    answer = await said(Bash().hosted_by(desk), command="sleep 60", timeout=100)

    assert answer == "stopped after the timeout of 100 ms"


@pytest.mark.parametrize(
    ("command", "waits"),
    [
        ("printf 'Continue? [y/N] '", True),
        ("printf 'Password: '", True),
        ("printf '> '", True),
        ("echo 'Continue? [y/N] '", False),
        ("printf 'Compiling 3 of 7'", False),
        ("printf 'Continue? '; while [ ! -e stop ]; do :; done &", False),
    ],
)
async def test_a_command_that_looks_as_if_it_waits_for_input_is_said_to(
    tmp_path: Path, pipe: Path, command: str, waits: bool
) -> None:
    desk = Desk(tmp_path, takes=True)
    whole = f"{command}\nread < pipe; touch stop; wait"
    running = asyncio.create_task(told(Bash().hosted_by(desk), command=whole, timeout=600))

    await desk.noticed.wait()
    await let_go(pipe)
    await running

    assert [WAITS in notice for notice in desk.notices] == [waits]
    taken(Path(desk.notices[0].partition("goes to ")[2].partition(")")[0]))


async def test_a_long_silence_is_broken_by_how_long_it_has_lasted(tmp_path: Path, pipe: Path) -> None:
    spool = Spool()
    command = ("bash", "-c", "read < pipe")
    group = await start(command, folder=tmp_path, output=spool.descriptor, environment=dict(os.environ))
    watch = Watch(group, spool, 60_000, moves=None, silence=0.2)

    async with aclosing(watch.news()) as news:
        first = await anext(news)
        await let_go(pipe)
        async for _ in news:
            pass

    assert first == "still running after 0 s"
    spool.close()


async def test_who_ignores_a_polite_end_is_ended_by_force(bash: Bash, tmp_path: Path) -> None:
    command = "trap '' TERM; echo $$ > pid; while :; do sleep 0.05; done"

    await said(bash, command=command, timeout=300)

    assert not alive(int((tmp_path / "pid").read_text()))


async def test_a_cancellation_returns_when_all_are_dead(bash: Bash, pipe: Path) -> None:
    task = asyncio.create_task(said(bash, command="sleep 60 & echo $! > pipe; wait"))
    child = int(await heard(pipe))

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert not alive(child)


@pytest.mark.parametrize("steps", range(1, 16))
async def test_a_command_that_is_cancelled_at_any_step_of_its_start_leaves_nobody(
    bash: Bash, steps: int
) -> None:
    mark = f"60.{os.getpid()}{steps}"
    task = asyncio.create_task(said(bash, command=f"sleep {mark} & wait"))
    for _ in range(steps):
        await asyncio.sleep(0)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert [number for number in marked(mark) if alive(number)] == []


def marked(mark: str) -> list[int]:
    """The processes with these words in their command."""
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if mark.encode() in path.read_bytes():
                found.append(int(path.parent.name))
    return found


async def test_closing_the_stream_returns_when_all_are_dead(bash: Bash, tmp_path: Path) -> None:
    stream = bash.run(call_of(bash, command="sleep 60 & echo $! > pid; echo begun; wait"))
    await anext(stream)
    child = int((tmp_path / "pid").read_text())

    await closed(stream)

    assert not alive(child)


async def closed(stream: AsyncIterator[Event | Answer]) -> None:
    close = getattr(stream, "aclose")  # noqa: B009
    await close()


async def test_news_of_a_running_command_are_its_last_lines(bash: Bash, pipe: Path) -> None:
    command = r"printf 'a\n\033[1mb\033[0m\n'; read < pipe; echo c"
    stream = bash.run(call_of(bash, command=command))

    first = await anext(stream)
    await let_go(pipe)
    rest = [item async for item in stream]

    assert isinstance(first, Progress)
    assert replace(first, file="") == Progress(call_id=CallId("c1"), content="a\nb")
    assert Path(first.file).name.startswith("output-")
    assert rest[-1] == Text(content="a\nb\nc")


async def test_sequences_that_steer_terminals_are_taken_out(bash: Bash) -> None:
    command = r"printf '\033[31mred\033[0m\a \033]0;title\007x\033]8;;http://a\033\\link\nw\bo\n10%%\r99%%\r\nok\r\n\xc2\x9b1mz\0'"

    assert await said(bash, command=command) == "red xlink\no\n99%\nok\nz"


async def test_bytes_that_are_not_utf_8_are_marked_and_kept_in_a_file(bash: Bash) -> None:
    answer = await said(bash, command=r"printf 'a\xffb'")

    found = re.fullmatch(r"a�b\n\[the output as it was: (/.*\.txt)\]", answer)
    assert found is not None
    assert taken(Path(found[1])) == b"a\xffb"


async def test_of_long_output_both_ends_are_shown_and_all_of_it_is_kept(bash: Bash) -> None:
    first = await said(bash, command="seq 100000")
    second = await said(bash, command="seq 100000")

    found = re.search(r"\[… (\d+) lines, (\d+) bytes omitted; all output: (/.*\.txt)\]", first)
    assert found is not None
    shown = first.replace(found[0] + "\n", "").split("\n")
    assert shown[0] == "1"
    assert shown[-1] == "100000"
    assert len(shown) + int(found[1]) == 100_000
    assert taken(Path(found[3])) == "".join(f"{number}\n" for number in range(1, 100_001)).encode()
    assert first == second


async def test_a_command_that_cannot_be_started_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"the command cannot be started in .*No such file or directory"):
        await said(Bash(tmp_path / "gone"), command="true")


async def test_a_nul_in_a_command_is_refused(bash: Bash) -> None:
    with pytest.raises(ToolError, match="embedded null byte"):
        await said(bash, command="echo \0")


async def test_many_commands_run_at_the_same_time(bash: Bash) -> None:
    # Each waits for all the others, which one after the other would never end.
    command = "touch here-{0}; until [ $(ls here-* | wc -l) = 8 ]; do sleep 0.01; done; echo {0}"

    answers = await asyncio.gather(*(said(bash, command=command.format(number)) for number in range(8)))

    assert answers == [str(number) for number in range(8)]


def test_a_summary_is_the_command_itself_on_one_line(bash: Bash) -> None:
    call = call_of(bash, command="make\n  test", description="Run the tests")

    assert bash.summary(call) == "make test  # Run the tests"


PIECE = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace")),
    st.just(b"\n"),
)


@settings(deadline=None)
@given(piece=PIECE, times=st.integers(0, 20_000), end=st.binary(max_size=30))
def test_whatever_is_written_what_is_told_is_bounded_and_says_what_is_missing(
    piece: bytes, times: int, end: bytes
) -> None:
    output = (piece * times)[:400_000] + end
    spool = Spool()
    os.write(spool.descriptor, output)

    answer = spool.digest()
    spool.close()

    assert len(answer) <= SHOWN + 2_000
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", answer)
    assert ("omitted; all output: " in answer) == (len(output) > SHOWN)
    kept = re.search(r": (/[^\]]*\.txt)\]", answer)
    if kept is not None and Path(kept[1]).exists():
        assert Path(kept[1]).read_bytes() == output
        Path(kept[1]).unlink()


def test_how_long_a_command_took_is_not_taken_for_news() -> None:
    told = [
        "3 failed in 0.12s at 10:11:12",
        "3 failed in 1.3 s at 10:12:13.5",
        "4 failed in 0.12s at 10:11:12",
    ]

    left = [re.sub(Bash().volatile, "", words) for words in told]

    assert re.sub(Bash().volatile, "", "output-ab_1.txt") == ""
    assert left[0].split() == left[1].split() != left[2].split()
