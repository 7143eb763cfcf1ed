# Generated from schemas/tools/grep.json by `python -m codegen`. Change the schema and run that again.
"""What a call of the tool Grep holds."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from typing_extensions import ReadOnly


class GrepDirective(TypedDict):
    """
    Search the contents of files with a regular expression, line by line. Files that .gitignore
    excludes, binary files, .git, and files that hold keys or passwords by their name (.env, *.pem, …)
    are left out unless path names the file itself. Results are sorted by path; lines longer than 500
    characters are clipped.
    """

    pattern: ReadOnly[str]
    """The regular expression. Escape what shall be taken literally, such as \\( or \\{."""
    path: NotRequired[ReadOnly[str]]
    """The file or directory to search; the workspace if absent."""
    glob: NotRequired[ReadOnly[str]]
    """
    Only files that match this pattern, such as *.py or src/**/*.{ts,tsx}. Without a slash it holds in
    every directory.
    """
    output_mode: NotRequired[ReadOnly[Literal["files_with_matches", "content", "count"]]]
    """
    files_with_matches: paths only. content: the matching lines, as path:line:text. count: how many
    lines match, as path:count.
    """
    ignore_case: NotRequired[ReadOnly[bool]]
    """Take upper and lower case as the same."""
    context: NotRequired[ReadOnly[int]]
    """How many lines to show before and after each match; for content only."""
    limit: NotRequired[ReadOnly[int]]
    """How many results at most: matching lines for content, else files."""
