"""A model that says what it was told to say."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.atoms import CallId, ToolName
from sagent.errors import Overloaded, Refused, Unreachable
from sagent.lib.json import freeze_object
from sagent.messages.view import View
from sagent.protocols import Model, ModelLimits, Reply, Request
from sagent.schema.event import TextDelta, ThinkingDelta
from sagent.schema.message import ToolCall
from sagent.schema.part import Text, Thinking
from sagent.schema.values import ModelSpec
from sagent.testing import Asked, Scripted, always, call, hold, reply
from tests.testing.asking import chunks, requested, said


async def last(model: Model, asked: Request | None = None) -> Reply:
    chunk = (await chunks(model, asked))[-1]
    assert isinstance(chunk, Reply)
    return chunk


async def test_text_is_streamed_in_several_pieces_and_then_whole() -> None:
    model: Model = Scripted("one two three four five six")

    told = await chunks(model)

    assert told[:-1] == [
        TextDelta(content="one"),
        TextDelta(content=" two three four five"),
        TextDelta(content=" six"),
    ]
    assert told[-1] == reply(
        "one two three four five six", usage=told[-1].usage if isinstance(told[-1], Reply) else None
    )


@given(st.text())
def test_the_pieces_of_any_text_make_up_the_text(text: str) -> None:
    async def told() -> str:
        return "".join(
            chunk.content for chunk in await chunks(Scripted(text)) if isinstance(chunk, TextDelta)
        )

    assert asyncio.run(told()) == text


async def test_a_call_carries_its_directive_and_an_id_of_its_own() -> None:
    model = Scripted([call("Bash", command="ls"), call("Read", file_path="a")], call("Bash", command="pwd"))

    first, second = await last(model), await last(model)

    assert [*first.content, *second.content] == [
        ToolCall(
            call_id=CallId("call_1"),
            vendor_id="call_1",
            tool=ToolName("Bash"),
            content=freeze_object({"command": "ls"}),
        ),
        ToolCall(
            call_id=CallId("call_2"),
            vendor_id="call_2",
            tool=ToolName("Read"),
            content=freeze_object({"file_path": "a"}),
        ),
        ToolCall(
            call_id=CallId("call_3"),
            vendor_id="call_3",
            tool=ToolName("Bash"),
            content=freeze_object({"command": "pwd"}),
        ),
    ]
    assert (first.stop, second.stop) == ("tool_calls", "tool_calls")


async def test_a_directive_may_have_a_member_named_tool() -> None:
    assert call("Bash", tool="x").content == {"tool": "x"}


async def test_a_row_of_text_thoughts_and_calls_is_one_reply() -> None:
    model = Scripted([Thinking(content="let me see"), "I will look.", call("Bash", command="ls")])

    told = await chunks(model)

    assert told[:2] == [ThinkingDelta(content="let"), ThinkingDelta(content=" me see")]
    assert isinstance(told[-1], Reply)
    assert [part.descriptor for part in told[-1].content] == [
        "text/x-thinking",
        "text/plain",
        "multipart/x-tool-call",
    ]


async def test_an_error_in_the_script_is_raised_as_it_is() -> None:
    error = Overloaded("busy", retry_after=2.0)
    model = Scripted(error, "fine")

    with pytest.raises(Overloaded) as caught:
        await chunks(model)

    assert caught.value is error
    assert (await last(model)).content == (Text(content="fine"),)


async def test_an_error_in_a_row_comes_after_what_was_said_before_it() -> None:
    model = Scripted(["half a", Unreachable("the line went dead")])
    told = model.stream(requested())

    heard = [await anext(told), await anext(told)]

    assert heard == [TextDelta(content="half"), TextDelta(content=" a")]
    with pytest.raises(Unreachable):
        await anext(told)


async def test_a_function_answers_what_it_is_asked() -> None:
    model = Scripted(lambda asked: f"you said {len(asked.view)} things")

    answer = await last(model, requested(View([said("hello")])))

    assert answer.content == (Text(content="you said 1 things"),)


async def test_a_held_reply_goes_on_when_the_event_is_set() -> None:
    until, reached = asyncio.Event(), asyncio.Event()
    model = Scripted(["before ", hold(until, reached=reached), "after"])
    told = asyncio.ensure_future(last(model))

    await reached.wait()
    waiting = not told.done()
    until.set()

    assert (waiting, (await told).content) == (True, (Text(content="before after"),))


async def test_a_held_reply_can_be_cancelled() -> None:
    reached = asyncio.Event()
    model = Scripted(["before", hold(asyncio.Event(), reached=reached)], "next")
    told = asyncio.ensure_future(last(model))
    await reached.wait()

    told.cancel()

    await asyncio.wait((told,))
    assert told.cancelled()
    assert (await last(model)).content == (Text(content="next"),)


async def test_requests_are_remembered_as_they_were() -> None:
    model = Scripted("one", "two")
    view = View([said("hello")])
    asked = requested(view)

    await chunks(model, asked)
    view.add(said("again"))
    await chunks(model, replace(asked, system="Be long."))

    assert model.requests == (
        Asked(system="Be brief.", tools=(), view=(said("hello"),), trusted=0),
        Asked(system="Be long.", tools=(), view=(said("hello"), said("again")), trusted=0),
    )


async def test_the_end_of_the_script_is_a_clear_error() -> None:
    model = Scripted("only one")
    await chunks(model)

    with pytest.raises(
        Refused, match=r"the script has 1 replies, and this is request 2; add one, or end with always"
    ):
        await chunks(model)


async def test_always_answers_every_further_requested() -> None:
    def again(asked: Request) -> str:
        return f"{asked.system} again"

    model = Scripted("first", always(again))

    answers = [(await last(model)).content for _ in range(3)]

    assert answers == [
        (Text(content="first"),),
        (Text(content="Be brief. again"),),
        (Text(content="Be brief. again"),),
    ]
    assert model.left == 1


async def test_a_finished_reply_is_played_as_it_is() -> None:
    cut = reply("as long as", stop="length", cost_usd=0.5)

    answer = await last(Scripted(cut))

    assert answer == replace(cut, content=[Text(content="as long as")])


async def test_usage_grows_with_the_conversation() -> None:
    model = Scripted(always("fine"))

    short = await last(model, requested(View([said("hello")])))
    long = await last(model, requested(View([said("hello " * 100)])))

    assert short.usage.input_tokens < long.usage.input_tokens
    assert short.usage.output_tokens == long.usage.output_tokens == 1


def test_a_scripted_model_names_itself() -> None:
    model = Scripted(model="tiny", limits=ModelLimits(context_window=100))

    assert (model.spec, model.limits) == (
        ModelSpec(
            provider="Scripted", dialect="scripted", endpoint="", model="tiny", options=freeze_object({})
        ),
        ModelLimits(context_window=100),
    )
