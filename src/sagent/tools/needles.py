"""Strings that every match has in it, so that most files need no closer look."""

from collections.abc import Iterator, Sequence


def needles(branches: Sequence[Sequence[str]], folds: bool) -> Sequence[bytes]:
    """The longest string of each alternative, in small letters if case is folded; none if one has none."""
    chosen = []
    for runs in branches:
        best = max((piece for run in runs for piece in _pieces(run, folds)), key=len, default="")
        if not best:
            return ()
        chosen.append(best.lower().encode() if folds else best.encode())
    return tuple(dict.fromkeys(chosen)) if len(chosen) <= 16 else ()


def _pieces(run: str, folds: bool) -> Iterator[str]:
    if not folds:
        yield run
        return
    # Only ASCII is folded byte by byte, and k and s are also the small letters of characters beyond it.
    yield from "".join(char if char.isascii() and char not in "kKsS" else "\0" for char in run).split("\0")
