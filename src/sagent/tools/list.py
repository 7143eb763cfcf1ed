"""Listing directories."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from typing_extensions import override

from sagent.abilities import Reach
from sagent.errors import ToolError
from sagent.schema import catalog
from sagent.schema.message import ToolCall
from sagent.schema.part import Text
from sagent.schema.tools.list import ListDirective
from sagent.tools.crafted import Crafted
from sagent.tools.places import directory, place
from sagent.tools.threads import in_thread
from sagent.tools.walk import rules_at, scanned, visible
from sagent.validation import Schema

LIMIT: Final = 1_000
"""How many names are given."""


@dataclass(frozen=True, slots=True)
class List(Crafted[ListDirective]):
    """Shows what is in a directory."""

    @property
    @override
    def schema(self) -> Schema[ListDirective]:
        return catalog.LIST_DIRECTIVE

    def summary(self, call: ToolCall, /) -> str:
        """One line for a person."""
        return f"List {self.directive(call).get('path', '.')}"

    def reach(self, call: ToolCall, /) -> Reach:
        """What a call touches."""
        return Reach(reads=(place(self.workspace, self.directive(call).get("path", ".")),))

    async def run(self, message: ToolCall, /) -> Text:
        """List it.

        Raises:
            ToolError: there is no such directory, or it may not be read.
        """
        return Text(content=await in_thread(self._list, self.directive(message)))

    def _list(self, directive: ListDirective) -> str:
        name = directive.get("path", ".")
        path = directory(place(self.workspace, name), name)
        entries = scanned(str(path))
        if entries is None:
            raise ToolError(f"{name} may not be read")
        shown = visible(entries, rules_at(path).entering(str(path)))
        lines = [_line(entry) for entry in shown[:LIMIT]]
        if len(shown) > LIMIT:
            lines.append(f"[{len(shown) - LIMIT} more omitted; use Glob with a pattern]")
        hidden = len([entry for entry in entries if entry.name != ".git"]) - len(shown)
        if hidden:
            lines.append(f"[{hidden} more, ignored by git]")
        return "\n".join(lines) or f"{name} is empty."


def _line(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        try:
            return f"{entry.name} -> {Path(entry.path).readlink()}"
        except OSError:
            # It went away in between; its name is still what was asked for.
            return entry.name
    return entry.name + "/" * entry.is_dir()
