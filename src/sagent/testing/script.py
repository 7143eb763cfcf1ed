"""What a scripted model says: the words that `Scripted` and the wire servers are played from."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar

from sagent.atoms import CallId, ToolName
from sagent.lib.json import freeze_object, json_text
from sagent.lib.value import frozen
from sagent.protocols import Reply
from sagent.schema.message import ResponsePart, ToolCall
from sagent.schema.part import Text, Thinking
from sagent.schema.values import StopReason, Usage

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

UNNAMED: Final = CallId("unnamed")
"""The id of a call until it is played; each playing gives it a new one."""


@frozen(kw_only=True)
class Hold:
    """The model falls silent here until an event is set."""

    until: "asyncio.Event"
    reached: "asyncio.Event | None" = None
    """Set when the model has come so far."""


@frozen()
class Always(Generic[T_co]):
    """Answers this request and all that follow."""

    answer: T_co


Saying: TypeAlias = str | ResponsePart
"""A piece of a reply; strings are text."""

Replying: TypeAlias = Saying | Reply | Exception | Sequence[Saying | Hold | Exception]
"""One reply: a piece, several in a row, a finished `Reply`, or an error in place of it or in the row."""

Piece: TypeAlias = ResponsePart
"""A part of a reply as it is streamed: text and thoughts come in several, all else in one."""


def call(tool: str, /, **directive: object) -> ToolCall:
    """A call of a tool, with its directive as keywords.

    Raises:
        TypeError: something in the directive is not JSON.
    """
    return ToolCall(call_id=UNNAMED, vendor_id="", tool=ToolName(tool), content=freeze_object(directive))


def as_json(value: object) -> Text:
    """An answer that is JSON and nothing else.

    Raises:
        TypeError: something in it is not JSON.
    """
    return Text(content=json_text(value))


def hold(until: "asyncio.Event", *, reached: "asyncio.Event | None" = None) -> Hold:
    """Fall silent here until `until` is set; `reached` is set when the model has come so far."""
    return Hold(until=until, reached=reached)


def always(answer: T) -> Always[T]:
    """Give the same answer, or ask the same function, for this request and all that follow."""
    return Always(answer)


def reply(
    *sayings: Saying,
    stop: StopReason | None = None,
    usage: Usage | None = None,
    cost_usd: float | None = None,
) -> Reply:
    """A reply of which more is told than its words; by default it stops as its content suggests."""
    content = tuple(Text(content=saying) if isinstance(saying, str) else saying for saying in sayings)
    return Reply(
        content=content,
        model="scripted",
        stop=stop or stop_of(content),
        usage=usage or usage_of(0, content),
        cost_usd=cost_usd,
        native=(),
    )


def stop_of(content: Sequence[ResponsePart]) -> StopReason:
    """Why a response of these parts ends, when nothing goes wrong."""
    return "tool_calls" if any(isinstance(part, ToolCall) for part in content) else "end"


def usage_of(input_tokens: int, content: Sequence[ResponsePart]) -> Usage:
    """A usage as large as the words, at four characters a token."""
    thoughts = sum(tokens_of(part) for part in content if isinstance(part, Thinking))
    return Usage(
        input_tokens=input_tokens,
        cache_read_tokens=0,
        cache_write_tokens=0,
        cache_write_1h_tokens=0,
        output_tokens=sum(tokens_of(part) for part in content),
        reasoning_tokens=thoughts,
    )


def tokens_of(part: ResponsePart) -> int:
    """How many tokens a part counts for here."""
    if isinstance(part, ToolCall):
        return 4 + len(str(part.content)) // 4
    size = len(part.content) if isinstance(part, Text | Thinking) else 256
    return -(-size // 4)


def pieces(part: ResponsePart) -> Sequence[Piece]:
    """A part as it is streamed; put together again, its pieces are the part."""
    if isinstance(part, Text):
        return [Text(content=words) for words in _bites(part.content)]
    if isinstance(part, Thinking) and not part.signature:
        return [Thinking(content=words) for words in _bites(part.content)]
    return [part]


def _bites(text: str) -> Sequence[str]:
    """A first word, then a few at a time, as providers send them."""
    words = re.findall(r"\s*\S+|\s+", text)
    rest = ["".join(words[start : start + 4]) for start in range(1, len(words), 4)]
    return [*words[:1], *rest]
