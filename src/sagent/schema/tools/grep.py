# Generated from schemas/tools/grep.json by `python -m codegen`. Change the schema and run that again.
"""What a call of the tool Grep holds."""

from typing import Literal, NotRequired, TypedDict

from typing_extensions import ReadOnly


class GrepDirective(TypedDict):
    """
    Search the contents of files with a regular expression, line by line. Left out are binary files,
    links, .git, what .gitignore, .ignore or .rgignore exclude, hidden files (whose names, or
    directories' names, begin with a dot), and files that by their names hold keys or passwords (.env,
    *.pem, id_rsa, …), of which the answer says so; a file that path names is always searched. Results
    are sorted by path, a page at a time; of lines longer than 500 characters the part with the match is
    shown.
    """

    pattern: ReadOnly[str]
    """
    The regular expression, in the syntax of ripgrep: \\d, \\w, \\b, (?i), [[:alpha:]], \\p{Lu}, also look-
    around and back-references. Escape what shall be taken literally, such as \\( or \\{, or set
    fixed_strings.
    """
    path: NotRequired[ReadOnly[str]]
    """The file or directory to search; the workspace if absent."""
    glob: NotRequired[ReadOnly[str]]
    """
    Only files that match this pattern, such as *.py or src/**/*.{ts,tsx}; with ! in front only the
    others. Without a slash it holds in every directory.
    """
    type: NotRequired[ReadOnly[str]]
    """
    Only files of this type, as ripgrep names them: py, js, ts, rust, go, java, c, cpp, md, json, yaml,
    ….
    """
    output_mode: NotRequired[ReadOnly[Literal["files_with_matches", "content", "count"]]]
    """
    files_with_matches: paths only. content: the matching lines, as path:line:text. count: how many
    lines match, as path:count.
    """
    ignore_case: NotRequired[ReadOnly[bool]]
    """Take upper and lower case as the same."""
    fixed_strings: NotRequired[ReadOnly[bool]]
    """Take the pattern as a plain string."""
    multiline: NotRequired[ReadOnly[bool]]
    """Let matches span lines: . matches line breaks too. Files larger than 64 MiB are left out."""
    hidden: NotRequired[ReadOnly[bool]]
    """Whether hidden files are searched too."""
    context: NotRequired[ReadOnly[int]]
    """How many lines to show before and after each match; for content only."""
    before: NotRequired[ReadOnly[int]]
    """How many lines to show before each match, if not as many as context."""
    after: NotRequired[ReadOnly[int]]
    """How many lines to show after each match, if not as many as context."""
    limit: NotRequired[ReadOnly[int]]
    """How many results at most: matching lines for content, else files."""
    offset: NotRequired[ReadOnly[int]]
    """How many results to pass over: what the answer before said to go on with."""
