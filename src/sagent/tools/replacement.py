"""Where in a text replacements go: found in the text as it is, never overlapping, all or none."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate, pairwise
from typing import Final

from sagent.errors import ToolError
from sagent.lib.value import frozen
from sagent.schema.tools.edit import Replacement
from sagent.tools.ladder import Ladder, Match
from sagent.tools.nearest import nearest
from sagent.tools.spans import Span

_COMPARED: Final = 1_000_000
"""How many pairs of lines are compared at most to see which of them an edit keeps."""


@frozen(kw_only=True)
class Located:
    """Where all replacements go."""

    spans: Sequence[Span]
    """What changes, in order; lines that a replacement keeps are in none of them."""
    places: int
    """How many places the replacements were found in."""
    notes: Sequence[str]
    """What was left out of account to find them."""
    certain: bool
    """Whether each occurs as it was given, and once: then whoever gave it knows the place."""


def located(text: str, replacements: Sequence[Replacement], name: str) -> Located:
    """Where each replacement changes the text.

    `\\n` in a replacement means whatever ends the line in the file. A text that does not occur as it was
    given may occur once but for trailing white space, the forms of characters, or an indentation that all of
    its lines share, which the new text is then given too.

    Raises:
        ToolError: one of them does not occur, or not once, or changes nothing; or two overlap.
    """
    ladder = Ladder(text)
    spans: list[Span] = []
    notes: list[str] = []
    places, certain = 0, True
    for number, replacement in enumerate(replacements, 1):
        prefix = f"edit {number}: " if len(replacements) > 1 else ""
        matches = _matches(ladder, replacement, name, prefix)
        places += len(matches)
        certain = certain and len(matches) == 1 and not matches[0].ignoring
        for match in matches:
            changes = tuple(_changes(match, replacement, prefix))
            if all(text[span.start : span.end] == span.text for span in changes):
                raise ToolError(f"{prefix}{name} has new_string there already: there is nothing to change")
            spans += changes
            if match.ignoring:
                notes.append(f"{prefix}matched ignoring {match.ignoring} at {_lines(match)}")
    spans.sort(key=lambda span: (span.start, span.end))
    for before, after in pairwise(spans):
        if after.start < before.end:
            line = text.count("\n", 0, after.start) + 1
            raise ToolError(
                f"two edits overlap on line {line} of {name}: make one of them. Nothing was changed"
            )
    return Located(spans=tuple(spans), places=places, notes=tuple(notes), certain=certain)


def _matches(ladder: Ladder, replacement: Replacement, name: str, prefix: str) -> Sequence[Match]:
    old, new = replacement["old_string"], replacement["new_string"]
    if not old:
        raise ToolError(
            f"{prefix}old_string is empty, and {name} is not: give the text to replace, "
            "or use Write for a whole file"
        )
    if old == new:
        raise ToolError(f"{prefix}old_string and new_string are the same: there is nothing to change")
    everywhere = replacement.get("replace_all", False)
    matches = ladder.matches(old, everywhere=everywhere)
    if not matches:
        raise ToolError(f"{prefix}{nearest(ladder.text, old, new, f'old_string does not occur in {name}')}")
    if len(matches) > 1 and (not everywhere or matches[0].ignoring):
        lines = ", ".join(str(_line(match)) for match in matches[:5])
        more = f" and {len(matches) - 5} more" if len(matches) > 5 else ""
        if ignoring := matches[0].ignoring:
            raise ToolError(
                f"{prefix}old_string does not occur in {name} as it was given, but ignoring {ignoring} "
                f"{len(matches)} times, on lines {lines}{more}: copy it exactly, with surrounding lines"
            )
        raise ToolError(
            f"{prefix}old_string occurs {len(matches)} times in {name}, on lines {lines}{more}: "
            "add surrounding lines until it is unique, or set replace_all"
        )
    return matches


def _changes(match: Match, replacement: Replacement, prefix: str) -> Iterator[Span]:
    """The parts of a place that become other than they are."""
    old, new = (text.replace("\r\n", "\n") for text in (replacement["old_string"], replacement["new_string"]))
    view = match.view
    if old == new:
        # Only the line endings differ, so they are what is meant.
        start, end = view.stretch(match.start, match.end)
        yield Span(start=start, end=end, text=replacement["new_string"])
        return
    there = _split(view.text[match.start : match.end])
    before, after = (_split(_moved(text, match, prefix)) for text in (old, new))
    starts = tuple(accumulate(map(len, there), initial=match.start))
    for first, last, begin, end in _blocks(before, after):
        gone, come = "".join(before[first:last]), "".join(after[begin:end])
        head = tail = 0
        if "".join(there[first:last]) == gone:
            head = _common(gone, come)
            tail = _common(gone[head:][::-1], come[head:][::-1])
            if view.start(starts[first] + head) is None or view.end(starts[last] - tail) is None:
                head = tail = 0
        start, stop = view.stretch(starts[first] + head, starts[last] - tail)
        text = come[head : len(come) - tail]
        yield Span(start=start, end=stop, text=text.replace("\n", view.ending(starts[first] + head)))


def _blocks(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Which lines become which: line by line where as many come as go, so that each keeps its ending."""
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    gone, come = before[head : len(before) - tail], after[head : len(after) - tail]
    if len(gone) < 2 > len(come) or len(gone) * len(come) > _COMPARED:
        yield head, head + len(gone), head, head + len(come)
        return
    for deed, first, last, begin, end in SequenceMatcher(None, gone, come, autojunk=False).get_opcodes():
        if deed == "replace" and last - first == end - begin:
            for offset in range(last - first):
                at, to = head + first + offset, head + begin + offset
                yield at, at + 1, to, to + 1
        elif deed != "equal":
            yield head + first, head + last, head + begin, head + end


def _split(text: str) -> Sequence[str]:
    """The lines with their ends; behind the last end there is one more, be it empty."""
    *lines, last = text.split("\n")
    return (*(f"{line}\n" for line in lines), last)


def _moved(text: str, match: Match, prefix: str) -> str:
    """The text with the indentation that the file has."""
    if match.shift:
        return "\n".join(match.shift + line if line.strip() else line for line in text.split("\n"))
    if not match.unshift:
        return text
    lines = text.split("\n")
    if not all(line.startswith(match.unshift) for line in lines if line.strip()):
        raise ToolError(
            f"{prefix}old_string occurs with less indentation at {_lines(match)}, and new_string has lines "
            "that cannot be moved so far to the left: give both as they are indented in the file"
        )
    return "\n".join(line.removeprefix(match.unshift) for line in lines)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many items both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def _line(match: Match) -> int:
    return match.view.text.count("\n", 0, match.start) + 1


def _lines(match: Match) -> str:
    first = _line(match)
    last = first + match.view.text.count("\n", match.start, max(match.end - 1, match.start))
    return f"line {first}" if first == last else f"lines {first}-{last}"
