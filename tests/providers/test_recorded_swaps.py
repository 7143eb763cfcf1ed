"""What was said to real providers, and what they answered, handed on to every model."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from zlib import crc32

import pytest

from sagent.atoms import ToolName
from sagent.lib.json import freeze_object
from sagent.loop.state import State
from sagent.protocols import Reply
from sagent.schema.message import ModelResponse, ToolCall
from sagent.schema.part import ErrorText
from sagent.schema.tool import ToolDefinition
from sagent.schema.values import Origin
from tests.providers import recordings, retelling
from tests.providers.anthropic import test_recordings as anthropic
from tests.providers.google import test_recordings as google
from tests.providers.openai_chat import test_recordings as openai_chat
from tests.providers.openai_responses import test_recordings as openai_responses
from tests.providers.recordings import Recording
from tests.providers.retelling import Answered, Came, Instructed, Said, Told
from tests.providers.talk import Talk
from tests.providers.targets import TARGETS, Target
from tests.providers.test_swap_matrix import FULL, faults

Reading = Callable[[Recording], Reply]

ANSWERED: Mapping[str, tuple[Sequence[Recording], Reading]] = {
    "anthropic": (anthropic.RECORDED, lambda each: anthropic.read(each, [each.body])[0]),
    "google": (google.RECORDED, lambda each: google.read(each, [each.body])[0]),
    "openai_chat": (openai_chat.ANSWERED, lambda each: openai_chat.read(each, [each.body])[0]),
    "openai_responses": (openai_responses.ANSWERED, lambda each: openai_responses.read(each, [each.body])[0]),
}
"""The recordings of each wire that hold an answer, and how they are read."""

ASKED: Mapping[str, Sequence[Recording]] = {
    "anthropic": (*anthropic.RECORDED, *anthropic.REFUSED),
    "google": (*google.RECORDED, *google.REFUSED),
    "openai_chat": openai_chat.ALL,
    "openai_responses": (*openai_responses.RECORDED, *openai_responses.REFUSED),
}
"""All recordings of each wire."""

HOMES: Mapping[str, str] = {
    "anthropic": "anthropic",
    "google": "google",
    "openai_chat": "openai_compat",
    "openai_responses": "openai_responses",
}
"""Of each wire the model that is taken for the one that was recorded."""

SHARE = 4
"""Each recording is handed on to every fourth model, in turns; to all of them in a full run of the matrix."""


def is_turn(name: str, heir: str) -> bool:
    """Whether a recording is handed on to a model."""
    return FULL or (crc32(name.encode()) + [*TARGETS].index(heir)) % SHARE == 0


@cache
def talks(api: str) -> Sequence[tuple[str, Talk]]:
    """A conversation about each recorded answer."""
    return tuple(_talks(api))


def _talks(api: str) -> Iterator[tuple[str, Talk]]:
    answered, read = ANSWERED[api]
    for recording in answered:
        origin = Origin(provider="Recorded", dialect=api, endpoint="e", model=recording.model)
        talk = Talk(replace(TARGETS["openai_compat"], origin=origin))
        talk.say("the question")
        for call in talk.take(read(recording)):
            talk.result(call, f"what came of {call.call_id}")
        talk.say("go on")
        yield recording.name, talk


@cache
def histories(api: str) -> Sequence[tuple[str, Talk]]:
    """Each conversation that a recorded request holds, once."""
    found: dict[str, tuple[str, Talk]] = {}
    for recording in ASKED[api]:
        told = retelling.told(api, recording)
        if told is not None and repr(told) not in found:
            found[repr(told)] = recording.name, retold(told, TARGETS[HOMES[api]], ANSWERED[api][1])
    return tuple(found.values())


def retold(told: Told, model: Target, read: Reading) -> Talk:
    """A recorded conversation as an agent would have had it."""
    talk = Talk(model)
    system = [turn.words for turn in told.turns[:1] if isinstance(turn, Instructed)]
    tools = [
        ToolDefinition(
            name=ToolName(tool.name),
            description=tool.description,
            directive_schema=freeze_object(tool.schema),
        )
        for tool in told.tools
    ]
    talk.state = State(system="".join(system), tools=tuple(tools), model=model.spec)
    open_calls: list[tuple[str, ToolCall]] = []
    for turn in told.turns[len(system) :]:
        if not isinstance(turn, Came):
            _close(talk, open_calls)
        match turn:
            case Instructed():
                talk.instruct(turn.words)
            case Said():
                talk.say(*turn.parts)
            case Answered():
                if not talk.state.view:
                    talk.say("begin")
                calls = talk.take(read(_as_recorded(turn, model)))
                open_calls = [*zip(turn.called, calls, strict=True)] if calls else []
            case Came():
                known = next((pair for pair in open_calls if pair[0] == turn.call), None)
                if known is not None:
                    open_calls.remove(known)
                    talk.result(known[1], *turn.parts, failed=turn.failed)
    _close(talk, open_calls)
    if not talk.state.view or isinstance(talk.state.view[-1], ModelResponse):
        talk.say("go on")
    return talk


def _close(talk: Talk, open_calls: list[tuple[str, ToolCall]]) -> None:
    for _, call in open_calls:
        talk.result(call, ErrorText(content="its result was never recorded"), failed=True)
    open_calls.clear()


def _as_recorded(turn: Answered, model: Target) -> Recording:
    body = json.dumps(turn.body).encode()
    return Recording(name="", model=model.origin.model, status=200, body=body, asked=None, tags=())


def own(target: Target, body: bytes) -> Sequence[str]:
    """What a model's own server would refuse: not what it has sent itself.

    Proofs of thoughts were made by the vendors, and some ids and items by servers that are only compatible.
    """
    return [each for each in target.strict(body) if not any(words in each for words in SERVED)]


SERVED = ("Expected an ID that begins with", "string too long", "Extra inputs", "Input tag", "Unknown name")
"""What is complained of that servers take back, since they have sent it."""


@recordings.needed
@pytest.mark.parametrize("heir", TARGETS)
@pytest.mark.parametrize("api", ANSWERED)
def test_every_recorded_answer_can_be_handed_on_to_every_model(api: str, heir: str) -> None:
    target = TARGETS[heir]

    wrong = {
        name: found
        for name, talk in talks(api)
        if is_turn(name, heir) and (found := [*faults(target, talk, talk.body(target))])
    }

    assert wrong == {}


@recordings.needed
@pytest.mark.parametrize("heir", TARGETS)
@pytest.mark.parametrize("api", ASKED)
def test_every_recorded_conversation_can_be_handed_on_to_every_other_model(api: str, heir: str) -> None:
    target = TARGETS[heir]
    told = [pair for pair in histories(api) if is_turn(pair[0], heir) and heir != HOMES[api]]

    wrong = {name: found for name, talk in told if (found := [*faults(target, talk, talk.body(target))])}

    assert wrong == {}


@recordings.needed
@pytest.mark.parametrize("api", ASKED)
def test_every_recorded_conversation_can_be_gone_on_with_by_a_model_of_its_own_wire(api: str) -> None:
    target = TARGETS[HOMES[api]]

    wrong = {
        name: found for name, talk in histories(api) if (found := [*faults(target, talk, talk.body(), own)])
    }

    assert wrong == {}


@recordings.needed
def test_all_recorded_answers_and_conversations_are_handed_on() -> None:
    answers = [(api, name) for api in ANSWERED for name, _ in talks(api)]
    conversations = [(api, name) for api in ASKED for name, _ in histories(api)]

    assert (len(answers), len(conversations)) == (1_388, 989)
    for names in (answers, conversations):
        assert all(any(is_turn(name, heir) for heir in TARGETS) for _, name in names)
        assert {heir for heir in TARGETS for _, name in names if is_turn(name, heir)} == {*TARGETS}
