"""Jupyter notebooks for a model: cell by cell, with what came of each (nbformat 4)."""

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sagent.lib.blob import Blob
from sagent.messages.pictures import picture_kind
from sagent.messages.room import text_size
from sagent.schema.part import Image, Part, Text
from sagent.tools.lines import clipped, counted, plain_text, visible
from sagent.tools.numbers import meant, named

LARGEST: Final = 20_000_000
"""How many bytes a notebook may have; a larger one is read as text."""

SHOWN: Final = 4_000
"""How many characters of one output are shown, half of them from its end; of a small room a quarter."""

PICTURES: Final = 10
"""How many pictures are shown at once."""

_FORMATS: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")
_WORDS: Final = ("text/plain", "text/markdown", "text/latex", "application/json", "text/html")


def cells_of(text: str) -> Sequence[Mapping[str, object]] | None:
    """The cells of a notebook; None if it is none, or an older one."""
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    cells = document.get("cells") if isinstance(document, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        return None
    return cells


def notebook(
    name: str, cells: Sequence[Mapping[str, object]], asked: str | None, room: int
) -> Sequence[Part]:
    """The cells that are asked for, or all, as far as there is room; and one at least.

    Raises:
        ToolError: there are no such cells.
    """
    if not cells:
        return (Text(content=f"{name} is a notebook without cells."),)
    numbers = meant(asked or f"1-{len(cells)}", "cells", len(cells), len(cells))
    shown: list[Part] = []
    whole = room
    room -= 300
    pictures = count = 0
    for number in numbers:
        parts = [*_cell(number, cells[number - 1], whole)]
        size = sum(text_size(part.content) for part in parts if isinstance(part, Text))
        new = sum(isinstance(part, Image) for part in parts)
        if count and (size > room or pictures + new > PICTURES):
            break
        shown += parts
        room -= size
        pictures += new
        count += 1
    last = numbers[0] + count - 1
    head = f"[{name}: {counted(len(cells), 'cell')}, here {named(numbers[:count])}"
    if last < len(cells):
        head += f'; read on with cells="{last + 1}-{len(cells)}"'
    return _merged([Text(content=f"{head}]"), *shown])


def _cell(number: int, cell: Mapping[str, object], room: int) -> Iterator[Part]:
    kind, count = cell.get("cell_type"), cell.get("execution_count")
    ran = f", run [{count}]" if isinstance(count, int) else ""
    most = min(SHOWN, room // 4)
    source = _ends(_text(cell.get("source")), room // 2)
    yield Text(content=f"\n[cell {number}: {kind}{ran}]\n{source}")
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        if isinstance(output, dict):
            yield _output(number, output, most)


def _output(number: int, output: Mapping[str, object], most: int) -> Part:
    kind = output.get("output_type")
    if kind == "error":
        traceback = output.get("traceback")
        lines = [_text(line) for line in traceback] if isinstance(traceback, list) else []
        told = "\n".join(lines) or f"{output.get('ename')}: {output.get('evalue')}"
        return Text(content=f"[cell {number}: error]\n{_ends(plain_text(told), most)}")
    if kind == "stream":
        name = output.get("name")
        return Text(content=f"[cell {number}: {name}]\n{_ends(plain_text(_text(output.get('text'))), most)}")
    data = output.get("data")
    bundle = data if isinstance(data, dict) else {}
    picture = next((_text(bundle[form]) for form in _FORMATS if form in bundle), None)
    image = None if picture is None else _picture(picture)
    if image is not None:
        return image
    form = next((form for form in _WORDS if form in bundle), None)
    if form is None:
        return Text(content=f"[cell {number}: output of type {', '.join(bundle) or 'nothing'}, not shown]")
    value = bundle[form]
    words = _text(value) if isinstance(value, str | list) else json.dumps(value, ensure_ascii=False)
    return Text(content=f"[cell {number}: output]\n{_ends(plain_text(words), most)}")


def _picture(encoded: str) -> Image | None:
    try:
        data = b64decode("".join(encoded.split()), validate=True)
    except ValueError:
        return None
    kind = picture_kind(data)
    return None if kind is None else Image(descriptor=kind, content=Blob.of(data))


def _text(value: object) -> str:
    """A text, which notebooks keep as one or by lines."""
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""


def _ends(text: str, most: int) -> str:
    """The text without what is in the middle of a long one, and with signs for control characters."""
    text = "\n".join(visible(clipped(line, most)) for line in text.rstrip("\n").split("\n"))
    if len(text) <= most:
        return text
    gap = f"[… {len(text) - most} characters left out; with offset a notebook is read as the JSON that it is]"
    return "\n".join((text[: most // 2], gap, text[-most // 2 :]))


def _merged(parts: Sequence[Part]) -> Sequence[Part]:
    """The parts, with texts that follow each other in one."""
    merged: list[Part] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, Text) and isinstance(last, Text):
            merged[-1] = Text(content=f"{last.content}\n{part.content}")
        else:
            merged.append(part)
    return merged
