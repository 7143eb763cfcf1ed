# Generated from schemas/tools/list.json by `python -m codegen`. Change the schema and run that again.
"""What a call of the tool List holds."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from typing_extensions import ReadOnly


class ListDirective(TypedDict):
    """
    List a directory: up to 1000 names, sorted, directories with a slash at the end, links with their
    target. What .gitignore excludes is only counted. To find files in all directories below use Glob.
    """

    path: NotRequired[ReadOnly[str]]
    """The directory; the workspace if absent."""
