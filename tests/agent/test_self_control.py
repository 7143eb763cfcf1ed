"""What an agent sees and changes of itself, in whole conversations."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sagent.agent import Agent
from sagent.compaction.asking import WHOLE
from sagent.errors import UsageError
from sagent.lib.json import EMPTY
from sagent.loop.state import fold
from sagent.messages.words import plain
from sagent.protocols import ModelLimits, Request, Tool
from sagent.providers import Anthropic, Google
from sagent.schema.message import (
    Amendment,
    Cleared,
    ModelChanged,
    Prompt,
    StatusChanged,
    Summary,
    ToolCall,
    ToolResult,
    ToolsChanged,
)
from sagent.schema.part import Data, Thinking
from sagent.schema.tools.agent_self import AgentSelfDirective
from sagent.schema.values import Standing
from sagent.sessions.memory import MemorySession
from sagent.testing import Replying, Scripted, WireReplying, WireServer, call
from sagent.tools import AgentSelf
from tests.agent.props import Gated, Trick, echo, seen

LONG = "tea " * 3_000


def itself(**patch: object) -> ToolCall:
    """A call by which an agent changes itself."""
    return call("AgentSelf", **patch)


def of(*script: Replying, tools: Sequence[Tool] = (), session: MemorySession | None = None) -> Agent:
    """An agent whose model says this."""
    return Agent(
        Scripted(*script), tools=[AgentSelf(), Trick("echo", echo), *tools], session=session, name="Ada"
    )


def told(agent: Agent) -> list[str]:
    """What its tool has told it."""
    return [
        " ".join(map(plain, kept.content))
        for kept in agent.messages
        if isinstance(kept, ToolResult) and kept.tool == "AgentSelf"
    ]


def notes(agent: Agent) -> list[Amendment]:
    """What it has changed."""
    return [kept for kept in agent.messages if isinstance(kept, Amendment) and kept.by]


def offered(agent: Agent) -> list[list[str]]:
    """The tools that its model was shown, request by request."""
    model = agent.model
    assert isinstance(model, Scripted)
    return [[tool.name for tool in asked.tools] for asked in model.requests]


async def test_a_status_and_a_checkpoint_are_kept_and_only_what_is_said_changes() -> None:
    agent = of(
        itself(status="testing", checkpoint={"progress": "a", "pending": "b"}, reason="halfway"),
        itself(checkpoint={"needs_user": "a key", "pending": ""}),
        "done",
    )

    await agent.run("go")

    assert agent.control.standing == Standing(status="testing", progress="a", pending="", needs_user="a key")
    assert [(type(note), note.by, note.reason) for note in notes(agent)] == [
        (StatusChanged, "Ada", "halfway"),
        (StatusChanged, "Ada", ""),
    ]
    assert told(agent) == ["Noted; the user sees it."] * 2


async def test_a_tool_that_is_turned_off_is_not_offered_and_not_run_until_it_is_on_again() -> None:
    agent = of(
        [itself(tools={"off": ["echo"]}, reason="not needed"), call("echo", text="a sibling")],
        [call("echo"), call("unheard")],
        itself(tools={"on": ["echo"]}),
        call("echo", text="again"),
        "done",
    )

    await agent.run("go")

    results = [
        " ".join(map(plain, kept.content))
        for kept in agent.messages
        if isinstance(kept, ToolResult) and kept.tool != "AgentSelf"
    ]
    assert results == [
        "a sibling",
        "not run: echo is turned off",
        "not run: there is no tool 'unheard'; there are AgentSelf",
        "again",
    ]
    assert offered(agent) == [
        ["AgentSelf", "echo"],
        ["AgentSelf"],
        ["AgentSelf"],
        ["AgentSelf", "echo"],
        ["AgentSelf", "echo"],
    ]


async def test_what_is_turned_off_stays_off_after_a_resume_and_can_be_turned_on() -> None:
    session = MemorySession()
    await of(itself(tools={"off": ["echo"]}), "done", session=session).run("go")
    again = of(
        call("echo"), itself(tools={"on": ["echo"]}), call("echo", text="again"), "done", session=session
    )

    await again.run("on")

    assert offered(again) == [["AgentSelf"], ["AgentSelf"], ["AgentSelf", "echo"], ["AgentSelf", "echo"]]
    assert again.control.diagnostics()["tools_off"] == ()


async def test_two_patches_of_one_response_add_up() -> None:
    more = Trick("more", echo)
    agent = of(
        [
            itself(tools={"off": ["echo"]}, status="a"),
            itself(tools={"off": ["more"]}, checkpoint={"progress": "b"}),
        ],
        "done",
        tools=[more],
    )

    await agent.run("go")

    assert offered(agent)[-1] == ["AgentSelf"]
    assert agent.control.standing == Standing(status="a", progress="b", pending="", needs_user="")


@pytest.mark.parametrize(
    ("patch", "reason"),
    [
        (
            {"tools": {"off": ["nope"]}},
            "there is no tool 'nope' to turn on or off; there are Agent",
        ),
        ({"tools": {"on": ["echo"], "off": ["echo"]}}, "echo cannot be turned on and off at once"),
        ({"effort": "high"}, "Scripted scripted has no effort and no limit that could be set"),
        ({"max_response_tokens": 9}, "Scripted scripted has no effort and no limit that could be set"),
        ({"context": {"action": "compact"}}, "compact: the conversation is too short to be summarized"),
        ({"context": {"action": "recompact"}}, "recompact: there is no summary to write again"),
        ({"context": {"action": "clear"}}, "clear needs guidance: all that you will know of what"),
        ({"model": "Google/x y"}, "GOOGLE_API_KEY"),
        ({"catalog": "Nobody"}, "there is no provider 'Nobody'; there are Google"),
    ],
)
async def test_a_patch_of_which_anything_does_not_fit_changes_nothing(
    patch: Mapping[str, object], reason: str
) -> None:
    agent = of(itself(status="x", **patch), "done")

    answer = await agent.run("go")

    (said,) = told(agent)
    assert reason in said
    assert said.endswith("; nothing was changed")
    assert (notes(agent), answer.content) == ([], "done")


async def test_a_key_that_is_not_set_and_a_model_that_nobody_knows_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with WireServer("unused") as server:
        google = Google.from_env(server.environment).model("gemini-3.5-flash")
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        agent = Agent(google, tools=[AgentSelf()])

        with pytest.raises(UsageError, match="OPENAI_API_KEY"):
            await agent.control.change({"model": "OpenAI/gpt-6-luna", "status": "x"})
        with pytest.raises(UsageError, match="Google has no model 'gemma-99'; catalog 'Google' lists them"):
            await agent.control.change({"model": "Google/gemma-99", "status": "x"})
        with pytest.raises(UsageError, match="gives 65536 at most"):
            await agent.control.change({"max_response_tokens": 10**6})

    assert agent.control.standing.status == ""
    await agent.aclose()


async def test_another_account_goes_on_with_the_same_model_and_is_not_shown_thoughts_that_it_did_not_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    away: WireReplying = [Thinking(content="let me see"), itself(account="work", reason="mine is used up")]
    async with (
        WireServer(away, "back") as mine,
        WireServer(itself(account="default"), key="theirs") as theirs,
    ):
        for name, value in mine.environment.items():
            monkeypatch.setenv(name, value)
        for name, value in theirs.environment.items():
            monkeypatch.setenv(f"{name}__WORK", value)
        model = Anthropic.from_env().model("claude-sonnet-5-5", effort="low")
        async with Agent(model, tools=[AgentSelf()]) as agent:
            answer = await agent.run("go")
            changes = [kept.content for kept in agent.messages if isinstance(kept, ModelChanged)][1:]
            lines = told(agent)

    work = replace(model.spec, provider="Anthropic@work", endpoint=theirs.base_url)
    assert (answer.content, changes) == ("back", [work, model.spec])
    assert lines == [
        "Anthropic@work claude-sonnet-5-5 goes on from the next request.",
        "Anthropic claude-sonnet-5-5 goes on from the next request.",
    ]
    assert "let me see" not in json.dumps(theirs.requests[0].body)
    assert "let me see" in json.dumps(mine.requests[1].body)


@pytest.mark.parametrize(
    ("patch", "provider", "name"),
    [
        (AgentSelfDirective(account="work"), "Google@work", "gemini-3.5-flash"),
        (AgentSelfDirective(account="WORK", model="gemini-2.5-pro"), "Google@work", "gemini-2.5-pro"),
        (
            AgentSelfDirective(account="work", model="Anthropic/claude-haiku-5-5"),
            "Anthropic@work",
            "claude-haiku-5-5",
        ),
        (AgentSelfDirective(model="Anthropic@work/claude-haiku-5-5"), "Anthropic@work", "claude-haiku-5-5"),
    ],
)
async def test_an_account_is_named_by_itself_or_with_a_model(
    patch: AgentSelfDirective, provider: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("GOOGLE_API_KEY", "GOOGLE_API_KEY__WORK", "ANTHROPIC_API_KEY__WORK"):
        monkeypatch.setenv(key, "k")
    agent = Agent(Google.from_env().model("gemini-3.5-flash"), tools=[AgentSelf()])

    await agent.control.change(patch)

    spec = agent.model.spec
    assert (spec.provider, spec.model) == (provider, name)
    await agent.aclose()


async def test_an_account_whose_key_is_not_set_is_refused_with_what_to_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GOOGLE_API_KEY", "k")
    agent = Agent(Google.from_env().model("gemini-3.5-flash"), tools=[AgentSelf()])

    with pytest.raises(UsageError, match="Google@wrok cannot be reached: set GOOGLE_API_KEY__WROK"):
        await agent.control.change({"account": "wrok"})

    assert agent.model.spec.provider == "Google"
    await agent.aclose()


async def test_a_model_that_has_no_price_is_refused_where_dollars_are_counted() -> None:
    agent = Agent(
        Scripted("done"), max_budget_usd=1.0, tools=[AgentSelf()], fallback_models=[Scripted(model="b")]
    )

    with pytest.raises(UsageError, match="nobody knows what Scripted b costs, so the budget in dollars"):
        await agent.control.change({"model": "b"})

    await agent.aclose()


async def test_effort_and_limit_change_by_the_same_note_as_a_swap_and_keep_place_and_key() -> None:
    async with WireServer(
        itself(effort="high", max_response_tokens=2_000, reason="it is hard"), "done"
    ) as server:
        model = Anthropic.from_env(server.environment).model("claude-sonnet-5-5", effort="low")
        async with Agent(model, tools=[AgentSelf()]) as agent:
            answer = await agent.run("go")
            (note,) = notes(agent)

    assert answer.content == "done"
    assert isinstance(note, ModelChanged)
    assert (note.content.model, note.reason) == ("claude-sonnet-5-5", "it is hard")
    assert dict(note.content.options) == {"effort": "high", "max_output_tokens": 2_000}


async def test_a_model_that_is_at_hand_goes_on_and_comes_back_without_any_environment() -> None:
    one, two = Scripted(itself(model="two"), "home", model="one"), Scripted(itself(model="one"), model="two")
    agent = Agent(one, tools=[AgentSelf()], fallback_models=[two])

    answer = await agent.run("go")

    assert answer.content == "home"
    assert told(agent) == [
        "Scripted two goes on from the next request.",
        "Scripted one goes on from the next request.",
    ]


async def test_a_swap_in_the_midst_of_a_cohort_stands_behind_its_results_and_the_next_request_is_legal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cohort: WireReplying = [
        Thinking(content="let me see"),
        call("echo", text="before"),
        itself(model="Google/gemini-3.5-flash", effort="low", reason="pictures"),
        call("echo", text="after"),
    ]
    async with WireServer(cohort, "done") as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        model = Anthropic.from_env().model("claude-sonnet-5-5")
        async with Agent(model, tools=[AgentSelf(), Trick("echo", echo)]) as agent:
            answer = await agent.run("go")
            view = agent._driver.core.state.view

    assert answer.content == "done"
    assert [type(entry).__name__ for entry in view] == [
        "Prompt",
        "ModelResponse",
        *["ToolResult"] * 3,
        "ModelChanged",
        "ModelResponse",
    ]
    assert dict(agent.model.spec.options) == {"effort": "low"}


async def test_a_clear_leaves_its_siblings_to_their_end_and_the_caller_gets_the_answer() -> None:
    gated = Gated()
    agent = of(
        [
            itself(context={"action": "clear", "guidance": "Say: home."}, reason="it is long"),
            call("wait"),
        ],
        "home",
        tools=[Trick("wait", gated)],
    )

    changed = seen(agent, ToolResult)
    asked = asyncio.ensure_future(agent.run("go"))
    await gated.begun.wait()
    await asyncio.wait_for(changed.wait(), 5)
    before = [kept for kept in agent.messages if isinstance(kept, Cleared)]
    gated.let.set()
    answer = await asked

    assert (before, gated.cancelled, answer.content) == ([], False, "home")
    model = agent.model
    assert isinstance(model, Scripted)
    (first,) = model.requests[-1].view
    assert isinstance(first, Prompt)
    assert plain(first.content[0]).endswith("You told yourself:\n\nSay: home.")


async def test_a_compaction_happens_behind_the_cohort_with_the_guidance_as_first_words() -> None:
    agent = of(
        [itself(context={"action": "compact", "guidance": "the tea"}, reason="it is long"), call("echo")],
        "it was about tea",
        "done",
    )

    answer = await agent.run(LONG)

    summary = next(kept for kept in agent.messages if isinstance(kept, Summary))
    assert (answer.content, summary.by, summary.reason) == ("done", "Ada", "it is long")


async def test_its_figures_name_all_that_it_works_with(tmp_path: Path) -> None:
    model = Scripted(itself(diagnostics=True), "done", limits=ModelLimits(context_window=9_000))
    agent = Agent(model, tools=[AgentSelf()], workspace=tmp_path, max_budget_tokens=50_000)

    await agent.run("go")

    result = next(kept for kept in agent.messages if isinstance(kept, ToolResult))
    (figures,) = result.content
    assert isinstance(figures, Data)
    assert isinstance(figures.content, Mapping)
    assert {name: figures.content[name] for name in figures.content if "tokens" not in name} == {
        "session": agent.session_id,
        "workspace": str(tmp_path),
        "provider": "Scripted",
        "model": "scripted",
        "effort": "as the provider sets it",
        "cost_usd": None,
        "cache_misses": {},
        "budget_left_usd": None,
        "context_window": 9_000,
        "tools_on": ("AgentSelf",),
        "tools_off": (),
        "tasks": (),
        "children": (),
        "inbox": 0,
    }
    left = figures.content["budget_left_tokens"]
    assert isinstance(left, int)
    assert 0 < left <= 50_000


SWITCHES = st.lists(st.sampled_from(["AgentSelf", "echo", "more", "nope"]), max_size=2)
PATCHES = st.fixed_dictionaries(
    {},
    optional={
        "reason": st.sampled_from(["", "why"]),
        "status": st.sampled_from(["", "busy"]),
        "checkpoint": st.fixed_dictionaries(
            {}, optional={"progress": st.just("a"), "needs_user": st.just("b")}
        ),
        "diagnostics": st.booleans(),
        "context": st.fixed_dictionaries(
            {"action": st.sampled_from(["compact", "recompact", "clear"])},
            optional={"guidance": st.just("go on")},
        ),
        "model": st.sampled_from(["one", "two", "Scripted/two", "Google/gemini-2.5-flash"]),
        "effort": st.sampled_from(["low", "max"]),
        "max_response_tokens": st.sampled_from([1, 10**9]),
        "tools": st.fixed_dictionaries({}, optional={"on": SWITCHES, "off": SWITCHES}),
    },
)


class Whim:
    """What a model says that changes itself as it likes, and then answers."""

    def __init__(self, patches: Sequence[Sequence[Mapping[str, object]]]) -> None:
        self._rounds = iter(patches)

    def __call__(self, request: Request) -> Replying:
        last = request.view[-1]
        if isinstance(last, Prompt) and plain(last.content[0]).startswith(WHOLE):
            return "it was about tea"
        calls = [itself(**patch) for patch in next(self._rounds, ())]
        return calls or "done"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(st.lists(PATCHES, min_size=1, max_size=2), max_size=4))
async def test_whatever_an_agent_does_to_itself_it_can_be_asked_and_resumed(
    rounds: Sequence[Sequence[Mapping[str, object]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GOOGLE_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    session, whim = MemorySession(), Whim(rounds)
    script = [whim] * 40
    one, two = Scripted(*script, model="one"), Scripted(*script, model="two")
    tools: Sequence[Tool] = [AgentSelf(), Trick("echo", echo), Trick("more", echo)]
    agent = Agent(one, tools=tools, fallback_models=[two], session=session)

    await agent.run(LONG)
    answer = await agent.run("and now?")
    state = agent._driver.core.state
    resumed = Agent(agent.model, tools=tools, session=session)

    assert answer.content == "done"
    assert fold(agent.messages) == state
    assert "AgentSelf" in [tool.name for tool in state.tools]
    assert resumed.control.standing == agent.control.standing
    assert resumed.control.diagnostics()["tools_off"] == agent.control.diagnostics()["tools_off"]
    assert not any(isinstance(kept, ToolsChanged) for kept in resumed._driver.core.state.pending.values())
    assert resumed.model.spec == agent.model.spec
    assert agent.model.spec.options == EMPTY
