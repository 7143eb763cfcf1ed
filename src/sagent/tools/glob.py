"""Finding files by their names."""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nsmallest
from pathlib import Path
from threading import Event
from typing import Final

from typing_extensions import override

from sagent.abilities import Reach
from sagent.schema import catalog
from sagent.schema.message import ToolCall
from sagent.schema.part import Text
from sagent.schema.tools.glob import GlobDirective
from sagent.tools.crafted import Crafted
from sagent.tools.lines import counted
from sagent.tools.places import directory, place, shown
from sagent.tools.threads import stoppable
from sagent.tools.walk import Walk
from sagent.tools.wildcard import split_base, wildcard
from sagent.validation import Schema

LIMIT: Final = 200
"""How many paths are given."""


@dataclass(frozen=True, slots=True)
class Glob(Crafted[GlobDirective]):
    """Lists the files that match a pattern, the most recently changed first."""

    @property
    @override
    def schema(self) -> Schema[GlobDirective]:
        return catalog.GLOB_DIRECTIVE

    def summary(self, call: ToolCall, /) -> str:
        """One line for a person."""
        directive = self.directive(call)
        where = f" in {directive['path']}" if "path" in directive else ""
        return f"Glob {directive['pattern']}{where}"

    def reach(self, call: ToolCall, /) -> Reach:
        """What a call touches."""
        directive = self.directive(call)
        top = place(self.workspace, directive.get("path", "."))
        base, _ = split_base(directive["pattern"])
        return Reach(reads=(place(top, base) if base else top,))

    async def run(self, message: ToolCall, /) -> Text:
        """Look for them.

        Raises:
            ToolError: there is no such directory.
        """
        return Text(content=await stoppable(self._glob, self.directive(message)))

    def _glob(self, stop: Event, directive: GlobDirective) -> str:
        name = directive.get("path", ".")
        top = directory(place(self.workspace, name), name)
        base, rest = split_base(directive["pattern"])
        start = directory(place(top, base), base) if base else top
        walk = Walk(start)
        total = 0

        def ages() -> Iterator[tuple[int, str]]:
            nonlocal total
            for age, path in _matching(walk, rest, stop):
                total += 1
                yield age, path

        newest = nsmallest(LIMIT, ages())
        lines = [shown(Path(path), self.workspace) for _, path in newest]
        if not lines:
            lines.append(f"No files match {directive['pattern']} in {shown(top, self.workspace)}.")
        if total > len(newest):
            lines.append(f"[{total - len(newest)} more omitted; give a narrower pattern or a path]")
        if walk.unreadable:
            lines.append(f"[{counted(walk.unreadable, 'directory')} could not be read]")
        return "\n".join(lines)


def _matching(walk: Walk, pattern: str, stop: Event) -> Iterator[tuple[int, str]]:
    matcher = wildcard(pattern + "**" if pattern.endswith("/") else pattern)
    for found in walk:
        if stop.is_set():
            return
        if matcher.fullmatch(found.relative):
            try:
                age = -found.entry.stat().st_mtime_ns
            except OSError:
                # A link that leads nowhere still has its name.
                age = 0
            yield age, found.entry.path
