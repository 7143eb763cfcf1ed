"""Choosing files by a pattern of their paths."""

from collections.abc import Callable
from pathlib import Path

from sagent.tools.wildcard import wildcard


def path_filter(glob: str, place: Path, workspace: Path) -> Callable[[str], bool] | None:
    """Whether a path below the place fits a pattern, which `!` turns round; None if there is none.

    Without a slash it is a pattern of names. With one it is a pattern of paths below the place, or, as with
    ripgrep, below the directory that is worked in.
    """
    pattern = glob.removeprefix("!").removeprefix("./")
    if not pattern:
        return None
    wanted = not glob.startswith("!")
    if "/" not in pattern.rstrip("/"):
        matcher = wildcard(pattern if not pattern.endswith("/") else f"**/{pattern}**")
        if pattern.endswith("/"):
            return lambda path: (matcher.fullmatch(path) is not None) == wanted
        return lambda path: (matcher.fullmatch(path.rpartition("/")[2]) is not None) == wanted
    matcher = wildcard(pattern.removeprefix("/") + ("**" if pattern.endswith("/") else ""))
    try:
        above = place.relative_to(workspace).as_posix()
    except ValueError:
        above = "."
    prefix = "" if above == "." else f"{above}/"

    def fits(path: str) -> bool:
        found = matcher.fullmatch(path) or (prefix and matcher.fullmatch(prefix + path))
        return bool(found) == wanted

    return fits
