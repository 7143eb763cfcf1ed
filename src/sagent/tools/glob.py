"""Finding files by their names."""

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
from sagent.schema.tools.glob import GlobDirective
from sagent.tools.crafted import Crafted
from sagent.tools.engines import engines
from sagent.tools.places import place
from sagent.tools.threads import stoppable
from sagent.tools.wildcard import split_base
from sagent.validation import Schema

if TYPE_CHECKING:
    from sagent.tools.search import Engine


@frozen()
class Glob(Crafted[GlobDirective]):
    """Lists the files that match a pattern."""

    engines: "Callable[[], Sequence[Engine]]" = field(default=engines, kw_only=True)
    """Who walks through the directories: the first one that can."""

    @property
    @override
    def schema(self) -> Schema[GlobDirective]:
        return catalog.GLOB_DIRECTIVE

    @property
    def supports_microcompaction(self) -> bool:
        """What it has shown can be had again."""
        return True

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
        from sagent.tools.file_search import files_found  # what searches takes long to load

        return files_found(self.engines(), directive, self.workspace, stop)
