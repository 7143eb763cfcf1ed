"""What a model is shown, in order: a sequence that only grows."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias, overload

from typing_extensions import override

from sagent.schema.message import Detached, ModelResponse, Prompt, ToolResult

Viewed: TypeAlias = Prompt | ModelResponse | ToolResult | Detached
"""What can stand in a view. After a response with calls stands one result or stub for each, in call order."""

if TYPE_CHECKING:
    Span: TypeAlias = slice[int | None, int | None, int | None]


class View(Sequence[Viewed]):
    """The conversation as a model sees it. Entries are only ever added, so what was encoded stays encoded.

    A new conversation is a new `View`; encoders keep their work by the view's identity.
    """

    __slots__ = ("__weakref__", "_entries")

    def __init__(self, entries: Iterable[Viewed] = ()) -> None:
        self._entries = list(entries)

    def add(self, entry: Viewed) -> None:
        """Show one more."""
        self._entries.append(entry)

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
    def __eq__(self, other: object) -> bool:
        return other is self or (isinstance(other, View) and self._entries == other._entries)

    @override
    def __hash__(self) -> int:
        return id(self)

    @override
    def __repr__(self) -> str:
        return f"View({self._entries!r})"
