"""What a model asks of itself, and what it is told."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from sagent.abilities import Reach
from sagent.errors import ToolError
from sagent.lib.json import freeze_object, json_text
from sagent.schema.message import ToolResult
from sagent.schema.part import Data, Text
from sagent.tools import AgentSelf
from tests.tools.calls import Desk, Mirror, call_of, told


async def parts(mirror: Mirror, **directive: object) -> list[object]:
    """What the tool says of this agent."""
    tool = AgentSelf().hosted_by(Desk(Path("/work"), control=mirror))
    _, answer = await told(tool, **directive)
    assert isinstance(answer, ToolResult)
    return [part.content for part in answer.content]


async def test_one_call_is_one_patch_and_tells_what_was_done() -> None:
    mirror = Mirror()

    said = await parts(mirror, status="testing", tools={"off": ["Bash"]}, reason="safer")

    assert said == ["changed"]
    (patch,) = mirror.wanted
    assert json_text(freeze_object(patch)) == '{"status":"testing","tools":{"off":["Bash"]},"reason":"safer"}'


async def test_figures_are_data_and_are_told_as_they_are_after_the_change() -> None:
    mirror = Mirror()
    tool = AgentSelf().hosted_by(Desk(Path("/work"), control=mirror))

    _, answer = await told(tool, status="testing", catalog="Google", diagnostics=True)

    assert isinstance(answer, ToolResult)
    assert answer.content == (
        Text(content="changed\nGoogle are these"),
        Data(content=freeze_object({"model": "one", "context_tokens": 1})),
    )


async def test_looking_alone_changes_nothing() -> None:
    mirror = Mirror()

    said = await parts(mirror, catalog="providers", reason="curious")

    assert said == ["providers are these"]
    assert mirror.wanted == []


@pytest.mark.parametrize(
    ("directive", "refusal", "told"),
    [
        ({}, "", "say what is to be changed, or ask for diagnostics or a catalog"),
        ({"reason": "why not"}, "", "say what is to be changed, or ask for diagnostics or a catalog"),
        (
            {"status": "safe", "tools": {"off": ["Bash", "AgentSelf"]}},
            "",
            "AgentSelf stays on: nothing else could turn it on again; nothing was changed",
        ),
        ({"effort": "low", "status": "x"}, "it cannot", "it cannot; nothing was changed"),
    ],
)
async def test_what_does_not_fit_is_refused_whole(
    directive: Mapping[str, object], refusal: str, told: str
) -> None:
    mirror = Mirror(refusal=refusal)

    with pytest.raises(ToolError, match=f"^{re.escape(told)}$"):
        await parts(mirror, **directive)
    assert mirror.wanted == []


async def test_without_an_agent_there_is_no_self() -> None:
    tool = AgentSelf()

    with pytest.raises(ToolError, match="only an agent can look at itself or change itself"):
        await tool.run(call_of(tool, diagnostics=True))


def test_a_person_is_told_what_it_changes_and_why() -> None:
    tool = AgentSelf()

    assert tool.summary(call_of(tool, model="Google/x", effort="low", reason="cheaper")) == (
        "Itself: model Google/x, effort (cheaper)"
    )


def test_only_another_model_takes_leave() -> None:
    tool = AgentSelf()

    assert tool.reach(call_of(tool, status="testing", effort="low", tools={"off": ["Bash"]})) == Reach()
    assert tool.reach(call_of(tool, model="Google/x")) is None


def test_figures_that_only_grow_are_no_news() -> None:
    fields = ["input_tokens", "context_tokens", "cost_usd", "budget_left_tokens", "model", "tasks", "inbox"]

    growing = [name for name in fields if re.fullmatch(AgentSelf().volatile, name)]

    assert growing == ["input_tokens", "context_tokens", "cost_usd", "budget_left_tokens"]


def test_its_schema_costs_a_request_little() -> None:
    tool = AgentSelf()

    assert len(str(tool.directive_schema)) + len(tool.description) < 2_350
