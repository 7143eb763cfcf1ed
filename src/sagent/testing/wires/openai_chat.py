"""Chat Completions, from the server's side: OpenAI's own, and three kinds of servers that are compatible."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from sagent.errors import Overflow
from sagent.lib.json import FrozenObject, JsonObject, JsonValue, freeze_object
from sagent.providers.cards import OPENAI_COMPAT
from sagent.providers.catalog import tolerated
from sagent.providers.dashscope import DashScope
from sagent.providers.moonshot import Moonshot
from sagent.providers.openai_chat.answers import REASONING
from sagent.providers.openai_chat.manners import COMPATIBLE, OPENAI, Manners
from sagent.providers.openai_chat.provider import OpenAICompat
from sagent.providers.openai_chat.suited import OPENAI as VENDOR
from sagent.providers.openai_chat.suited import suited
from sagent.providers.openai_chat.validator import complaints
from sagent.providers.others import Mistral, OpenRouter
from sagent.testing.faults import Status
from sagent.testing.wire import Answered, Asking, Received
from sagent.testing.wires.chat_speech import ChatSpeech, Thoughts
from sagent.testing.wires.moonshot import unflavoured
from sagent.testing.wires.openai_responses import MODELS as OPENAIS
from sagent.testing.wires.openai_responses import ResponsesWire
from sagent.testing.wires.signatures import signature

MODELS: Final = (
    *OPENAIS,
    "local-model",
    "deepseek-v4-pro",
    "deepseek-flash",
    "moonshotai/kimi-k3",
    "kimi-k3.1-pro",
    "kimi-k2.6",
    "qwen3.8-max",
    "qwen3.7-plus",
    "MiniMax-M3",
)
"""The models that are served where no others are named."""

_ASK: Final = re.compile(r"(/v\d+)?/chat/completions")


class ChatWire:
    """`chat/completions`, for one key. What a server does beside that is told by the name of the model.

    `gpt-…` is OpenAI's: it says nothing of its thoughts, and takes none. A name with a slash is behind
    OpenRouter, which signs thoughts. `deepseek-…` and `kimi-…` want thoughts back with every answer;
    `kimi-…` has a flavour of JSON Schema and a temperature of its own; `qwen3.7-…` thinks only in a
    stream. Each other thinks aloud. Kimi and `deepseek-v4-pro` take other instructions later on, Kimi from
    K3 on more tools as well.
    """

    card = OPENAI_COMPAT
    base_path = "/v1"
    key_headers: Sequence[str] = ("authorization",)

    def __init__(self, key: str, models: Sequence[str] | None = None) -> None:
        self._models = MODELS if models is None else tuple(models)
        # The doors and the words for what is refused are those of OpenAI's other wire.
        self._openai = ResponsesWire(key, self._models)

    def hear(self, received: Received, keys: Mapping[str, str], /) -> Asking | Answered | Status | None:
        """A request for an answer, the list of models, or what is said to anything else."""
        asked = _ASK.fullmatch(received.path)
        listed = self._openai.hear(
            replace(received, path="/v1/models", method="GET") if asked else received, keys
        )
        if not asked or isinstance(listed, Status):
            return listed if asked or received.path.startswith("/v1/models") else None
        if received.method != "POST":
            return _said(405, f"Not allowed to {received.method} on {received.path}", "method_not_supported")
        return self._asked(received.body)

    def speak(self, asking: Asking, number: int, /) -> ChatSpeech:
        """Begin an answer."""
        return ChatSpeech(asking, number, thoughts_of(asking.model))

    def status(self, error: Exception, /) -> Status:
        """The status that OpenAI gives when our client reads the error."""
        if isinstance(error, Overflow):
            window = (
                "This model's maximum context length is 128000 tokens. However, your messages resulted in "
                "130001 tokens. Please reduce the length of the messages."
            )
            return _said(400, window, "context_length_exceeded", "messages")
        return self._openai.status(error)

    def error(self, status: Status, manner: str, /) -> JsonValue:
        """The error object; in the midst of a stream its kind is all that tells what it is."""
        body = self._openai.error(status, manner)
        match body:
            case {"error": {"message": str(words)}} if status.body is None and status.code >= 429:
                busy = status.code == 429
                kind = "rate_limit_exceeded" if busy else "server_error"
                return {"error": {"message": words, "type": kind, "param": None, "code": kind}}
            case _:
                return body

    def _asked(self, body: JsonValue) -> Asking | Status:
        if not isinstance(body, FrozenObject):
            return _said(400, "We could not parse the JSON body of your request.")
        model = str(body.get("model") or "")
        if model and model not in self._models:
            words = f"The model `{model}` does not exist or you do not have access to it."
            return _said(404, words, "model_not_found")
        found = (
            *complaints(body, model, manners_of(model)),
            *_thoughts(body, thoughts_of(model)),
            *(unflavoured(body) if model.startswith("kimi-") else ()),
            *_unstreamed(body),
        )
        if found:
            place, _, words = found[0].partition(": ")
            return _said(400, words if place in words else f"{words} - {place!r}", param=place)
        return Asking(model=model, manner=_manner(body), body=body)


def thoughts_of(model: str) -> Thoughts:
    """What a model of this name lets be seen of its thoughts."""
    if "/" in model:
        return "details"
    return "hidden" if re.match(r"gpt-\d|o\d", model) else "content"


def manners_of(model: str) -> Manners:
    """What the server of such a model wants to be told."""
    if thoughts_of(model) == "hidden":
        return suited(OPENAI, model, VENDOR)
    vendors: Sequence[type[OpenAICompat]] = (Moonshot, DashScope, Mistral)
    vendor = next((each for each in vendors if re.match(each.card.ids, model)), OpenAICompat)
    files = OpenRouter.manners.files if "/" in model else vendor.manners.files
    return replace(
        COMPATIBLE,
        files=tolerated(files, vendor.card.name, model),
        amends=bool(re.match(r"kimi-k(2\.[67]|[3-9])|deepseek-v4-pro", model)),
        adds_tools=bool(re.match(r"kimi-k[3-9]", model)),
    )


def _manner(body: JsonObject) -> str:
    if body.get("stream") is not True:
        return "whole"
    options = body.get("stream_options")
    return "counted" if isinstance(options, Mapping) and options.get("include_usage") is True else "sse"


def _thoughts(body: JsonObject, thoughts: Thoughts) -> Iterator[str]:
    """What is wrong with the thoughts that come back."""
    messages = body.get("messages")
    for index, message in enumerate(messages if isinstance(messages, Sequence) else ()):
        if not isinstance(message, Mapping) or message.get("role") != "assistant":
            continue
        place = f"messages[{index}]"
        known = [key for key in (*REASONING, "reasoning_details") if key in message]
        if thoughts == "hidden" and known:
            yield f"{place}.{known[0]}: Unknown parameter: '{place}.{known[0]}'."
        if str(body.get("model")).startswith("deepseek") and not message.get("reasoning_content"):
            yield f"{place}: The `reasoning_content` in the thinking mode must be passed back to the API."
        if str(body.get("model")).startswith("kimi-") and not message.get("reasoning_content"):
            yield f"thinking is enabled but reasoning_content is missing in message at index {index}"
        details = message.get("reasoning_details", ())
        for detail in details if isinstance(details, Sequence) else ():
            if (
                isinstance(detail, Mapping)
                and "signature" in detail
                and detail["signature"] != sealed(detail)
            ):
                yield f"{place}.reasoning_details: Invalid signature in thinking block"


def _unstreamed(body: JsonObject) -> Iterator[str]:
    """What DashScope refuses of models that think only in a stream."""
    if (
        str(body.get("model")).startswith("qwen3.7-")
        and body.get("stream") is not True
        and body.get("enable_thinking")
    ):
        yield "parameter.enable_thinking must be set to false for non-streaming calls"


def sealed(detail: Mapping[str, object]) -> str:
    """The proof of a thought."""
    return signature({"text": detail.get("text")})


def _said(code: int, message: str, name: str | None = None, param: str | None = None) -> Status:
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": name}
    return Status(code, freeze_object({"error": error}))
