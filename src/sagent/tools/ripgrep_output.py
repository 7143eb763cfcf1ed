"""What ripgrep writes, as values."""

import json
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sagent.tools.search import Line, Unsuitable

_LONGEST: Final = 8 * 1024 * 1024
"""How long one record may be; ripgrep writes whole lines, however long."""


def listed(output: Iterator[bytes]) -> Iterator[Sequence[bytes]]:
    """The paths that `--files --null ./` says, as many at once as have come."""
    rest = b""
    for chunk in output:
        whole, end, rest = (rest + chunk).rpartition(b"\0")
        if end:
            yield whole.removeprefix(b"./").split(b"\0./")


_COUNTED: Final = re.compile(rb"(?:\./)?([^\0]*)\0(\d+)\r?\n")


def counted(output: Iterator[bytes]) -> Iterator[tuple[bytes, int]]:
    """Paths with what `--count --null` says of each; a path may have line breaks in it."""
    rest = b""
    for chunk in output:
        rest += chunk
        end = 0
        for found in _COUNTED.finditer(rest):
            yield found[1], int(found[2])
            end = found.end()
        rest = rest[end:]


def records(output: Iterator[bytes]) -> Iterator[Mapping[str, object]]:
    """What `--json` says.

    Raises:
        Unsuitable: a line is too long.
    """
    rest = b""
    for chunk in output:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            record: Mapping[str, object] = json.loads(line)
            yield record
        if len(rest) > _LONGEST:
            raise Unsuitable("a line is too long")


def lines_counted(output: Iterator[bytes]) -> Iterator[tuple[bytes, int]]:
    """Paths with the number of lines that matches are on, from what `--json` says.

    Raises:
        Unsuitable: a line is too long.
    """
    found = 0
    for record in records(output):
        match record:
            case {"type": "match", "data": {"lines": lines}}:
                content = _bytes(lines)
                found += content.count(b"\n") + (not content.endswith(b"\n"))
            case {"type": "end", "data": {"path": path, "binary_offset": offset}}:
                if found and offset is None:
                    yield _bytes(path).removeprefix(b"./"), found
                found = 0
            case _:
                continue


def lines(record: Mapping[str, object], multiline: bool) -> Iterator[Line]:
    """The lines of one record of `--json`."""
    match record:
        case {
            "type": "match" | "context" as kind,
            "data": {"path": path, "lines": lines, "line_number": int(number), "submatches": submatches},
        }:
            content = _bytes(lines)
            name = _bytes(path).removeprefix(b"./")
            start = 0 if multiline else _start(submatches)
            for index, line in enumerate(content.removesuffix(b"\n").split(b"\n")):
                yield Line(
                    path=name,
                    number=number + index,
                    text=line.removesuffix(b"\r").decode(errors="replace"),
                    match=kind == "match",
                    at=len(line[:start].decode(errors="replace")),
                )
        case _:
            return


def _start(submatches: object) -> int:
    match submatches:
        case [{"start": int(start), "end": int(end)}, *_] if start < end:
            return start
        case _:
            return 0


def _bytes(value: object) -> bytes:
    """Bytes as ripgrep writes them: as text, or in Base64 where they are not UTF-8."""
    match value:
        case {"text": str(text)}:
            return text.encode()
        case {"bytes": str(data)}:
            return b64decode(data)
        case _:
            return b""
