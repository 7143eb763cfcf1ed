"""A session to look back on."""

from sagent.atoms import CallId, MessageId, ToolName
from sagent.lib.blob import Blob
from sagent.lib.json import freeze_object
from sagent.schema.message import Drained, Kept, ModelResponse, Prompt, System, ToolCall, ToolResult
from sagent.schema.part import ErrorText, Image, Text, Thinking
from sagent.schema.values import Origin, Usage
from sagent.sessions.jsonl import JsonlSession
from sagent.sessions.shelf import Shelf
from tests.cli.command import Place

KEY = "sk-abcdefghijklmnopqrstuvwxyz0123"
PIXELS = b"\x89PNG\r\n\x1a\nnot quite"
DIFF = "Made 1 replacement in a.py:\n@@ -1,2 +1,2 @@\n x\n-old <b>\n+new\nthat is all"


def answer(number: int, *content: Text | Thinking | ToolCall, tokens: int, cached: int = 0) -> ModelResponse:
    return ModelResponse(
        id=MessageId(f"m{number}"),
        parent_id=MessageId(f"m{number - 1}"),
        timestamp=float(number),
        content=content,
        origin=Origin(provider="P", dialect="google", endpoint="http://127.0.0.1", model="one"),
        model="one-2",
        stop="tool_calls" if any(isinstance(part, ToolCall) for part in content) else "end",
        usage=Usage(
            input_tokens=tokens,
            cache_read_tokens=cached,
            cache_write_tokens=0,
            cache_write_1h_tokens=0,
            output_tokens=10,
            reasoning_tokens=0,
        ),
        cost_usd=0.25,
        native=(),
    )


def did(number: int, call: str, tool: str, text: str, *, failed: bool = False) -> ToolResult:
    return ToolResult(
        id=MessageId(f"m{number}"),
        parent_id=MessageId(f"m{number - 1}"),
        timestamp=float(number),
        call_id=CallId(call),
        tool=ToolName(tool),
        content=(ErrorText(content=text) if failed else Text(content=text),),
        failed=failed,
        seconds=1.5,
    )


def calls(call: str, tool: str, **directive: str) -> ToolCall:
    return ToolCall(call_id=CallId(call), vendor_id="", tool=ToolName(tool), content=freeze_object(directive))


def conversation() -> tuple[Kept, ...]:
    return (
        System(id=MessageId("m0"), parent_id=None, timestamp=0.0, content="Be <careful>."),
        Prompt(
            id=MessageId("m1"),
            parent_id=MessageId("m0"),
            timestamp=1.0,
            content=(
                Text(content="Mend the parser, please"),
                Image(descriptor="image/png", content=Blob.of(PIXELS)),
            ),
            author="user",
            sender="",
        ),
        Drained(
            id=MessageId("m2"),
            parent_id=MessageId("m1"),
            timestamp=1.0,
            content=(MessageId("m0"), MessageId("m1")),
        ),
        answer(
            3,
            Thinking(content="hm"),
            Text(content="I look."),
            calls("c1", "Bash", command=f"echo {KEY}"),
            calls("c2", "Edit", file_path="a.py"),
            tokens=1_000,
        ),
        did(4, "c1", "Bash", f"{KEY}\nexit code 1", failed=True),
        did(5, "c2", "Edit", DIFF),
        answer(6, Text(content="**Done** <script>alert(1)</script>"), tokens=2_000, cached=1_000),
    )


def kept(place: Place, *messages: Kept, name: str = "s1") -> JsonlSession:
    """A session of the place's directory, closed."""
    from sagent.sessions.shelf import workspace_key

    session = Shelf(place.home / "data" / "sagent" / "sessions" / workspace_key(place.work)).create(
        place.work, session_id=name
    )
    for message in messages or conversation():
        session.append(message)
    session.close()
    return session
