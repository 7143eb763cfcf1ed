"""Files of the same name elsewhere, for whoever has forgotten in which directory."""

import os
from collections import deque
from pathlib import Path
from typing import Final

LOOKED_AT: Final = 20_000
"""How many entries of directories are looked at, those near the workspace first."""

SHOWN: Final = 3

_SKIPPED: Final = frozenset((".git", "node_modules", "__pycache__", ".venv", ".tox"))


def namesakes(workspace: Path, name: str) -> list[str]:
    """The paths of a few files in the workspace with this name, whatever the case of its letters."""
    found: list[str] = []
    folders, looked, wanted = deque([str(workspace)]), 0, name.casefold()
    while folders and len(found) < SHOWN and looked < LOOKED_AT:
        try:
            with os.scandir(folders.popleft()) as entries:
                for entry in entries:
                    looked += 1
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name not in _SKIPPED:
                            folders.append(entry.path)
                    elif entry.name.casefold() == wanted:
                        found.append(os.path.relpath(entry.path, workspace))
                    if looked >= LOOKED_AT:
                        break
        except OSError:
            # Only a hint is lost.
            continue
    return sorted(found)[:SHOWN]
