# Generated from schemas/tools/read.json by `python -m codegen`. Change the schema and run that again.
"""What a call of the tool Read holds."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from typing_extensions import ReadOnly


class ReadDirective(TypedDict):
    """
    Read a file. Text comes with line numbers, each followed by a tab that is not part of the file; up
    to 2000 lines or 100,000 characters at once, and what was left out is said. Lines longer than 2000
    characters are clipped. PNG, JPEG, GIF and WebP pictures and PDF documents are shown as they are.
    For a directory use List.
    """

    file_path: ReadOnly[str]
    """The file: an absolute path, or one relative to the workspace."""
    offset: NotRequired[ReadOnly[int]]
    """The line to begin with, counted from 1."""
    limit: NotRequired[ReadOnly[int]]
    """How many lines to read."""
