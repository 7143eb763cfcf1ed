"""The crew: what becomes of what runs is fed back, also where its event loop ends first."""

import asyncio

from sagent.atoms import ToolName
from sagent.errors import UsageError
from sagent.loop.crew import Crew
from sagent.loop.hooks import Hooks
from sagent.loop.traffic import Input, Stopped
from sagent.protocols import Tool
from sagent.schema.message import ToolCall


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
        room=lambda call_id: 0,
    )

    async def cut_short() -> None:
        crew.stop(7)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()  # as the end of an event loop does

    async def next_one() -> None:
        crew.desert()

    asyncio.run(cut_short())
    assert fed == []
    asyncio.run(next_one())

    assert fed == [Stopped(7, "")]
