# Generated from schemas/tools/list.json by `python -m codegen`. Change the schema and run that again.
"""What a call of the tool List holds."""

from typing import NotRequired, TypedDict

from typing_extensions import ReadOnly


class ListDirective(TypedDict):
    """
    List a directory as a tree: directories first, with a slash at the end, then files with their sizes
    and links with their targets, hidden ones too. What .gitignore excludes is named but not looked
    into, and neither is .git. To find files by name use Glob.
    """

    path: NotRequired[ReadOnly[str]]
    """The directory; the workspace if absent."""
    depth: NotRequired[ReadOnly[int]]
    """How many levels deep; 1 is the directory alone."""
    limit: NotRequired[ReadOnly[int]]
    """How many entries at most."""
    offset: NotRequired[ReadOnly[int]]
    """How many entries to pass over: what the answer before said to go on with."""
