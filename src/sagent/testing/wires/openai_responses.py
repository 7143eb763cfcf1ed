"""OpenAI's Responses interface, from OpenAI's side."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from sagent.errors import Illegal, Overflow, Overloaded, Quota, Refused, Unauthorized
from sagent.lib.json import FrozenObject, JsonObject, JsonValue, freeze_object
from sagent.providers.cards import OPENAI
from sagent.providers.openai_responses.catalog import is_reasoning
from sagent.providers.openai_responses.validator import complaints
from sagent.testing.faults import Status
from sagent.testing.wire import Answered, Asking, Received
from sagent.testing.wires.responses_speech import ResponsesSpeech
from sagent.testing.wires.seals import forgeries

MODELS: Final = (
    OPENAI.default,
    OPENAI.utility,
    "gpt-6.2-astra",
    "gpt-6-astra",
    "gpt-6-sol",
    "gpt-5.5",
    "gpt-5.4-mini",
    "gpt-4.1",
)
"""The models that are served where no others are named."""

_LIST: Final = re.compile(r"/v1/models(?:/([^/]+))?")
_OTHERS: Final = frozenset(("anthropic-version", "x-api-key", "x-goog-api-key"))
"""Headers of other vendors' clients, who list models at the same path."""

_WORDS: Final[Mapping[int, str]] = {
    400: "Your request was malformed.",
    401: "Invalid Authentication",
    403: "You are not allowed to use this.",
    404: "Invalid URL",
    429: "Rate limit reached. Please try again later.",
    500: "The server had an error while processing your request. Sorry about that!",
    503: "The server is currently overloaded with other requests. Sorry about that!",
}
_CODES: Final[Mapping[str, str]] = {
    "Unknown parameter": "unknown_parameter",
    "Missing required": "missing_required_parameter",
    "Unsupported value": "unsupported_value",
    "Invalid value": "invalid_value",
    "Invalid type": "invalid_type",
    "Invalid schema": "invalid_function_parameters",
    "The encrypted content": "invalid_encrypted_content",
    "string too long": "string_above_max_length",
    "string does not match": "invalid_value",
    "array too long": "array_above_max_length",
    "empty array": "empty_array",
    "integer below": "integer_below_min_value",
    "'": "invalid_value",
}
"""What each complaint is called, by how it begins; the others have no name."""


class ResponsesWire:
    """`responses` and the list of models, for one key."""

    card = OPENAI
    base_path = "/v1"
    key_headers: Sequence[str] = ("authorization",)

    def __init__(self, key: str, models: Sequence[str] | None = None) -> None:
        self._key = key
        self._models = MODELS if models is None else tuple(models)

    def hear(self, received: Received, keys: Mapping[str, str], /) -> Asking | Answered | Status | None:
        """A request for a response, an answer from the catalog, or what OpenAI says to anything else."""
        listed = _LIST.fullmatch(received.path)
        if listed is not None and not received.headers.keys() & _OTHERS and "key" not in received.query:
            return self._locked(keys) or self._listed(listed[1])
        if received.path != "/v1/responses":
            return None
        if received.method != "POST":
            words = f"Not allowed to {received.method} on {received.path}"
            return Status(405, _body(words, code="method_not_supported"))
        return self._locked(keys) or self._asked(received.body)

    def speak(self, asking: Asking, number: int, /) -> ResponsesSpeech:
        """Begin a response."""
        return ResponsesSpeech(asking, number)

    def status(self, error: Exception, /) -> Status:
        """The status that OpenAI gives when our client reads the error."""
        words = str(error)
        match error:
            case Overloaded():
                return _busy(error, words)
            case Quota():
                quota = (
                    "You exceeded your current quota, please check your plan and billing details. For more "
                    "information on this error, read the docs: "
                    "https://platform.openai.com/docs/guides/error-codes/api-errors."
                )
                return Status(429, _body(quota, code="insufficient_quota", kind="insufficient_quota"))
            case Unauthorized():
                return Status(error.status or 401, _body(words, code="invalid_api_key"))
            case Overflow():
                window = (
                    "Your input exceeds the context window of this model. "
                    "Please adjust your input and try again."
                )
                return Status(400, _body(window, code="context_length_exceeded", param="input"))
            case Illegal():
                return Status(400, _body(words))
            case Refused() if error.status is not None:
                return Status(error.status, _body(words))
            case Refused():
                return Status(
                    403,
                    _body(words, code="unsupported_country_region_territory", kind="request_forbidden"),
                )
            case _:
                return Status(500, _body(words or _WORDS[500], code="server_error", kind="server_error"))

    def error(self, status: Status, manner: str, /) -> JsonValue:
        """The error object."""
        return _body(_WORDS.get(status.code, "")) if status.body is None else status.body

    def _locked(self, keys: Mapping[str, str]) -> Status | None:
        given = keys.get("authorization", "").removeprefix("Bearer ")
        if not given:
            return Status(
                401,
                _body(
                    "You didn't provide an API key. You need to provide your API key in an "
                    "Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
                ),
            )
        if given == self._key:
            return None
        words = (
            f"Incorrect API key provided: {given[:4]}****{given[-4:]}. You can find your API key at "
            "https://platform.openai.com/account/api-keys."
        )
        return Status(401, _body(words, code="invalid_api_key"))

    def _asked(self, body: JsonValue) -> Asking | Status:
        if not isinstance(body, FrozenObject):
            return Status(400, _body("We could not parse the JSON body of your request."))
        model = str(body.get("model") or "")
        if model and model not in self._models:
            return Status(
                400,
                _body(
                    f"The requested model '{model}' does not exist.", param="model", code="model_not_found"
                ),
            )
        complaint = next(
            iter((*complaints(body, model), *forgeries(body.get("input"), reasons=is_reasoning(model)))), None
        )
        if complaint is not None:
            return Status(400, complained(complaint))
        return Asking(model=model, manner="sse" if body.get("stream") is True else "whole", body=body)

    def _listed(self, name: str | None) -> Answered | Status:
        if name is None:
            return Answered(body={"object": "list", "data": tuple(map(_entry, self._models))})
        if name in self._models:
            return Answered(body=_entry(name))
        words = f"The model '{name}' does not exist"
        return Status(404, _body(words, param="model", code="model_not_found"))


def complained(complaint: str) -> JsonObject:
    """A complaint of the validator as OpenAI's error object."""
    place, _, words = complaint.partition(": ")
    code = next((name for start, name in _CODES.items() if words.startswith(start)), None)
    if words.startswith("Invalid type"):
        words = words.replace("Invalid type", f"Invalid type for '{place}'", 1)
    elif not words[:1].isupper():
        words = f"Invalid '{place}': {words}"
    return _body(words, param=place, code=code)


def _busy(error: Overloaded, words: str) -> Status:
    code = error.status or 503
    headers = {} if error.retry_after is None else {"retry-after": f"{error.retry_after:g}"}
    if code != 429:
        return Status(code, _body(words, code="server_error", kind="server_error"), headers)
    wait = "" if error.retry_after is None else f" Please try again in {error.retry_after:g}s."
    return Status(429, _body(words + wait, code="rate_limit_exceeded", kind="requests"), headers)


def _body(
    message: str, *, param: str | None = None, code: str | None = None, kind: str = "invalid_request_error"
) -> JsonObject:
    return freeze_object({"error": {"message": message, "type": kind, "param": param, "code": code}})


def _entry(model: str) -> JsonObject:
    return {"id": model, "object": "model", "created": 1_780_000_000, "owned_by": "system"}
