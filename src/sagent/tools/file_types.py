"""Kinds of files by name, as ripgrep's `--type-list` has them."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache

from sagent.errors import ToolError


@lru_cache(maxsize=1)
def file_types() -> Mapping[str, Sequence[str]]:
    """Patterns of file names by the name of their type."""
    import json
    from importlib.resources import files

    types: Mapping[str, Sequence[str]] = json.loads(
        files("sagent.tools").joinpath("file_types.json").read_text(encoding="utf-8")
    )
    return types


def patterns_of(name: str) -> Sequence[str]:
    """The patterns of one type.

    Raises:
        ToolError: there is no such type.
    """
    types = file_types()
    if name in types:
        return types[name]
    ending = name.removeprefix("*").removeprefix(".")
    able = [each for each, patterns in types.items() if f"*.{ending}" in patterns]
    close = able or get_close_matches(name, types, n=3)
    hint = f"; did you mean {' or '.join(close)}?" if close else ""
    raise ToolError(f"no file type is called {name}{hint} Choose by glob instead, such as *.{ending}")
