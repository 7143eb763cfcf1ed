"""The choice of a session to go on with: a short list below the prompt, searched by typing."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from prompt_toolkit.application import Application
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import Layout, Window
from prompt_toolkit.layout.controls import FormattedTextControl
from prompt_toolkit.output import Output

from sagent.cli.history.figures import Figures, figures_of
from sagent.cli.paint import one_line
from sagent.sessions.shelf import Listing

ROWS: Final = 10
"""How many sessions are shown at once."""

WORDS: Final = 24
"""How many columns are kept for what was said; where they are few, size, cost and model are left out."""


@dataclass(slots=True)
class Choice:
    """Which sessions are left, and which of them is marked."""

    listings: Sequence[Listing]
    everywhere: bool = False
    """Whether their directories are shown."""
    words: str = ""
    """What they are searched for."""
    place: int = 0
    """The marked one among those that are left."""
    _figures: dict[Path, Figures] = field(default_factory=dict)

    @property
    def left(self) -> Sequence[Listing]:
        """Those in whose title, id or directory all the words stand."""
        wanted = self.words.casefold().split()
        return [listing for listing in self.listings if all(word in _text(listing) for word in wanted)]

    @property
    def marked(self) -> Listing | None:
        """The one that is chosen next; None where none is left."""
        left = self.left
        return left[self.place] if left else None

    def search(self, words: str) -> None:
        """Look for other words."""
        self.words, self.place = words, 0

    def move(self, rows: int) -> None:
        """Mark another one."""
        self.place = max(0, min(self.place + rows, len(self.left) - 1))

    def shown(self, columns: int) -> StyleAndTextTuples:
        """The list as it is painted; what a session cost is looked up when it is first shown."""
        left = self.left
        first = max(0, min(self.place - ROWS // 2, len(left) - ROWS))
        lines: StyleAndTextTuples = [
            ("bold", "Go on with which session? "),
            ("", f"{self.words}\n" if self.words else ""),
            ("class:hint", "" if self.words else "type to search, Enter chooses, Esc leaves\n"),
        ]
        rows = [(listing, self._row(listing)) for listing in left[first : first + ROWS]]
        widths = [max(map(len, column)) for column in zip(*(row for _, row in rows), strict=True)]
        while len(widths) > 1 and sum(widths) + 2 * len(widths) > columns - WORDS:
            widths.pop()
        for place, (listing, row) in enumerate(rows, first):
            cells = "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=False))
            where = f"{one_line(listing.workspace)}  " if self.everywhere else ""
            title = one_line(listing.title or "(nothing was said)")
            mark, style = (">", "reverse") if place == self.place else (" ", "")
            lines.append((style, f"{mark} {cells}  {where}{title}"[: columns - 1]))
            lines.append(("", "\n"))
        more = len(left) - len(rows)
        lines.append(
            ("class:hint", f"  and {more} more" if more else "" if left else "  no session is like that")
        )
        return lines

    def _row(self, listing: Listing) -> Sequence[str]:
        known = self._figures.get(listing.path)
        if known is None:
            known = self._figures[listing.path] = figures_of(listing, time.time())
        return known.age, known.model, known.cost, known.size


def _text(listing: Listing) -> str:
    return f"{listing.title} {listing.session_id} {listing.workspace}".casefold()


def picked(
    listings: Sequence[Listing], *, everywhere: bool = False, output: Output | None = None
) -> Listing | None:
    """Let the user choose one of these sessions; None where they choose none."""
    choice = Choice([listing for listing in listings if not listing.problem], everywhere)
    app = application(choice, output)
    return app.run()


def application(choice: Choice, output: Output | None = None) -> "Application[Listing | None]":
    """The list, and its keys."""
    keys = KeyBindings()

    def moves(key: str, rows: int) -> None:
        @keys.add(key)
        def _(event: KeyPressEvent) -> None:
            choice.move(rows)

    most = len(choice.listings)
    for key, rows in (("up", -1), ("c-p", -1), ("pageup", -ROWS), ("home", -most)):
        moves(key, rows)
    for key, rows in (("down", 1), ("c-n", 1), ("pagedown", ROWS), ("end", most)):
        moves(key, rows)

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        if choice.marked is not None:
            event.app.exit(result=choice.marked)

    @keys.add("escape", eager=True)
    @keys.add("c-c")
    @keys.add("c-d")
    @keys.add("<sigint>")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(result=None)

    @keys.add("backspace")
    def _(event: KeyPressEvent) -> None:
        choice.search(choice.words[:-1])

    @keys.add("c-u")
    def _(event: KeyPressEvent) -> None:
        choice.search("")

    @keys.add("<any>")
    @keys.add("<bracketed-paste>")
    def _(event: KeyPressEvent) -> None:
        if event.data.isprintable():
            choice.search(choice.words + event.data)

    app: Application[Listing | None]

    def painted() -> StyleAndTextTuples:
        return choice.shown(app.output.get_size().columns)

    window = Window(FormattedTextControl(painted, show_cursor=False), dont_extend_height=True)
    app = Application(layout=Layout(window), key_bindings=keys, erase_when_done=True, output=output)
    return app
