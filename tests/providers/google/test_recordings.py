"""Every recorded exchange of Gemini, read as it came and in any pieces."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from sagent.errors import Illegal, Overflow, Overloaded, Refused, Unauthorized
from sagent.messages.words import calls_of
from sagent.protocols import Chunk, Reply
from sagent.providers.faults import Refusal
from sagent.providers.frames import Frames
from sagent.providers.google.decode import Draft
from sagent.providers.google.encode import DUMMY
from sagent.providers.google.faults import fault
from sagent.schema.values import Origin
from sagent.schema.wire import google as wire
from tests.providers import recordings
from tests.providers.conversation import answered, prompt, request, result
from tests.providers.google.sending import contents, scribe_for, strict
from tests.providers.recordings import Recording

STREAMED_ARGUMENTS = "streamed_tool_args"
RECORDED = [each for each in recordings.recorded("google_generate") if each.status == 200]
REFUSED = [each for each in recordings.recorded("google_generate") if each.status != 200]
FAULTS = (Illegal, Overflow, Overloaded, Refused, Unauthorized)


def read(recording: Recording, pieces: Sequence[bytes]) -> tuple[Reply, Sequence[Chunk]]:
    frames = Frames()
    events = [event for piece in pieces for event in frames.feed(piece)]
    draft = Draft(recording.model, whole=not recording.streamed)
    shown = [delta for event in [*events, *frames.close()] for delta in draft.absorb(event)]
    return draft.finish(), shown


@recordings.needed
def test_there_are_recordings_of_every_kind() -> None:
    assert (len(RECORDED), len(REFUSED)) == (244, 13)


@recordings.needed
@pytest.mark.parametrize("recording", RECORDED, ids=lambda recording: recording.name)
def test_a_recorded_answer_folds_to_the_same_reply_however_it_is_cut(recording: Recording) -> None:
    body, seed = recording.body, random.Random(recording.name)
    cuts = sorted({0, len(body), *(seed.randrange(len(body)) for _ in range(20))})

    whole = read(recording, [body])

    assert read(recording, [body[a:b] for a, b in pairwise(cuts)]) == whole
    assert whole[0].stop in {"end", "tool_calls", "length", "filter", "malformed_call"}


@recordings.needed
@pytest.mark.parametrize("recording", RECORDED, ids=lambda recording: recording.name)
def test_a_recorded_answer_goes_back_just_as_it_came(recording: Recording) -> None:
    reply, _ = read(recording, [recording.body])
    origin = Origin(provider="Google", dialect="google", endpoint="e", model=recording.model)
    kept = answered(reply, origin)
    results = [replace(result(0, "done"), call_id=call.call_id) for call in calls_of(kept)]

    body = scribe_for(origin).body(request([prompt("hi"), kept, *results, prompt("go on")]))

    sent = [part for turn in contents(body) if turn["role"] == "model" for part in turn["parts"]]
    if STREAMED_ARGUMENTS not in recording.tags:
        assert [_without_dummy(part) for part in sent] == _received(recording)
    assert strict(body, recording.model, served=True) == ()


@recordings.needed
@pytest.mark.parametrize("recording", REFUSED, ids=lambda recording: recording.name)
def test_a_recorded_refusal_is_one_of_our_errors(recording: Recording) -> None:
    error = fault(Refusal(status=recording.status, headers={}, body=recording.body, host="h"), 0.0)

    assert isinstance(error, FAULTS)
    assert error.status == recording.status
    assert len(str(error)) < 700
    assert "\n" not in str(error)


def _without_dummy(part: wire.Part) -> dict[str, object]:
    return {key: value for key, value in part.items() if value != DUMMY}


def _received(recording: Recording) -> Sequence[dict[str, object]]:
    """The parts of a recorded answer, texts of one kind in a row made one, the empty ones left out."""
    frames = Frames()
    parts: list[dict[str, object]] = []
    for event in [*frames.feed(recording.body), *frames.close()]:
        for candidate in json.loads(event).get("candidates", ())[:1]:
            for part in (candidate.get("content") or {}).get("parts", ()):
                plain = part.keys() <= {"text", "thought"}
                if plain and not part["text"]:
                    continue
                before = parts[-1] if parts else {}
                if plain and before.keys() == part.keys():
                    parts[-1] = {**part, "text": f"{before['text']}{part['text']}"}
                else:
                    parts.append(part)
    return parts
