# Generated from schemas/tools/glob.json by `python -m codegen`. Change the schema and run that again.
"""What a call of the tool Glob holds."""

from typing import Literal, NotRequired, TypedDict

from typing_extensions import ReadOnly


class GlobDirective(TypedDict):
    """
    Find files by their names. Gives paths, sorted, a page at a time. Left out are links, .git, what
    .gitignore, .ignore or .rgignore exclude, and hidden files (whose names, or directories' names,
    begin with a dot) unless the pattern itself has such a name in it.
    """

    pattern: ReadOnly[str]
    """
    The pattern, such as **/*.py or src/{app,lib}/*.ts. * and ? stay within one directory, ** spans any
    number of them, so *.py looks in one directory only. Name a hidden directory to look into it:
    .github/**.
    """
    path: NotRequired[ReadOnly[str]]
    """The directory to look in, which the pattern is relative to; the workspace if absent."""
    hidden: NotRequired[ReadOnly[bool]]
    """Whether hidden files are given too."""
    sort: NotRequired[ReadOnly[Literal["path", "modified"]]]
    """path: by directory and name. modified: the most recently changed first."""
    limit: NotRequired[ReadOnly[int]]
    """How many paths at most."""
    offset: NotRequired[ReadOnly[int]]
    """How many results to pass over: what the answer before said to go on with."""
