"""What comes over any wire, as ours: events, figures, calls and files."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from json import JSONDecoder
from typing import Final

from sagent.atoms import CallId, ToolName
from sagent.errors import BadAnswer
from sagent.lib.blob import Blob
from sagent.lib.json import EMPTY, JsonObject, freeze_object, is_object, parse_json
from sagent.schema.message import ToolCall
from sagent.schema.part import Audio, Document, Foreign, Image

_read = JSONDecoder().raw_decode

_LEGAL: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ILLEGAL: Final = re.compile(r"^(?=[^A-Za-z_])|[^A-Za-z0-9_-]")


def event_of(data: str, vendor: str) -> object:
    """The JSON of one event, or of a whole answer.

    Raises:
        BadAnswer: it is none.
    """
    text = data.lstrip()
    try:
        value, end = _read(text)
    except (ValueError, RecursionError) as error:  # a number, or a nesting, beyond all measure is none either
        raise BadAnswer(f"{vendor} sent something that is not JSON: {error}: {text[:80]!r}") from error
    if text[end:].strip():
        raise BadAnswer(f"{vendor} sent something behind its JSON: {text[end:][:80]!r}")
    return value


def kept(said: Mapping[str, object], vendor: str) -> JsonObject:
    """What a model said, as it can be kept and go back.

    Raises:
        BadAnswer: something in it is not JSON.
    """
    try:
        return freeze_object(said)
    except TypeError as error:
        raise BadAnswer(f"{vendor} sent what is not JSON: {error}") from error


def integer(value: object) -> int | None:
    """A whole number, which some servers write as 10.0; None for what is none."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def figures_of(usage: object, names: Iterable[str]) -> Mapping[str, int]:
    """Those of the figures that can be read, by name; a dot leads into an object.

    The answer has come, and has been bought: a figure that cannot be read is one that was not told.
    """
    figures: dict[str, int] = {}
    for name in names:
        value = usage
        for step in name.split("."):
            value = value.get(step) if is_object(value) else None
        count = integer(value)
        if count is not None and count >= 0:
            figures[name] = count
    return figures


def call_of(
    vendor: str, name: str, vendor_id: str, arguments: Mapping[str, object], others: set[CallId]
) -> ToolCall:
    """A call, under an id that none of the others in its response has; it is one of them then.

    Raises:
        BadAnswer: it has no name, or its arguments are not JSON.
    """
    number = len(others) + 1
    if not name:
        raise BadAnswer(f"{vendor} sent a call without a name, the {number}. of the answer")
    call_id = CallId(vendor_id if _LEGAL.fullmatch(vendor_id) else f"call_{number}")
    while call_id in others:
        call_id = CallId(f"call_{number}")
        number += 1
    others.add(call_id)
    try:
        content = freeze_object(arguments)
    except TypeError as error:
        raise BadAnswer(f"{vendor} sent a call of {name} whose arguments are not JSON: {error}") from error
    return ToolCall(
        call_id=call_id,
        vendor_id=vendor_id,
        tool=_tool_name(name),
        content=content,
    )


@lru_cache(maxsize=1024)
def _tool_name(name: str) -> ToolName:
    """A name that no tool can have is answered as unknown; our log still has to be able to hold it."""
    return ToolName(_ILLEGAL.sub("_", name)[:64])


def spelled_call(vendor: str, name: str, vendor_id: str, arguments: str, others: set[CallId]) -> ToolCall:
    """A call whose arguments came as a string: none if it is empty, kept as `raw` if it is no JSON object.

    Raises:
        BadAnswer: it has no name.
    """
    bare = call_of(vendor, name, vendor_id, EMPTY, others)
    if not arguments.strip():
        return bare
    try:
        return replace(bare, content=freeze_object(parse_json(arguments)))
    except (ValueError, TypeError, RecursionError):  # to freeze goes deep, too
        return replace(bare, raw=arguments)


def file_of(vendor: str, media_type: str, data: str) -> Image | Document | Audio | Foreign:
    """A file that came as base64.

    Raises:
        BadAnswer: it did not.
    """
    try:
        blob = Blob.of(b64decode(data))
    except Base64Error as error:
        raise BadAnswer(f"{vendor} sent a file of {media_type} that is not base64: {error}") from error
    match media_type:
        case "image/png" | "image/jpeg" | "image/gif" | "image/webp":
            return Image(descriptor=media_type, content=blob)
        case "application/pdf":
            return Document(content=blob)
        case "audio/wav" | "audio/mpeg" | "audio/ogg" | "audio/flac":
            return Audio(descriptor=media_type, content=blob)
        case _:
            return Foreign(media_type=media_type, content=blob)
