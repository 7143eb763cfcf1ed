"""The page that `sagent --help` shows, rendered ahead: `python -m sagent.cli.help` writes it anew."""

import io
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).with_name("help.txt")
WIDTH: Final = 80


def help_text() -> str:
    """What `sagent --help` says, made from the flags themselves."""
    from rich.console import Console

    from sagent.cli.app import application

    page = io.StringIO()
    application().help_print([], console=Console(file=page, width=WIDTH, color_system=None))
    return "\n".join(line.rstrip() for line in page.getvalue().strip().splitlines()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(help_text(), encoding="utf-8")
