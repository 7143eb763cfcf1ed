"""Which words name a file, and never a model that somebody else serves."""

import re
from typing import Final

PATH: Final = re.compile(r"~|\.{0,2}[/\\]|\.{1,2}$|[A-Za-z]:[/\\]")
"""How paths begin, but those that could be the id of a model too."""


def is_path(words: str) -> bool:
    """Whether these words are a path, whether there is such a file or not."""
    return PATH.match(words) is not None
