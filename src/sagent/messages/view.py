"""What a model is shown, in order: a sequence that only grows."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias, overload

from typing_extensions import override

from sagent.lib.value import frozen
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
from sagent.schema.values import ModelSpec

Changed: TypeAlias = System | ToolsChanged | ModelChanged
"""What holds from its place in a view on; never between a call and its result."""

Viewed: TypeAlias = Prompt | ModelResponse | ToolResult | Detached | Changed
"""What can stand in a view. After a response with calls stands one result or stub for each, in call order."""


@frozen(kw_only=True)
class Base:
    """What held when a view began."""

    system: str
    tools: Sequence[ToolDefinition]
    model: ModelSpec | None


if TYPE_CHECKING:
    Span: TypeAlias = slice[int | None, int | None, int | None]


class View(Sequence[Viewed]):
    """The conversation as a model sees it. Entries are only ever added, so what was encoded stays encoded.

    A new conversation is a new `View`; encoders keep their work by the view's identity.
    """

    __slots__ = ("__weakref__", "_answered", "_base", "_entries")

    def __init__(self, entries: Iterable[Viewed] = (), base: Base | None = None) -> None:
        self._entries = list(entries)
        self._answered = any(isinstance(entry, ModelResponse) for entry in self._entries)
        self._base = base

    @property
    def base(self) -> Base | None:
        """What held before the first change in it; None where there is none."""
        return self._base

    def add(self, entry: Viewed) -> None:
        """Show one more."""
        self._entries.append(entry)
        self._answered = self._answered or isinstance(entry, ModelResponse)

    def change(self, entry: Changed, before: Base) -> None:
        """Note what holds from here on, and held before.

        Until a model has answered nothing is noted: then it is as if it had never been otherwise.
        """
        if self._answered:
            self.add(entry)
            self._base = self._base or before

    @override
    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> Viewed: ...
    @overload
    def __getitem__(self, index: "Span") -> Sequence[Viewed]: ...
    @override
    def __getitem__(self, index: "int | Span") -> Viewed | Sequence[Viewed]:
        return self._entries[index]

    @override
    def __iter__(self) -> Iterator[Viewed]:
        return iter(self._entries)

    @override
    def __reversed__(self) -> Iterator[Viewed]:
        return reversed(self._entries)

    @override
    def __eq__(self, other: object) -> bool:
        return other is self or (
            isinstance(other, View) and (self._base, self._entries) == (other._base, other._entries)
        )

    @override
    def __hash__(self) -> int:
        return id(self)

    @override
    def __repr__(self) -> str:
        return f"View({self._entries!r})"
