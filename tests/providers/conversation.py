"""Short ways to write conversations in tests."""

from collections.abc import Sequence

from sagent.atoms import CallId, MessageId, ToolName
from sagent.lib.blob import Blob
from sagent.lib.json import JsonObject, JsonValue, freeze_object
from sagent.messages.view import View, Viewed
from sagent.protocols import Reply, Request
from sagent.schema.message import Detached, ModelResponse, Prompt, ResponsePart, ToolCall, ToolResult
from sagent.schema.part import Part, Text
from sagent.schema.tool import ToolDefinition
from sagent.schema.values import Author, Origin, StopReason, Usage

HOME = Origin(provider="Google", dialect="google", endpoint="https://here", model="gemini-2.5-flash")
NEW = Origin(provider="Google", dialect="google", endpoint="https://here", model="gemini-3.5-flash")
ABROAD = Origin(provider="Anthropic", dialect="anthropic", endpoint="https://there", model="claude")

NOTHING = Usage(
    input_tokens=0,
    cache_read_tokens=0,
    cache_write_tokens=0,
    cache_write_1h_tokens=0,
    output_tokens=0,
    reasoning_tokens=0,
)

ADD = ToolDefinition(
    name=ToolName("add"),
    description="Adds two numbers.",
    directive_schema=freeze_object(
        {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}}
    ),
)


def text(words: str) -> Text:
    return Text(content=words)


def prompt(*content: str | Part, author: Author = "user", sender: str = "") -> Prompt:
    parts = tuple(text(part) if isinstance(part, str) else part for part in content)
    return Prompt(
        id=MessageId("p"), parent_id=None, timestamp=0.0, content=parts, author=author, sender=sender
    )


def call(number: int, tool: str = "add", vendor_id: str = "", **directive: JsonValue) -> ToolCall:
    return ToolCall(
        call_id=CallId(f"c{number}"),
        vendor_id=vendor_id,
        tool=ToolName(tool),
        content=freeze_object(directive),
    )


def response(
    *content: str | ResponsePart,
    origin: Origin = HOME,
    stop: StopReason = "end",
    native: Sequence[JsonObject] = (),
) -> ModelResponse:
    parts = tuple(text(part) if isinstance(part, str) else part for part in content)
    return ModelResponse(
        id=MessageId("r"),
        parent_id=None,
        timestamp=0.0,
        content=parts,
        origin=origin,
        model=origin.model,
        stop=stop,
        usage=NOTHING,
        cost_usd=None,
        native=tuple(native),
    )


def answered(reply: Reply, origin: Origin = HOME) -> ModelResponse:
    """A reply, as an agent keeps it."""
    return response(*reply.content, origin=origin, stop=reply.stop, native=reply.native)


def result(number: int, *content: str | Part, failed: bool = False) -> ToolResult:
    parts = tuple(text(part) if isinstance(part, str) else part for part in content)
    return ToolResult(
        id=MessageId("t"),
        parent_id=None,
        timestamp=0.0,
        call_id=CallId(f"c{number}"),
        tool=ToolName("add"),
        content=parts,
        failed=failed,
        seconds=0.0,
    )


def stub(number: int, words: str) -> Detached:
    return Detached(
        id=MessageId("d"),
        parent_id=None,
        timestamp=0.0,
        call_id=CallId(f"c{number}"),
        tool=ToolName("add"),
        content=words,
    )


def request(
    view: View | Sequence[Viewed],
    *,
    system: str = "",
    tools: Sequence[ToolDefinition] = (),
    trusted: int = 0,
    store: Sequence[Blob] = (),
) -> Request:
    bytes_of = {blob: blob.data or b"" for blob in store}
    return Request(
        system=system,
        tools=tools,
        view=view if isinstance(view, View) else View(view),
        trusted=trusted,
        read=bytes_of.__getitem__,
    )
