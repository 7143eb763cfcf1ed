"""What models may say of the agents that they spawn, and what comes of it."""

import asyncio
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from shutil import copytree, rmtree

import pytest
from typing_extensions import override

from sagent.agent import Agent
from sagent.children import ASKER, TreeLimits
from sagent.lib.json import freeze_object, json_text
from sagent.messages.words import plain
from sagent.protocols import Answer, Model, Request, Tool
from sagent.providers import Anthropic, OpenAI
from sagent.schema.event import Progress
from sagent.schema.message import AgentEnded, AgentSpawned, Detached, Message, Prompt, ToolCall, ToolResult
from sagent.schema.part import Data, ErrorText, Text
from sagent.schema.values import ModelSpec
from sagent.sessions.jsonl import JsonlSession
from sagent.sessions.shelf import Shelf
from sagent.testing import Replying, Scripted, WireServer, always, as_json, call
from sagent.testing.server import WireServer as Server
from sagent.tools import AgentSpawn, BackgroundTask, Read, Write
from tests.agent.props import Gated, Trick, echo
from tests.agent.test_children import births, results

SIZE = freeze_object(
    {
        "type": "object",
        "properties": {"length": {"type": "integer"}},
        "required": ["length"],
        "additionalProperties": False,
    }
)


def asked(request: Request) -> str:
    """The last words that somebody said."""
    return [" ".join(map(plain, entry.content)) for entry in request.view if isinstance(entry, Prompt)][-1]


def answering(**answers: Replying | Callable[[Request], Replying]) -> Callable[[Request], Replying]:
    """A model that answers by the first word of what it is asked, or of the whole conversation."""

    def answer(request: Request) -> Replying:
        said = answers[asked(request).split()[0]]
        return said(request) if callable(said) else said

    return answer


def once(first: Replying, then: Replying) -> Callable[[Request], Replying]:
    """Say this while nothing was called, and then that."""
    return lambda request: then if any(isinstance(entry, ToolResult) for entry in request.view) else first


async def test_several_prompts_have_an_agent_each_and_answers_come_in_order_with_failures_in_them() -> None:
    model = Scripted(
        always(
            answering(
                go=once(call("AgentSpawn", prompts=["a 1", "b 2", "c 3"], name="trio"), "done"),
                a="first",
                b=RuntimeError("no"),
                c="third",
            )
        )
    )
    agent = Agent(model, tools=[AgentSpawn()])
    shown: list[str] = []

    def look(item: Message) -> None:
        if isinstance(item, Progress):
            shown.append(item.content)

    agent.watch(look)

    await agent.run("go")

    (result,) = [kept for kept in agent.messages if isinstance(kept, ToolResult)]
    spawned = [kept for kept in agent.messages if isinstance(kept, AgentSpawned)]
    (second,) = [kept.content for kept in spawned if kept.name == "trio-2"]
    assert not result.failed
    assert [plain(part).splitlines()[0] for part in result.content] == [
        "[1 of 3]",
        "[2 of 3, failed]",
        f"trio-2 has not answered: RuntimeError: no (its session is {second})",
        "[3 of 3]",
    ]
    assert plain(result.content[0]) == "[1 of 3]\nfirst"
    assert shown[-1] == "3 of 3 done, 1 failed"


async def test_one_in_the_background_is_waited_for_by_the_answer_but_not_by_the_conversation() -> None:
    build, said = Gated(), asyncio.Event()

    def lead(request: Request) -> Replying:
        if not any(isinstance(entry, Detached) for entry in request.view):
            return call("AgentSpawn", prompt="build it", name="builder", background=True)
        if any(isinstance(entry, Prompt) and entry.author == "background" for entry in request.view):
            return "it is built"
        said.set()
        return "it is being built"

    def answer(request: Request) -> Replying:
        return once(call("build"), "built")(request) if asked(request) == "build it" else lead(request)

    agent = Agent(Scripted(always(answer)), tools=[AgentSpawn(), Trick("build", build)])
    running = asyncio.create_task(agent.run("go"))
    await asyncio.gather(build.begun.wait(), said.wait())

    build.let.set()
    told = await running

    (stub,) = [kept for kept in agent.messages if isinstance(kept, Detached)]
    assert stub.content == "builder works on it in the background; what comes of it is a later message"
    assert stub.deadline is None
    assert told.content == "it is built"


async def test_an_answer_of_a_form_is_data_and_one_of_another_form_is_a_failure() -> None:
    model = Scripted(
        always(
            answering(
                go=once(
                    [
                        call("AgentSpawn", prompt="good", output=SIZE),
                        call("AgentSpawn", prompt="bad", output=SIZE),
                    ],
                    "done",
                ),
                good=as_json({"length": 3}),
                bad=as_json({"length": "long"}),
                The=as_json({"length": "still long"}),
            )
        )
    )
    agent = Agent(model, tools=[AgentSpawn()])

    await agent.run("go")

    good, bad = [kept for kept in agent.messages if isinstance(kept, ToolResult)]
    assert good.content == (Data(content={"length": 3}),)
    assert bad.failed
    assert isinstance(bad.content[0], ErrorText)


async def test_limits_of_a_child_are_those_that_were_said(tmp_path: Path) -> None:
    spawn = call(
        "AgentSpawn",
        prompt="child",
        max_rounds=2,
        max_depth=0,
        budget_tokens=100_000,
        workspace="src",
    )
    model = Scripted(always(answering(go=once(spawn, "done"), child="ok")))
    (tmp_path / "src").mkdir()
    tools: Sequence[Tool] = [AgentSpawn(), Trick("echo", echo)]
    agent = Agent(model, tools=tools, workspace=tmp_path, max_budget_tokens=90_000)

    await agent.run("go")

    (note,) = [kept for kept in agent.messages if isinstance(kept, AgentSpawned)]
    assert note.limits.max_tool_call_rounds == 2
    assert note.limits.max_budget_tokens == 100_000
    assert (note.workspace, list(note.tools)) == (str(tmp_path / "src"), ["echo"])


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"workspace": "../elsewhere"}, "../elsewhere is not inside of"),
        ({"workspace": "nowhere"}, "there is no directory nowhere"),
        ({"effort": "high"}, "scripted has no effort that could be set"),
        ({"model": "nobody/knows"}, "nothing is spawned"),
        ({"prompts": ["x"]}, "say either a prompt or prompts"),
        ({"output": {"type": "nonsense"}}, "output is no JSON Schema"),
        ({"hot": True, "tools": []}, "a hot agent has your tools"),
        ({"worktree": True}, "git rev-parse failed in"),
    ],
)
async def test_what_cannot_be_had_is_refused_with_the_reason(
    wrong: Mapping[str, object], why: str, tmp_path: Path
) -> None:
    agent = Agent(
        Scripted(call("AgentSpawn", prompt="x", **wrong), "a pity"), tools=[AgentSpawn()], workspace=tmp_path
    )

    await agent.run("go")

    ((told, failed),) = results(agent)
    assert failed
    assert why in told
    assert list(agent.children) == []


class Tuned(Scripted):
    """A model that thinks as hard as it is told."""

    effort = "low"

    @property
    @override
    def spec(self) -> ModelSpec:
        return ModelSpec(
            provider="Scripted",
            dialect="scripted",
            endpoint="",
            model="tuned",
            options=freeze_object({"effort": self.effort}),
        )

    def tuned(self, *, effort: str | None = None, max_output_tokens: int | None = None) -> Model:
        other = Tuned("thought hard")
        other.effort = effort or self.effort
        return other


async def test_a_child_thinks_as_hard_as_was_said() -> None:
    agent = Agent(Tuned(call("AgentSpawn", prompt="x", effort="high"), "done"), tools=[AgentSpawn()])

    await agent.run("go")

    (note,) = [kept for kept in agent.messages if isinstance(kept, AgentSpawned)]
    assert note.model.options == {"effort": "high"}
    assert results(agent) == [("thought hard", False)]


async def test_the_name_of_one_that_has_ended_goes_on_with_its_conversation(tmp_path: Path) -> None:
    def recalling(request: Request) -> Replying:
        return f"heard {sum(isinstance(entry, Prompt) for entry in request.view)}"

    model = Scripted(
        call("AgentSpawn", prompt="first", name="scout"),
        recalling,
        "so far so good",
        call("AgentSpawn", prompt="second", name="scout"),
        recalling,
        "done",
    )
    agent = Agent(model, tools=[AgentSpawn()], session=Shelf(tmp_path).create(tmp_path))

    await agent.run("go")
    await agent.run("go on")

    assert results(agent) == [("heard 1", False), ("heard 2", False)]
    notes = [kept.content for kept in agent.messages if isinstance(kept, AgentSpawned)]
    assert len(set(notes)) == 1
    ended = [kept.usage.output_tokens for kept in agent.messages if isinstance(kept, AgentEnded)]
    assert ended == [2, 2]
    await agent.aclose()


@pytest.mark.parametrize("most", [1, 2])
async def test_trees_come_to_an_end_however_few_may_be_at_work_at_once(most: int) -> None:
    at_work, peak = [0], [0]

    async def count(_: ToolCall) -> Answer:
        at_work[0] += 1
        peak[0] = max(peak[0], at_work[0])
        for _step in range(5):
            await asyncio.sleep(0)
        at_work[0] -= 1
        return Text(content="counted")

    model = Scripted(
        always(
            answering(
                go=once(call("AgentSpawn", prompts=["branch"] * 3), "done"),
                branch=once([call("AgentSpawn", prompt="leaf")] * 3, "grown"),
                leaf=once(call("count"), "green"),
            )
        )
    )
    agent = Agent(
        model, tools=[AgentSpawn(), Trick("count", count)], tree_limits=TreeLimits(max_running=most)
    )

    await asyncio.wait_for(agent.run("go"), 20)

    assert births(agent.messages).count("answered") == 3
    assert peak == [most]
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_parent_that_waits_for_one_in_the_background_makes_room_for_it() -> None:
    model = Scripted(
        always(
            answering(
                go=once(call("AgentSpawn", prompt="branch"), "done"),
                branch=once(call("AgentSpawn", prompt="leaf", background=True), "grown"),
                leaf="green",
                **{"[AgentSpawn": "grown, and green"},
            )
        )
    )
    agent = Agent(model, tools=[AgentSpawn()], tree_limits=TreeLimits(max_running=1))

    answer = await asyncio.wait_for(agent.run("go"), 20)

    assert answer.content == "done"
    assert births(agent.messages) == ["Agent-1 spawned", "answered"]


async def test_those_that_wait_for_their_turn_are_ended_with_the_rest() -> None:
    build = Gated()
    model = Scripted(
        always(answering(go=once(call("AgentSpawn", prompts=["build"] * 3), "done"), build=call("build")))
    )
    agent = Agent(model, tools=[AgentSpawn(), Trick("build", build)], tree_limits=TreeLimits(max_running=1))
    running = asyncio.create_task(agent.run("go"))
    await build.begun.wait()

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await agent.aclose()

    assert build.cancelled
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_whoever_is_asked_for_leave_hears_which_child_asks() -> None:
    heard: list[str] = []

    async def approve(asking: ToolCall) -> str | None:
        heard.append(f"{ASKER.get()}: {asking.tool}")
        return None

    spawn = call("AgentSpawn", prompt="mother", name="mother")
    deeper = call("AgentSpawn", prompt="daughter", name="daughter")
    model = Scripted(
        always(
            answering(go=once(spawn, "done"), mother=once(deeper, "ok"), daughter=once(call("echo"), "ok"))
        )
    )
    agent = Agent(model, tools=[AgentSpawn(), Trick("echo", echo)], approve=approve)

    await agent.run("go")

    assert heard == [": AgentSpawn", "mother: AgentSpawn", "mother/daughter: echo"]


def repository(folder: Path) -> Path:
    """A git repository with one commit."""
    place = folder / "project"
    (place / "src").mkdir(parents=True)
    (place / "src" / "a.txt").write_text("a\n")
    for command in (
        ("init", "--quiet", "-b", "main"),
        ("add", "."),
        ("-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "--quiet", "-m", "first"),
    ):
        subprocess.run(("git", *command), cwd=place, check=True)
    return place


def git(place: Path, *command: str) -> str:
    done = subprocess.run(("git", *command), cwd=place, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.mark.parametrize("changes", [False, True])
async def test_a_worktree_is_removed_where_nothing_was_changed_and_else_kept_and_named(
    changes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    place = repository(tmp_path) / "src"
    writing = call("Write", file_path="b.txt", content="b\n") if changes else call("Read", file_path="a.txt")
    spawn = call("AgentSpawn", prompt="work", name="worker", worktree=True)
    model = Scripted(spawn, writing, "worked", "done")
    agent = Agent(model, tools=[AgentSpawn(), Read(), Write()], workspace=place)

    await agent.run("go")

    (note,) = [kept for kept in agent.messages if isinstance(kept, AgentSpawned)]
    ((told, failed),) = results(agent)
    branches = [line.strip("* +") for line in git(place, "branch").splitlines()]
    assert not failed
    assert note.workspace == str(tmp_path / "data" / "sagent" / "worktrees" / note.content / "src")
    assert not (place / "b.txt").exists()
    if changes:
        branch = f"sagent/worker-{note.content.rpartition('-')[2]}"
        assert (Path(note.workspace) / "b.txt").read_text() == "b\n"
        assert told == (
            f"worked Its work is in the git worktree {Path(note.workspace).parent}, on branch {branch}: "
            "commits: 0, files not committed: 1."
        )
        assert branches == ["main", branch]
    else:
        assert told == "worked Nothing in its worktree was changed, and it was removed."
        assert not Path(note.workspace).exists()
        assert branches == ["main"]


@pytest.mark.parametrize("changes", [False, True])
async def test_a_worktree_that_outlived_its_process_is_removed_if_unchanged_and_else_named_once(
    changes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    place, slow = repository(tmp_path), Gated()
    writing = (
        call("Write", file_path="b.txt", content="b\n") if changes else call("Read", file_path="src/a.txt")
    )
    spawn = call("AgentSpawn", prompt="work", name="worker", worktree=True)
    tools: Sequence[Tool] = [AgentSpawn(), Read(), Write(), Trick("slow", slow)]
    first = Agent(
        Scripted(spawn, writing, call("slow")),
        tools=tools,
        workspace=place,
        session=Shelf(tmp_path / "now").create(tmp_path, session_id="s"),
    )
    running = asyncio.create_task(first.run("go"))
    await slow.begun.wait()
    (note,) = [kept for kept in first.messages if isinstance(kept, AgentSpawned)]
    root = Path(note.workspace)
    kept_aside = [tmp_path / "aside", tmp_path / "dot-git"]
    copytree(tmp_path / "now", tmp_path / "then")  # as a process leaves it that is killed here
    copytree(root, kept_aside[0])
    copytree(place / ".git", kept_aside[1])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await first.aclose()
    for there, was in ((root, kept_aside[0]), (place / ".git", kept_aside[1])):
        rmtree(there, ignore_errors=True)
        copytree(was, there)

    said: list[str] = []
    for _ in range(2):
        again = Agent(
            Scripted(always("ok")), tools=tools, session=JsonlSession.open(tmp_path / "then" / "s.jsonl")
        )
        await again.run("go on")
        await again.aclose()
        mail = [kept for kept in again.messages if isinstance(kept, Prompt) and kept.author == "background"]
        said = [" ".join(map(plain, kept.content)) for kept in mail]

    branch = f"sagent/worker-{note.content.rpartition('-')[2]}"
    branches = [line.strip("* +") for line in git(place, "branch").splitlines()]
    assert root.exists() is changes
    assert branches == (["main", branch] if changes else ["main"])
    told = (
        f"The agent {note.content} ended with its process. Its work is in the git worktree {root}, on branch "
        f"{branch}: commits: 0, files not committed: 1."
    )
    assert said == ([told] if changes else [])


@pytest.mark.parametrize("steps", [4, 20, 60, 150, 400])
async def test_a_call_that_is_broken_off_leaves_no_worktree_that_nobody_knows_of(
    steps: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    place = repository(tmp_path)
    spawn = call("AgentSpawn", prompt="work", worktree=True)
    agent = Agent(Scripted(spawn, "worked", "done"), tools=[AgentSpawn()], workspace=place)
    running = asyncio.create_task(agent.run("go"))
    for _ in range(steps):  # each step of the loop waits at most for git
        await asyncio.to_thread(list)

    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await agent.aclose()

    assert git(place, "worktree", "list").count("\n") == 0
    assert git(place, "branch") == "* main"


MODELS: Mapping[str, Callable[[Server], Model]] = {
    "anthropic": lambda server: Anthropic(key=server.key, base_url=server.base_url).model(),
    "openai": lambda server: OpenAI(key=server.key, base_url=f"{server.base_url}/v1").model(),
}


@pytest.mark.parametrize("wire", MODELS)
async def test_the_first_request_of_a_hot_child_begins_with_the_last_one_of_its_parent(wire: str) -> None:
    slow = Gated()
    script = (
        call("echo", text="x"),
        call("BackgroundTask", action="start", tool="slow", promises=False),
        call("AgentSpawn", prompt="look at it once more", hot=True),
        "seen",
        "done",
    )
    async with WireServer(*script) as server:
        tools: Sequence[Tool] = [AgentSpawn(), BackgroundTask(), Trick("echo", echo), Trick("slow", slow)]
        agent = Agent(MODELS[wire](server), "You lead.", tools)
        await agent.run("go")
        await agent.aclose()

    parent, child = (server.requests[number].body for number in (2, 3))
    assert isinstance(parent, Mapping)
    assert isinstance(child, Mapping)
    field = "messages" if wire == "anthropic" else "input"
    before, after = json_text(parent[field]), json_text(child[field])
    assert after.startswith(before[:-1].removesuffix("]}"))
    assert {key: value for key, value in child.items() if key != field} == {
        key: value for key, value in parent.items() if key != field
    }
    assert server.complaints == ()
