"""What is told of a search: files, lines or counts, and how much was left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias

from sagent.tools.places import shown
from sagent.tools.search import Finding, Finished, Line

Mode: TypeAlias = Literal["files_with_matches", "content", "count"]

WIDTH: Final = 500
"""How much of a line is shown."""

BUDGET: Final = 60_000
"""How many characters are shown."""

_UNSEEN: Final = 10_000
"""How many results beyond the limit are counted before the search is given up."""


def tally(findings: Iterator[Finding], mode: Mode, limit: int, context: int, workspace: Path) -> str:
    """Take findings until there are enough, and write them down.

    Raises:
        Unsuitable: the engine does not understand what it is asked.
    """
    told = _Tally(mode, limit, context, workspace)
    for finding in findings:
        match finding:
            case Line():
                told.line(finding)
            case Finished():
                told.finished(finding)
        if told.omitted > _UNSEEN:
            break
    return told.text()


class _Tally:
    def __init__(self, mode: Mode, limit: int, context: int, workspace: Path) -> None:
        self._mode: Mode = mode
        self._limit = limit
        self._context = context
        self._workspace = workspace
        self._told: list[str] = []
        self._results = 0
        self._room = BUDGET
        self._file = _File()
        self.omitted = 0

    def line(self, line: Line) -> None:
        file = self._file
        file.matches += line.match
        if self._mode != "content":
            return
        if not line.match:
            (file.kept if line.number <= file.reach else file.waiting).append(line)
        elif self._results + file.kept_matches < self._limit and self._room > 0:
            file.kept += (*file.waiting, line)
            self._room -= sum(min(len(each.text), WIDTH) + len(each.path) for each in (*file.waiting, line))
            file.kept_matches += 1
            file.reach = line.number + self._context
            file.waiting = []
        else:
            file.waiting = []

    def finished(self, finished: Finished) -> None:
        file, self._file = self._file, _File()
        if finished.binary or not file.matches:
            return
        path = shown(Path(finished.path), self._workspace)
        if self._mode == "content":
            self._told += self._written(path, file.kept)
            self._results += file.kept_matches
            self.omitted += file.matches - file.kept_matches
        elif self._results < self._limit:
            self._told.append(path if self._mode == "files_with_matches" else f"{path}:{file.matches}")
            self._results += 1
        else:
            self.omitted += 1

    def _written(self, path: str, lines: Sequence[Line]) -> Iterator[str]:
        """The lines of one file as grep writes them, with `--` where some are left out between."""
        previous = -1
        for line in lines:
            if self._context and line.number != previous + 1 and (self._told or previous >= 0):
                yield "--"
            previous = line.number
            mark = ":" if line.match else "-"
            yield f"{path}{mark}{line.number}{mark}{_clipped(line.text)}"

    def text(self) -> str:
        if not self._told:
            return "No matches."
        if self.omitted:
            many = f"more than {_UNSEEN}" if self.omitted > _UNSEEN else str(self.omitted)
            what = "matching lines" if self._mode == "content" else "files"
            self._told.append(f"[{many} more {what} omitted; narrow the search, or raise the limit]")
        return "\n".join(self._told)


def _clipped(text: str) -> str:
    # How long the line is, not every engine knows.
    return text if len(text) <= WIDTH else f"{text[:WIDTH]}… [clipped]"


@dataclass(slots=True)
class _File:
    """What is known of the file that is being searched, which may yet turn out to be binary."""

    matches: int = 0
    kept_matches: int = 0
    kept: list[Line] = field(default_factory=list)
    waiting: list[Line] = field(default_factory=list)
    """Lines that are told only if the next match is."""
    reach: int = 0
    """The last line that belongs to the last match kept."""
