"""What comes from Google, read as its types; whatever does not fit is named by its place."""

from collections.abc import Mapping
from typing import TypeGuard

from sagent.errors import BadAnswer
from sagent.providers.hearing import event_of
from sagent.schema.wire import google as wire


def response(data: str) -> wire.Response:
    """One event of a stream, or a whole answer.

    Raises:
        BadAnswer: it is not one.
    """
    value = event_of(data, "Google")
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
    if not isinstance(value.get("modelVersion") or "", str):
        return "at $.modelVersion: expected a string"
    feedback = value.get("promptFeedback") or {}
    return "" if isinstance(feedback, dict) else "at $.promptFeedback: expected an object"


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
    return "" if isinstance(candidate.get("index") or 0, int) else ".index: expected an integer"


def _part(part: object) -> str:
    if not isinstance(part, dict):
        return ": expected an object"
    if not isinstance(part.get("text") or "", str):
        return ".text: expected a string"
    if len(part) == 1 and "text" in part:
        return ""
    if not isinstance(part.get("thoughtSignature") or "", str):
        return ".thoughtSignature: expected a string"
    if not isinstance(part.get("thought") or False, bool):
        return ".thought: expected a boolean"
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
