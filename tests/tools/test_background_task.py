"""What a model asks of its background, and what it is told."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from sagent.atoms import CallId, ToolName
from sagent.errors import ToolError
from sagent.messages.words import tool_result
from sagent.schema.message import ToolResult
from sagent.tasks import Output, Task, TaskState
from sagent.tools import BackgroundTask
from tests.tools.calls import Board, Desk, call_of, said


def task(state: TaskState = "running", *, promises: bool = True, told: bool = False, words: str = "") -> Task:
    """A build in the background."""
    result: ToolResult | None = None
    if state == "ended":
        result = tool_result(call_of(BackgroundTask()), words or "built")
    return Task(
        call_id=CallId("c7"),
        tool=ToolName("Bash"),
        about="make  \n all",
        state=state,
        seconds=3.25,
        promises=promises,
        result=result,
        told=told,
    )


async def answer(board: Board, action: str, **directive: object) -> str:
    """What the tool says of this background."""
    tool = BackgroundTask().hosted_by(Desk(Path("/work"), tasks=board))
    try:
        return await said(tool, action=action, **directive)
    except ToolError as error:
        return f"error: {error}"


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("running", "Bash call c7 runs in the background; its result comes as a message of its own."),
        ("asking", "Bash call c7 waits for leave to begin; its result comes as a message of its own."),
        ("ended", "Bash call c7 has ended at once; its result comes as a message of its own."),
    ],
)
async def test_starting_tells_the_id_and_how_the_result_will_come(state: TaskState, told: str) -> None:
    board = Board([task(state)])

    assert await answer(board, "start", tool="Bash", directive={"command": "make"}) == told
    assert board.wanted == ["start Bash {'command': 'make'} in 0 s"]


@pytest.mark.parametrize(
    ("delay", "promises", "wanted"),
    [
        (30, True, "start Bash {} in 30 s"),
        (600, True, "start Bash {} in 600 s"),
        (601, True, "start Bash {} in 601 s, no answer waits"),
        (0, False, "start Bash {} in 0 s, no answer waits"),
    ],
)
async def test_what_begins_much_later_holds_up_no_answer(delay: int, promises: bool, wanted: str) -> None:
    board = Board([task("planned")])

    told = await answer(board, "start", tool="Bash", delay=delay, promises=promises)

    assert told.startswith(f"Bash call c7 is planned to begin in {delay} s; ")
    assert board.wanted == [wanted]


@pytest.mark.parametrize(
    ("action", "directive", "told"),
    [
        ("start", {}, "start needs the tool that is to be started, and its directive"),
        ("start", {"tool": "BackgroundTask"}, "BackgroundTask starts other tools, not itself"),
        ("read", {}, "read needs the id of a task; there are c7 (Bash)"),
        ("cancel", {"id": "c8"}, "there is no task 'c8'; there are c7 (Bash)"),
        ("wait", {"id": "c8"}, "there is no task 'c8'; there are c7 (Bash)"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_what_can(
    action: str, directive: Mapping[str, object], told: str
) -> None:
    board = Board([task()])

    assert await answer(board, action, **directive) == f"error: {told}"
    assert board.wanted == []


async def test_without_any_task_there_is_nothing_to_wait_for() -> None:
    nothing = "nothing runs in the background"

    assert await answer(Board(), "wait") == f"error: {nothing} or is planned: there is nothing to wait for"
    assert await answer(Board(), "read", id="c7") == f"error: there is no task 'c7'; {nothing}"
    assert await answer(Board(), "list") == "Nothing runs in the background, and nothing is planned."


@pytest.mark.parametrize(
    ("listed", "line"),
    [
        (task(), "c7  Bash  running for 3.2 s  make all"),
        (task(promises=False), "c7  Bash  running for 3.2 s, no answer waits for it  make all"),
        (task("planned"), "c7  Bash  begins in 3 s  make all"),
        (task("asking"), "c7  Bash  waits for leave  make all"),
        (task("ended"), "c7  Bash  finished after 3.2 s, its result is the next message  make all"),
    ],
)
async def test_a_list_has_a_line_for_each_task(listed: Task, line: str) -> None:
    assert await answer(Board([listed]), "list") == line


async def test_waiting_is_for_one_or_for_any_and_tells_how_things_stand() -> None:
    board = Board([task()])

    first = await answer(board, "wait", id="c7", timeout=2.5)
    second = await answer(board, "wait")

    assert first == second == "c7  Bash  running for 3.2 s  make all"
    assert board.wanted == ["wait 2.5 s for c7", "wait 60 s for c7"]


async def test_cancelling_ends_a_task_and_waits_until_it_is_gone() -> None:
    board = Board([task()])

    await answer(board, "cancel", id="c7")

    assert board.wanted == ["kill c7: cancelled by the model", "wait 6 s for c7"]


async def test_what_has_ended_is_not_cancelled() -> None:
    board = Board([task("ended", told=True)])

    assert await answer(board, "cancel", id="c7") == (
        "error: Bash call c7 has ended already: finished after 3.2 s"
    )
    assert board.wanted == []


@pytest.mark.parametrize(
    ("named", "told"),
    [
        (task(), "You go on when Bash call c7 has ended or somebody speaks; its result is the next message."),
        (
            task(promises=False),
            "error: Bash call c7 is a service, which may never end; wait for it with a timeout instead",
        ),
        (task("planned"), "error: Bash call c7 does not run: begins in 3 s"),
    ],
)
async def test_only_what_runs_and_is_meant_to_end_is_taken_to_the_foreground(named: Task, told: str) -> None:
    board = Board([named])

    assert await answer(board, "foreground", id="c7") == told
    assert board.wanted == ["foreground c7"] * (not told.startswith("error"))


@pytest.mark.parametrize(
    ("named", "told"),
    [
        (task("planned"), "error: Bash call c7 has not begun: it begins in 3 s"),
        (task("asking"), "error: Bash call c7 has not begun: it waits for leave"),
        (task("ended"), "error: Bash call c7 has finished after 3.2 s, its result is the next message"),
        (
            task("ended", told=True),
            "[Bash call c7, finished after 3.2 s; its result: 0 to 5 of 5 characters]\nbuilt",
        ),
        (task(), "[Bash call c7, running for 3.2 s; its output so far: nothing behind 0 of 0 characters]"),
    ],
)
async def test_reading_tells_what_there_is_or_why_there_is_nothing(named: Task, told: str) -> None:
    assert await answer(Board([named]), "read", id="c7") == told


async def test_a_file_is_read_on_from_where_the_last_read_ended_and_no_character_is_cut(
    tmp_path: Path,
) -> None:
    file = tmp_path / "output.txt"
    text = "ä" * 7 + "\n" + "x" * 29_983 + "\nöööö the end\x1b[31m"
    file.write_text(text, encoding="utf-8")
    board = Board([task()], {CallId("c7"): Output(text="only the last news", file=str(file))})

    first = await answer(board, "read", id="c7")
    second = await answer(board, "read", id="c7", offset=29_999)
    third = await answer(board, "read", id="c7", offset=30_999_999)

    head = "[Bash call c7, running for 3.2 s; its output so far: "
    size = len(text.encode())
    assert first.startswith(f"{head}0 to 29999 of {size} bytes, read on with offset 29999]\näää")
    assert first.endswith("x… [27983 more characters]")
    assert second == f"{head}29999 to {size} of {size} bytes]\nöööö the end"
    assert third == f"{head}nothing behind {size} of {size} bytes]"


async def test_no_more_is_told_at_once_than_a_result_has_room_for(tmp_path: Path) -> None:
    (tmp_path / "output.txt").write_text("line\n" * 9_000)
    board = Board([task()], {CallId("c7"): Output(file=str(tmp_path / "output.txt"))})
    tool = BackgroundTask().hosted_by(Desk(tmp_path, tasks=board, result_room=4_000))

    told = await said(tool, action="read", id="c7")

    assert "; its output so far: 0 to 3700 of 45000 bytes, read on with offset 3700]\n" in told
    assert 3_700 < len(told) <= 4_000


async def test_of_news_that_are_no_longer_kept_only_the_number_is_told() -> None:
    board = Board([task()], {CallId("c7"): Output(text="nine\nten", skipped=40)})

    told = await answer(board, "read", id="c7", offset=10)

    head = "[Bash call c7, running for 3.2 s; its output so far: "
    assert told == f"{head}40 to 48 of 48 characters; characters 10 to 40 are no longer kept]\nnine\nten"


async def test_a_file_that_is_gone_is_told_as_that(tmp_path: Path) -> None:
    board = Board([task()], {CallId("c7"): Output(file=str(tmp_path / "none.txt"))})

    told = await answer(board, "read", id="c7")

    assert told.startswith("error: the output cannot be read: ")


async def test_a_tool_without_an_agent_says_that_it_needs_one() -> None:
    with pytest.raises(ToolError, match="only an agent has a background"):
        await said(BackgroundTask(), action="list")


@pytest.mark.parametrize(
    ("directive", "label"),
    [
        ({"action": "start", "tool": "Bash"}, "Start Bash in the background"),
        ({"action": "start", "tool": "Bash", "delay": 5}, "Start Bash in 5 s"),
        ({"action": "list"}, "List background tasks"),
        ({"action": "wait"}, "Wait for a background task"),
        ({"action": "wait", "id": "c7"}, "Wait background task c7"),
        ({"action": "cancel", "id": "c7"}, "Cancel background task c7"),
    ],
)
def test_a_label_says_what_is_done_in_the_background(directive: Mapping[str, object], label: str) -> None:
    tool = BackgroundTask()

    assert tool.summary(call_of(tool, **directive)) == label
