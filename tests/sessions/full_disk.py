"""An agent whose disk fills up at each of its appends, in a process of its own that reports what happened."""

import asyncio
import json
import logging
import os
import resource
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, Protocol, TypeAlias

from typing_extensions import TypedDict, override

from sagent.agent import Agent
from sagent.errors import AgentClosed, SessionError
from sagent.lib.blob import Blob
from sagent.loop.state import fold
from sagent.protocols import Answer, Chunk, Request
from sagent.schema.message import Kept, ToolCall
from sagent.schema.part import Image, Text
from sagent.schema.session import SessionHeader
from sagent.sessions.journal import Journal
from sagent.sessions.jsonl import JsonlSession
from sagent.testing import Scripted, call
from tests.agent.props import Gated, Trick
from tests.sessions.samples import header

Kind: TypeAlias = Literal["limit", "device"]
"""How a disk comes to be full: a limit on the size of files (EFBIG), or a device without room (ENOSPC)."""

PAGE: Final = 4096
"""Room is given in pages: what is to be sure to need more must be longer."""

LONG: Final = "much " * PAGE
"""Words that no last page has room for."""


class Report(TypedDict):
    """What became of one agent."""

    kind: Kind
    trace: Sequence[str]
    """What was kept and done, in order, until the end."""
    told: str
    """What whoever asked was told."""
    logged: Sequence[str]
    at_rest: bool
    """Whether nothing ran any more after it had closed."""
    whole: bool
    """Whether the file holds whole lines and nothing else."""
    between: str
    """What an agent is told that goes on with the log while the disk is full."""
    answer: str
    """What the next agent on the same log answers when there is room again."""
    true: bool
    """Whether the log tells that one's whole state."""


class Disk(Protocol):
    """A disk that can be filled."""

    @property
    def kind(self) -> Kind: ...

    def fill(self, file: Path, room: int) -> None:
        """Leave this file so many bytes to grow by."""
        ...

    def empty(self) -> None:
        """Make room again."""
        ...


class Limit:
    """Fills up by a limit on how large a file may be; each file meets it on its own."""

    kind: Final = "limit"

    def fill(self, file: Path, room: int) -> None:
        self._set(file.stat().st_size + room)

    def empty(self) -> None:
        self._set(resource.RLIM_INFINITY)

    def _set(self, size: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


class Device:
    """Fills up as disks do; the page that a file ends in is its own all the same."""

    kind: Final = "device"

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "filler"

    def fill(self, file: Path, room: int) -> None:
        with self._filler.open("ab", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(b"x" * PAGE)
        os.truncate(self._filler, max(0, self._filler.stat().st_size - room // PAGE * PAGE))

    def empty(self) -> None:
        self._filler.unlink(missing_ok=True)


class Filling(JsonlSession):
    """A session on a disk that is full when append number `last` comes, counted from 0."""

    def __init__(
        self, journal: Journal, header: SessionHeader, trace: list[str], disk: Disk, last: int, room: int
    ) -> None:
        super().__init__(journal, header)
        self._trace = trace
        self._disk = disk
        self._last = last
        self._room = room
        self._count = 0

    @override
    def append(self, message: Kept, /) -> None:
        if self._count == self._last:
            self._disk.fill(self.file, self._room)
        self._count += 1
        super().append(message)
        self._trace.append(type(message).__name__)

    @override
    def extend(self, messages: Sequence[Kept], /) -> None:
        raise SessionError("each is to be counted")


class Noting(Scripted):
    """A model that notes each request."""

    def __init__(self, trace: list[str]) -> None:
        super().__init__([call("wait"), call("work")], [LONG, call("draw")], LONG)
        self._trace = trace

    @override
    async def stream(self, request: Request, /) -> AsyncIterator[Chunk]:
        self._trace.append("the model is asked")
        async for chunk in super().stream(request):
            yield chunk


class Errors(logging.Handler):
    """Collects what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def tools_of(trace: list[str]) -> Sequence[Trick]:
    """Tools that note each run; one that waits for the second, and one whose answer is a file."""
    gated = Gated()

    async def wait(directed: ToolCall) -> Answer:
        trace.append("wait runs")
        return await gated(directed)

    async def work(directed: ToolCall) -> Answer:
        trace.append("work runs")
        asyncio.get_running_loop().call_soon(gated.let.set)
        return Text(content=LONG)

    async def draw(directed: ToolCall) -> Answer:
        trace.append("draw runs")
        return Image(descriptor="image/png", content=Blob.of(LONG.encode() * 4))

    return (Trick("wait", wait), Trick("work", work), Trick("draw", draw))


async def filled(folder: Path, disk: Disk, last: int, room: int, errors: Errors) -> Report:
    """Run an agent until its disk is full, make room, and let another one go on."""
    trace: list[str] = []
    first = JsonlSession.create(folder / "s1.jsonl", header())
    first.close()
    session = Filling(Journal.open(first.file), first.header, trace, disk, last, room)
    agent = Agent(Noting(trace), "Be brief.", tools_of(trace), session=session)
    told = await asked(agent)
    logged = tuple(errors.lines)
    between = await asked(Agent(Scripted("too early"), session=JsonlSession.open(first.file)))
    disk.empty()

    again = JsonlSession.open(first.file)
    after = Agent(Scripted("here I am"), "Be brief.", tools_of([]), session=again)
    answer = await asyncio.wait_for(after.run("are you there?"), 10.0)
    report = Report(
        kind=disk.kind,
        trace=tuple(trace),
        told=told,
        between=between,
        logged=logged,
        at_rest=agent._driver.crew.idle,
        whole=again.warning == "",
        answer=answer.content,
        true=fold(again.path()) == after._driver.core.state,
    )
    await asyncio.wait_for(after.aclose(), 10.0)
    return report


async def asked(agent: Agent) -> str:
    """Ask an agent and end it; return what it is told if there is no answer."""
    try:
        await asyncio.wait_for(agent.run(LONG), 10.0)
    except AgentClosed as error:
        return str(error)
    else:
        return ""
    finally:
        await asyncio.wait_for(agent.aclose(), 10.0)


def reports(folder: Path, disk: Disk, room: int) -> Sequence[Report]:
    """What becomes of an agent whose disk is full at append 0, at 1, and so on; of the last it never is."""
    found: list[Report] = []
    while not found or found[-1]["told"]:
        errors = Errors()
        logging.getLogger("sagent").addHandler(errors)
        place = folder / str(len(found))
        place.mkdir()
        found.append(asyncio.run(filled(place, disk, len(found), room, errors)))
        logging.getLogger("sagent").removeHandler(errors)
        for path in sorted(place.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    return found


def disk_of(kind: str, folder: Path) -> Disk:
    return Limit() if kind == "limit" else Device(folder)


if __name__ == "__main__":
    place = Path(sys.argv[2])
    print(json.dumps(reports(place, disk_of(sys.argv[1], place), int(sys.argv[3]))))
