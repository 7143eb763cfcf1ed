"""The end of a text that grows without end."""

from typing import Final

KEPT: Final = 64 * 1024
"""How many characters are kept at least; up to twice as many may be for a while."""


class Tail:
    """Keeps the last characters of what is added, and counts those before."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._size = 0
        self.skipped: int = 0
        """How many characters are no longer kept."""

    @property
    def text(self) -> str:
        """What is kept."""
        self._pieces = ["".join(self._pieces)]
        return self._pieces[0]

    @property
    def empty(self) -> bool:
        """Whether nothing was added yet."""
        return self._size + self.skipped == 0

    def add(self, piece: str) -> None:
        """One piece more."""
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > 2 * KEPT:
            kept = self.text[-KEPT:]
            self.skipped += self._size - KEPT
            self._pieces, self._size = [kept], KEPT
