"""Changing parts of text files."""

import os
from collections.abc import Sequence

from typing_extensions import override

from sagent.abilities import Reach
from sagent.errors import ToolError
from sagent.lib.value import frozen
from sagent.schema import catalog
from sagent.schema.message import ToolCall
from sagent.schema.part import Text
from sagent.schema.tools.edit import EditDirective, Replacement
from sagent.tools.changes import created, replaced
from sagent.tools.charset import UTF_8
from sagent.tools.docket import Docket
from sagent.tools.file_lock import alone
from sagent.tools.lines import counted
from sagent.tools.places import place
from sagent.tools.replacement import Located, located
from sagent.tools.sightings import Doubt, Sighted
from sagent.tools.spans import Span, difference, spliced
from sagent.tools.text_file import TextFile, create, encoded, load
from sagent.tools.threads import in_thread
from sagent.validation import Schema


@frozen()
class Edit(Sighted[EditDirective]):
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

    def reach(self, call: ToolCall, /) -> Reach:
        """What a call touches: who does not hit the text is shown what is there, so that is reading, too."""
        path = place(self.workspace, self.directive(call)["file_path"])
        return Reach(reads=(path,), writes=(path,))

    async def run(self, message: ToolCall, /) -> Text:
        """Make all replacements or none.

        Raises:
            ToolError: the model is told why nothing was changed.
        """
        return Text(content=await in_thread(self._edit, self.directive(message), self.docket(message)))

    def _edit(self, directive: EditDirective, docket: Docket) -> str:
        name = directive["file_path"]
        path = place(self.workspace, name)
        replacements = _replacements(directive)
        with alone(path):
            if _fills(replacements) and not os.path.lexists(path):
                data = encoded(replacements[0]["new_string"], UTF_8, name)
                with docket.entered((created(path, name, data),)):
                    self.note(create(path, data, name), data)
                return f"Created {name}."
            file = load(path, name)
            if _fills(replacements) and not file.text:
                found = _filled(replacements[0]["new_string"])
                doubt = None
            else:
                doubt = self.doubt(file.path, file.data)
                found = _found(file, replacements, doubt)
            text = spliced(file.text, found.spans)
            data = file.encoded(text)
            with docket.entered((replaced(file, data),)):
                file.replace(data)
            if not doubt:
                self.note(file.path, data)
        return "\n".join((_headline(name, found, doubt), *difference(file.text, found.spans)))


def _fills(replacements: Sequence[Replacement]) -> bool:
    """Whether it puts text where there is none yet."""
    return len(replacements) == 1 and not replacements[0]["old_string"]


def _filled(text: str) -> Located:
    return Located(spans=(Span(start=0, end=0, text=text),), places=1, notes=(), certain=True)


def _found(file: TextFile, replacements: Sequence[Replacement], doubt: Doubt | None) -> Located:
    """Where the replacements go; in a file that the agent does not know, only what is beyond doubt.

    Who gives a text exactly that occurs once has seen it, be it with Grep or in the words of the user.
    """
    try:
        found = located(file.text, replacements, file.name)
    except ToolError as error:
        if doubt is not Doubt.CHANGED:
            raise
        raise ToolError(f"{error}\nAbout {file.name}: {doubt.value}. Read it again") from error
    if doubt and not found.certain:
        raise ToolError(
            f"{file.name} is not known well enough: {doubt.value}, and old_string is not, letter by letter, "
            "what it has in exactly one place. Nothing was changed. Read it, then edit"
        )
    return found


def _headline(name: str, found: Located, doubt: Doubt | None) -> str:
    notes = [*found.notes]
    if doubt is Doubt.CHANGED:
        notes.append(f"{doubt.value}; old_string was still there, once")
    told = f" ({'; '.join(notes)})" if notes else ""
    return f"Made {counted(found.places, 'replacement')} in {name}{told}:"


def _replacements(directive: EditDirective) -> Sequence[Replacement]:
    old, new = directive.get("old_string"), directive.get("new_string")
    edits = directive.get("edits")
    if edits:
        if old or new:
            raise ToolError("give either edits, or old_string and new_string, not both")
        return edits
    if old is None or new is None:
        raise ToolError("give old_string and new_string, or edits")
    everywhere = directive.get("replace_all", False)
    return ({"old_string": old, "new_string": new, "replace_all": everywhere},)
