"""Every model hands every kind of conversation to every other one, and takes it back."""

import json
import os
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import product

import pytest

from sagent.lib.json import json_bytes
from sagent.messages.view import View
from sagent.messages.words import calls_of, plain, spoken
from sagent.providers.sendable import sendable
from sagent.schema.message import (
    Detached,
    ModelChanged,
    ModelResponse,
    Prompt,
    System,
    ToolResult,
    ToolsChanged,
)
from sagent.schema.part import Audio, Data, Document, Foreign, Image, Text, Thinking
from tests.providers.rows import ROWS, call
from tests.providers.talk import Talk, history, unformed
from tests.providers.targets import EIGHT, TARGETS, Target, legal, texts

SECRETS = frozenset(
    ("signature", "thoughtSignature", "encrypted_content", "id", "call_id", "data", "reasoning_details")
)
"""What only its maker can read, or has given out, by the names that vendors give it."""

TOLD = frozenset(("inlineData", "args", "input", "arguments"))
"""What is told to everybody, whatever is in it."""

PNG_BEGINS = "iVBORw0KGgo"
"""How a PNG begins in base64, whatever size it was given (DashScope takes none of one pixel)."""


@cache
def talked(origin: str, row: str) -> Talk:
    talk = Talk(TARGETS[origin])
    ROWS[row](talk)
    return talk


def faults(
    target: Target, talk: Talk, body: bytes, judge: Callable[[Target, bytes], Sequence[str]] = legal
) -> Iterator[str]:
    """What is wrong with a conversation as one model is told of it."""
    value, view = json.loads(body), talk.state.view
    seen, said = target.seen(value), "\n".join(texts(value))
    yield from judge(target, body)
    if (seen.roles[0], seen.roles[-1] == "model") != ("user", False) and not is_pause(view, target):
        yield f"it begins or ends wrong: {seen.roles}"
    for words in visible(view):
        if words not in said:
            yield f"it lacks {words[:80]!r}"
    for part in files(view):
        data = b64encode(part.content.data or b"?").decode()
        fitted = isinstance(part, Image) and part.descriptor == "image/png" and PNG_BEGINS in said
        if data not in said and plain(part) not in said and not fitted:
            yield f"it lacks the file {plain(part)}"
    asked = [(each.tool, mended(each.content)) for response in answered(view) for each in calls_of(response)]
    if list(seen.calls) != asked:
        yield f"its calls are {seen.calls} and not {asked}"
    yield from results(view, seen.results)
    if talk.state.system not in said:
        yield f"it lacks the instructions that hold now: {talk.state.system!r}"
    told = "\n".join(visible(view))
    for response in view:
        if isinstance(response, ModelResponse) and response.origin != target.origin:
            for secret in secrets(response):
                if secret in said and secret not in told:
                    yield f"it tells {secret[:80]!r} of {response.origin.provider}"


def mended(value: object) -> object:
    """A JSON value as it can be sent."""
    return json.loads(json_bytes(value))


def is_pause(view: View, target: Target) -> bool:
    last = view[-1]
    return isinstance(last, ModelResponse) and last.stop == "pause" and last.origin == target.origin


def answered(view: View) -> Iterator[ModelResponse]:
    """The responses whose calls were run."""
    for index, entry in enumerate(view):
        if isinstance(entry, ModelResponse) and isinstance(view[index + 1], ToolResult | Detached):
            yield entry


def results(view: View, given: object) -> Iterator[str]:
    entries = [entry for entry in view if isinstance(entry, ToolResult | Detached)]
    assert isinstance(given, list)
    if len(given) != len(entries):
        yield f"there are {len(given)} results and not {len(entries)}"
        return
    for entry, result in zip(entries, given, strict=True):
        told = "\n".join(texts(result))
        for words in (entry.content,) if isinstance(entry, Detached) else written(entry.content):
            if words.strip() and words not in told:
                yield f"a result lacks {words[:80]!r}: {told[:200]!r}"
        if not told.strip():
            yield "a result says nothing"


def visible(view: View) -> Iterator[str]:
    for entry in view:
        match entry:
            case Prompt():
                yield from written(spoken(entry))
            case ModelResponse():
                for part in entry.content:
                    if isinstance(part, Text) and part.content.strip():
                        yield sendable(part.content)
            case ToolResult() | Detached() | System() | ToolsChanged() | ModelChanged():
                pass


def written(content: object) -> Iterator[str]:
    """The words among some parts, as they can be sent."""
    assert isinstance(content, tuple | list)
    for part in content:
        if isinstance(part, Text) and part.content.strip():
            yield sendable(part.content)
        elif isinstance(part, Data):
            yield from (sendable(words) for words in texts(part.content))


def files(view: View) -> Iterator[Image | Document | Audio | Foreign]:
    for entry in view:
        if isinstance(entry, Prompt | ModelResponse | ToolResult):
            for part in entry.content:
                if isinstance(part, Image | Document | Audio | Foreign):
                    yield part


def secrets(response: ModelResponse) -> Iterator[str]:
    """What nobody but its maker is to be told of a response."""
    for part in response.content:
        if isinstance(part, Thinking):
            yield from (word for word in (part.content, part.signature) if word)
    # Nothing but zeros, which Mistral has sent, stands in ids of our own too.
    ids = [each.vendor_id for each in calls_of(response)]
    yield from (each for each in ids if len(each) > 5 and each.strip("0"))
    for item in response.native:
        yield from sealed(item)


def sealed(value: object, *, within: bool = False) -> Iterator[str]:
    if isinstance(value, str):
        if within and len(value) > 5:
            yield value
    elif isinstance(value, Mapping):
        for key, member in value.items():
            if key not in TOLD:
                yield from sealed(member, within=key in SECRETS)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from sealed(item, within=within)


FULL = os.environ.get("SAGENT_MATRIX") == "full"
"""Whether every model hands every row to every other one; else the pairs beside the eight take turns."""

STEP = 3
"""Each of those pairs has every third row, and each row every third of them."""


def heirs(origin: str, row: str) -> Sequence[str]:
    """Who takes over what one model leaves."""
    names, rows = [*TARGETS], [*ROWS]
    turn = names.index(origin) + rows.index(row)
    return [
        name
        for place, name in enumerate(names)
        if FULL or {origin, name} <= {*EIGHT} or (turn + place) % STEP == 0
    ]


def test_every_pair_of_the_eight_has_every_row_and_every_other_pair_takes_its_turn() -> None:
    swaps = [(origin, heir, row) for origin in TARGETS for row in ROWS for heir in heirs(origin, row)]

    assert (len(TARGETS), len(ROWS)) == (16, 64)
    assert {(origin, heir) for origin, heir, _ in swaps} == {*product(TARGETS, TARGETS)}
    assert {(origin, row) for origin, _, row in swaps} == {*product(TARGETS, ROWS)}
    assert {(heir, row) for _, heir, row in swaps} == {*product(TARGETS, ROWS)}
    assert {*product(EIGHT, EIGHT, ROWS)} <= {*swaps}
    assert len(swaps) == (16_384 if FULL else 8_193)


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("origin", TARGETS)
def test_whatever_one_model_leaves_every_model_can_take_over(origin: str, row: str) -> None:
    talk = talked(origin, row)

    wrong = {
        name: found
        for name in heirs(origin, row)
        if (found := [*faults(TARGETS[name], talk, talk.body(TARGETS[name]))])
    }

    assert wrong == {}


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("origin", TARGETS)
def test_a_conversation_that_comes_back_holds_its_own_items_as_they_were(origin: str, row: str) -> None:
    talk = talked(origin, row)
    home, before = talk.model, talk.body()

    wrong: dict[str, object] = {}
    for name in heirs(origin, row):
        away = talk.copied(TARGETS[name])
        (first,) = away.answer(Thinking(content="thought elsewhere"), "said elsewhere", call("elsewhere"))
        away.result(first, "seen elsewhere")
        away.say("come back")
        after = away.body(home)
        found = [*faults(home, away, after)]
        if not unformed(after).startswith(history(before)):
            found.append("what was sent before has changed")
        if found:
            wrong[name] = found

    assert wrong == {}


def is_whole(response: ModelResponse) -> bool:
    """Whether nothing of it can be missing."""
    return response.stop in {"end", "tool_calls"}


RETOLD = frozenset(
    # Words, ids and directives that a server sends but would not take back, so that all has to be told anew.
    ("half_surrogates_of_the_model", "call_spelled_wrong", "ids_of_every_shape")
)


@pytest.mark.parametrize("origin", TARGETS)
def test_what_a_model_said_goes_back_to_it_with_all_that_only_it_can_read(origin: str) -> None:
    lost: dict[str, object] = {}
    told = 0
    for row in ROWS.keys() - RETOLD:
        talk = talked(origin, row)
        said = "\n".join(texts(json.loads(talk.body())))
        own = talk.state.view[max(talk.state.trusted, talk.since) :]
        whole = [each for each in own if isinstance(each, ModelResponse)]
        found = [secret for response in whole if is_whole(response) for secret in secrets(response)]
        told += len(found)
        if missing := [secret for secret in found if secret not in said]:
            lost[row] = missing

    assert lost == {}
    assert told >= 20
