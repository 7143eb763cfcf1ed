"""The files below a directory, in order, without those that are ignored or hidden."""

import os
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from threading import Event
from typing import TypeAlias

from sagent.tools.ignore_file import legible
from sagent.tools.ignoring import Ignoring, ignoring_at

Entry: TypeAlias = os.DirEntry[bytes]
Chooser: TypeAlias = Callable[[str], object]
"""Who tells whether a file's name, as `legible` writes it, is chosen."""

_NAME = attrgetter("name")
_DOT = ord(".")


class Walk:
    """Goes through a directory by name, depth first; links are neither followed nor given.

    It finds what `rg --files` finds, whose rules it keeps: `chosen` is a choice of file names as ripgrep's
    file types are, which brings back hidden files, as there.
    """

    def __init__(
        self,
        start: Path,
        *,
        hidden: bool = False,
        chosen: Chooser | None = None,
        always: Chooser | None = None,
        depth: int = 0,
    ) -> None:
        self.start: bytes = os.fsencode(start)
        self.hidden: bool = hidden
        self.chosen: Chooser | None = chosen
        self.always: Chooser | None = always
        """Who tells names that are given even if they are hidden, or not chosen."""
        self.depth: int = depth
        """How many directories deep it goes; 0 for all."""
        self.unreadable: list[bytes] = []
        """The directories that could not be looked into so far, as paths below the start."""

    def files(self, stop: Event) -> Iterator[bytes]:
        """The paths of regular files below the start, until the event is set."""
        stack = [self._inside(b"", ignoring_at(self.start))]
        while stack:
            for prefix, name, rules in stack[-1]:
                if rules is not None:
                    if stop.is_set():
                        return
                    if not self.depth or len(stack) < self.depth:
                        stack.append(self._inside(prefix + name + b"/", rules))
                        break
                else:
                    yield prefix + name
            else:
                stack.pop()

    def _inside(self, prefix: bytes, outer: Ignoring) -> Iterator[tuple[bytes, bytes, Ignoring | None]]:
        """The entries of a directory; those that are directories with the rules for their own."""
        folder = os.path.join(self.start, prefix)  # noqa: PTH118
        entries = scanned(folder)
        if entries is None:
            self.unreadable.append(prefix.removesuffix(b"/"))
            return
        rules = outer.entering(folder, [entry.name for entry in entries if entry.name.startswith(b".")])
        suspects, verdict = rules.suspects(), rules.verdict
        hidden, chosen, always = self.hidden, self.chosen, self.always
        for entry in entries:
            name = entry.name
            text = legible(name)
            folded = entry.is_dir(follow_symlinks=False)
            # Most names are about nothing; that is found out without a call.
            ignored = (
                None
                if suspects is not None
                and text not in suspects.names
                and not text.endswith(suspects.endings)
                and (suspects.shape is None or not suspects.shape.fullmatch(text))
                else verdict(text, folded)
            )
            if ignored or name == b".git":
                continue
            visible = hidden or name[0] != _DOT or ignored is False
            if folded:
                if visible:
                    yield prefix, name, rules.below(name)
            elif (
                (visible if chosen is None else chosen(text)) or (always is not None and always(text))
            ) and entry.is_file(follow_symlinks=False):
                yield prefix, name, None


def scanned(folder: bytes) -> Sequence[Entry] | None:
    """What is in a directory, by name; None if it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=_NAME)
    except OSError:
        return None
