"""A conversation in Google's words. Pure: no clock, no socket; what was written once stays written.

Rule 1: what is known of Google's requests lives in this package's `encode`, `parts` and `declarations`.
Rule 2: every part passes the rules of `turns` before it is written; what they refuse is never sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from sagent.atoms import CallId
from sagent.errors import Illegal
from sagent.lib.json import EMPTY, JsonObject, is_object, json_bytes
from sagent.messages.words import calls_of, spoken
from sagent.providers.google import declarations
from sagent.providers.google.catalog import GOOGLE, formed, is_signed
from sagent.providers.google.parts import (
    NESTED,
    SEEN,
    file_part,
    outcome,
    own_part,
    retold_part,
    spoken_part,
)
from sagent.providers.google.turns import Turns, bad_part
from sagent.providers.google.validator import bad_tools
from sagent.providers.inline import NOTHING, Carries, Told
from sagent.providers.passthrough import opened, overlaid
from sagent.providers.scribe import accept
from sagent.providers.sendable import sendable
from sagent.providers.wording import Heading, Read
from sagent.schema.message import ModelResponse, Prompt, ToolCall
from sagent.schema.part import Audio, Document, Image, Part
from sagent.schema.wire import google as wire

DUMMY: Final = "skip_thought_signature_validator"
"""Stands for the signature of a call that another model made (Google's page on thought signatures)."""


class GoogleWording:
    """How a request to one of Google's models is put."""

    carries: Carries = NOTHING

    def __init__(
        self,
        model: str,
        config: wire.GenerationConfig,
        extra_body: JsonObject = EMPTY,
        provider: str = GOOGLE,
    ) -> None:
        self._signed = is_signed(model, provider)
        self._formed = "never" if _settles_form(extra_body) else formed(model, provider)
        self._config = config
        self._extra_body = extra_body

    def head(self, heading: Heading) -> bytes:
        """System prompt, tools and settings.

        Raises:
            Illegal: Google would refuse the tools.
        """
        declared, most, output = declarations.tools(heading.tools), heading.most, heading.output
        accept(bad_tools(declared))
        head: dict[str, object] = {"generationConfig": self._config}
        if heading.system:
            head["systemInstruction"] = {"parts": ({"text": sendable(heading.system)},)}
        if declared:
            head["tools"] = declared
        body = overlaid(head, self._extra_body)
        said = body.pop("generationConfig")
        config = dict(said) if is_object(said) else {}
        held = self._formed == "always" or (self._formed == "without_tools" and not body.get("tools"))
        if output is not None and held:
            config |= declarations.form(output)
        if most is not None:
            usual = config.get("maxOutputTokens")
            config["maxOutputTokens"] = min(most, usual) if isinstance(usual, int) else most
        return opened({**body, "generationConfig": config} if config else body, "contents")

    def tells(self, output: JsonObject) -> bool:
        """For models that are not held to it, or only where they have no tools."""
        return self._formed != "always"

    def transcript(self) -> "GoogleTranscript":
        """Contents without a turn."""
        return GoogleTranscript(signed=self._signed)


class GoogleTranscript:
    """The `contents` of a request: turns of user and model by turns, each of many parts."""

    unthought: bool = False
    """A model of this wire may begin to think in the midst of a turn."""

    def __init__(self, *, signed: bool) -> None:
        self._signed = signed
        self._role = ""
        self._contents = bytearray()
        self._turns = Turns(signed=signed)
        self._asked: list[tuple[CallId, str, str]] = []
        self._aside: list[Mapping[str, object]] = []

    def written(self) -> Sequence[bytes | bytearray]:
        """The turns, and what closes the last one.

        Raises:
            Illegal: the model is not to speak next.
        """
        accept(self._turns.ended())
        return self._contents, b"]}"

    def change(self, told: Told) -> None:
        """Nothing can be told in place.

        Raises:
            Illegal: always.
        """
        raise Illegal(f"Gemini cannot be told of a change in the midst of a conversation: {told}")

    def prompt(self, prompt: Prompt, read: Read) -> None:
        """What somebody says, as parts of the user's turn."""
        self._add("user", (spoken_part(part, read) for part in spoken(prompt)))

    def response(self, response: ModelResponse, calls: Sequence[ToolCall], read: Read, *, own: bool) -> None:
        """A response as it came, or what another model can be told of it."""
        native = self._own(response, read) if own else ()
        parts = native or self._retold(response, calls)
        asked = [_asked(part) for part in parts if "functionCall" in part]
        self._add("model", parts, verbatim=bool(native))
        self._asked.extend(
            (call.call_id, name, call_id) for call, (name, call_id) in zip(calls, asked, strict=True)
        )

    def result(self, call_id: CallId, content: Sequence[Part], read: Read, *, failed: bool) -> None:
        """A function response; files that it cannot hold come behind the last of them."""
        due, name, vendor_id = self._asked.pop(0) if self._asked else (None, "", "")
        if due != call_id:
            raise Illegal(f"the result of call {call_id} stands where {due or 'no result'} is due")
        files = [
            part for part in content if isinstance(part, Image | Document | Audio) and part.descriptor in SEEN
        ]
        nested: list[Mapping[str, object]] = []
        for part in files:
            file = file_part(part, read)
            inside = self._signed and part.descriptor in NESTED and "inlineData" in file
            (nested if inside else self._aside).append(file)
        response: dict[str, object] = {"id": vendor_id} if vendor_id else {}
        response |= {"name": name, "response": outcome(content, failed=failed, aside=files)}
        if nested:
            response["parts"] = nested
        self._add("user", ({"functionResponse": response},))
        if not self._asked:
            self._add("user", self._aside)
            self._aside = []

    def _own(self, response: ModelResponse, read: Read) -> Sequence[Mapping[str, object]]:
        parts: Sequence[Mapping[str, object]] = response.native
        if not parts:
            parts = [own for part in response.content if (own := own_part(part, read))]
        parts = [_fit(part) for part in parts]
        whole = sum("functionCall" in part for part in parts) == len(calls_of(response))
        legal = not any(any(bad_part(part, "", signed=self._signed, verbatim=True)) for part in parts)
        return self._signed_calls(parts) if whole and legal else ()

    def _retold(self, response: ModelResponse, calls: Sequence[ToolCall]) -> Sequence[Mapping[str, object]]:
        kept = [part for part in response.content if not isinstance(part, ToolCall) or part in calls]
        told = [retold_part(part, named=self._signed) for part in kept]
        return self._signed_calls([part for part in told if part])

    def _signed_calls(self, parts: Sequence[Mapping[str, object]]) -> Sequence[Mapping[str, object]]:
        first = next((index for index, part in enumerate(parts) if "functionCall" in part), None)
        if first is None or not self._signed or parts[first].get("thoughtSignature"):
            return parts
        return (*parts[:first], {**parts[first], "thoughtSignature": DUMMY}, *parts[first + 1 :])

    def _add(
        self,
        role: Literal["user", "model"],
        parts: Iterable[Mapping[str, object] | None],
        *,
        verbatim: bool = False,
    ) -> None:
        for part in parts:
            if part is None:
                continue
            if role == self._role:
                self._contents += b","
            else:
                accept(self._turns.turn(role))
                opening = b'{"role":"%s","parts":[' % role.encode()
                self._contents += b"]}," + opening if self._role else opening
                self._role = role
            accept(self._turns.part(part, verbatim=verbatim))
            self._contents += json_bytes(part)


def _settles_form(extra_body: JsonObject) -> bool:
    """Whether the user has said in what form answers come."""
    config = extra_body.get("generationConfig")
    if not is_object(config):
        return False
    schemas = config.keys() & {"responseJsonSchema", "responseSchema"}
    return bool(schemas) or config.get("responseMimeType", declarations.JSON) != declarations.JSON


def _fit(part: Mapping[str, object]) -> Mapping[str, object]:
    """A part of the model's own as it takes it back: it sends characters that it refuses."""
    text = part.get("text")
    words = sendable(text) if isinstance(text, str) else text
    return part if words == text else {**part, "text": words}


def _asked(part: Mapping[str, object]) -> tuple[str, str]:
    """The name and the id of the call in a part, as Google knows them."""
    call = part["functionCall"]
    if not is_object(call):
        raise Illegal(f"functionCall: must be an object, not {call!r}")
    return str(call.get("name", "")), str(call.get("id") or "")
