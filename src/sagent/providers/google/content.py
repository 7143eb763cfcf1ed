"""Google's parts and figures as ours."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Sequence

from sagent.atoms import CallId, ToolName
from sagent.errors import BadAnswer
from sagent.lib.blob import Blob
from sagent.lib.json import JsonObject, freeze_object
from sagent.schema.message import ResponsePart, ToolCall
from sagent.schema.part import Audio, Document, Foreign, Image, Text, Thinking
from sagent.schema.values import Usage
from sagent.schema.wire import google as wire


def content_of(parts: Sequence[wire.Part]) -> Sequence[ResponsePart]:
    """What a response says: text that belongs together in one part; signatures and the unknown left out.

    Raises:
        BadAnswer: a call or a file cannot be read.
    """
    content: list[ResponsePart] = []
    calls: list[CallId] = []
    for part in parts:
        text = part.get("text") or ""
        before = content[-1] if content else None
        if (call := part.get("functionCall")) is not None:
            content.append(_tool_call(call, calls))
        elif file := part.get("inlineData"):
            content.append(_file(file))
        elif part.get("thought"):
            content.append(Thinking(content=text, signature=part.get("thoughtSignature") or ""))
        elif text and isinstance(before, Text):
            content[-1] = Text(content=before.content + text)
        elif text:
            content.append(Text(content=text))
    return tuple(content)


def usage_of(usage: wire.UsageMetadata) -> Usage:
    """Google's figures as ours: input made by its tools and thoughts stand outside the sums that it gives."""
    thoughts = usage.get("thoughtsTokenCount") or 0
    return Usage(
        input_tokens=(usage.get("promptTokenCount") or 0) + (usage.get("toolUsePromptTokenCount") or 0),
        cache_read_tokens=(usage.get("cachedContentTokenCount") or 0),
        cache_write_tokens=0,
        cache_write_1h_tokens=0,
        output_tokens=(usage.get("candidatesTokenCount") or 0) + thoughts,
        reasoning_tokens=thoughts,
    )


def _tool_call(call: wire.FunctionCall, others: list[CallId]) -> ToolCall:
    """A call, under an id that none of the others has; it is one of them then."""
    number = len(others) + 1
    name = call.get("name") or ""
    if not name:
        raise BadAnswer(f"Google sent a call without a name, the {number}. of the answer")
    vendor_id = call.get("id") or ""
    legal = re.fullmatch(r"[A-Za-z0-9_-]{1,64}", vendor_id) and vendor_id not in others
    call_id = CallId(vendor_id if legal else f"call_{number}")
    others.append(call_id)
    return ToolCall(
        call_id=call_id,
        vendor_id=vendor_id,
        # A name that no tool can have is answered as unknown; our log still has to be able to hold it.
        tool=ToolName(re.sub(r"^(?=[^A-Za-z_])|[^A-Za-z0-9_-]", "_", name)[:64]),
        content=_arguments(call),
    )


def _arguments(call: wire.FunctionCall) -> JsonObject:
    try:
        return freeze_object(call.get("args") or {})
    except TypeError as error:
        raise BadAnswer(
            f"Google sent a call of {call.get('name')} whose args are not JSON: {error}"
        ) from error


def _file(file: wire.InlineData) -> Image | Document | Audio | Foreign:
    media_type = file["mimeType"]
    try:
        blob = Blob.of(b64decode(file["data"]))
    except Base64Error as error:
        raise BadAnswer(f"Google sent a file of {media_type} that is not base64: {error}") from error
    match media_type:
        case "image/png" | "image/jpeg" | "image/gif" | "image/webp":
            return Image(descriptor=media_type, content=blob)
        case "application/pdf":
            return Document(content=blob)
        case "audio/wav" | "audio/mpeg" | "audio/ogg" | "audio/flac":
            return Audio(descriptor=media_type, content=blob)
        case _:
            return Foreign(media_type=media_type, content=blob)
