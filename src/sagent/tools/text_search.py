"""What is found in the contents of files, as a model is told it."""

import os
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Final

from sagent.errors import ToolError
from sagent.schema.tools.grep import GrepDirective
from sagent.tools.dialect import Expression
from sagent.tools.engines import searched
from sagent.tools.file_types import patterns_of
from sagent.tools.page import UNSEEN
from sagent.tools.path_filter import path_filter
from sagent.tools.places import place, searchable
from sagent.tools.search import Engine, Query, Unsuitable
from sagent.tools.tally import tally
from sagent.tools.text_blocks import is_binary
from sagent.tools.unreadable import Unreadable
from sagent.tools.wildcard import last_step, names_hidden

LIMIT: Final = 250
"""How many results are given where the directive does not say."""


def lines_found(engines: Sequence[Engine], directive: GrepDirective, workspace: Path, stop: Event) -> str:
    """The page of them that is asked for, or of their files, and how much there is besides.

    Raises:
        ToolError: there is no such place, or the pattern cannot be read.
    """
    query = _query(directive, workspace)
    mode = directive.get("output_mode", "files_with_matches")
    offset, limit = directive.get("offset", 0), directive.get("limit", LIMIT)
    try:
        return searched(
            engines, query, stop, lambda search: tally(search, query, mode, offset, limit, workspace)
        )
    except Unsuitable as refused:
        raise ToolError(f"the search failed: {refused}") from refused


def _query(directive: GrepDirective, workspace: Path) -> Query:
    name = directive.get("path", ".")
    where = searchable(place(workspace, name), name)
    glob = directive.get("glob", "")
    if not where.is_dir() and is_binary(os.fsencode(where)):
        raise ToolError(f"{name} is binary: it cannot be searched as text")
    mode = directive.get("output_mode", "files_with_matches")
    context = directive.get("context", 0)
    return Query(
        expression=_expression(directive),
        place=where,
        hidden=directive.get("hidden", False) or names_hidden(glob.removeprefix("!")),
        names=_names(directive.get("type", ""), glob),
        wanted=path_filter(glob, where, workspace),
        before=directive.get("before", context) if mode == "content" else 0,
        after=directive.get("after", context) if mode == "content" else 0,
        by_file=mode != "content",
        enough=directive.get("offset", 0) + directive.get("limit", LIMIT) + UNSEEN + 1,
    )


def _expression(directive: GrepDirective) -> Expression:
    expression = Expression(
        pattern=directive["pattern"],
        ignore_case=directive.get("ignore_case", False),
        fixed=directive.get("fixed_strings", False),
        multiline=directive.get("multiline", False),
    )
    try:
        expression.pattern.encode()
        expression.check()
    except UnicodeEncodeError as error:
        raise ToolError("the pattern contains half a surrogate pair: give it as valid Unicode") from error
    except Unreadable as error:
        raise ToolError(
            f"the pattern cannot be read: {error}. Escape what is meant literally, or set fixed_strings"
        ) from error
    return expression


def _names(kind: str, glob: str) -> Sequence[str]:
    """Patterns of the names of files that may be wanted, as the type or else the glob says."""
    if kind:
        return patterns_of(kind)
    step = "" if glob.startswith("!") else last_step(glob)
    return (step,) if step else ()
