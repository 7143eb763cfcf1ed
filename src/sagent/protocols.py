"""The sockets: what a tool, a model, a provider and a session must be, and what passes through them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence, Set
from dataclasses import field
from pathlib import Path
from typing import TypeAlias

from typing_extensions import Protocol, runtime_checkable

from sagent.atoms import MessageId, ToolName
from sagent.lib.blob import Blob
from sagent.lib.json import JsonObject
from sagent.lib.value import frozen
from sagent.messages.view import View
from sagent.schema.event import Event, Notice, Retry, TextDelta, ThinkingDelta
from sagent.schema.message import Kept, ResponsePart, ToolCall, ToolResult
from sagent.schema.part import Part
from sagent.schema.tool import ToolDefinition
from sagent.schema.values import ModelSpec, StopReason, Usage

Answer: TypeAlias = Part | ToolResult
"""What a tool gives back: one part, or a whole result made by `sagent.messages.tool_result`."""


class Tool(Protocol):
    """Something that a model may ask to have done. An `Agent` has this shape too."""

    @property
    def name(self) -> ToolName:
        """What models call it by."""
        ...

    @property
    def tool_id(self) -> str:
        """Its MIME descriptor, `application/x-tool-<name>`."""
        ...

    @property
    def description(self) -> str:
        """What it does and when to use it, for the model to read."""
        ...

    @property
    def directive_schema(self) -> JsonObject:
        """The JSON Schema that a call's content is held to before `run` sees it."""
        ...

    def run(self, message: ToolCall, /) -> Awaitable[Answer] | AsyncIterator[Event | Answer]:
        """Do it. A tool that streams yields events and, last, its answer.

        Raises:
            ToolError: it cannot be done; the model is told why.
        """
        ...


@frozen(kw_only=True)
class Request:
    """All that a model is given for one response."""

    system: str
    """The system prompt that holds now; earlier ones are in the view, at `base` and where they changed."""
    tools: Sequence[ToolDefinition]
    """The tools that are offered now, likewise."""
    view: View
    trusted: int
    """The index in the view before which nothing of a provider's own may go back verbatim (LOOP R19)."""
    read: Callable[[Blob], bytes]
    """Fetches the bytes of a blob."""
    unseen: Mapping[int, int] = field(default_factory=dict)
    """How many files of which entries of the view, the first ones, are words for this model (LOOP R10)."""
    withheld: Set[str] = frozenset()
    """The digests of files that are words for it, wherever they stand: it has named them (LOOP R10)."""
    max_output: int | None = None
    """How many tokens the response may have at most, where a budget sets it; else the model's own limit."""
    output: JsonObject | None = None
    """The JSON Schema that the text of the answer has to fit; calls may come before it."""
    conversation: str = ""
    """Names the conversation in all of its requests, so that a provider finds it in its cache; no secret."""


@frozen(kw_only=True)
class Reply:
    """A whole response, before the agent has accepted it and named its calls."""

    content: Sequence[ResponsePart]
    model: str
    """The model that really answered."""
    stop: StopReason
    usage: Usage
    cost_usd: float | None
    native: Sequence[JsonObject]
    """The provider's own items; empty where `content` encodes to exactly these."""


Chunk: TypeAlias = TextDelta | ThinkingDelta | Notice | Retry | Reply
"""What a model sends while it responds, and what the user should know of that; a `Reply` is the last."""


@frozen(kw_only=True)
class ModelLimits:
    """What a model can take and give, in tokens; None where it is unknown."""

    context_window: int | None = None
    max_output: int | None = None


@frozen(kw_only=True)
class Tariff:
    """What a model's tokens cost at most in US dollars each; None where it is unknown."""

    input_usd: float | None = None
    output_usd: float | None = None
    max_output: int | None = None
    """How many tokens a response may have."""


@runtime_checkable
class Priced(Protocol):
    """A model whose prices are known before it is asked."""

    def tariff(self, size: int, /) -> Tariff:
        """The highest prices of a request of `size` tokens; the first call may take 0.3 s."""
        ...


@runtime_checkable
class Foreseeing(Protocol):
    """A model that can have a part of a request ready before it is asked."""

    def foresee(self, request: Request, /) -> None:
        """Look at what the next request begins with, while the calls at its end run; ask nobody yet.

        What is wrong with it is said when it is asked for: this changes nothing that can be seen.
        """
        ...


class Model(Protocol):
    """Somebody who can continue a conversation."""

    @property
    def spec(self) -> ModelSpec:
        """Enough to build this model again."""
        ...

    @property
    def limits(self) -> ModelLimits: ...

    def stream(self, request: Request, /) -> AsyncIterator[Chunk]:
        """Stream one response; closing the iterator ends the request.

        Raises:
            ProviderError: no reply, or not all of it, could be had.
        """
        ...


class Provider(Protocol):
    """A place where models live, and the key to it."""

    @property
    def name(self) -> str: ...

    def model(self, name: str | None = None) -> Model:
        """A model by its id; without one the provider's default."""
        ...

    def utility_model(self) -> Model:
        """A small and cheap model, for side work."""
        ...

    async def models(self) -> Sequence[str]:
        """The ids on offer now, asked of the provider.

        Raises:
            ProviderError: the list could not be had.
        """
        ...


@runtime_checkable
class Extending(Protocol):
    """A session that writes many messages as fast as one."""

    def extend(self, messages: Sequence[Kept], /) -> None:
        """Write these behind the others.

        Raises:
            SessionError: they could not all be kept; nothing of them remains.
        """
        ...


class Session(Protocol):
    """The log on its medium."""

    @property
    def session_id(self) -> str: ...

    @property
    def dirty(self) -> bool:
        """Whether something was appended since the last flush."""
        ...

    def append(self, message: Kept, /) -> None:
        """Write one message behind the others.

        Raises:
            SessionError: it could not be kept; nothing of it remains.
        """
        ...

    async def flush(self) -> None:
        """Return when all that was appended would survive a power cut.

        Raises:
            SessionError: it would not.
        """
        ...

    def path(self, head: MessageId | None = None, /) -> Sequence[Kept]:
        """The messages from the first to `head`, along the parents; without one, to the newest.

        Raises:
            SessionError: there is no such message.
        """
        ...

    def read(self, blob: Blob, /) -> bytes:
        """The bytes of a blob in the log.

        Raises:
            SessionError: they are gone.
        """
        ...

    def child(self, session_id: str, workspace: Path | None = None, /) -> "Session":
        """The log of a child, which lies below this one: begun for that workspace if it is not there yet.

        Raises:
            SessionError: it cannot be kept, is in use, or, without a workspace, is not there.
        """
        ...

    def close(self) -> None:
        """Let go of the medium."""
        ...
