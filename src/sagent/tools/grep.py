"""Searching the contents of files."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Event
from typing import Final

from typing_extensions import override

from sagent.abilities import Reach
from sagent.errors import ToolError
from sagent.schema import catalog
from sagent.schema.message import ToolCall
from sagent.schema.part import Text
from sagent.schema.tools.grep import GrepDirective
from sagent.tools.crafted import Crafted
from sagent.tools.places import place, searchable
from sagent.tools.plain_search import plain_search
from sagent.tools.ripgrep import ripgrep
from sagent.tools.search import Engine, Query, Unsuitable
from sagent.tools.tally import tally
from sagent.tools.threads import stoppable
from sagent.validation import Schema

LIMIT: Final = 250
"""How many results are given where the directive does not say."""


@lru_cache(maxsize=1)
def installed() -> tuple[Engine, ...]:
    """The engines of this machine, the best first."""
    from shutil import which

    program = which("rg")
    return (plain_search,) if program is None else (ripgrep(program), plain_search)


@dataclass(frozen=True, slots=True)
class Grep(Crafted[GrepDirective]):
    """Finds lines that match a regular expression."""

    engines: Callable[[], tuple[Engine, ...]] = field(default=installed, kw_only=True)
    """Who searches: the first one that understands the pattern."""

    @property
    @override
    def schema(self) -> Schema[GrepDirective]:
        return catalog.GREP_DIRECTIVE

    def summary(self, call: ToolCall, /) -> str:
        """One line for a person."""
        directive = self.directive(call)
        where = f" in {directive['path']}" if "path" in directive else ""
        return f"Grep {directive['pattern']}{where}"

    def reach(self, call: ToolCall, /) -> Reach:
        """What a call touches."""
        return Reach(reads=(place(self.workspace, self.directive(call).get("path", ".")),))

    async def run(self, message: ToolCall, /) -> Text:
        """Search.

        Raises:
            ToolError: there is no such place, or the pattern cannot be read.
        """
        return Text(content=await stoppable(self._grep, self.directive(message)))

    def _grep(self, stop: Event, directive: GrepDirective) -> str:
        name = directive.get("path", ".")
        where = searchable(place(self.workspace, name), name)
        mode = directive.get("output_mode", "files_with_matches")
        query = Query(
            pattern=directive["pattern"],
            place=where,
            ignore_case=directive.get("ignore_case", False),
            context=directive.get("context", 0) if mode == "content" else 0,
            first_only=mode == "files_with_matches",
            glob=directive.get("glob", ""),
        )
        limit = directive.get("limit", LIMIT)
        complaint = ""
        for engine in self.engines():
            try:
                return tally(engine(query, stop), mode, limit, query.context, self.workspace)
            except Unsuitable as refused:
                complaint = str(refused)
        raise ToolError(
            f"the pattern is not a regular expression: {complaint}. Escape what is meant literally"
        )
