"""Searching with Python's own regular expressions."""

import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Final

from sagent.tools.charset import UTF_8, charset_of
from sagent.tools.search import Finding, Finished, Line, Query, Unsuitable
from sagent.tools.walk import Walk

_SAMPLE: Final = 8 * 1024
_PIECE: Final = 1024 * 1024
"""How much of one line is held; it is searched piece by piece."""


def plain_search(query: Query, stop: Event) -> Iterator[Finding]:
    """Search file by file, line by line.

    Raises:
        Unsuitable: the pattern is not one of Python's.
    """
    try:
        matcher = re.compile(query.pattern, re.IGNORECASE if query.ignore_case else 0)
    except (re.error, RecursionError, OverflowError) as error:
        raise Unsuitable(str(error)) from error
    if not query.place.is_dir():
        yield from _in_file(query.place, matcher, query, stop)
        return
    for found in Walk(query.place):
        if stop.is_set():
            return
        if query.wants(found.relative) and found.entry.is_file(follow_symlinks=False):
            yield from _in_file(Path(found.entry.path), matcher, query, stop)


def _in_file(path: Path, matcher: re.Pattern[str], query: Query, stop: Event) -> Iterator[Finding]:
    name = str(path)
    before: deque[tuple[int, str]] = deque(maxlen=query.context)
    after, found = 0, 0
    try:
        for number, text in _lines(path):
            if stop.is_set():
                return
            if "\0" in text:
                if found:
                    yield Finished(path=name, binary=True)
                return
            if number != found and matcher.search(text):
                found = number
                for earlier, neighbour in before:
                    yield Line(path=name, number=earlier, text=neighbour, match=False)
                before.clear()
                yield Line(path=name, number=number, text=text, match=True)
                after = query.context
                if query.first_only:
                    break
            elif after:
                after -= 1
                yield Line(path=name, number=number, text=text, match=False)
            else:
                before.append((number, text))
    except OSError:
        # Files that may not be read, or vanish, are not found in; ripgrep does the same.
        return
    if found:
        yield Finished(path=name, binary=False)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with path.open("rb") as raw:
        sample = raw.read(_SAMPLE)
    charset = (
        charset_of(sample, whole=False) if sample[:2] in {b"\xef\xbb", b"\xff\xfe", b"\xfe\xff"} else UTF_8
    )
    if charset is None:
        return
    with path.open(encoding=charset.codec, errors="replace", newline="\n") as file:
        if charset.mark:
            file.read(1)
        number = 1
        while piece := file.readline(_PIECE):
            yield number, piece.removesuffix("\n").removesuffix("\r")
            number += piece.endswith("\n")
