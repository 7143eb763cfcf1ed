"""Reading files: text by lines, pictures and documents as they are."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from typing_extensions import override

from sagent.abilities import Reach
from sagent.errors import ToolError
from sagent.lib.blob import Blob
from sagent.messages.pictures import picture_kind
from sagent.schema import catalog
from sagent.schema.message import ToolCall
from sagent.schema.part import Document, Image, Text
from sagent.schema.tools.read import ReadDirective
from sagent.tools.charset import SAMPLE, charset_of
from sagent.tools.excerpt import excerpt
from sagent.tools.places import place, refuse, regular_file
from sagent.tools.sightings import Sighted
from sagent.tools.text_file import LARGEST
from sagent.tools.threads import in_thread
from sagent.validation import Schema

LINES: Final = 2_000
"""How many lines are read where the directive does not say."""

LARGEST_IMAGE: Final = 20_000_000
"""How many bytes a picture may have; for the model that sees it, it is made as small as that one needs."""

LARGEST_DOCUMENT: Final = 20_000_000
"""How many bytes a PDF may have: in Base64 it must fit a request, which is at most 32 MB."""


@dataclass(frozen=True, slots=True)
class Read(Sighted[ReadDirective]):
    """Shows a file to the model."""

    @property
    @override
    def schema(self) -> Schema[ReadDirective]:
        return catalog.READ_DIRECTIVE

    def summary(self, call: ToolCall, /) -> str:
        """One line for a person."""
        directive = self.directive(call)
        first = directive.get("offset", 1)
        which = f" from line {first}" if first > 1 else ""
        return f"Read {directive['file_path']}{which}"

    def reach(self, call: ToolCall, /) -> Reach:
        """What a call touches."""
        return Reach(reads=(place(self.workspace, self.directive(call)["file_path"]),))

    async def run(self, message: ToolCall, /) -> Text | Image | Document:
        """Read the file, or the part of it that is asked for.

        Raises:
            ToolError: the model is told why it cannot be read.
        """
        return await in_thread(self._read, self.directive(message))

    def _read(self, directive: ReadDirective) -> Text | Image | Document:
        name = directive["file_path"]
        path = place(self.workspace, name)
        size = regular_file(path, name).st_size
        try:
            with path.open("rb") as file:
                sample = file.read(SAMPLE)
            picture = picture_kind(sample)
            if picture is not None:
                _fits(name, size, LARGEST_IMAGE, "a picture", "scale it down first")
                return Image(descriptor=picture, content=Blob.of(path.read_bytes()))
            if sample.startswith(b"%PDF-"):
                _fits(name, size, LARGEST_DOCUMENT, "a PDF", "split it first, or extract its text")
                return Document(content=Blob.of(path.read_bytes()))
            charset = charset_of(sample, whole=size <= len(sample))
            if charset is None:
                raise ToolError(_undecodable(name, sample, path))
            if size <= LARGEST:
                # Before it is shown: what changes meanwhile is then noticed later.
                self.note(path.resolve(), path.read_bytes())
            first, count = directive.get("offset", 1), directive.get("limit", LINES)
            return Text(content=excerpt(path, charset, name, first, count))
        except OSError as error:
            refuse(error, name, "read")


def _fits(name: str, size: int, largest: int, kind: str, remedy: str) -> None:
    if size > largest:
        raise ToolError(f"{name} has {size} bytes, and {kind} may have {largest}: {remedy}")


def _undecodable(name: str, sample: bytes, path: Path) -> str:
    kind = "is a binary file" if b"\0" in sample else "is in an encoding that cannot be told"
    return f"{name} {kind}: look at it with Bash, for example with `file` or `xxd {path.name} | head`"
