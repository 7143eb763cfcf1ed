"""Listing directories."""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from threading import Event
from typing import Final

from typing_extensions import override

from sagent.abilities import Reach
from sagent.errors import ToolError
from sagent.lib.value import frozen
from sagent.schema import catalog
from sagent.schema.message import ToolCall
from sagent.schema.part import Text
from sagent.schema.tools.list import ListDirective
from sagent.tools.crafted import Crafted
from sagent.tools.ignore_file import legible
from sagent.tools.ignoring import Ignoring, ignoring_at
from sagent.tools.lines import counted, printable
from sagent.tools.places import directory, place
from sagent.tools.threads import stoppable
from sagent.tools.walk import Entry, scanned
from sagent.validation import Schema

LIMIT: Final = 500
"""How many entries are given where the directive does not say."""

UNSEEN: Final = 10_000
"""How many entries behind them are counted."""


@frozen()
class List(Crafted[ListDirective]):
    """Shows what is in a directory, and below it."""

    @property
    @override
    def schema(self) -> Schema[ListDirective]:
        return catalog.LIST_DIRECTIVE

    @property
    def supports_microcompaction(self) -> bool:
        """What it has shown can be had again."""
        return True

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
        return Text(content=await stoppable(self._list, self.directive(message)))

    def _list(self, stop: Event, directive: ListDirective) -> str:
        name = directive.get("path", ".")
        path = os.fsencode(directory(place(self.workspace, name), name))
        if scanned(path) is None:
            raise ToolError(f"{name} may not be read: ask the user, or list another directory")
        offset, limit = directive.get("offset", 0), directive.get("limit", LIMIT)
        entries = _tree(path, ignoring_at(path), directive.get("depth", 1), "", stop)
        lines = list(islice(entries, offset, offset + limit))
        rest = sum(1 for _ in islice(entries, UNSEEN + 1))
        if rest:
            many = f"more than {UNSEEN} more lines" if rest > UNSEEN else counted(rest, "more line")
            lines.append(f"[{many}; go on with offset {offset + limit}, or use Glob with a pattern]")
        return "\n".join(lines) or (
            f"{name} is empty." if not offset else f"[nothing from offset {offset} on]"
        )


def _tree(folder: bytes, outer: Ignoring, depth: int, indent: str, stop: Event) -> Iterator[str]:
    """The lines for what is in a directory: directories first, what is ignored at the end of each."""
    entries = scanned(folder)
    if entries is None:
        yield f"{indent}(could not be read)"
        return
    rules = outer.entering(folder, [entry.name for entry in entries if entry.name.startswith(b".")])
    files: list[str] = []
    ignored = 0
    for entry in entries:
        if stop.is_set():
            return
        name, folded = entry.name, entry.is_dir(follow_symlinks=False)
        away = rules.verdict(legible(name), folded) is True
        if folded:
            closed = " (not looked into)" if name == b".git" else " (ignored)" if away else ""
            yield f"{indent}{_name(entry)}/{closed}"
            if not closed and depth > 1:
                below = os.path.join(folder, name)  # noqa: PTH118
                yield from _tree(below, rules.below(name), depth - 1, indent + "  ", stop)
        elif away:
            ignored += 1
        else:
            files.append(f"{indent}{_file(entry)}")
    yield from files
    if ignored:
        yield f"{indent}({counted(ignored, 'ignored file')})"


def _name(entry: Entry) -> str:
    return printable(os.fsdecode(entry.name))


def _file(entry: Entry) -> str:
    try:
        if entry.is_symlink():
            return f"{_name(entry)} -> {printable(str(Path(os.fsdecode(entry.path)).readlink()))}"
        return f"{_name(entry)}  {_size(entry.stat(follow_symlinks=False).st_size)}"
    except OSError:
        # It went away in between; its name is still what was asked for.
        return _name(entry)


def _size(size: int) -> str:
    if size < 1000:
        return f"{size} B"
    amount = float(size)
    for unit in ("kB", "MB", "GB"):
        amount /= 1000
        if amount < 999.5:
            return f"{amount:.1f} {unit}" if amount < 99.5 else f"{amount:.0f} {unit}"
    return f"{amount / 1000:.1f} TB"
