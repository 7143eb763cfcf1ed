"""What a model is told of changes in the midst of a conversation, and what it has to be told at its head.

Rule 1: what is told in place leaves all before it as it was, so that caches hold and thoughts stay bound.
Rule 2: a change that a wire cannot carry in place moves the head: it says what holds from there on, and
    nothing from before goes back of a model's own that is bound to its head (LOOP R19).
Rule 3: the same view gives the same head and the same words in place, however it came to be so long.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Final

from sagent.atoms import ToolName
from sagent.lib.value import frozen
from sagent.messages.origin import origin_of
from sagent.messages.view import Base, Viewed
from sagent.schema.message import (
    Detached,
    ModelChanged,
    ModelResponse,
    Prompt,
    System,
    ToolResult,
    ToolsChanged,
)
from sagent.schema.tool import ToolDefinition
from sagent.schema.values import ModelSpec, Origin

REPLACED: Final = "These instructions take the place of all system instructions before them:\n\n"
WITHDRAWN: Final = "The system instructions before this no longer hold."


@frozen(kw_only=True)
class Carries:
    """What a model can be told of in the midst of a conversation; by default nothing."""

    system: bool = False
    """Another system prompt."""
    additions: bool = False
    """Tools that it has not had before."""
    removals: bool = False
    """Tools that it has no more, or that are others under the same name."""
    anchored: bool = False
    """Whether tools can only change if there were some from the beginning."""
    efforts: Mapping[str, str] = field(default_factory=dict)
    """Efforts between which it can change, each by the wire's word for it."""
    unbound: bool = False
    """Whether what it thought is taken back whatever has changed before it."""


NOTHING: Final = Carries()
"""For wires on which all is said at the head."""


@frozen(kw_only=True)
class Told:
    """One change, as it is told in place; what is left out has not changed."""

    system: str | None = None
    added: Sequence[ToolDefinition] = ()
    replaced: Sequence[ToolDefinition] = ()
    """Tools that are others from here on, under the same name."""
    removed: Sequence[ToolName] = ()
    effort: str = ""
    """The wire's word for it."""

    @property
    def words(self) -> str:
        """The new system prompt, as it stands behind an older one; empty where it has not changed."""
        if self.system is None:
            return ""
        return f"{REPLACED}{self.system}" if self.system.strip() else WITHDRAWN


class Course:
    """How one model is told of a view, followed entry by entry."""

    __slots__ = (
        *("_asked", "_carries", "_effort", "_effort_told", "_origin", "_system", "_tools", "base"),
        *("effort", "since", "system", "told", "tools"),
    )

    def __init__(self, origin: Origin, carries: Carries, base: Base) -> None:
        self.base: Final = base
        self.system: str = base.system
        """The system prompt at the head."""
        self.tools: Sequence[ToolDefinition] = base.tools
        """The tools at the head."""
        self.effort: str = ""
        """The effort at the head, in the wire's word; empty for the one that the model was built with."""
        self.since: int = 0
        """The index in the view before which nothing of its own goes back that is bound to the head."""
        self.told: dict[int, Told] = {}
        """What is told in place, by the index in the view."""
        self._origin = origin
        self._carries = carries
        self._system = base.system
        self._tools = base.tools
        self._effort: str | None = None
        self._asked = False
        self._effort_told = False
        if base.model is not None:
            self._turn_to(base.model, 0)

    def follow(self, entry: Viewed, index: int) -> None:
        """See what an entry changes."""
        match entry:
            case System() if entry.content != self._system:
                self._system = entry.content
                self._tell(Told(system=entry.content), index, possible=self._carries.system)
            case ToolsChanged():
                self._offer(entry.content, index)
            case ModelChanged():
                self._turn_to(entry.content, index)
            case System() | Prompt() | ModelResponse() | ToolResult() | Detached():
                pass

    def _offer(self, tools: Sequence[ToolDefinition], index: int) -> None:
        known = {tool.name: tool for tool in self._tools}
        added = tuple([tool for tool in tools if tool.name not in known])
        replaced = tuple([tool for tool in tools if known.get(tool.name, tool) != tool])
        removed = tuple(sorted(known.keys() - {tool.name for tool in tools}))
        self._tools = tools
        if not (added or replaced or removed):
            return
        possible = (
            (self._carries.additions or not added)
            and (self._carries.removals or not (replaced or removed))
            and (bool(self.tools) or not self._carries.anchored)
        )
        self._tell(Told(added=added, replaced=replaced, removed=removed), index, possible=possible)

    def _turn_to(self, spec: ModelSpec, index: int) -> None:
        """A model takes over; if it is this one, perhaps with another effort than it had last."""
        if origin_of(spec) != self._origin:
            return
        effort = spec.options.get("effort")
        word = self._carries.efforts.get(effort) if isinstance(effort, str) else None
        before, asked = self._effort, self._asked
        self._effort, self._asked = word, True
        if not asked or ((word is None or before is None) and not self._effort_told):
            self.effort = word or ""
        elif word != before:
            self._tell(Told(effort=word or ""), index, possible=bool(word and before))

    def _tell(self, told: Told, index: int, *, possible: bool) -> None:
        if possible:
            self.told[index] = told
            self._effort_told = self._effort_told or bool(told.effort)
            return
        self.told = {}
        self._effort_told = False
        self.system, self.tools, self.effort = self._system, self._tools, self._effort or ""
        self.since = index
