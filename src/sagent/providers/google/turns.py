"""What Google refuses about turns and their parts, one rule beside the other."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sagent.lib.json import is_object
from sagent.providers.sendable import UNSENDABLE
from sagent.schema.wire import google as wire

KINDS: Final = frozenset(
    (
        "text",
        "inlineData",
        "fileData",
        "functionCall",
        "functionResponse",
        "executableCode",
        "codeExecutionResult",
        "toolCall",
        "toolResponse",
    )
)
"""What a part can be; each is exactly one of these."""

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,63}")
"""What a function may be called."""

BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")
"""Base64 as protocol buffers read it: either alphabet, padding or none."""


class Turns:
    """The rules of `contents`, kept while turns and parts are added one after the other."""

    def __init__(self, *, signed: bool) -> None:
        self._signed = signed
        self._role = ""
        self._content = -1
        self._part = -1
        self._calls = 0
        self._open: list[tuple[str, str]] = []

    def turn(self, role: object) -> Iterator[str]:
        """Begin a turn."""
        yield from self._turn_ended()
        self._content += 1
        self._part = -1
        self._calls = 0
        place = f"contents[{self._content}].role"
        if not isinstance(role, str) or role not in {"user", "model"}:
            yield f"{place}: must be user or model, not {role!r}"
        elif role == self._role:
            yield f"{place}: user and model must alternate, {role} follows {role}"
        elif self._content == 0 and role != "user":
            yield f"{place}: the first turn must be the user's"
        elif role == "model" and self._open:
            yield f"{place}: the call of {self._open[0][0]} has no functionResponse"
        if role == "model":
            self._open.clear()
        self._role = role if isinstance(role, str) else ""

    def part(self, part: object, *, verbatim: bool = False) -> Iterator[str]:
        """Add a part to the turn; one that Google sent itself may hold what is not known here."""
        self._part += 1
        place = f"contents[{self._content}].parts[{self._part}]"
        yield from bad_part(part, place, signed=self._signed, verbatim=verbatim)
        if not is_object(part):
            return
        response, call = part.get("functionResponse"), part.get("functionCall")
        if is_object(response):
            yield from self._response(response, f"{place}.functionResponse")
        elif self._open and self._role == "user":
            yield f"{place}: the functionResponse of {self._open[0][0]} must come first"
        if is_object(call):
            yield from self._call(part, call, place)

    def ended(self) -> Iterator[str]:
        """End the contents."""
        yield from self._turn_ended()
        if self._content < 0:
            yield "contents: must not be empty"
        elif self._role == "model":
            yield f"contents[{self._content}].role: the last turn must be the user's"
        elif self._open:
            yield f"contents[{self._content}]: the call of {self._open[0][0]} has no functionResponse"

    def _turn_ended(self) -> Iterator[str]:
        if self._content >= 0 and self._part < 0:
            yield f"contents[{self._content}].parts: must not be empty"

    def _call(self, part: Mapping[str, object], call: Mapping[str, object], place: str) -> Iterator[str]:
        if self._role != "model":
            yield f"{place}: only the model calls"
        if self._signed and self._calls == 0 and not part.get("thoughtSignature"):
            yield f"{place}: Function call is missing a thought_signature in functionCall parts"
        self._calls += 1
        self._open.append((str(call.get("name")), str(call.get("id") or "")))

    def _response(self, response: Mapping[str, object], place: str) -> Iterator[str]:
        if self._role != "user":
            yield f"{place}: only the user answers calls"
        elif not self._open:
            yield f"{place}: answers no call of the turn before"
        else:
            name, call_id = self._open.pop(0)
            if response.get("name") != name:
                yield f"{place}.name: must be {name}, the calls are answered in order"
            if call_id and response.get("id") != call_id:
                yield f"{place}.id: must be {call_id}, the calls are answered in order"


def unknown_keys(value: Mapping[str, object], kind: type, place: str) -> Iterator[str]:
    """Say which keys of an object its kind does not have."""
    for key in value.keys() - kind.__annotations__.keys():
        yield f'{place}: Unknown name "{key}": Cannot find field.'


def bad_part(part: object, place: str, *, signed: bool, verbatim: bool = False) -> Iterator[str]:
    """Say what Google would refuse about a part, wherever it stands."""
    if not is_object(part):
        yield f"{place}: must be an object"
        return
    if not verbatim:
        yield from unknown_keys(part, wire.Part, place)
        kinds = part.keys() & KINDS
        if len(kinds) != 1:
            yield f"{place}: must hold exactly one kind of data, not {len(kinds)}"
    signature = part.get("thoughtSignature", "")
    if not isinstance(signature, str) or not BASE64.fullmatch(signature):
        yield f"{place}.thoughtSignature: must be base64"
    if "text" in part and (part.keys() <= wire.Part.__annotations__.keys() or not verbatim):
        yield from bad_text(part["text"], f"{place}.text", empty=bool(signature))
    if "inlineData" in part:
        yield from _bad_file(part["inlineData"], f"{place}.inlineData")
    if "functionCall" in part:
        yield from _bad_call(part["functionCall"], f"{place}.functionCall", verbatim=verbatim)
    if "functionResponse" in part:
        yield from _bad_response(part["functionResponse"], f"{place}.functionResponse", signed=signed)


def _bad_call(call: object, place: str, *, verbatim: bool) -> Iterator[str]:
    if not is_object(call):
        yield f"{place}: must be an object"
        return
    if not verbatim:
        yield from unknown_keys(call, wire.FunctionCall, place)
    yield from bad_name(call.get("name"), f"{place}.name")
    if not isinstance(call.get("args", {}), Mapping):
        yield f"{place}.args: must be an object"
    if call.get("partialArgs") or call.get("willContinue"):
        yield f"{place}: a call must be whole"


def _bad_response(response: object, place: str, *, signed: bool) -> Iterator[str]:
    if not is_object(response):
        yield f"{place}: must be an object"
        return
    yield from unknown_keys(response, wire.FunctionResponse, place)
    if not isinstance(response.get("response"), Mapping):
        yield f"{place}.response: must be an object"
    files = response.get("parts", ())
    if not isinstance(files, Sequence) or isinstance(files, str):
        yield f"{place}.parts: must be an array"
        return
    if files and not signed:
        yield f"{place}.parts: models before Gemini 3 read no files there"
    for index, file in enumerate(files):
        if not is_object(file):
            yield f"{place}.parts[{index}]: must be an object"
            continue
        yield from unknown_keys(file, wire.FunctionResponsePart, f"{place}.parts[{index}]")
        yield from _bad_file(file.get("inlineData"), f"{place}.parts[{index}].inlineData")


def bad_text(text: object, place: str, *, empty: bool = False) -> Iterator[str]:
    """Say whether a text cannot be sent."""
    if not isinstance(text, str):
        yield f"{place}: must be a string"
    elif not text and not empty:
        yield f"{place}: must not be empty"
    elif UNSENDABLE.search(text):
        yield f"{place}: NUL and halves of surrogate pairs are not text"


def _bad_file(file: object, place: str) -> Iterator[str]:
    if not is_object(file):
        yield f"{place}: must be an object"
        return
    yield from unknown_keys(file, wire.InlineData, place)
    media_type, data = file.get("mimeType"), file.get("data")
    if not isinstance(media_type, str) or not re.fullmatch(r"[a-z]+/[A-Za-z0-9.+-]+", media_type):
        yield f"{place}.mimeType: must be a media type, not {media_type!r}"
    if not isinstance(data, str) or not data or not BASE64.fullmatch(data):
        yield f"{place}.data: must be base64"


def bad_name(name: object, place: str) -> Iterator[str]:
    """Say whether a function may not be called this."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield (
            f"{place}: Invalid function name {name!r}: must start with a letter or an underscore, "
            "then letters, digits, underscores, dots, colons or dashes, at most 64"
        )
