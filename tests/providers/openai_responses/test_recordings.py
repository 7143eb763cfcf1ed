"""Every recorded exchange of the Responses wire, read as it came and in any pieces."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from sagent.errors import BadAnswer, Illegal, NotFound, ProviderError, Quota, Refused, Unauthorized
from sagent.messages.words import calls_of
from sagent.protocols import Chunk, Reply
from sagent.providers.faults import Refusal
from sagent.providers.frames import Frames
from sagent.providers.openai_responses.decode import Draft
from sagent.providers.openai_responses.faults import fault
from sagent.schema.event import TextDelta, ThinkingDelta
from sagent.schema.part import Text, Thinking
from sagent.schema.values import Origin
from tests.providers import recordings
from tests.providers.conversation import answered, prompt, request, result
from tests.providers.openai_responses.sending import items, scribe_for, strict
from tests.providers.recordings import Recording

API = "openai_responses"
RECORDED = [each for each in recordings.recorded(API) if each.status == 200]
REFUSED = [each for each in recordings.recorded(API) if each.status != 200]

FAILED: Mapping[str, type[ProviderError]] = {
    "oar-openai-1d140692da": Quota,
    "oar-openai-25043a21b1": BadAnswer,
    "oar-openai-5fdc7e2f23": BadAnswer,
    "oar-openai-f6d3b94fdc": BadAnswer,
}
"""Exchanges that brought no answer although HTTP said 200: a failure, and answers not made yet."""

ANSWERED = [each for each in RECORDED if each.name not in FAILED]


def read(recording: Recording, pieces: Sequence[bytes]) -> tuple[Reply, Sequence[Chunk]]:
    frames = Frames()
    events = [event for piece in pieces for event in frames.feed(piece)]
    draft = Draft(recording.model, whole=not recording.streamed)
    shown = [delta for event in [*events, *frames.close()] for delta in draft.absorb(event)]
    return draft.finish(), shown


@recordings.needed
def test_there_are_recordings_of_every_kind() -> None:
    assert (len(RECORDED), len(REFUSED)) == (273, 20)


@recordings.needed
@pytest.mark.parametrize("recording", ANSWERED, ids=lambda recording: recording.name)
def test_a_recorded_answer_folds_to_the_same_reply_however_it_is_cut(recording: Recording) -> None:
    body, seed = recording.body, random.Random(recording.name)
    cuts = sorted({0, len(body), *(seed.randrange(len(body)) for _ in range(20))})

    whole = read(recording, [body])

    assert read(recording, [body[a:b] for a, b in pairwise(cuts)]) == whole
    assert whole[0].stop in {"end", "tool_calls", "length", "refusal"}


@recordings.needed
@pytest.mark.parametrize(
    "recording",
    [each for each in ANSWERED if each.streamed and "reconstructed_sse" not in each.tags],
    ids=lambda recording: recording.name,
)
def test_what_is_shown_of_a_recorded_stream_is_what_is_kept_of_it(recording: Recording) -> None:
    reply, shown = read(recording, [recording.body])

    for delta, part in ((TextDelta, Text), (ThinkingDelta, Thinking)):
        told = "".join(each.content for each in shown if isinstance(each, delta))
        kept = "".join(each.content for each in reply.content if isinstance(each, part))
        assert told.replace("\n\n", "") == kept.replace("\n\n", "")


@recordings.needed
@pytest.mark.parametrize("recording", ANSWERED, ids=lambda recording: recording.name)
def test_a_recorded_answer_goes_back_as_it_came_but_for_nulls_or_without_its_reasoning(
    recording: Recording,
) -> None:
    reply, _ = read(recording, [recording.body])
    origin = Origin(provider="OpenAI", dialect=API, endpoint="e", model=recording.model)
    kept = answered(reply, origin)
    calls = calls_of(kept) if kept.stop == "tool_calls" else ()
    results = [replace(result(0, "done"), call_id=call.call_id) for call in calls]

    body = scribe_for(origin).body(request([prompt("hi"), kept, *results, prompt("go on")]))

    sent = items(body)[1 : -1 - len(results)]
    if sent and "id" in sent[-1]:
        assert _bare(sent) == _bare(_received(recording))
    else:
        assert [item.get("type") for item in sent if "id" in item or item.get("type") == "reasoning"] == []
    assert [each for each in strict(body, recording.model, judged=()) if not _is_the_servers(each)] == []


def _is_the_servers(complaint: str) -> bool:
    """Whether something is complained of that only other servers do, or items that no judge knows."""
    return "Expected an ID that begins with" in complaint or "Unknown parameter" in complaint


def _bare(value: object) -> object:
    """A value without members that are null: these are as if they were not there."""
    if isinstance(value, Mapping):
        return {key: _bare(member) for key, member in value.items() if member is not None}
    return [_bare(each) for each in value] if isinstance(value, list) else value


def _received(recording: Recording) -> Sequence[Mapping[str, object]]:
    """The items of a recorded answer, without reasoning at its end."""
    frames = Frames()
    events = [
        json.loads(data) for data in (*frames.feed(recording.body), *frames.close()) if data != "[DONE]"
    ]
    done = [event["item"] for event in events if event.get("type") == "response.output_item.done"]
    last = events[-1].get("response", events[-1])["output"]
    found: list[Mapping[str, object]] = last if len(last) > len(done) else done
    while found[-1]["type"] == "reasoning":
        found.pop()
    return found


@recordings.needed
@pytest.mark.parametrize("name", FAILED)
def test_a_recorded_failure_under_http_200_is_one_of_our_errors(name: str) -> None:
    recording = recordings.one(API, name)

    with pytest.raises(FAILED[name]):
        read(recording, [recording.body])


@recordings.needed
def test_a_compacted_conversation_is_kept_sealed_and_puts_no_words_into_the_models_mouth() -> None:
    compacted = [each for each in recordings.recorded("other") if b"response.compaction" in each.body]

    replies = [read(recording, [recording.body])[0] for recording in compacted]

    assert len(replies) == 4
    assert {reply.content for reply in replies} == {()}
    assert {reply.native[-1]["type"] for reply in replies} == {"compaction"}


@recordings.needed
def test_a_count_of_tokens_is_no_answer() -> None:
    counts = [each for each in recordings.recorded("other") if b"response.input_tokens" in each.body]

    assert len(counts) == 5
    for recording in counts:
        with pytest.raises(NotFound, match="JSON of something else came, and no answer: it holds "):
            read(recording, [recording.body])


@recordings.needed
@pytest.mark.parametrize("recording", REFUSED, ids=lambda recording: recording.name)
def test_a_recorded_refusal_is_one_of_our_errors(recording: Recording) -> None:
    error = fault(Refusal(status=recording.status, headers={}, body=recording.body, host="h"), 0.0)

    assert isinstance(error, Illegal | Refused | Unauthorized)
    assert error.status == recording.status
    assert len(str(error)) < 700
    assert "\n" not in str(error)
