"""Reading files: text by lines, notebooks by cells, documents by pages, pictures and sounds as they are."""

from collections.abc import Sequence
from dataclasses import field, replace
from shlex import quote
from threading import Event
from typing import Final, Self

from typing_extensions import override

from sagent.abilities import Reach
from sagent.errors import ToolError
from sagent.host import Host
from sagent.lib.blob import Blob
from sagent.lib.value import frozen
from sagent.messages.pictures import picture_kind
from sagent.messages.room import result_room
from sagent.messages.words import tool_result
from sagent.protocols import Answer
from sagent.schema import catalog
from sagent.schema.message import ToolCall
from sagent.schema.part import Audio, Foreign, Image, Part, Text
from sagent.schema.tools.read import ReadDirective
from sagent.tools import notebook
from sagent.tools.charset import Charset, charset_of
from sagent.tools.excerpt import Stretch, excerpt
from sagent.tools.file_kind import file_kind, rare_picture, sound_kind
from sagent.tools.lines import counted
from sagent.tools.pdf import paper
from sagent.tools.places import place, refuse
from sagent.tools.sightings import Sighted
from sagent.tools.source import Source, opened
from sagent.tools.text_file import LARGEST
from sagent.tools.threads import stoppable
from sagent.validation import Schema

LINES: Final = 2_000
"""How many lines are read where the directive does not say."""

LARGEST_IMAGE: Final = 20_000_000
"""How many bytes a picture may have; for the model that sees it, it is made as small as that one needs."""

LARGEST_SOUND: Final = 5_000_000
"""How many bytes a sound recording may have: five minutes of MP3, and in Base64 it fits any request."""


@frozen()
class Read(Sighted[ReadDirective]):
    """Shows a file to the model."""

    host: Host | None = field(default=None, repr=False, compare=False)
    """The agent, which knows how much its model can take."""

    @property
    @override
    def schema(self) -> Schema[ReadDirective]:
        return catalog.READ_DIRECTIVE

    @property
    def supports_microcompaction(self) -> bool:
        """What it has shown can be had again."""
        return True

    @override
    def hosted_by(self, host: Host, /) -> Self:
        """The same tool, showing as much as the model of the host can take."""
        return replace(self, workspace=host.workspace, seen=host.seen, host=host)

    def summary(self, call: ToolCall, /) -> str:
        """One line for a person."""
        directive = self.directive(call)
        which = ""
        if "last_lines" in directive:
            which = f" (last {counted(directive['last_lines'], 'line')})"
        elif directive.get("offset", 1) > 1:
            which = f" from line {directive.get('offset')}"
        for part in ("pages", "cells"):
            which += f" {part} {directive.get(part)}" if part in directive else ""
        return f"Read {directive['file_path']}{which}"

    def reach(self, call: ToolCall, /) -> Reach:
        """What a call touches."""
        return Reach(reads=(place(self.workspace, self.directive(call)["file_path"]),))

    async def run(self, message: ToolCall, /) -> Answer:
        """Read the file, or the part of it that is asked for.

        Raises:
            ToolError: the model is told why it cannot be read.
        """
        room = result_room(None) if self.host is None else self.host.result_room
        parts = await stoppable(self._read, self.directive(message), room)
        return parts[0] if len(parts) == 1 else tool_result(message, *parts)

    def _read(self, stop: Event, directive: ReadDirective, room: int) -> Sequence[Part]:
        name = directive["file_path"]
        path = place(self.workspace, name)
        if directive.get("offset", 1) > 1 and "last_lines" in directive:
            raise ToolError("give either offset or last_lines, not both")
        try:
            with opened(path, name, self.workspace) as source:
                seen = _seen(source)
                if seen is not None:
                    return (seen,)
                if source.sample.startswith(b"%PDF-"):
                    return paper(source, directive, room)
                if "pages" in directive or directive.get("render"):
                    raise ToolError(f"{name} is no PDF: pages and render are for those")
                charset = None if file_kind(source.sample) else charset_of(source.sample, whole=source.whole)
                if charset is None:
                    raise ToolError(_undecodable(source))
                if source.size <= LARGEST:
                    # Before it is shown: what changes meanwhile is then noticed later. A larger file no tool
                    # here would change.
                    self.saw(path.resolve(), source.digest())
                return _cells(source, charset, directive, room) or (
                    Text(content=excerpt(source, charset, _stretch(directive, room), stop)),
                )
        except OSError as error:
            refuse(error, name, "read")


def _seen(source: Source) -> Part | None:
    """What is seen or heard, as it is; None for anything else."""
    picture = picture_kind(source.sample)
    if picture is not None:
        _fits(source, LARGEST_IMAGE, "a picture", "scale it down first")
        return Image(descriptor=picture, content=Blob.of(source.read()))
    other = rare_picture(source.sample)
    if other is not None:
        _fits(source, LARGEST_IMAGE, "a picture", "scale it down first")
        return Foreign(media_type=other, content=Blob.of(source.read()))
    sound = sound_kind(source.sample)
    if sound is not None:
        _fits(source, LARGEST_SOUND, "a recording", "cut out a part of it first, for example with ffmpeg")
        return Audio(descriptor=sound, content=Blob.of(source.read()))
    return None


def _fits(source: Source, largest: int, kind: str, remedy: str) -> None:
    if source.size > largest:
        raise ToolError(f"{source.name} has {source.size} bytes, and {kind} may have {largest}: {remedy}")


def _undecodable(source: Source) -> str:
    file = quote(source.path.name)
    look = f"look at it with Bash, for example with `file {file}` or `xxd {file} | head`"
    size = counted(source.size, "byte")
    kind = file_kind(source.sample)
    if kind is not None:
        told = f"{source.name} is {kind.name} of {size}, no text"
        return f"{told}: try Bash with `{kind.advice.format(file)}`" if kind.advice else f"{told}: {look}"
    if b"\0" in source.sample:
        return f"{source.name} is a binary file of {size}: {look}"
    return f"{source.name}, of {size}, is in an encoding that cannot be told: {look}"


def _cells(source: Source, charset: Charset, directive: ReadDirective, room: int) -> Sequence[Part]:
    """The cells of a notebook; none where it is none, or its lines are asked for."""
    asked = directive.get("cells")
    is_notebook = source.path.suffix == ".ipynb" and source.size <= notebook.LARGEST
    by_lines = any(key in directive for key in ("offset", "limit", "last_lines", "column"))
    cells = None
    if is_notebook and not by_lines:
        text = source.read()[len(charset.mark) :].decode(charset.codec, errors="replace")
        cells = notebook.cells_of(text)
    if cells is not None:
        return notebook.notebook(source.name, cells, asked, room)
    if asked is not None:
        why = "give no lines with them" if is_notebook and by_lines else "it is no notebook"
        raise ToolError(f"{source.name} has no cells to show: {why}")
    return ()


def _stretch(directive: ReadDirective, room: int) -> Stretch:
    last = directive.get("last_lines")
    limit = directive.get("limit", LINES if last is None else last)
    return Stretch(
        first=directive.get("offset", 1),
        count=limit if last is None else min(limit, last),
        column=directive.get("column", 1),
        last=last is not None,
        room=room,
    )
