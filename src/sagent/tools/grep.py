"""Searching the contents of files."""

from collections.abc import Callable, Sequence
from dataclasses import field
from threading import Event
from typing import TYPE_CHECKING

from typing_extensions import override

from sagent.abilities import Reach
from sagent.lib.value import frozen
from sagent.schema import catalog
from sagent.schema.message import ToolCall
from sagent.schema.part import Text
from sagent.schema.tools.grep import GrepDirective
from sagent.tools.crafted import Crafted
from sagent.tools.engines import engines
from sagent.tools.places import place
from sagent.tools.threads import stoppable
from sagent.validation import Schema

if TYPE_CHECKING:
    from sagent.tools.search import Engine


@frozen()
class Grep(Crafted[GrepDirective]):
    """Finds lines that match a regular expression."""

    engines: "Callable[[], Sequence[Engine]]" = field(default=engines, kw_only=True)
    """Who searches: the first one that can."""

    @property
    @override
    def schema(self) -> Schema[GrepDirective]:
        return catalog.GREP_DIRECTIVE

    @property
    def supports_microcompaction(self) -> bool:
        """What it has shown can be had again."""
        return True

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
        from sagent.tools.text_search import lines_found  # what searches takes long to load

        return lines_found(self.engines(), directive, self.workspace, stop)
