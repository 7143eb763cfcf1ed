"""Help in two columns: what can be typed, and what it does."""

import io
import textwrap
from typing import TYPE_CHECKING, Final

from cyclopts.help import HelpEntry, HelpPanel, PlainFormatter
from typing_extensions import override

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions

INDENT: Final = 2
LABEL: Final = 26
"""How wide the first column may become; what is longer stands on a line of its own."""


class Columns(PlainFormatter):
    """Writes each command and flag with its words beside it, broken within their column."""

    @override
    def __call__(self, console: "Console", options: "ConsoleOptions", panel: HelpPanel) -> None:
        """Write one panel."""
        if not panel.entries:
            return
        page = [f"{panel.title}:"]
        rows = [(", ".join(entry.display_labels_with_metavar), _words(entry)) for entry in panel.entries]
        column = max((len(label) for label, _ in rows if len(label) <= LABEL), default=LABEL) + 2 * INDENT
        for label, words in rows:
            lines = textwrap.wrap(words, max(console.width - column, LABEL))
            start = f"{'':{INDENT}}{label}"
            if len(start) + INDENT <= column and lines:
                start = f"{start:{column}}{lines.pop(0)}"
            page += [start, *(f"{'':{column}}{line}" for line in lines)]
        console.print("\n".join(page), "", sep="\n", highlight=False, markup=False, soft_wrap=True)


def _words(entry: HelpEntry) -> str:
    """What is said of it, and what may be chosen."""
    from rich.console import Console

    page = io.StringIO()
    Console(file=page, width=10_000, color_system=None).print(entry.description or "", end="")
    said = page.getvalue().strip()
    choices = f"[{', '.join(entry.choices)}]" if entry.choices else ""
    return " ".join(filter(None, [said, choices, "[required]" if entry.required else ""]))
