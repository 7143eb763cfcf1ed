"""For type checkers' eyes only: what an agent gives is of the type that was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypedDict, assert_type

from sagent import Agent, Fleet, JsonObject, JsonValue, Message, SagentError, Text


@dataclass(frozen=True)
class Finding:
    title: str


class Note(TypedDict):
    text: str


class Kind(Enum):
    BUG = "bug"


async def an_answer_has_the_type_that_was_asked_for(agent: Agent, schema: JsonObject) -> None:
    assert_type(await agent.run("x"), Text)
    assert_type(await agent.run("x", output=None), Text)
    assert_type(await agent.run("x", output=Finding), Finding)
    assert_type(await agent.run("x", output=Note), Note)
    assert_type(await agent.run("x", output=Kind), Kind)
    assert_type(await agent.run("x", output=list[Finding]), list[Finding])
    assert_type(await agent.run("x", output=Sequence[Note]), Sequence[Note])
    assert_type(await agent.run("x", output=Literal["low", "high"]), Literal["low", "high"])
    assert_type(await agent.run("x", output=int | str), int | str)
    assert_type(await agent.run("x", output=Finding | None), Finding | None)
    assert_type(await agent.run("x", output=schema), JsonValue)
    assert_type(agent.run_sync("x", output=Finding), Finding)
    assert_type(agent.run_sync("x", output={"type": "object"}), JsonValue)


async def a_stream_ends_with_it(agent: Agent) -> None:
    async for message in agent.stream("x"):
        assert_type(message, Message)
    async for item in agent.stream("x", output=Finding):
        assert_type(item, Message | Finding)


async def many_answers_have_it_each(agent: Agent, fleet: Fleet, schema: JsonObject) -> None:
    assert_type(await agent.map(["x"]), Sequence[Text | SagentError])
    assert_type(await agent.map(["x"], output=Finding, name="reviewer"), Sequence[Finding | SagentError])
    assert_type(
        await fleet.map(["x"], output=list[Finding], concurrency=2), Sequence[list[Finding] | SagentError]
    )
    assert_type(await fleet.map(["x"], output=schema), Sequence[JsonValue | SagentError])
    assert_type(fleet.spawn(system="You review."), Agent)
    assert_type(await agent.spawn(tools=()).run("x", output=Finding), Finding)


async def mistakes_are_refused(agent: Agent) -> None:
    agent.spawn(nmae="x")  # type: ignore[call-arg]  # it is misspelt
    await agent.run("x", output=3)  # type: ignore[call-overload]  # no type, and no schema
    found: Note = await agent.run("x", output=Finding)  # type: ignore[arg-type]  # it is a Finding
    name = agent.run_sync("x", output=Finding).name  # type: ignore[attr-defined]  # it has a title
    print(found, name)
