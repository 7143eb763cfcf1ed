"""Writing whole files."""

import os

from typing_extensions import override

from sagent.abilities import Reach
from sagent.errors import ToolError
from sagent.lib.value import frozen
from sagent.schema import catalog
from sagent.schema.message import ToolCall
from sagent.schema.part import Text
from sagent.schema.tools.write import WriteDirective
from sagent.tools.changes import created, replaced
from sagent.tools.charset import UTF_8
from sagent.tools.docket import Docket
from sagent.tools.file_lock import alone
from sagent.tools.lines import counted
from sagent.tools.places import place
from sagent.tools.sightings import Sighted
from sagent.tools.text_file import create, encoded, load
from sagent.tools.threads import in_thread
from sagent.validation import Schema


@frozen()
class Write(Sighted[WriteDirective]):
    """Creates a file, or replaces all of it."""

    @property
    @override
    def schema(self) -> Schema[WriteDirective]:
        return catalog.WRITE_DIRECTIVE

    def summary(self, call: ToolCall, /) -> str:
        """One line for a person."""
        directive = self.directive(call)
        return f"Write {directive['file_path']} ({counted(_lines(directive['content']), 'line')})"

    def reach(self, call: ToolCall, /) -> Reach:
        """What a call touches."""
        return Reach(writes=(place(self.workspace, self.directive(call)["file_path"]),))

    async def run(self, message: ToolCall, /) -> Text:
        """Write it in one step.

        Raises:
            ToolError: the model is told why it could not be written.
        """
        return Text(content=await in_thread(self._write, self.directive(message), self.docket(message)))

    def _write(self, directive: WriteDirective, docket: Docket) -> str:
        name, content = directive["file_path"], directive["content"]
        path = place(self.workspace, name)
        with alone(path):
            if os.path.exists(path):  # noqa: PTH110  # unlike Path.exists it raises nothing
                return self._overwrite(name, content, docket)
            data = encoded(content, UTF_8, name)
            with docket.entered((created(path, name, data),)):
                self.note(create(path, data, name), data)
            return f"Created {name} ({counted(_lines(content), 'line')})."

    def _overwrite(self, name: str, content: str, docket: Docket) -> str:
        file = load(place(self.workspace, name), name)
        kept = ""
        if "\r" not in content and "\r\n" in file.text and "\n" not in file.text.replace("\r\n", ""):
            content = content.replace("\n", "\r\n")
            kept = ", with its CRLF line endings"
        if doubt := self.doubt(file.path, file.data):
            raise ToolError(
                f"{name} exists, and {doubt.value}: nothing was written. Read it, then Write or Edit it"
            )
        if content == file.text:
            return f"{name} already is exactly so; nothing was changed."
        data = file.encoded(content)
        with docket.entered((replaced(file, data),)):
            file.replace(data)
        self.note(file.path, data)
        return f"Replaced {name} ({counted(_lines(content), 'line')} for {_lines(file.text)}{kept})."


def _lines(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n") and bool(text))
