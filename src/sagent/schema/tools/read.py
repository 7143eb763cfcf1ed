# Generated from schemas/tools/read.json by `python -m codegen`. Change the schema and run that again.
"""What a call of the tool Read holds."""

from typing import NotRequired, TypedDict

from typing_extensions import ReadOnly


class ReadDirective(TypedDict):
    """
    Read a file. Text comes with line numbers, each followed by a tab that is not part of the file: 2000
    lines from the beginning, unless offset and limit, or last_lines, say which. What was left out,
    because there is no room for it or a line has more than 2000 characters, is said, with how to read
    it. Pictures and short sound recordings are shown as they are; a PDF too if it is small, else by
    pages; a Jupyter notebook by cells, with their outputs. For a directory use List.
    """

    file_path: ReadOnly[str]
    """The file: an absolute path, or one relative to the workspace."""
    offset: NotRequired[ReadOnly[int]]
    """The line to begin with, counted from 1. Not with last_lines."""
    limit: NotRequired[ReadOnly[int]]
    """
    How many lines to read from there; of a single one more than 2000 characters are shown. Not with
    last_lines.
    """
    last_lines: NotRequired[ReadOnly[int]]
    """Read so many lines at the end instead, however large the file is: for logs."""
    column: NotRequired[ReadOnly[int]]
    """The character of each line to begin with, counted from 1: for lines that were clipped."""
    pages: NotRequired[ReadOnly[str]]
    """Of a PDF: a page, such as 3, or a range of up to 20, such as 1-5. Their text is read."""
    render: NotRequired[ReadOnly[bool]]
    """Of a PDF: show the pages as pictures, for figures, tables, formulas and scans."""
    cells: NotRequired[ReadOnly[str]]
    """
    Of a notebook: a cell, such as 3, or a range, such as 2-5, counted from 1. Without it all are shown;
    with offset, limit or last_lines the notebook is read as the JSON that it is, for an Edit.
    """
