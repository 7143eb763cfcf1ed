"""Changing parts of text files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from typing_extensions import override

from sagent.errors import ToolError
from sagent.schema import catalog
from sagent.schema.message import ToolCall
from sagent.schema.part import Text
from sagent.schema.tools.edit import EditDirective, Replacement
from sagent.tools.crafted import Crafted
from sagent.tools.lines import clipped, counted, numbered
from sagent.tools.places import place
from sagent.tools.replacement import Span, located
from sagent.tools.text_file import alone, load
from sagent.tools.threads import in_thread
from sagent.validation import Schema

CONTEXT: Final = 3
"""How many lines are shown around a change."""

SHOWN: Final = 100
"""How many lines are shown at most."""

WIDTH: Final = 500
"""How much of a line is shown."""


@dataclass(frozen=True, slots=True)
class Edit(Crafted[EditDirective]):
    """Replaces text in a file."""

    @property
    @override
    def schema(self) -> Schema[EditDirective]:
        return catalog.EDIT_DIRECTIVE

    def summary(self, call: ToolCall, /) -> str:
        """One line for a person."""
        directive = self.directive(call)
        count = len(directive.get("edits", ("one",)))
        return f"Edit {directive['file_path']}" + (f" in {count} places" if count > 1 else "")

    async def run(self, message: ToolCall, /) -> Text:
        """Make all replacements or none.

        Raises:
            ToolError: the model is told why nothing was changed.
        """
        return Text(content=await in_thread(self._edit, self.directive(message)))

    def _edit(self, directive: EditDirective) -> str:
        name = directive["file_path"]
        path = place(self.workspace, name)
        replacements = _replacements(directive)
        with alone(path):
            file = load(path, name)
            spans = located(file.text, replacements, name)
            text = _spliced(file.text, spans)
            file.replace(file.charset.mark + file.encoded(text))
        return "\n".join((f"Made {counted(len(spans), 'replacement')} in {name}:", *_changed(text, spans)))


def _replacements(directive: EditDirective) -> Sequence[Replacement]:
    old, new = directive.get("old_string"), directive.get("new_string")
    edits = directive.get("edits")
    if edits is not None:
        if old or new:
            raise ToolError("give either edits, or old_string and new_string, not both")
        return edits
    if old is None or new is None:
        raise ToolError("give old_string and new_string, or edits")
    everywhere = directive.get("replace_all", False)
    return ({"old_string": old, "new_string": new, "replace_all": everywhere},)


def _spliced(text: str, spans: Sequence[Span]) -> str:
    pieces: list[str] = []
    end = 0
    for span in spans:
        pieces += (text[end : span.start], span.text)
        end = span.end
    return "".join((*pieces, text[end:]))


def _changed(text: str, spans: Sequence[Span]) -> Iterator[str]:
    """The changed lines as they are now, with those around them."""
    lines = text.removesuffix("\n").split("\n")
    room = SHOWN
    reached = 0
    for first, last in _regions(text, spans, len(lines)):
        if room <= 0:
            yield "… [more changes follow that are not shown]"
            return
        if reached:
            yield "…"
        stop = min(last, first + room)
        for number in range(first, stop):
            yield numbered(number + 1, clipped(lines[number].removesuffix("\r"), WIDTH))
        if stop < last:
            yield f"… [{counted(last - stop, 'more line')} of this change]"
        room -= stop - first
        reached = last


def _regions(text: str, spans: Sequence[Span], count: int) -> Iterator[tuple[int, int]]:
    """Which lines of the new text to show: from, and up to but without; those that touch are one."""
    shift = 0
    line, seen = 0, 0
    begin, stop = 0, 0
    for span in spans:
        start = span.start + shift
        shift += len(span.text) - (span.end - span.start)
        line += text.count("\n", seen, start)
        seen = start
        first = max(line - CONTEXT, 0)
        last = min(line + span.text.count("\n") + CONTEXT + 1, count)
        if stop and first > stop:
            yield begin, stop
            begin = first
        elif not stop:
            begin = first
        stop = last
    yield begin, stop
