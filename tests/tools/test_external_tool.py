"""Tools in any language, well-behaved and not."""

import asyncio
import json
import shlex
import shutil
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path

import pytest

from sagent.atoms import ToolName
from sagent.errors import ToolError
from sagent.lib.json import freeze_object
from sagent.protocols import Answer
from sagent.schema.event import Progress
from sagent.schema.message import ToolResult
from sagent.schema.part import Data, ErrorText, Part, Text
from sagent.tools import ExternalTool, external_tools
from tests.tools.calls import Desk, call_of, told

EXAMPLES = Path(__file__).parent.parent.parent / "examples" / "tools"

NEWS = '{"descriptor": "application/x-progress", "call_id": "%s", "content": "half"}'

TEXT = '{"descriptor": "text/plain", "content": "fine"}'


def script(folder: Path, text: str, *, timeout: float = 20, environment: Sequence[str] = ()) -> ExternalTool:
    """A tool that runs this in a shell."""
    (folder / "tool.sh").write_text(text)
    return ExternalTool(
        name=ToolName("Tried"),
        description="Is tried.",
        directive_schema=freeze_object({"type": "object", "properties": {"n": {"type": "integer"}}}),
        command=("sh", str(folder / "tool.sh")),
        file=folder / "tool.json",
        timeout=timeout,
        environment=environment,
        workspace=folder,
    )


def parts(answer: Answer) -> tuple[Sequence[Part], bool]:
    assert isinstance(answer, ToolResult)
    return tuple(answer.content), answer.failed


async def test_the_last_line_is_the_result_and_news_come_before(tmp_path: Path) -> None:
    tool = script(
        tmp_path,
        'printf \'{"descriptor": "application/x-progress", "call_id": "%s", "content": "half"}\\n\\n\' '
        f"\"$SAGENT_CALL_ID\"; echo '{TEXT}'",
    )

    events, answer = await told(tool)

    assert events == [Progress(call_id=call_of(tool).call_id, content="half")]
    assert parts(answer) == ((Text(content="fine"),), False)


@pytest.mark.parametrize(
    ("line", "content", "failed"),
    [
        ({"descriptor": "application/json", "content": [1, None]}, [Data(content=(1, None))], False),
        ({"descriptor": "text/x-error", "content": "no"}, [ErrorText(content="no")], True),
        ({"descriptor": "multipart/x-external-result", "content": []}, [], False),
        (
            {
                "descriptor": "multipart/x-external-result",
                "content": [{"descriptor": "text/plain", "content": "a\0"}],
                "failed": True,
            },
            [Text(content="a\0")],
            True,
        ),
    ],
)
async def test_a_result_is_a_part_or_several(
    tmp_path: Path, line: object, content: Sequence[Part], failed: bool
) -> None:
    tool = script(tmp_path, f"echo {shlex.quote(json.dumps(line))} | sed 's/^/ /'")

    _, answer = await told(tool)

    assert parts(answer) == (tuple(content), failed)


async def test_the_directive_comes_as_one_line_of_json_and_then_the_input_ends(tmp_path: Path) -> None:
    tool = script(tmp_path, f"cat > seen; echo '{TEXT}'")

    await told(tool, n=7)

    assert (tmp_path / "seen").read_text() == '{"n":7}\n'


async def test_a_directive_that_is_not_read_keeps_nobody_waiting(tmp_path: Path) -> None:
    tool = script(tmp_path, f"echo '{TEXT}'")

    _, answer = await told(tool, text="x" * 1_000_000)

    assert parts(answer) == ((Text(content="fine"),), False)


async def test_a_directive_that_does_not_fit_is_refused_before_anything_runs(tmp_path: Path) -> None:
    tool = script(tmp_path, "touch ran")
    call = call_of(tool, n="seven")

    with pytest.raises(ToolError, match=r"does not fit the schema of Tried: at \$\.n: 'seven' is not"):
        async for _ in tool.run(call):
            pass

    assert not (tmp_path / "ran").exists()


async def test_only_named_variables_are_passed_on_and_where_it_is_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "secret")
    monkeypatch.setenv("WANTED", "yes")
    folder = tmp_path / "tools"
    folder.mkdir()
    tool = script(folder, f"env > seen; pwd >> seen; echo '{TEXT}'", environment=["WANTED", "NOT_SET"])

    await told(tool.hosted_by(Desk(tmp_path)))

    seen = (tmp_path / "seen").read_text().splitlines()
    assert {line for line in seen if line.startswith(("SAGENT_", "SOME_", "WANTED", "NOT_"))} == {
        "SAGENT_CALL_ID=c1",
        "SAGENT_TOOL=Tried",
        f"SAGENT_TOOL_DIR={folder}",
        f"SAGENT_WORKSPACE={tmp_path}",
        "WANTED=yes",
    }
    assert seen[-1] == str(tmp_path)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("true", "it ended without a result"),
        (
            "echo garbage",
            "line 1 of its output is no JSON (Expecting value: line 1 column 1 (char 0)): 'garb",
        ),
        ('echo; printf \'{"descriptor": "text/pl\'', "line 2 of its output is no JSON (Unterminated string"),
        (r"printf '\0\n'", "line 1 of its output is no JSON (Expecting value"),
        (r"printf '\377\n'", "line 1 of its output is no JSON ('utf-8' codec"),
        ("echo '[]'", "line 1 of its output: at $: [] is not of type 'object'"),
        ('echo \'{"descriptor": "text/plain"}\'', "line 1 of its output: at $: 'content' is a required"),
        ('echo \'{"descriptor": "image/png"}\'', "line 1 of its output: at $.descriptor"),
        (f"echo '{TEXT}'; echo '{TEXT}'", "line 2 comes after its result, which has to be the last"),
        ("yes", "line 1 of its output is no JSON"),
        ("yes '' ", "it wrote more than 16777216 bytes"),
        ("head -c 3000000 /dev/zero", "it wrote a line of more than 1048576 bytes"),
        ("sleep 60", "stopped after the timeout of 0.5 s"),
        ("exec >&-; sleep 60", "stopped after the timeout of 0.5 s"),
        ("trap '' TERM; while :; do sleep 1; done", "stopped after the timeout of 0.5 s"),
        ("while :; do echo; sleep 0.05; done", "stopped after the timeout of 0.5 s"),
        ("echo why >&2; exit", "it ended without a result\nIts standard error:\nwhy"),
    ],
)
async def test_a_tool_that_breaks_its_word_is_named_with_the_place(
    tmp_path: Path, text: str, complaint: str
) -> None:
    slow = "timeout" in complaint
    tool = script(tmp_path, text, timeout=0.5 if slow else 20)

    with pytest.raises(ToolError) as caught:
        await told(tool)

    assert str(caught.value).startswith(f"Tried ({tmp_path / 'tool.json'}): {complaint}")
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("echo no such host >&2; exit 3", "exit code 3\nIts standard error:\nno such host"),
        ("kill -KILL $$", "killed by signal 9"),
    ],
)
async def test_an_exit_code_is_a_failure_with_what_was_said_of_it(
    tmp_path: Path, text: str, words: str
) -> None:
    _, answer = await told(script(tmp_path, text))

    assert parts(answer) == ((ErrorText(content=f"Tried ({tmp_path / 'tool.json'}): {words}"),), True)


async def test_a_result_of_a_tool_that_fails_is_shown_too(tmp_path: Path) -> None:
    _, answer = await told(script(tmp_path, f"echo '{TEXT}'; exit 1"))

    content, failed = parts(answer)
    assert (content[0], failed) == (Text(content="fine"), True)


async def test_of_a_long_standard_error_the_beginning_and_the_end_are_shown(tmp_path: Path) -> None:
    tool = script(tmp_path, "{ echo first; yes middle | head -n 300000; echo last; } >&2; exit 1")

    _, answer = await told(tool)

    words = str(parts(answer)[0][0].content)
    assert "Its standard error:\nfirst\nmiddle" in words
    assert words.endswith("middle\nlast")
    assert "bytes omitted" in words
    assert len(words) < 4_500


async def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    tool = ExternalTool(
        name=ToolName("Tried"),
        description="",
        directive_schema=freeze_object({"type": "object"}),
        command=("no-such-program",),
        file=tmp_path / "tool.json",
        workspace=tmp_path,
    )

    with pytest.raises(ToolError, match=r"no-such-program cannot be started in .*: No such file"):
        await told(tool)


@pytest.mark.parametrize(
    "text",
    [
        f"sleep 60 & echo $! > pid; echo '{TEXT}'",
        f"(trap '' TERM; while :; do sleep 1; done) & echo $! > pid; echo '{TEXT}'",
        f"echo '{TEXT}'; (while :; do echo; sleep 0.01; done) & echo $! > pid",
    ],
)
async def test_what_a_tool_leaves_behind_neither_delays_its_result_nor_lives_on(
    tmp_path: Path, text: str
) -> None:
    tool = script(tmp_path, text, timeout=50)
    began = time.monotonic()

    _, answer = await told(tool)

    assert parts(answer) == ((Text(content="fine"),), False)
    assert time.monotonic() - began < 10
    assert not alive(int((tmp_path / "pid").read_text()))


async def test_a_call_that_is_cancelled_ends_the_whole_group(tmp_path: Path) -> None:
    tool = script(tmp_path, f"sleep 60 & echo $! > pid; printf '{NEWS}\\n' c1; wait")
    running = tool.run(call_of(tool))
    assert isinstance(running, AsyncGenerator)

    async def run() -> None:
        async for _ in running:
            begun.set()

    begun = asyncio.Event()
    task = asyncio.get_running_loop().create_task(run())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await running.aclose()

    assert not alive(int((tmp_path / "pid").read_text()))


def alive(process: int) -> bool:
    """Whether a process runs; one that nobody has buried does not."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(") ")[2].split()[0] not in {"Z", "X"}


async def test_many_calls_leave_no_descriptor_behind(tmp_path: Path) -> None:
    tool = script(tmp_path, f"echo '{TEXT}'")
    broken = script(tmp_path, f"echo '{TEXT}'", timeout=20)
    await told(tool)
    before = len(list(Path("/proc/self/fd").iterdir()))

    await asyncio.gather(*(told(each) for each in [tool, broken] * 20))

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def example(name: str) -> ExternalTool:
    return next(tool for tool in external_tools(EXAMPLES) if tool.name == name)


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
async def test_the_example_in_javascript_counts_words(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("To be, or not to be\n")
    tool = example("WordCount").hosted_by(Desk(tmp_path))

    events, answer = await told(tool, paths=["a.txt"], top=2)
    _, refusal = await told(tool, paths=["b.txt"])

    assert [event.content for event in events if isinstance(event, Progress)] == ["reading a.txt"]
    counted = {"a.txt": {"lines": 1, "words": 6, "characters": 20}}
    assert parts(answer) == (
        (Data(content=freeze_object({"files": counted, "frequent": {"be": 2, "to": 2}})),),
        False,
    )
    assert parts(refusal) == ((ErrorText(content="b.txt cannot be read: ENOENT"),), True)


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
async def test_the_page_tells_what_the_example_in_javascript_counts() -> None:
    root = EXAMPLES.parent.parent
    page = (root / "docs" / "tools.md").read_text(encoding="utf-8")

    _, answer = await told(example("WordCount").hosted_by(Desk(root)), paths=["LICENSE"], top=2)

    ((counted,), _) = parts(answer)
    assert isinstance(counted, Data)
    assert isinstance(counted.content, Mapping)
    assert counted.content["frequent"] == freeze_object({"the": 100, "or": 69})
    assert '"the" (100 times) and "or" (69).' in page


async def test_the_example_in_shell_says_what_is_large(tmp_path: Path) -> None:
    (tmp_path / 'a "strange"\\\tname\n').mkdir()
    (tmp_path / "big").write_bytes(bytes(300_000))

    events, answer = await told(example("DiskUsage").hosted_by(Desk(tmp_path)))

    ((text,), failed) = parts(answer)
    lines = str(text.content).split("\n")
    assert ([type(event) for event in events], failed) == ([Progress], False)
    assert [line.split("\t", 1)[1] for line in lines[:1]] == ["."]
    assert any('./a "strange"\\\tname' in line for line in lines)
