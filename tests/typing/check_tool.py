"""For mypy's eyes only: tools fit their socket, and a function that became one keeps its types."""

from collections.abc import AsyncIterator
from typing import assert_type

from sagent import tools
from sagent.abilities import Hosted
from sagent.host import Host
from sagent.protocols import Tool
from sagent.schema.event import Event
from sagent.schema.message import ToolCall
from sagent.tools import tool


@tool
def add(a: int, b: int = 2) -> int:
    return a + b


@tool(name="look_up", detachable=True)
async def look(word: str, call: ToolCall) -> str:
    return word + call.call_id


@tool
async def work(host: Host) -> AsyncIterator[Event | str]:
    yield str(host.workspace)


def tool_socket(plug: Tool) -> None: ...
def hosted_socket(plug: Hosted) -> None: ...


def tools_fit(host: Host) -> None:
    for plug in (
        tools.Read(),
        tools.Write(),
        tools.Edit(),
        tools.ApplyPatch(),
        tools.Glob(),
        tools.Grep(),
        tools.List(),
    ):
        tool_socket(plug)
        hosted_socket(plug)
    tool_socket(tools.Bash())
    tool_socket(tools.BackgroundTask())
    hosted_socket(tools.BackgroundTask())
    tool_socket(tools.AgentSelf())
    hosted_socket(tools.AgentSelf())
    tool_socket(add)
    tool_socket(look)
    tool_socket(work)
    assert_type(tools.Read().hosted_by(host), tools.Read)
    assert_type(tools.builtin(), tuple[Tool, ...])


async def a_function_keeps_its_types(call: ToolCall, host: Host) -> None:
    assert_type(add(1, b=3), int)
    assert_type(await look("a", call), str)
    async for item in work(host):
        assert_type(item, Event | str)


async def a_wrong_call_is_refused(call: ToolCall) -> None:
    add("a")  # type: ignore[arg-type]
    add(1, c=2)  # type: ignore[call-arg]
    await look(call, call)  # type: ignore[arg-type]
