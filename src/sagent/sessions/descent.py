"""Where the logs of children lie: each in a folder that is called like its parent's log, beside it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

SUFFIX: Final = ".jsonl"
"""How the name of a log ends."""


def folder_below(file: Path) -> Path:
    """The folder that the children of a log lie in, with all that belongs to them."""
    return file.with_suffix("") if file.suffix == SUFFIX else file.with_name(f"{file.name}.children")


def logs_below(file: Path) -> Iterator[Path]:
    """The logs of the children of a log, and of theirs, parents first."""
    for child in sorted(folder_below(file).glob(f"*{SUFFIX}")):
        yield child
        yield from logs_below(child)
