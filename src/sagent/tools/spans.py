"""What changes in a text: stretches of it with what shall stand there, and how that is shown."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from sagent.lib.value import frozen
from sagent.tools.lines import clipped, counted

CONTEXT: Final = 3
"""How many lines are shown around a change."""

SHOWN: Final = 100
"""How many lines of a difference are shown at most."""

WIDTH: Final = 500
"""How much of a line is shown."""


@frozen(kw_only=True)
class Span:
    """A stretch of a text, and what shall stand there."""

    start: int
    end: int
    text: str


def spliced(text: str, spans: Sequence[Span]) -> str:
    """The text with its stretches replaced, which are in order and do not overlap."""
    pieces: list[str] = []
    end = 0
    for span in spans:
        pieces += (text[end : span.start], span.text)
        end = span.end
    return "".join((*pieces, text[end:]))


def difference(text: str, spans: Sequence[Span]) -> Iterator[str]:
    """The lines of a unified diff, without the names: long lines are clipped, and a long diff is cut."""
    lines = text.split("\n")
    shift = 0
    room = SHOWN
    for hunk in _hunks(_blocks(text, spans)):
        shown = list(_shown(lines, hunk))
        gone = sum(line[0] != "+" for line in shown)
        come = sum(line[0] != "-" for line in shown)
        first = max(hunk[0].first - CONTEXT, 0)
        if room <= 0:
            yield "… [more changes follow that are not shown]"
            return
        yield f"@@ -{_range(first, gone)} +{_range(first + shift, come)} @@"
        yield from shown[:room]
        if len(shown) > room:
            yield f"… [{counted(len(shown) - room, 'more line')} of this change]"
        room -= len(shown)
        shift += come - gone


@frozen(kw_only=True)
class _Block:
    """Lines that become others: from, and up to but without."""

    first: int
    last: int
    come: Sequence[str]


def _range(first: int, count: int) -> str:
    start = first + 1 if count else first
    return f"{start}" if count == 1 else f"{start},{count}"


def _blocks(text: str, spans: Sequence[Span]) -> Iterator[_Block]:
    """Whole lines around the spans, those that share a line together."""
    group: list[Span] = []
    begin = end = first = seen = 0
    for span in spans:
        if group and span.start <= end:
            group.append(span)
        else:
            if group:
                yield _block(text, group, begin, end, first)
            group = [span]
            start = text.rfind("\n", 0, span.start) + 1
            first += text.count("\n", seen, start)
            begin = seen = start
        newline = text.find("\n", max(span.end, span.start))
        end = len(text) if newline < 0 else newline
    if group:
        yield _block(text, group, begin, end, first)


def _block(text: str, spans: Sequence[Span], begin: int, end: int, first: int) -> _Block:
    inside = [Span(start=span.start - begin, end=span.end - begin, text=span.text) for span in spans]
    was, come = text[begin:end].split("\n"), spliced(text[begin:end], inside).split("\n")
    if end == len(text):  # behind the last newline there is no line, unless something stands there
        was, come = was[: len(was) - (not was[-1])], come[: len(come) - (not come[-1])]
    head = 0
    while head < min(len(was), len(come)) and was[head] == come[head]:
        head += 1
    tail = 0
    while tail < min(len(was), len(come)) - head and was[-1 - tail] == come[-1 - tail]:
        tail += 1
    return _Block(first=first + head, last=first + len(was) - tail, come=come[head : len(come) - tail])


def _hunks(blocks: Iterable[_Block]) -> Iterator[Sequence[_Block]]:
    """Blocks whose surroundings touch; those that touch themselves are one."""
    hunk: list[_Block] = []
    for block in blocks:
        if hunk and block.first == hunk[-1].last:
            hunk[-1] = _Block(first=hunk[-1].first, last=block.last, come=(*hunk[-1].come, *block.come))
            continue
        if hunk and block.first - hunk[-1].last > 2 * CONTEXT:
            yield hunk
            hunk = []
        hunk.append(block)
    if hunk:
        yield hunk


def _shown(lines: Sequence[str], hunk: Sequence[_Block]) -> Iterator[str]:
    # Behind the last newline there is no line, unless something stands there.
    count = len(lines) - (not lines[-1])
    reached = max(hunk[0].first - CONTEXT, 0)
    for block in hunk:
        yield from (f" {_one(line)}" for line in lines[reached : min(block.first, count)])
        yield from (f"-{_one(line)}" for line in lines[block.first : min(block.last, count)])
        yield from (f"+{_one(line)}" for line in block.come)
        reached = block.last
    yield from (f" {_one(line)}" for line in lines[reached : min(reached + CONTEXT, count)])


def _one(line: str) -> str:
    return clipped(line.removesuffix("\r"), WIDTH)
