"""The crew: what becomes of what runs is fed back, also where its event loop ends first."""

import asyncio

from sagent.atoms import CallId, ToolName
from sagent.errors import UsageError
from sagent.lib.json import EMPTY
from sagent.loop.crew import Crew
from sagent.loop.dismissal import CLEANING
from sagent.loop.hooks import Hooks
from sagent.loop.traffic import Input, Outcome, Stopped
from sagent.protocols import Answer, Tool
from sagent.schema.message import ToolCall
from sagent.schema.part import Text
from tests.agent.props import Trick


def nothing(name: ToolName) -> Tool:
    raise UsageError(f"there is no {name}")


async def leave(call: ToolCall) -> None:
    return None


def test_a_stop_that_its_event_loop_did_not_live_to_see_is_fed_back_on_the_next_one() -> None:
    fed: list[Input] = []
    crew = Crew(
        tool=nothing,
        approve=leave,
        hooks=Hooks(None, None),
        feed=fed.append,
        show=lambda message: None,
        begun=lambda hand, call: None,
        told=lambda progress: None,
        room=lambda call_id: 0,
    )

    async def next_one() -> None:
        crew.desert()

    loop = asyncio.new_event_loop()
    loop.call_soon(crew.stop, 7)
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()
    assert fed == []
    asyncio.run(next_one())

    assert fed == [Stopped(7, "")]


async def test_a_call_that_is_ended_twice_is_cancelled_once_and_told_of_once() -> None:
    fed: list[Input] = []
    cleaned: list[int] = []
    begun = asyncio.Event()

    async def slow(call: ToolCall) -> Answer:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(2 * CLEANING)  # a second cancel would break it off
            cleaned.append(1)
        return Text(content="never")

    crew = Crew(
        tool=lambda name: Trick(name, slow),
        approve=leave,
        hooks=Hooks(None, None),
        feed=fed.append,
        show=lambda message: None,
        begun=lambda hand, call: None,
        told=lambda progress: None,
        room=lambda call_id: 0,
    )
    crew.run(ToolCall(call_id=CallId("c1"), vendor_id="", tool=ToolName("slow"), content=EMPTY))
    await begun.wait()

    crew.end(CallId("c1"), "stopped")
    crew.end(CallId("c1"), "stopped again")
    await crew.disband()

    assert ([type(each) for each in fed], cleaned) == ([Outcome], [1])
