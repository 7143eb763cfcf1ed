"""Calling a tool the way a driver does."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sagent.atoms import CallId, MessageId, ToolName
from sagent.children import Children, Errand
from sagent.control import Control
from sagent.errors import UsageError
from sagent.lib.json import JsonObject, freeze_object
from sagent.loop.state import SILENT
from sagent.messages.words import tool_result
from sagent.post import Post
from sagent.protocols import Answer, Tool
from sagent.schema.event import Event, TextDelta
from sagent.schema.message import FilesChanged, ToolCall, ToolResult
from sagent.schema.post import Entry, Receipt, Rejected
from sagent.schema.tools.agent_self import AgentSelfDirective
from sagent.schema.values import FileChange, Standing
from sagent.tasks import Output, Task, Tasks
from sagent.validation import misfit


@dataclass(frozen=True)
class Board:
    """A background in which nothing happens; what is wanted of it is written down."""

    tasks: Sequence[Task] = ()
    outputs: Mapping[CallId, Output] = field(default_factory=dict)
    wanted: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Task]:
        return iter(task for task in self.tasks if not task.told)

    def find(self, call_id: str, /) -> Task | None:
        return next((task for task in self.tasks if task.call_id == call_id), None)

    def output(self, call_id: CallId, /) -> Output:
        return self.outputs.get(call_id, Output())

    def start(
        self, tool: str, directive: Mapping[str, object], *, delay: float = 0.0, promises: bool = True
    ) -> CallId:
        awaited = "" if promises else ", no answer waits"
        self.wanted.append(f"start {tool} {dict(directive)} in {delay:g} s{awaited}")
        return self.tasks[0].call_id

    async def wait(self, call_ids: Collection[CallId], seconds: float, /) -> None:
        self.wanted.append(f"wait {seconds:g} s for {', '.join(call_ids)}")

    def kill(self, call_id: CallId, reason: str = "", /) -> None:
        self.wanted.append(f"kill {call_id}: {reason}")

    def foreground(self, call_id: CallId, /) -> None:
        self.wanted.append(f"foreground {call_id}")


@dataclass(frozen=True)
class Mirror:
    """An agent's hold on itself that changes nothing; what is wanted of it is written down."""

    refusal: str = ""
    standing: Standing = SILENT
    wanted: list[AgentSelfDirective] = field(default_factory=list)

    def diagnostics(self) -> JsonObject:
        return freeze_object({"model": "one", "context_tokens": len(self.wanted)})

    async def catalog(self, what: str, /) -> Sequence[str]:
        return (f"{what} are these",)

    async def change(self, patch: AgentSelfDirective, /) -> Sequence[str]:
        if self.refusal:
            raise UsageError(self.refusal)
        self.wanted.append(patch)
        return ("changed",)


class Nursery:
    """Children that answer at once with what they were asked; each errand is written down."""

    def __init__(self) -> None:
        self.errands: list[Errand] = []

    async def work(self, call: ToolCall, errand: Errand, /) -> AsyncIterator[Event | ToolResult]:
        self.errands.append(errand)
        yield TextDelta(content="at work")
        yield tool_result(call, f"done: {errand.prompts[0]}")

    async def stop(self, name: str, /) -> str:
        return name


@dataclass(frozen=True)
class Pillar:
    """A post that reaches nobody and answers as it was told; what is posted is written down."""

    receipts: Sequence[Receipt] = ()
    entries: Sequence[Entry] = ()
    refusal: Rejected | None = None
    posted: list[str] = field(default_factory=list)

    async def send(self, to: str, message: str, /, *, delay: float = 0.0, timeout: float = 1.0) -> Receipt:
        (receipt,) = await self.broadcast([to], message, delay=delay, timeout=timeout)
        return receipt

    async def send_all(
        self, to: str, messages: Sequence[str], /, *, delay: float = 0.0, timeout: float = 1.0
    ) -> Sequence[Receipt]:
        return [await self.send(to, message, delay=delay, timeout=timeout) for message in messages]

    async def broadcast(
        self, to: Sequence[str], message: str, /, *, delay: float = 0.0, timeout: float = 1.0
    ) -> Sequence[Receipt]:
        if not message:
            raise UsageError("there is nothing to send: the message is empty")
        self.posted.append(f"{', '.join(to)} in {delay:g} s: {message}")
        return self.receipts

    async def list(self) -> Sequence[Entry]:
        return self.entries

    async def hear(self, seconds: float, /) -> bool:
        return seconds > 1

    async def notify(self, to: str, /) -> Rejected | None:
        self.posted.append(f"when {to} is idle")
        return self.refusal


@dataclass(frozen=True)
class Desk:
    """An agent, as far as a tool can see it."""

    workspace: Path
    children: Children = field(default_factory=Nursery)
    control: Control = field(default_factory=Mirror)
    result_room: int = 37_500
    seen: MutableMapping[str, str] = field(default_factory=dict)
    tasks: Tasks = field(default_factory=Board)
    post: Post = field(default_factory=Pillar)
    filed: list[FilesChanged] = field(default_factory=list)
    """What its tools were about to do to files."""
    meanwhile: Callable[[], None] = lambda: None
    """What somebody else does while that is written down."""

    async def journal(
        self, call_id: str, changes: Sequence[FileChange], undoes: Sequence[MessageId] = (), /
    ) -> MessageId:
        """Keep what a call is about to do."""
        entry = FilesChanged(
            id=MessageId(f"m{len(self.filed)}"),
            parent_id=None,
            timestamp=0.0,
            content=tuple(changes),
            call_id=call_id,
            undoes=tuple(undoes),
        )
        self.filed.append(entry)
        self.meanwhile()
        return entry.id

    takes: bool = False
    """Whether it lets calls go on in the background."""
    notices: list[str] = field(default_factory=list)
    noticed: asyncio.Event = field(default_factory=asyncio.Event)
    places: list[Path] = field(default_factory=list)

    @property
    def cwd(self) -> Path:
        return self.places[-1] if self.places else self.workspace

    def place(self, call_id: CallId, /) -> Path:
        return self.cwd

    def detach(self, call_id: CallId, notice: str, deadline: float | None = 600.0, /) -> bool:
        self.notices.append(notice)
        self.noticed.set()
        return self.takes

    def moved(self, call_id: CallId, folder: Path, /) -> bool:
        self.places.append(folder)
        return True


def call_of(tool: Tool, /, **directive: object) -> ToolCall:
    return ToolCall(
        call_id=CallId("c1"), vendor_id="", tool=ToolName(tool.name), content=freeze_object(directive)
    )


async def told(tool: Tool, /, **directive: object) -> tuple[list[Event], Answer]:
    """What came before the answer, and the answer."""
    call = call_of(tool, **directive)
    assert misfit(tool.directive_schema, call.content) is None
    running = tool.run(call)
    if not isinstance(running, AsyncIterator):
        return [], await running
    events: list[Event] = []
    answer: Answer | None = None
    async for item in running:
        if isinstance(item, Event):
            events.append(item)
        else:
            answer = item
    assert answer is not None
    return events, answer


async def said(tool: Tool, /, **directive: object) -> str:
    """The text of the answer, whether it failed or not."""
    _, answer = await told(tool, **directive)
    part = answer.content[0] if isinstance(answer, ToolResult) else answer
    assert isinstance(part.content, str)
    return part.content


def names(folder: Path) -> list[str]:
    """What is in a directory."""
    return sorted(path.name for path in folder.iterdir())


def taken(path: Path) -> bytes:
    """What is in a file, which is removed."""
    content = path.read_bytes()
    path.unlink()
    return content
