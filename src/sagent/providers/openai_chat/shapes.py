"""What a message must look like, whoever it is between; one rule beside the other."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sagent.lib.json import is_object, parse_json
from sagent.providers.openai_chat.manners import Manners
from sagent.providers.sendable import UNSENDABLE
from sagent.schema.wire import openai_chat as wire

NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""What a function may be called."""

KINDS: Final[Mapping[str, type]] = {
    "system": wire.SystemMessage,
    "developer": wire.SystemMessage,
    "user": wire.UserMessage,
    "assistant": wire.AssistantMessage,
    "tool": wire.ToolMessage,
}
"""The message of each role."""

PARTS: Final[Mapping[str, type]] = {
    "text": wire.TextPart,
    "image_url": wire.ImagePart,
    "file": wire.FilePart,
    "input_audio": wire.AudioPart,
}
"""What a message of the user may be made of."""

PICTURE: Final = re.compile(r"https?://\S+|data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}")
"""Where a picture may be: at an address, or in the message itself."""


def unknown_keys(value: Mapping[str, object], kind: type, place: str) -> Iterator[str]:
    """Say which keys of an object its kind does not have."""
    for key in value.keys() - kind.__annotations__.keys():
        yield f"{place}: Additional properties are not allowed ({key!r} was unexpected)"


def is_text(text: object) -> bool:
    """Whether a text can be sent."""
    return isinstance(text, str) and text != "" and UNSENDABLE.search(text) is None


def bad_text(text: object, place: str) -> Iterator[str]:
    """Say why a text cannot be sent."""
    if not isinstance(text, str):
        yield f"{place}: expected a string"
    elif not text:
        yield f"{place}: must not be empty"
    elif UNSENDABLE.search(text):
        yield f"{place}: NUL and halves of surrogate pairs are not text"


def bad_message(message: object, place: str, manners: Manners, *, verbatim: bool) -> Iterator[str]:
    """Say what is wrong with a message; one that the server gave itself may hold what is not known here."""
    if not is_object(message):
        yield f"{place}: must be an object"
        return
    role = message.get("role")
    kind = KINDS.get(role) if isinstance(role, str) else None
    if kind is None:
        yield f"{place}.role: Invalid value: {role!r}. Supported values are: {', '.join(map(repr, KINDS))}."
        return
    if not verbatim and not message.keys() <= kind.__annotations__.keys():
        yield from unknown_keys(message, kind, place)
    if role == "assistant":
        yield from _bad_answer(message, place, manners, verbatim=verbatim)
    elif role == "user":
        yield from bad_parts(message.get("content"), f"{place}.content", PARTS)
    elif role == "tool":
        content, call_id = message.get("content"), message.get("tool_call_id")
        if not is_text(content):
            yield from bad_parts(content, f"{place}.content", {"text": wire.TextPart})
        if not is_text(call_id):
            yield from bad_text(call_id, f"{place}.tool_call_id")
    elif "tools" not in message:
        yield from bad_text(message.get("content"), f"{place}.content")


def bad_parts(content: object, place: str, kinds: Mapping[str, type]) -> Iterator[str]:
    """Say what is wrong with text, or with parts of these kinds."""
    if isinstance(content, str) or not isinstance(content, Sequence):
        yield from bad_text(content, place)
        return
    if not content:
        yield f"{place}: Invalid {place!r}: empty array"
    for index, part in enumerate(content):
        yield from bad_part(part, f"{place}[{index}]", kinds)


def bad_part(part: object, place: str, kinds: Mapping[str, type] = PARTS) -> Iterator[str]:
    """Say what is wrong with one part."""
    kind = part.get("type") if is_object(part) else None
    if not is_object(part) or not isinstance(kind, str) or kind not in kinds:
        yield f"{place}.type: Invalid value: {kind!r}. Supported values are: {', '.join(map(repr, kinds))}."
        return
    yield from unknown_keys(part, kinds[kind], place)
    if kind == "text":
        yield from bad_text(part.get("text"), f"{place}.text")
    if kind == "image_url":
        image = part.get("image_url")
        url = image.get("url") if is_object(image) else None
        if not isinstance(url, str) or not PICTURE.fullmatch(url):
            yield f"{place}.image_url.url: Expected an address, or a base64-encoded data URL of a picture"
    if kind == "file":
        file = part.get("file")
        if not is_object(file) or not (file.get("file_data") or file.get("file_id")):
            yield f"{place}.file: must hold file_data or file_id"


def _bad_answer(
    message: Mapping[str, object], place: str, manners: Manners, *, verbatim: bool
) -> Iterator[str]:
    content, calls = message.get("content"), message.get("tool_calls")
    if isinstance(content, str) and UNSENDABLE.search(content):
        yield f"{place}.content: NUL and halves of surrogate pairs are not text"
    if not (content is None or isinstance(content, str | Sequence)):
        yield f"{place}.content: expected a string, an array or null"
    if not content and not calls:
        yield f"{place}: Invalid assistant message: content or tool_calls must be set"
    if "tool_calls" in message:
        yield from _bad_calls(calls, f"{place}.tool_calls", manners, verbatim=verbatim)


def _bad_calls(calls: object, place: str, manners: Manners, *, verbatim: bool) -> Iterator[str]:
    if not isinstance(calls, Sequence) or isinstance(calls, str) or not calls:
        yield f"{place}: Invalid {place!r}: expected an array with minimum length 1"
        return
    seen: set[object] = set()
    for index, call in enumerate(calls):
        at = f"{place}[{index}]"
        if not is_object(call):
            yield f"{at}: must be an object"
            continue
        call_id = call.get("id")
        if not verbatim:
            yield from unknown_keys(call, wire.Call, at)
            yield from bad_id(call_id, f"{at}.id", manners)
        elif not isinstance(call_id, str) or not call_id:
            yield f"{at}.id: must be a string, and not empty"
        if isinstance(call_id, str) and call_id in seen:
            yield f"{at}.id: Duplicate value for 'tool_call_id' of {call_id!r}"
        seen.add(call_id)
        if call.get("type") != "function":
            yield f"{at}.type: Invalid value: {call.get('type')!r}. Supported values are: 'function'."
        yield from _bad_function(call.get("function"), f"{at}.function", verbatim=verbatim)


def bad_id(call_id: object, place: str, manners: Manners) -> Iterator[str]:
    """Say whether a call may not have this id."""
    length = manners.call_id_length
    if not isinstance(call_id, str) or not call_id:
        yield f"{place}: must be a string, and not empty"
    elif manners.call_id_exact and not re.fullmatch(rf"[a-zA-Z0-9]{{{length}}}", call_id):
        yield f"{place}: Tool call id was {call_id} but must be a-z, A-Z, 0-9, with a length of {length}."
    elif len(call_id) > length:
        yield f"{place}: string too long. Expected at most {length} characters, but got {len(call_id)}"


def _bad_function(function: object, place: str, *, verbatim: bool) -> Iterator[str]:
    if not is_object(function):
        yield f"{place}: must be an object"
        return
    if not verbatim:
        yield from unknown_keys(function, wire.Function, place)
    yield from bad_name(function.get("name"), f"{place}.name")
    arguments = function.get("arguments")
    if not isinstance(arguments, str):
        yield f"{place}.arguments: expected a string"
        return
    try:
        value = parse_json(arguments)
    except ValueError:
        value = None
    if not is_object(value):
        yield f"{place}.arguments: must be the text of a JSON object"


def bad_name(name: object, place: str) -> Iterator[str]:
    """Say whether a function may not be called this."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield f"{place}: Invalid {place!r}: string does not match pattern '^[a-zA-Z0-9_-]{{1,64}}$': {name!r}"
