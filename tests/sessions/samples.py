"""Messages to keep, short to write."""

from collections.abc import Sequence

from sagent.atoms import CallId, MessageId, ToolName
from sagent.lib.json import freeze_object
from sagent.schema.message import Detached, Kept, ModelResponse, Prompt, System, ToolCall, ToolResult
from sagent.schema.part import Data, Part, Text
from sagent.schema.session import SessionHeader
from sagent.schema.values import Author, Origin, Usage

USAGE = Usage(
    input_tokens=10,
    cache_read_tokens=0,
    cache_write_tokens=0,
    cache_write_1h_tokens=0,
    output_tokens=5,
    reasoning_tokens=0,
)


def header(session_id: str = "s1", workspace: str = "/work") -> SessionHeader:
    return SessionHeader(version=1, session_id=session_id, workspace=workspace, timestamp=1.0)


def prompt(number: int, after: int | None, *content: str | Part, author: Author = "user") -> Prompt:
    parts = tuple(Text(content=part) if isinstance(part, str) else part for part in content)
    return Prompt(
        id=MessageId(f"m{number}"),
        parent_id=None if after is None else MessageId(f"m{after}"),
        timestamp=float(number),
        content=parts or (Text(content=f"prompt {number}"),),
        author=author,
        sender="",
    )


def response(number: int, after: int) -> ModelResponse:
    call = ToolCall(
        call_id=CallId(f"c{number}"),
        vendor_id="call_1",
        tool=ToolName("Bash"),
        content=freeze_object({"command": "ls", "flags": [1, 2.5, None, True]}),
    )
    return ModelResponse(
        id=MessageId(f"m{number}"),
        parent_id=MessageId(f"m{after}"),
        timestamp=float(number),
        content=(Text(content="I will look."), call),
        origin=Origin(
            provider="Google", dialect="google", endpoint="http://127.0.0.1", model="gemini-2.5-flash"
        ),
        model="gemini-2.5-flash",
        stop="tool_calls",
        usage=USAGE,
        cost_usd=0.25,
        native=(freeze_object({"role": "model", "parts": [{"text": "I will look."}]}),),
    )


def result(number: int, after: int) -> ToolResult:
    return ToolResult(
        id=MessageId(f"m{number}"),
        parent_id=MessageId(f"m{after}"),
        timestamp=float(number),
        call_id=CallId(f"c{after}"),
        tool=ToolName("Bash"),
        content=(Text(content="a.txt\n"), Data(content=freeze_object({"code": 0}))),
        failed=False,
        seconds=0.5,
    )


def conversation() -> Sequence[Kept]:
    """One message of each kind that differs in how it is stored."""
    system = System(id=MessageId("m0"), parent_id=None, timestamp=0.0, content="You are brief. ä 🙂 \u2028")
    stub = Detached(
        id=MessageId("m4"),
        parent_id=MessageId("m3"),
        timestamp=4.0,
        call_id=CallId("c2"),
        tool=ToolName("Bash"),
        content="still running",
    )
    return (system, prompt(1, 0), response(2, 1), result(3, 2), stub, prompt(5, 4, "a pair: \U0001f600"))
