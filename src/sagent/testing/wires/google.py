"""Gemini's HTTP interface, from Google's side."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Final

from sagent.errors import Illegal, Overflow, Overloaded, Quota, Refused, Unauthorized
from sagent.lib.json import EMPTY, FrozenObject, JsonObject, JsonValue, freeze_object
from sagent.providers.cards import GOOGLE
from sagent.providers.catalog import limits
from sagent.providers.google.validator import complaints
from sagent.testing.faults import Status
from sagent.testing.wire import Answered, Asking, Received
from sagent.testing.wires.gemini_speech import GeminiSpeech
from sagent.testing.wires.signatures import forgeries

MODELS: Final = (
    GOOGLE.default,
    GOOGLE.utility,
    "gemini-2.5-pro",
    "gemini-3-flash-preview",
    "gemini-3.1-pro-preview",
    "gemini-3.5-flash",
    "gemini-3.8-flash",
    "gemini-4-argon",
)
"""The models that are served where no others are named."""

_GENERATE: Final = re.compile(r"/v1(?:beta|alpha)?/models/([^/:]+):(generateContent|streamGenerateContent)")
_LIST: Final = re.compile(r"/v1(?:beta|alpha)?/models(?:/([^/:]+))?")
_OTHERS: Final = frozenset(("authorization", "anthropic-version", "x-api-key"))
"""Headers of other vendors' clients, who list models at the same path."""

_NAMES: Final[Mapping[int, str]] = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_WORDS: Final[Mapping[int, str]] = {
    400: "Request contains an invalid argument.",
    403: "The caller does not have permission",
    429: "Resource has been exhausted (e.g. check quota).",
    500: "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
    503: "The model is overloaded. Please try again later.",
    504: "Deadline expired before operation could complete.",
}
_RPC: Final = "type.googleapis.com/google.rpc"


class GoogleWire:
    """`generateContent`, `streamGenerateContent` and the list of models, for one key."""

    card = GOOGLE
    base_path = ""
    key_headers: Sequence[str] = ("x-goog-api-key", "key")

    def __init__(self, key: str, models: Sequence[str] | None = None) -> None:
        self._key = key
        self._models = MODELS if models is None else tuple(models)

    def hear(self, received: Received, keys: Mapping[str, str], /) -> Asking | Answered | Status | None:
        """A request for a response, an answer from the catalog, or what Google says to anything else."""
        generate = _GENERATE.fullmatch(received.path)
        listed = _LIST.fullmatch(received.path)
        if generate is None and (listed is None or received.headers.keys() & _OTHERS):
            return None
        locked = self._locked(keys)
        if listed is not None and received.method == "GET":
            return locked or self._listed(listed[1], received.query)
        if generate is None or received.method != "POST":
            return _said(404, f"Method not found: {received.method} {received.path}")
        manner = _manner(generate[2], received.query)
        heard = locked or self._asked(generate[1], manner, received.body)
        return Status(heard.code, self.error(heard, manner)) if isinstance(heard, Status) else heard

    def speak(self, asking: Asking, number: int, /) -> GeminiSpeech:
        """Begin a response."""
        return GeminiSpeech(asking, number)

    def status(self, error: Exception, /) -> Status:
        """The status that Google gives when our client reads the error."""
        words = str(error)
        match error:
            case Overloaded():
                return Status(
                    error.status or 503, _body(error.status or 503, words, _retry(error.retry_after))
                )
            case Quota():
                return Status(429, _body(429, words, _daily()))
            case Unauthorized():
                return Status(error.status or 403, _body(error.status or 403, words))
            case Overflow():
                window = (
                    "The input token count (1048577) exceeds the maximum number of tokens allowed (1048576)."
                )
                return Status(400, _body(400, window))
            case Illegal():
                return Status(400, _body(400, words))
            case Refused() if error.status is not None:
                return Status(error.status, _body(error.status, words))
            case Refused():
                return Status(400, _body(400, words, name="FAILED_PRECONDITION"))
            case _:
                return Status(500, _body(500, words or _WORDS[500]))

    def error(self, status: Status, manner: str, /) -> JsonValue:
        """The error object; a stream that is no event stream wraps it in an array, as Google does."""
        body = _body(status.code, _WORDS.get(status.code, "")) if status.body is None else status.body
        return (body,) if manner == "array" else body

    def _locked(self, keys: Mapping[str, str]) -> Status | None:
        if not keys:
            return _said(
                403,
                "Method doesn't allow unregistered callers (callers without established identity). "
                "Please use API Key or other form of API consumer identity to call this API.",
            )
        if self._key in keys.values():
            return None
        reason = "API key not valid. Please pass a valid API key."
        info = {
            "@type": f"{_RPC}.ErrorInfo",
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
            "metadata": {"service": "generativelanguage.googleapis.com"},
        }
        local = {"@type": f"{_RPC}.LocalizedMessage", "locale": "en-US", "message": reason}
        return Status(400, _body(400, reason, info, local))

    def _asked(self, model: str, manner: str, body: JsonValue) -> Asking | Status:
        if model not in self._models:
            return _said(404, _unknown(model))
        if not isinstance(body, FrozenObject):
            return _said(400, "Invalid JSON payload received. Unexpected token.")
        complaint = next(iter((*complaints(body, model), *forgeries(body))), None)
        return Asking(model=model, manner=manner, body=body) if complaint is None else _said(400, complaint)

    def _listed(self, name: str | None, query: Mapping[str, str]) -> Answered | Status:
        if name is not None:
            return Answered(body=_card(name)) if name in self._models else _said(404, _unknown(name))
        size, start = query.get("pageSize", "50"), query.get("pageToken", "0")
        if not (size.isdecimal() and start.isdecimal()):
            return _said(400, _WORDS[400])
        end = int(start) + max(1, int(size))
        page: dict[str, JsonValue] = {
            "models": tuple(_card(model) for model in self._models[int(start) : end])
        }
        if end < len(self._models):
            page["nextPageToken"] = str(end)
        return Answered(body=page)


def _manner(verb: str, query: Mapping[str, str]) -> str:
    if verb == "generateContent":
        return "whole"
    return "sse" if query.get("alt") == "sse" else "array"


def _said(code: int, message: str) -> Status:
    return Status(code, _body(code, message))


def _body(code: int, message: str, *details: Mapping[str, object], name: str = "") -> JsonObject:
    status = name or _NAMES.get(code, "UNKNOWN")
    error: dict[str, object] = {"code": code, "message": message, "status": status}
    given = [detail for detail in details if detail]
    if given:
        error["details"] = given
    return freeze_object({"error": error})


def _retry(seconds: float | None) -> Mapping[str, object]:
    if seconds is None:
        return EMPTY
    return {
        "@type": f"{_RPC}.RetryInfo",
        "retryDelay": f"{json.dumps(seconds) if seconds % 1 else math.floor(seconds)}s",
    }


def _daily() -> Mapping[str, object]:
    violation = {
        "quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_requests",
        "quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier",
        "quotaDimensions": {"location": "global"},
        "quotaValue": "250",
    }
    return {"@type": f"{_RPC}.QuotaFailure", "violations": [violation]}


def _unknown(model: str) -> str:
    return (
        f"models/{model} is not found for API version v1beta, or is not supported for generateContent. "
        "Call ListModels to see the list of available models and their supported methods."
    )


def _card(model: str) -> JsonObject:
    known = limits("Google", model)
    return freeze_object(
        {
            "name": f"models/{model}",
            "version": "001",
            "displayName": model.replace("-", " ").title(),
            "inputTokenLimit": known.context_window or 32_768,
            "outputTokenLimit": known.max_output or 8_192,
            "supportedGenerationMethods": ["generateContent", "countTokens"],
        }
    )
