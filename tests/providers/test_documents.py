"""Requests that vendors take and refuse, as documents: one rule each, and two judges that agree on them."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from sagent.lib.json import JsonObject, freeze_object
from sagent.testing import (
    anthropic_complaints,
    google_complaints,
    openai_chat_complaints,
    openai_responses_complaints,
)
from sagent.testing.wire import Asking
from sagent.testing.wires.anthropic import AnthropicWire
from sagent.testing.wires.google import GoogleWire
from sagent.testing.wires.openai_chat import ChatWire
from sagent.testing.wires.openai_responses import ResponsesWire
from tests.providers.targets import KEY, heard

FOLDER = Path(__file__).parent / "documents"
"""Of each wire those that are legal and those that are not; `rule` is a row of the facts on swaps."""

DOCUMENTS = sorted(FOLDER.rglob("*.json"))

JUDGES: Mapping[str, Callable[[object, str], Sequence[str]]] = {
    "anthropic": anthropic_complaints,
    "google": google_complaints,
    "openai_chat": openai_chat_complaints,
    "openai_responses": openai_responses_complaints,
}


def answer(wire: str, model: str, body: JsonObject) -> Asking | str:
    """What the vendor's server does with a request."""
    bearer = {"authorization": f"Bearer {KEY}"}
    match wire:
        case "anthropic":
            version = {"anthropic-version": "2023-06-01"}
            return heard(AnthropicWire(KEY, [model]), "/v1/messages", version, {"x-api-key": KEY})(body)
        case "google":
            path = f"/v1beta/models/{model}:generateContent"
            return heard(GoogleWire(KEY, [model]), path, {}, {"key": KEY})(body)
        case "openai_chat":
            return heard(ChatWire(KEY, [model]), "/v1/chat/completions", {}, bearer)(body)
        case _:
            return heard(ResponsesWire(KEY, [model]), "/v1/responses", {}, bearer)(body)


def test_there_are_documents_of_every_wire() -> None:
    counts = {
        (wire, kind): len([*(FOLDER / wire / kind).iterdir()])
        for wire in JUDGES
        for kind in ("legal", "illegal")
    }

    assert all(count >= (8 if kind == "legal" else 15) for (_, kind), count in counts.items())
    assert sum(counts.values()) == len(DOCUMENTS)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_document_is_taken_or_refused_by_the_validator_and_by_the_server_alike(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    wire, kind = path.relative_to(FOLDER).parts[:2]
    body, model = freeze_object(document["body"]), document["model"]

    complaints, answered = JUDGES[wire](body, model), answer(wire, model, body)

    if kind == "legal":
        assert complaints == ()
        assert isinstance(answered, Asking)
    else:
        assert document["says"] in complaints[0]
        assert isinstance(answered, str)
        assert document["says"] in message(answered)


def message(answered: str) -> str:
    """The words of an error object."""
    found: object = json.loads(answered.removeprefix("the server says: "))
    return str(found["error"]["message"]) if isinstance(found, dict) else ""
