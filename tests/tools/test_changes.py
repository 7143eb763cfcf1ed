"""Changes of several files, made all or none."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import overload

import pytest
from typing_extensions import override

from sagent.errors import ToolError
from sagent.tools.changes import Change, carry_out, created


class Interrupted(Sequence[Change]):
    """Changes between which somebody else makes a file."""

    def __init__(self, changes: Sequence[Change], theirs: Path) -> None:
        self._changes = changes
        self._theirs = theirs

    @overload
    def __getitem__(self, index: int) -> Change: ...
    @overload
    def __getitem__(self, index: "slice[int | None, int | None, int | None]") -> Sequence[Change]: ...
    @override
    def __getitem__(
        self, index: "int | slice[int | None, int | None, int | None]"
    ) -> Change | Sequence[Change]:
        return self._changes[index]

    @override
    def __len__(self) -> int:
        return len(self._changes)

    @override
    def __iter__(self) -> Iterator[Change]:
        for change in self._changes:
            if change.path == self._theirs:
                self._theirs.write_text("theirs")
            yield change


def test_what_somebody_else_makes_in_between_stays_and_what_was_made_goes(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "a", tmp_path / "b"
    changes = [created(path, path.name, b"ours") for path in (ours, theirs)]

    with pytest.raises(ToolError, match="b was made by somebody else meanwhile"):
        carry_out(Interrupted(changes, theirs))

    assert (ours.exists(), theirs.read_text()) == (False, "theirs")
