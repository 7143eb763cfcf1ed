"""Every recorded exchange of Messages, read as it came and in any pieces."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from sagent.errors import BadAnswer, Illegal, Overflow, Refused, Unauthorized, Unreachable
from sagent.lib.json import freeze_object
from sagent.messages.words import calls_of
from sagent.protocols import Chunk, Reply
from sagent.providers.anthropic.decode import Draft
from sagent.providers.anthropic.encode import Settings
from sagent.providers.anthropic.faults import fault
from sagent.providers.anthropic.manners import ANTHROPIC, known
from sagent.providers.faults import Refusal
from sagent.providers.frames import Frames
from sagent.schema.values import Origin
from tests.providers import recordings
from tests.providers.anthropic.sending import kept, messages, scribe_for, strict
from tests.providers.conversation import prompt, request, result
from tests.providers.recordings import Recording

RECORDED = [each for each in recordings.recorded("anthropic_messages") if each.status == 200]
REFUSED = [each for each in recordings.recorded("anthropic_messages") if each.status != 200]
COUNTED = [each for each in recordings.recorded("other") if each.name.startswith("oth-anthropic")]
FAULTS = (Illegal, Overflow, Refused, Unauthorized)


def read(recording: Recording, pieces: Sequence[bytes]) -> tuple[Reply, Sequence[Chunk]]:
    frames = Frames()
    events = [event for piece in pieces for event in frames.feed(piece)]
    draft = Draft(recording.model)
    shown = [delta for event in [*events, *frames.close()] for delta in draft.absorb(event)]
    return draft.finish(), shown


@recordings.needed
def test_there_are_recordings_of_every_kind() -> None:
    assert (len(RECORDED), len(REFUSED), len(COUNTED)) == (261, 15, 10)


@recordings.needed
@pytest.mark.parametrize("recording", RECORDED, ids=lambda recording: recording.name)
def test_a_recorded_answer_folds_to_the_same_reply_however_it_is_cut(recording: Recording) -> None:
    body, seed = recording.body, random.Random(recording.name)
    cuts = sorted({0, len(body), *(seed.randrange(len(body)) for _ in range(20))})

    whole = read(recording, [body])

    assert read(recording, [body[a:b] for a, b in pairwise(cuts)]) == whole
    assert whole[0].stop in {"end", "tool_calls", "length", "pause"}


@recordings.needed
@pytest.mark.parametrize("recording", RECORDED, ids=lambda recording: recording.name)
def test_a_recorded_answer_goes_back_just_as_it_came(recording: Recording) -> None:
    reply, _ = read(recording, [recording.body])
    origin = Origin(provider="Anthropic", dialect="anthropic", endpoint="e", model=recording.model)
    answer = kept(reply, origin)
    cut = reply.stop == "length" and calls_of(answer)
    results = [replace(result(0, "done"), call_id=call.call_id) for call in calls_of(answer)]

    then = () if reply.stop == "pause" else (prompt("go on"),)

    budget = known(recording.model, ANTHROPIC).thinks == "budget"
    settings = Settings(
        model=recording.model,
        max_tokens=2_048,
        thinking={"type": "enabled", "budget_tokens": 1_024} if budget else None,
    )

    body = scribe_for(origin, settings).body(request([prompt("hi"), answer, *results, *then]))

    sent = [block for turn in messages(body) if turn["role"] == "assistant" for block in turn["content"]]
    if not cut:
        assert sent == _received(recording)
    assert strict(body, recording.model, served=True) == ()


@recordings.needed
@pytest.mark.parametrize("recording", RECORDED[::7], ids=lambda recording: recording.name)
def test_a_recorded_stream_cut_short_broke_off_and_never_ends_otherwise(recording: Recording) -> None:
    frames = Frames()
    events = [*frames.feed(recording.body), *frames.close()]
    draft = Draft(recording.model)
    for event in events[: len(events) // 2]:
        draft.absorb(event)

    with pytest.raises((Unreachable, BadAnswer)):
        draft.finish()


@recordings.needed
@pytest.mark.parametrize("recording", REFUSED, ids=lambda recording: recording.name)
def test_a_recorded_refusal_is_one_of_our_errors(recording: Recording) -> None:
    error = fault(Refusal(status=recording.status, headers={}, body=recording.body, host="h"), 0.0)

    assert isinstance(error, FAULTS)
    assert error.status == recording.status
    assert len(str(error)) < 700
    assert "\n" not in str(error)


@recordings.needed
@pytest.mark.parametrize("recording", COUNTED, ids=lambda recording: recording.name)
def test_a_recorded_count_of_tokens_is_taken_for_no_answer(recording: Recording) -> None:
    with pytest.raises((Unreachable, Refused)):
        read(recording, [recording.body])


def _received(recording: Recording) -> Sequence[Mapping[str, object]]:
    """The blocks of a recorded answer as they were meant, those without words left out."""
    frames, blocks = Frames(), dict[int, dict[str, object]]()
    spelled: dict[int, str] = {}
    for event in [*frames.feed(recording.body), *frames.close()]:
        if event.strip() == "[DONE]":
            continue
        value = json.loads(event)
        match value["type"]:
            case "message":
                blocks = dict(enumerate(value["content"]))
            case "content_block_start":
                blocks[value["index"]] = value["content_block"]
            case "content_block_delta":
                _extend(blocks[value["index"]], value["delta"], value["index"], spelled)
            case _:
                pass
    for index, words in spelled.items():
        blocks[index]["input"] = json.loads(words or "{}")
    said = [block for block in blocks.values() if block["type"] != "text" or str(block["text"]).strip()]
    while said and said[-1]["type"] in {"thinking", "redacted_thinking"}:
        said.pop()
    return [json.loads(json.dumps(freeze_object(block))) for block in said]


def _extend(
    block: dict[str, object], delta: Mapping[str, object], index: int, spelled: dict[int, str]
) -> None:
    match delta["type"]:
        case "input_json_delta":
            spelled[index] = f"{spelled.get(index, '')}{delta['partial_json']}"
        case "citations_delta":
            before = block.get("citations")
            block["citations"] = [*(before if isinstance(before, list) else ()), delta["citation"]]
        case _:
            ((key, words),) = ((key, words) for key, words in delta.items() if key != "type")
            block[key] = f"{block.get(key) or ''}{words}"
