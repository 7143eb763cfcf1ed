"""Whoever is asked for leave knows who asks, for as long as that lasts."""

import asyncio
from collections.abc import Coroutine
from contextvars import copy_context

from sagent.agent.asker import asking
from sagent.atoms import CallId, ToolName
from sagent.children import ASKER
from sagent.lib.json import freeze_object
from sagent.schema.message import ToolCall


def test_a_question_that_is_given_up_with_its_event_loop_ends_without_a_complaint() -> None:
    heard: list[str] = []

    async def approve(asked: ToolCall) -> str | None:
        heard.append(ASKER.get())
        await asyncio.Future[None](loop=loop)
        return None

    ask = asking(approve, "reviewer")
    assert ask is not None
    question = ask(
        ToolCall(call_id=CallId("c"), vendor_id="", tool=ToolName("echo"), content=freeze_object({}))
    )
    assert isinstance(question, Coroutine)
    loop = asyncio.new_event_loop()
    copy_context().run(question.send, None)

    question.close()
    loop.close()

    assert (heard, ASKER.get()) == (["reviewer"], "")
