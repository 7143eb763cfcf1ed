"""What is refused about a block by itself, wherever it stands."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sagent.lib.json import is_object
from sagent.providers.anthropic.blocks import ID
from sagent.providers.form_rules import bad_schema
from sagent.providers.forms import ANTHROPIC
from sagent.providers.sendable import UNSENDABLE, is_sendable
from sagent.schema.wire import anthropic as wire

KINDS: Final[Mapping[str, type]] = {
    "text": wire.TextBlock,
    "image": wire.ImageBlock,
    "document": wire.DocumentBlock,
    "thinking": wire.ThinkingBlock,
    "redacted_thinking": wire.RedactedBlock,
    "tool_use": wire.CallBlock,
    "tool_result": wire.ResultBlock,
    "tool_addition": wire.AdditionBlock,
    "tool_removal": wire.RemovalBlock,
}
"""The blocks that we write ourselves, each with the keys that it may have."""

SERVED: Final = re.compile(
    r"server_tool_use|mcp_tool_use|[a-z_]+_tool_result|compaction|fallback|container_upload"
)
"""The blocks that only servers write; they go back as they came."""

BASE64: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}")
PICTURES: Final = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,128}")
"""What a tool may be called."""


def kind_of(block: object) -> str:
    """What a block says that it is; empty where it does not."""
    kind = block.get("type") if is_object(block) else None
    return kind if isinstance(kind, str) else ""


def unknown_keys(value: Mapping[str, object], kind: type, place: str) -> Iterator[str]:
    """Say which keys of an object its kind does not have."""
    for key in value.keys() - kind.__annotations__.keys():
        yield f"{place}.{key}: Extra inputs are not permitted"


def bad_block(block: object, place: str, *, signs: bool, verbatim: bool = False) -> Iterator[str]:
    """Say what would be refused about a block; a server's own may hold what is not known here."""
    if not is_object(block):
        yield f"{place}: Input should be an object"
        return
    kind = kind_of(block)
    known = KINDS.get(kind)
    if known is None:
        if not verbatim and not SERVED.fullmatch(kind):
            yield f"{place}: Input tag {kind!r} found using 'type' does not match any of the expected tags"
        return
    if not verbatim:
        yield from unknown_keys(block, known, place)
    match kind:
        case "text":
            yield from bad_text(block.get("text"), f"{place}.text")
        case "image" | "document":
            yield from _bad_source(block.get("source"), f"{place}.source", kind)
        case "thinking":
            yield from _bad_thought(block, place, signs=signs)
        case "redacted_thinking" if not isinstance(block.get("data"), str):
            yield f"{place}.data: Input should be a valid string"
        case "tool_use":
            yield from _bad_call(block, place)
        case "tool_result":
            yield from _bad_result(block, place, signs=signs)
        case "tool_addition" | "tool_removal":
            yield from _bad_change(block, place)
        case _:
            pass


def bad_text(text: object, place: str) -> Iterator[str]:
    """Say whether a text cannot be sent."""
    if not isinstance(text, str):
        yield f"{place}: Input should be a valid string"
    elif not text:
        yield f"{place}: text content blocks must be non-empty"
    elif not text.strip():
        yield f"{place}: text content blocks must contain non-whitespace text"
    elif UNSENDABLE.search(text):
        yield f"{place}: NUL and halves of surrogate pairs are not text"


def bad_name(name: object, place: str) -> Iterator[str]:
    """Say whether a tool may not be called this."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield f"{place}: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$', not {name!r}"


def bad_id(call_id: object, place: str) -> Iterator[str]:
    """Say whether a call may not have this id."""
    if not isinstance(call_id, str) or not ID.fullmatch(call_id):
        yield f"{place}: String should match pattern '^[a-zA-Z0-9_-]+$', not {call_id!r}"


def _bad_source(source: object, place: str, kind: str) -> Iterator[str]:
    if not is_object(source):
        yield f"{place}: Input should be an object"
        return
    if source.get("type") != "base64":
        return  # a file of the provider's, or at an address: not ours to judge
    yield from unknown_keys(source, wire.Source, place)
    media_type, data = source.get("media_type"), source.get("data")
    taken = PICTURES if kind == "image" else {"application/pdf"}
    if not isinstance(media_type, str) or media_type not in taken:
        yield f"{place}.media_type: {media_type!r} cannot be read as {kind}"
    if not isinstance(data, str) or not BASE64.fullmatch(data):
        yield f"{place}.data: Input should be base64"


def _bad_thought(block: Mapping[str, object], place: str, *, signs: bool) -> Iterator[str]:
    if not isinstance(block.get("thinking"), str):
        yield f"{place}.thinking: Input should be a valid string"
    signature = block.get("signature", "" if not signs else None)
    if not isinstance(signature, str) or (signs and not signature):
        yield f"{place}: Invalid `signature` in `thinking` block"


def _bad_call(block: Mapping[str, object], place: str) -> Iterator[str]:
    yield from bad_id(block.get("id"), f"{place}.id")
    yield from bad_name(block.get("name"), f"{place}.name")
    if not isinstance(block.get("input"), Mapping):
        yield f"{place}.input: Input should be an object"
    elif not is_sendable(block["input"]):
        yield f"{place}.input: NUL and halves of surrogate pairs are not text"


def _bad_change(block: Mapping[str, object], place: str) -> Iterator[str]:
    tool = block.get("tool")
    kind, given = kind_of(tool), kind_of(block) == "tool_addition"
    if not is_object(tool) or kind not in {
        "tool_reference",
        *(("tool_definition",) if given else ()),
    }:
        yield f"{place}.tool: Input tag {kind!r} found using 'type' does not match any of the expected tags"
    elif kind == "tool_reference":
        yield from unknown_keys(tool, wire.ToolNamed, f"{place}.tool")
        yield from bad_name(tool.get("name"), f"{place}.tool.name")
    else:
        yield from unknown_keys(tool, wire.ToolGiven, f"{place}.tool")
        yield from bad_tool(tool.get("definition"), f"{place}.tool.definition")


def bad_tool(tool: object, place: str) -> Iterator[str]:
    """Say what would be refused about a tool, wherever it is declared."""
    if not is_object(tool):
        yield f"{place}: Input should be an object"
        return
    if tool.get("type", "custom") != "custom":
        return  # one of the provider's own, with a shape of its own
    yield from unknown_keys(tool, wire.Tool, place)
    yield from bad_name(tool.get("name"), f"{place}.custom.name")
    yield from _bad_schema(tool.get("input_schema"), f"{place}.custom.input_schema")
    if tool.get("strict") is True:
        yield from bad_schema(tool.get("input_schema"), ANTHROPIC, f"{place}.custom.input_schema")
    if not isinstance(tool.get("description", ""), str):
        yield f"{place}.custom.description: Input should be a valid string"


def _bad_schema(schema: object, place: str) -> Iterator[str]:
    if not is_object(schema):
        yield f"{place}: Field required"
        return
    if schema.get("type") != "object":
        yield f"{place}.type: Input should be 'object'"
    if refused := [key for key in ("allOf", "anyOf", "oneOf") if key in schema]:
        yield f"{place}: input_schema does not support {', '.join(refused)} at the top level"


def _bad_result(block: Mapping[str, object], place: str, *, signs: bool) -> Iterator[str]:
    yield from bad_id(block.get("tool_use_id"), f"{place}.tool_use_id")
    content = block.get("content", ())
    if isinstance(content, str):
        return
    if not isinstance(content, Sequence):
        yield f"{place}.content: Input should be a text or an array"
        return
    for index, inner in enumerate(content):
        spot = f"{place}.content.{index}"
        if kind_of(inner) not in {"text", "image", "document", "search_result", "tool_reference"}:
            yield f"{spot}: Input tag {kind_of(inner)!r} cannot stand in a tool_result"
        elif block.get("is_error") and kind_of(inner) != "text":
            yield f'{spot}: all content must be type "text" if `is_error` is true'
        else:
            yield from bad_block(inner, spot, signs=signs)
