"""For type checkers' eyes only: every plug fits its socket, tags tell types, and mistakes are refused."""

from collections.abc import AsyncIterator
from typing import assert_never, assert_type

import sagent.agent
import sagent.providers
import sagent.tools
from sagent import Agent, json_freeze, tool
from sagent.abilities import Reaching
from sagent.atoms import CallId
from sagent.host import Host
from sagent.lib.json import JsonObject, JsonValue
from sagent.protocols import Answer, Model, Provider, Session, Tool
from sagent.providers import Google
from sagent.schema.event import Event
from sagent.schema.message import Kept, Message, ModelResponse, Prompt, ToolCall, ToolResult
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Part, Text, Thinking
from sagent.sessions.jsonl import JsonlSession
from sagent.tasks import Task
from sagent.testing import MemorySession, Scripted
from sagent.tools import ApplyPatch, BackgroundTask, Bash, Edit, Glob, Grep, List, Read, Write


def model_socket(plug: Model) -> None: ...
def provider_socket(plug: Provider) -> None: ...
def session_socket(plug: Session) -> None: ...
def tool_socket(plug: Tool) -> None: ...
def host_socket(plug: Host) -> None: ...
def reaching_socket(plug: Reaching) -> None: ...


def plugs_fit(google: Google, jsonl: JsonlSession, agent: Agent) -> None:
    provider_socket(google)
    model_socket(google.model())
    model_socket(Scripted("hello"))
    session_socket(jsonl)
    session_socket(MemorySession())
    tool_socket(agent)
    host_socket(agent)
    for plug in (ApplyPatch(), BackgroundTask(), Bash(), Edit(), Glob(), Grep(), List(), Read(), Write()):
        reaching_socket(plug)


async def an_answer_is_a_text(agent: Agent) -> None:
    assert_type(await agent.run("hi"), Text)
    assert_type(await agent.run(json_freeze({"prompt": "hi"})), Text)
    assert_type(agent.run_sync(Text(content="hi")), Text)
    async for message in agent.stream("hi"):
        assert_type(message, Message)


def a_task_is_started_by_words_and_known_by_its_call(agent: Agent) -> None:
    assert_type(agent.tasks.start("Bash", {"command": "make"}, delay=60), CallId)
    for task in agent.tasks:
        assert_type(task, Task)
    agent.tasks.kill("c1")  # type: ignore[arg-type]


def frozen_objects_are_objects(value: object) -> None:
    assert_type(json_freeze({"a": [1]}), JsonObject)
    assert_type(json_freeze(value), JsonValue)


def a_tag_tells_the_type(part: Part) -> str:
    match part.descriptor:
        case "text/plain":
            assert_type(part, Text)
        case "application/json":
            assert_type(part, Data)
        case "image/png" | "image/jpeg" | "image/gif" | "image/webp":
            assert_type(part, Image)
        case "text/x-thinking" | "text/x-error":
            assert_type(part, Thinking | ErrorText)
        case "application/pdf" | "audio/wav" | "audio/mpeg" | "audio/ogg" | "audio/flac":
            assert_type(part, Document | Audio)
        case "application/x-foreign":
            assert_type(part, Foreign)
        case _:
            assert_never(part)
    return part.descriptor


def crumbs_stay_out_of_the_log(session: Session, event: Event, kept: Kept, call: ToolCall) -> None:
    session.append(kept)
    session.append(event)  # type: ignore[arg-type]  # the point of this line
    session.append(call)  # type: ignore[arg-type]  # a call lives in its response


def messages_do_not_change(prompt: Prompt, response: ModelResponse, result: ToolResult) -> None:
    prompt.sender = "me"  # type: ignore[misc]  # frozen
    response.content.append(Text(content="more"))  # type: ignore[attr-defined]  # a sequence, not a list
    result.descriptor = "text/plain"  # type: ignore[misc,assignment]  # neither writable nor of that kind


def a_tool_is_called_as_it_was_written() -> None:
    @tool
    def add(a: int, b: int = 2) -> int:
        """Add."""
        return a + b

    assert_type(add(1, b=3), int)
    add("1")  # type: ignore[arg-type]  # a number is asked for
    add(1, c=3)  # type: ignore[call-arg]  # there is no such parameter


class Shouting:
    """Not a tool: it answers with a string, which is no message part."""

    name = "shout"

    async def run(self, message: ToolCall, /) -> str:
        return "HEY"


class Streaming:
    """An answer may be streamed by a generator; the socket must take both."""

    async def run(self, message: ToolCall, /) -> AsyncIterator[Event | Answer]:
        yield Text(content="so")


def a_class_without_the_shape_is_no_tool() -> None:
    tool_socket(Shouting())  # type: ignore[arg-type]  # the point of this line
    tool_socket(Streaming())  # type: ignore[arg-type]  # no name, no schema


def a_name_that_does_not_exist_is_a_mistake_for_checkers_too() -> None:
    assert sagent.Agnet  # type: ignore[attr-defined]
    assert sagent.tools.Raed  # type: ignore[attr-defined]
    assert sagent.providers.Gogle  # type: ignore[attr-defined]
    assert sagent.agent.Flet  # type: ignore[attr-defined]
