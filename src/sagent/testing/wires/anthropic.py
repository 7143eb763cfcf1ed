"""Anthropic's HTTP interface, from Anthropic's side."""

import re
from collections.abc import Mapping, Sequence, Set
from typing import Final

from sagent.errors import Illegal, Overflow, Overloaded, Quota, Refused, Unauthorized
from sagent.lib.json import FrozenObject, JsonObject, JsonValue, freeze_object
from sagent.providers.anthropic.faults import CODES
from sagent.providers.anthropic.manners import BINDING, EFFORTS, TOOLS
from sagent.providers.anthropic.shapes import kind_of
from sagent.providers.cards import ANTHROPIC, MINIMAX
from sagent.testing.faults import Status
from sagent.testing.legality import anthropic_complaints
from sagent.testing.wire import Answered, Asking, Received
from sagent.testing.wires.bindings import forgeries
from sagent.testing.wires.messages_speech import MessagesSpeech

MODELS: Final = (
    ANTHROPIC.default,
    ANTHROPIC.utility,
    "claude-opus-5-5",
    "claude-opus-4-8",
    "claude-opus-4-6",
    "claude-sonnet-4-5",
    "claude-haiku-4-5",
    MINIMAX.default,
    MINIMAX.utility,
)
"""The models that are served where no others are named."""

_LIST: Final = re.compile(r"/v1/models(?:/([^/]+))?")
_KINDS: Final[Mapping[int, str]] = {
    code: kind for kind, code in CODES.items() if kind != "exceed_context_size_error"
}
_WORDS: Final[Mapping[int, str]] = {
    401: "invalid x-api-key",
    403: "Your API key does not have permission to use the specified resource.",
    413: "Request exceeds the maximum size",
    429: "This request would exceed your organization's rate limit.",
    500: "Internal server error",
    504: "Request timed out",
    529: "Overloaded",
}


class AnthropicWire:
    """`/v1/messages` and the list of models, for one key. `MiniMax-…` is MiniMax's, with its own habits."""

    card = ANTHROPIC
    base_path = ""
    key_headers: Sequence[str] = ("x-api-key", "authorization")

    def __init__(self, key: str, models: Sequence[str] | None = None) -> None:
        self._key = key
        self._models = MODELS if models is None else tuple(models)

    def hear(self, received: Received, keys: Mapping[str, str], /) -> Asking | Answered | Status | None:
        """A request for a response, an answer from the catalog, or what Anthropic says to anything else."""
        listed = _LIST.fullmatch(received.path)
        # Others list their models there too, and show their keys as bearers.
        if listed is not None and not ("anthropic-version" in received.headers or "x-api-key" in keys):
            return None
        if listed is None and received.path != "/v1/messages":
            return None
        if locked := self._locked(received.headers, keys):
            return locked
        if listed is not None and received.method == "GET":
            return self._listed(listed[1], received.query)
        if listed is not None or received.method != "POST":
            return _said(405, "Method Not Allowed")
        return self._asked(received.body, received.headers.get("anthropic-beta", ""))

    def speak(self, asking: Asking, number: int, /) -> MessagesSpeech:
        """Begin a response."""
        return MessagesSpeech(asking, number)

    def status(self, error: Exception, /) -> Status:
        """The status that Anthropic gives when our client reads the error."""
        words = str(error)
        match error:
            case Overloaded():
                wait = {} if error.retry_after is None else {"retry-after": f"{error.retry_after:g}"}
                code = error.status or 529
                return Status(code, _body(code, words), wait)
            case Quota():
                return _said(402, words)
            case Unauthorized():
                return _said(error.status or 401, words)
            case Overflow():
                return _said(400, "prompt is too long: 1000001 tokens > 1000000 maximum")
            case Illegal():
                return _said(400, words)
            case Refused():
                return _said(error.status or 404, words)
            case _:
                return _said(500, words or _WORDS[500])

    def error(self, status: Status, manner: str, /) -> JsonValue:
        """The error object, the same in a stream as outside."""
        return _body(status.code, _WORDS.get(status.code, "")) if status.body is None else status.body

    def _locked(self, headers: Mapping[str, str], keys: Mapping[str, str]) -> Status | None:
        if not keys:
            return _said(401, "x-api-key header is required")
        if not {self._key, f"Bearer {self._key}"} & set(keys.values()):
            return _said(401, _WORDS[401])
        if "anthropic-version" not in headers:
            return _said(400, "anthropic-version: header is required")
        return None

    def _asked(self, body: JsonValue, betas: str) -> Asking | Status:
        if not isinstance(body, FrozenObject):
            return _said(400, "The request body is not valid JSON")
        model = body.get("model")
        if not isinstance(model, str) or not model:
            return _said(400, "model: Field required")
        if model not in self._models:
            return _said(404, f"model: {model}")
        complaint = next(iter((*anthropic_complaints(body, model), *forgeries(body, model))), None)
        if complaint is not None:
            return _said(400, complaint)
        if BINDING not in betas and "block_binding" in str(body.get("thinking")):
            return _said(400, "thinking.adaptive.block_binding: Extra inputs are not permitted")
        for lacking in _needed(body.get("messages")) - {*betas.split(",")}:
            return _said(400, f"messages: Extra inputs are not permitted without the beta {lacking}")
        return Asking(model=model, manner="sse" if body.get("stream") else "whole", body=body)

    def _listed(self, name: str | None, query: Mapping[str, str]) -> Answered | Status:
        if name is not None:
            return Answered(body=_card(name)) if name in self._models else _said(404, f"model: {name}")
        limit, after = query.get("limit", "20"), query.get("after_id", "")
        if not limit.isdecimal() or not 1 <= int(limit) <= 1000:
            return _said(400, "limit: Input should be a number from 1 to 1000")
        if after and after not in self._models:
            return _said(400, f"after_id: {after} not found")
        start = self._models.index(after) + 1 if after else 0
        page = self._models[start : start + int(limit)]
        return Answered(
            body={
                "data": tuple(map(_card, page)),
                "has_more": start + len(page) < len(self._models),
                "first_id": page[0] if page else None,
                "last_id": page[-1] if page else None,
            }
        )


def _needed(messages: JsonValue) -> Set[str]:
    """The betas without which these messages cannot be sent."""
    needed: set[str] = set()
    for message in messages if isinstance(messages, Sequence) else ():
        if isinstance(message, Mapping) and message.get("role") == "system":
            content = message.get("content")
            needed |= {EFFORTS} if "output_config" in message else set()
            blocks = content if isinstance(content, Sequence) else ()
            needed |= {TOOLS for block in blocks if kind_of(block).startswith("tool_")}
    return needed


def _said(code: int, message: str) -> Status:
    return Status(code, _body(code, message))


def _body(code: int, message: str) -> JsonObject:
    kind = _KINDS.get(code, "api_error" if code >= 500 else "invalid_request_error")
    error = {"type": kind, "message": message}
    return freeze_object({"type": "error", "error": error, "request_id": f"req_loopback_{code}"})


def _card(model: str) -> JsonObject:
    return freeze_object(
        {
            "type": "model",
            "id": model,
            "display_name": model.replace("-", " ").title(),
            "created_at": "2026-01-01T00:00:00Z",
        }
    )
