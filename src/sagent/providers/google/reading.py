"""What comes from Google, read as its types; whatever does not fit is named by its place."""

from collections.abc import Mapping
from typing import Final, TypeGuard

from sagent.errors import BadAnswer
from sagent.providers.hearing import event_of, integer
from sagent.schema.wire import google as wire

KNOWN: Final = frozenset(("text", "thought", "thoughtSignature", "functionCall", "inlineData"))
"""What is read of a part; with anything else in it, it may be of a kind whose text is something else."""


def response(data: str) -> wire.Response:
    """One event of a stream, or a whole answer.

    Raises:
        BadAnswer: it is not one.
    """
    value = event_of(data, "Google")
    if "null" in data:
        _let_nulls_go(value)
    if is_response(value):
        return value
    raise BadAnswer(f"Google sent an event that cannot be read: {misfit(value)}")


def is_response(value: object) -> TypeGuard[wire.Response]:
    """Whether all that is read of an answer has the type that it should have."""
    return not misfit(value)


def misfit(value: object) -> str:
    """Where an answer is not what it should be; what nobody reads is not looked at."""
    if not isinstance(value, dict):
        return "at $: expected an object"
    candidates = value.get("candidates")
    if candidates is not None:
        if not isinstance(candidates, list):
            return "at $.candidates: expected an array"
        for index, candidate in enumerate(candidates):
            if wrong := _candidate(candidate):
                return f"at $.candidates[{index}]{wrong}"
    return ""


def _let_nulls_go(value: object) -> None:
    """Take out what is null in parts, in calls and in files: it is not there, and would be refused back."""
    candidates = value.get("candidates") if isinstance(value, dict) else None
    for candidate in candidates if isinstance(candidates, list) else ():
        content = candidate.get("content") if isinstance(candidate, dict) else None
        parts = content.get("parts") if isinstance(content, dict) else None
        for part in parts if isinstance(parts, list) else ():
            inner = (part.get("functionCall"), part.get("inlineData")) if isinstance(part, dict) else ()
            for members in (part, *inner):
                if isinstance(members, dict):
                    for key in [key for key, member in members.items() if member is None]:
                        del members[key]


def _candidate(candidate: object) -> str:
    if not isinstance(candidate, dict):
        return ": expected an object"
    content = candidate.get("content")
    if content is not None:
        if not isinstance(content, dict):
            return ".content: expected an object"
        parts = content.get("parts")
        if parts is not None:
            if not isinstance(parts, list):
                return ".content.parts: expected an array"
            for index, part in enumerate(parts):
                if wrong := _part(part):
                    return f".content.parts[{index}]{wrong}"
    if not isinstance(candidate.get("finishReason") or "", str):
        return ".finishReason: expected a string"
    return "" if integer(candidate.get("index") or 0) is not None else ".index: expected an integer"


def _part(part: object) -> str:
    if not isinstance(part, dict):
        return ": expected an object"
    if not isinstance(part.get("text") or "", str) and part.keys() <= KNOWN:
        return ".text: expected a string"
    if len(part) == 1 and "text" in part:
        return ""
    if not isinstance(part.get("thoughtSignature") or "", str):
        return ".thoughtSignature: expected a string"
    call, file = part.get("functionCall") or {}, part.get("inlineData") or {}
    if not isinstance(call, dict):
        return ".functionCall: expected an object"
    if not isinstance(file, dict):
        return ".inlineData: expected an object"
    if file and not (isinstance(file.get("mimeType"), str) and isinstance(file.get("data"), str)):
        return ".inlineData: expected a media type and bytes"
    return f".functionCall{wrong}" if (wrong := _call(call)) else ""


def _call(call: Mapping[str, object]) -> str:
    for key in ("id", "name"):
        if not isinstance(call.get(key) or "", str):
            return f".{key}: expected a string"
    if not isinstance(call.get("args") or {}, dict):
        return ".args: expected an object"
    pieces = call.get("partialArgs") or []
    if not isinstance(pieces, list):
        return ".partialArgs: expected an array"
    for index, piece in enumerate(pieces):
        if not isinstance(piece, dict) or not isinstance(piece.get("jsonPath"), str):
            return f".partialArgs[{index}].jsonPath: expected a string"
        if not isinstance(piece.get("stringValue") or "", str):
            return f".partialArgs[{index}].stringValue: expected a string"
    return ""
