"""Searching with ripgrep, where it is installed."""

import json
import os
from base64 import b64decode
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from threading import Event
from typing import IO, TYPE_CHECKING, Final

from sagent.tools.search import Finding, Finished, Line, Query, Unsuitable
from sagent.tools.walk import rules_at

if TYPE_CHECKING:
    from subprocess import Popen

_LONGEST: Final = 8 * 1024 * 1024
"""How long one record may be; ripgrep writes whole lines, however long."""


def ripgrep(program: str) -> "partial[Iterator[Finding]]":
    """An engine that runs this program."""
    return partial(_ripgrep, program)


def _ripgrep(program: str, query: Query, stop: Event) -> Iterator[Finding]:
    import subprocess

    process = subprocess.Popen(
        [program, *_arguments(query)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        try:
            assert process.stdout is not None
            for record in _records(process.stdout, stop):
                yield from _findings(record, query)
            _judge(process)
        finally:
            process.kill()


def _arguments(query: Query) -> Iterator[str]:
    yield from (
        "--json",
        "--no-config",
        "--no-messages",
        "--sort",
        "path",
        "--hidden",
        "--crlf",
        "--engine",
        "auto",
    )
    yield from ("--no-ignore-global", "--no-ignore-dot", "--glob", "!.git")
    if not rules_at(query.place).layers:
        # Nothing from above holds, be it that this is no repository or that it ignores the place itself.
        yield from ("--no-require-git", "--no-ignore-parent")
    yield from ("--context", str(query.context))
    if query.ignore_case:
        yield "--ignore-case"
    if query.first_only:
        yield from ("--max-count", "1")
    yield from ("--regexp", query.pattern, "--", str(query.place))


def _records(stream: IO[bytes], stop: Event) -> Iterator[Mapping[str, object]]:
    from select import select

    rest = b""
    while not stop.is_set():
        # Every tenth of a second somebody may have called it off.
        if not select((stream,), (), (), 0.1)[0]:
            continue
        chunk = os.read(stream.fileno(), 256 * 1024)
        if not chunk:
            return
        *lines, rest = (rest + chunk).split(b"\n") if b"\n" in chunk else (rest + chunk,)
        for line in lines:
            record: Mapping[str, object] = json.loads(line)
            yield record
        if len(rest) > _LONGEST:
            raise Unsuitable("a line is too long")


def _judge(process: "Popen[bytes]") -> None:
    assert process.stderr is not None
    complaint = process.stderr.read(2_000).decode(errors="replace").strip()
    if process.wait() > 1 and complaint:
        raise Unsuitable(complaint)


def _findings(record: Mapping[str, object], query: Query) -> Iterator[Finding]:
    match record:
        case {
            "type": "match" | "context" as kind,
            "data": {"path": path, "lines": lines, "line_number": int(number)},
        }:
            name = _text(path)
            if _wanted(name, query):
                text = _text(lines).removesuffix("\n").removesuffix("\r")
                yield Line(path=name, number=number, text=text, match=kind == "match")
        case {"type": "end", "data": {"path": path, "binary_offset": offset}}:
            name = _text(path)
            if _wanted(name, query):
                yield Finished(path=name, binary=offset is not None)
        case _:
            return


def _wanted(name: str, query: Query) -> bool:
    path = Path(name)
    return path == query.place or query.wants(path.relative_to(query.place).as_posix())


def _text(value: object) -> str:
    """Text as ripgrep writes it: as it is, or in Base64 where it is not UTF-8."""
    match value:
        case {"text": str(text)}:
            return text
        case {"bytes": str(data)}:
            return b64decode(data).decode(errors="replace")
        case _:
            return ""
