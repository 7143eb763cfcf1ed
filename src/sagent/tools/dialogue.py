"""A command that is given one text and answers in lines, neither longer nor for longer than it may."""

import asyncio
import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from sagent.errors import ToolError
from sagent.tools.lines import clipped, plain_text
from sagent.tools.process import Group, start

LONGEST: Final = 1024 * 1024
"""How many bytes a line may have."""

MOST: Final = 16 * 1024 * 1024
"""How many bytes may be written in all."""

SHOWN: Final = 4_000
"""How many bytes of what goes to standard error are kept: half from the beginning, half from the end."""

AFTERMATH: Final = 0.2
"""How many seconds what the command leaves behind may go on writing."""

_CHUNK: Final = 64 * 1024


@dataclass(slots=True)
class Errors:
    """The beginning and the end of what a command writes to standard error."""

    head: bytes = b""
    tail: bytes = b""
    omitted: int = 0

    def take(self, data: bytes) -> None:
        """Keep some more."""
        room = SHOWN // 2 - len(self.head)
        self.head += data[:room]
        rest = self.tail + data[room:]
        self.tail = rest[-SHOWN // 2 :]
        self.omitted += len(rest) - len(self.tail)

    @property
    def text(self) -> str:
        """The same in words."""
        gap = f"\n[… {self.omitted} bytes omitted]\n" if self.omitted else ""
        text = plain_text(self.head.decode(errors="replace") + gap + self.tail.decode(errors="replace"))
        return "\n".join(clipped(line, 500) for line in text.strip().split("\n")).strip()


@dataclass(slots=True)
class Dialogue:
    """One run of a command."""

    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    given: bytes
    """What it reads on standard input."""
    timeout: float
    """How many seconds it may take."""
    errors: Errors = field(default_factory=Errors)
    code: int | None = None
    """The exit code, once it has ended."""

    async def lines(self) -> AsyncGenerator[tuple[int, bytes], None]:
        """Run it, and yield each line that is not blank, with its number; closing the iterator ends it.

        Nothing of its process group is left in the end.

        Raises:
            ToolError: it cannot be started, writes too much, or does not end.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.timeout
        async with _pipe() as (output, written), _pipe() as (errors, complained):
            group = await self._start(written.detach(), complained.detach())
            listening = loop.create_task(self._listen(errors))
            try:
                line = bytearray()
                size = number = 0
                async for chunk in self._chunks(group, output, deadline):
                    size += len(chunk)
                    if size > MOST:
                        raise ToolError(f"it wrote more than {MOST} bytes")
                    *whole, rest = (bytes(line) + chunk).split(b"\n")
                    line = bytearray(rest)
                    if len(rest) > LONGEST or any(len(each) > LONGEST for each in whole):
                        raise ToolError(f"it wrote a line of more than {LONGEST} bytes")
                    for each in whole:
                        number += 1
                        if each.strip():
                            yield number, each
                if line.strip():
                    yield number + 1, bytes(line)
            finally:
                await group.kill()
                await asyncio.wait((listening,), timeout=AFTERMATH)
                listening.cancel()

    async def _start(self, output: int, errors: int) -> Group:
        try:
            with _file(self.given) as given:
                return await start(
                    self.command,
                    folder=self.folder,
                    output=output,
                    errors=errors,
                    given=given.fileno(),
                    environment=self.environment,
                )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise ToolError(f"{self.command[0]} cannot be started in {self.folder}: {reason}") from error
        finally:
            os.close(output)
            os.close(errors)

    async def _chunks(
        self, group: Group, output: asyncio.StreamReader, deadline: float
    ) -> AsyncGenerator[bytes, None]:
        loop = asyncio.get_running_loop()
        ending = loop.create_task(group.ended(deadline - loop.time()))
        reading = loop.create_task(output.read(_CHUNK))
        try:
            while True:
                await asyncio.wait((reading, ending), return_when=asyncio.FIRST_COMPLETED)
                if not reading.done():
                    if self.code is None:
                        self.code = ending.result()
                        if self.code is None:
                            raise ToolError(f"stopped after the timeout of {self.timeout:g} s")
                        deadline = loop.time() + AFTERMATH
                    # Somebody whom it has started may hold the pipe, and write for ever.
                    await asyncio.wait((reading,), timeout=max(0.0, deadline - loop.time()))
                    if not reading.done():
                        return
                chunk = reading.result()
                if not chunk:
                    break
                if loop.time() > deadline:
                    if self.code is None:
                        raise ToolError(f"stopped after the timeout of {self.timeout:g} s")
                    return
                yield chunk
                reading = loop.create_task(output.read(_CHUNK))
            await asyncio.wait((ending,))
            self.code = ending.result()
            if self.code is None:
                raise ToolError(f"stopped after the timeout of {self.timeout:g} s")
        finally:
            reading.cancel()
            ending.cancel()

    async def _listen(self, errors: asyncio.StreamReader) -> None:
        while chunk := await errors.read(_CHUNK):
            self.errors.take(chunk)


@asynccontextmanager
async def _pipe() -> AsyncGenerator[tuple[asyncio.StreamReader, "_End"], None]:
    """A pipe: whoever reads, and the end that a command writes to."""
    loop = asyncio.get_running_loop()
    read, write = os.pipe()
    end = _End(write)
    reader = asyncio.StreamReader()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read, "rb", buffering=0)
    )
    try:
        yield reader, end
    finally:
        end.close()
        transport.close()


@dataclass(slots=True)
class _End:
    """An end of a pipe, until somebody else takes care of it."""

    descriptor: int
    ours: bool = True

    def detach(self) -> int:
        """The descriptor, which whoever asks has to close."""
        self.ours = False
        return self.descriptor

    def close(self) -> None:
        if self.ours:
            os.close(self.descriptor)


def _file(text: bytes) -> BinaryIO:
    """A file without a name that has this text: unlike a pipe, nobody has to wait until it is read."""
    import tempfile

    file = tempfile.TemporaryFile()  # noqa: SIM115  # whoever asks closes it
    file.write(text)
    file.seek(0)
    return file
