"""Every recorded exchange of Chat Completions, read as it came and in any pieces."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from sagent.errors import (
    BadAnswer,
    Illegal,
    Overflow,
    Overloaded,
    ProviderError,
    Refused,
    Unauthorized,
)
from sagent.messages.words import calls_of, says_anything
from sagent.protocols import Chunk, Reply
from sagent.providers.faults import Refusal
from sagent.providers.frames import Frames
from sagent.providers.openai_chat.decode import Draft
from sagent.providers.openai_chat.faults import fault
from sagent.schema.values import Origin
from tests.providers import recordings
from tests.providers.conversation import answered, prompt, request, result
from tests.providers.openai_chat.sending import messages, scribe_for, strict
from tests.providers.recordings import Recording

FAILED: Mapping[str, type[ProviderError]] = {
    "oac-groq-2ef8421043": BadAnswer,
    "oac-groq-fe75478c7c": BadAnswer,
    "oac-openrouter-509d9fea82": Overloaded,
    "oac-openrouter-6c18181d6f": Overloaded,
    "oac-openrouter-7924e7dc9b": Overloaded,
}
"""Answers under 200 that are, or end in, an error."""

ALL = recordings.recorded("openai_chat")
ANSWERED = [each for each in ALL if each.status == 200 and each.name not in FAILED]
REFUSED = [each for each in ALL if each.status != 200]
FAULTS = (Illegal, Overflow, Overloaded, Refused, Unauthorized)


def read(recording: Recording, pieces: Sequence[bytes]) -> tuple[Reply, Sequence[Chunk]]:
    frames = Frames()
    events = [event for piece in pieces for event in frames.feed(piece)]
    draft = Draft(recording.model, vendor="Somebody", whole=not recording.streamed)
    shown = [delta for event in [*events, *frames.close()] for delta in draft.absorb(event)]
    return draft.finish(), shown


@recordings.needed
def test_there_are_recordings_of_every_kind() -> None:
    assert (len(ANSWERED), len(REFUSED), len(ALL)) == (614, 68, 687)


@recordings.needed
@pytest.mark.parametrize("recording", ANSWERED, ids=lambda recording: recording.name)
def test_a_recorded_answer_folds_to_the_same_reply_however_it_is_cut(recording: Recording) -> None:
    body, seed = recording.body, random.Random(recording.name)
    cuts = sorted({0, len(body), *(seed.randrange(len(body)) for _ in range(12))})

    whole = read(recording, [body])

    assert read(recording, [body[a:b] for a, b in pairwise(cuts)]) == whole
    assert whole[0].stop in {"end", "tool_calls", "length", "filter", "refusal"}


@recordings.needed
@pytest.mark.parametrize("recording", ANSWERED, ids=lambda recording: recording.name)
def test_a_recorded_answer_goes_back_just_as_it_came(recording: Recording) -> None:
    reply, _ = read(recording, [recording.body])
    origin = Origin(provider="Somebody", dialect="openai_chat", endpoint="e", model=recording.model)
    kept = answered(replace(reply, stop="end"), origin)
    results = [replace(result(0, "done"), call_id=call.call_id) for call in calls_of(kept)]

    body = scribe_for(origin).body(request([prompt("hi"), kept, *results, prompt("go on")]))

    sent = [message for message in messages(body) if message["role"] == "assistant"]
    if says_anything(kept.content):
        (message,) = sent
        unread = {"arguments": ""} if any(call.raw for call in calls_of(kept)) else {}
        assert {**told(message), **unread} == {**received(recording), **unread}
    else:
        assert sent == []
    # Mistral's thoughts stand in the content, and some ids are longer than OpenAI's own.
    listed = any(isinstance(message["content"], list) for message in sent)
    found = () if listed else strict(body, recording.model)
    assert [
        complaint for complaint in found if "too long" not in complaint and "unexpected" not in complaint
    ] == []


@recordings.needed
@pytest.mark.parametrize("name", FAILED)
def test_an_error_under_200_is_one_of_our_errors(name: str) -> None:
    recording = recordings.one("openai_chat", name)

    with pytest.raises(FAILED[name]):
        read(recording, [recording.body])


@recordings.needed
@pytest.mark.parametrize("recording", REFUSED, ids=lambda recording: recording.name)
def test_a_recorded_refusal_is_one_of_our_errors(recording: Recording) -> None:
    error = fault(Refusal(status=recording.status, headers={}, body=recording.body, host="h"), 0.0)

    assert isinstance(error, FAULTS)
    assert error.status == recording.status
    assert len(str(error)) < 700
    assert "\n" not in str(error)
    assert "no explanation" not in str(error)


def told(message: Mapping[str, object]) -> Mapping[str, object]:
    """All that matters of a message of the model: texts, thoughts and calls, in order."""
    calls = message.get("tool_calls")
    functions = [call["function"] for call in calls] if isinstance(calls, list) else []
    return {
        "content": message.get("content") or "",
        "thoughts": {key: message[key] for key in ("reasoning_content", "reasoning") if key in message},
        "ids": [call["id"] for call in calls if not call["id"].startswith("call_") or len(call["id"]) > 7]
        if isinstance(calls, list)
        else [],
        "names": [function["name"] for function in functions],
        "arguments": "".join(function["arguments"] for function in functions).replace("{}", ""),
    }


def received(recording: Recording) -> Mapping[str, object]:
    """The same of a recorded answer, read as plainly as it can be."""
    content: list[object] = []
    thoughts: dict[str, str] = {}
    calls: list[Mapping[str, object]] = []
    for message in _messages(recording):
        if said := message.get("content"):
            content += said if isinstance(said, list) else [said]
        for key in ("reasoning_content", "reasoning"):
            if words := message.get(key):
                thoughts[key] = f"{thoughts.get(key, '')}{words}"
        found = message.get("tool_calls")
        calls += found if isinstance(found, list) else []
    functions = [function for call in calls if isinstance(function := call["function"], dict)]
    ids = [str(call["id"]) for call in calls if call.get("id")]
    arguments = [str(function.get("arguments") or "") for function in functions]
    return {
        "content": _joined(content),
        "thoughts": thoughts,
        "ids": list(dict.fromkeys(ids)),
        "names": [function["name"] for function in functions if function.get("name")],
        "arguments": "".join(arguments).replace("{}", ""),
    }


def _messages(recording: Recording) -> Iterator[Mapping[str, object]]:
    frames = Frames()
    for event in [*frames.feed(recording.body), *frames.close()]:
        if event.strip() == "[DONE]":
            continue
        for choice in json.loads(event).get("choices") or ():
            if not choice.get("index"):
                yield (choice.get("delta") if recording.streamed else choice.get("message")) or {}


def _joined(content: Sequence[object]) -> object:
    """Texts made one; Mistral's parts, those of one kind in a row made one, the empty ones left out."""
    if all(isinstance(part, str) for part in content):
        return "".join(map(str, content))
    if len(content) == 1 and isinstance(content[0], dict) and "type" not in content[0]:
        return json.dumps(content[0], separators=(",", ":"))
    parts: list[dict[str, object]] = []
    for part in content:
        piece = part if isinstance(part, dict) else {"type": "text", "text": part}
        before = parts[-1] if parts else {}
        if piece["type"] == before.get("type") == "text":
            parts[-1] = {**before, "text": f"{before['text']}{piece['text']}"}
        elif piece["type"] == before.get("type") == "thinking":
            texts = [*_texts(before), *_texts(piece)]
            parts[-1] = {**before, **piece, "thinking": [{"type": "text", "text": "".join(texts)}]}
        else:
            parts.append(piece)
    return parts


def _texts(part: Mapping[str, object]) -> Sequence[str]:
    thoughts = part["thinking"]
    return [thought["text"] for thought in thoughts] if isinstance(thoughts, list) else ()
