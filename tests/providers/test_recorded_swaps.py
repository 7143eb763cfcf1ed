"""What real providers have answered, handed on to a model of every wire."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

import pytest

from sagent.protocols import Reply
from sagent.schema.values import Origin
from tests.providers import recordings
from tests.providers.anthropic import test_recordings as anthropic
from tests.providers.google import test_recordings as google
from tests.providers.openai_chat import test_recordings as openai_chat
from tests.providers.openai_responses import test_recordings as openai_responses
from tests.providers.recordings import Recording
from tests.providers.talk import Talk
from tests.providers.targets import TARGETS
from tests.providers.test_swap_matrix import faults

ANSWERED: Mapping[str, tuple[Sequence[Recording], Callable[[Recording], Reply]]] = {
    "anthropic": (anthropic.RECORDED, lambda each: anthropic.read(each, [each.body])[0]),
    "google": (google.RECORDED, lambda each: google.read(each, [each.body])[0]),
    "openai_chat": (openai_chat.ANSWERED, lambda each: openai_chat.read(each, [each.body])[0]),
    "openai_responses": (openai_responses.ANSWERED, lambda each: openai_responses.read(each, [each.body])[0]),
}
"""The recordings of each wire that hold an answer, and how they are read."""

HEIRS = ("adaptive", "responses", "mistral", "gemini-3")
"""Of every wire the model that is most particular."""


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


@recordings.needed
@pytest.mark.parametrize("heir", HEIRS)
@pytest.mark.parametrize("api", ANSWERED)
def test_every_recorded_answer_can_be_handed_on_to_a_model_of_every_wire(api: str, heir: str) -> None:
    target = TARGETS[heir]

    wrong = {
        name: found for name, talk in talks(api) if (found := [*faults(target, talk, talk.body(target))])
    }

    assert wrong == {}


@recordings.needed
def test_all_recorded_answers_are_handed_on() -> None:
    assert sum(len(talks(api)) for api in ANSWERED) * len(HEIRS) == 5_552
