# Generated from schemas/tools/glob.json by `python -m codegen`. Change the schema and run that again.
"""What a call of the tool Glob holds."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from typing_extensions import ReadOnly


class GlobDirective(TypedDict):
    """
    Find files by their names. Gives up to 200 paths, the most recently changed first. Files that
    .gitignore excludes, and .git itself, are left out.
    """

    pattern: ReadOnly[str]
    """
    The pattern, such as **/*.py or src/{app,lib}/*.ts. * and ? stay within one directory, ** spans any
    number of them.
    """
    path: NotRequired[ReadOnly[str]]
    """The directory to look in; the workspace if absent."""
