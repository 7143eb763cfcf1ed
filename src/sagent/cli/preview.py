"""What a call would do, so that a person can decide about it: the command, or the change."""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sagent.cli.paint import Paint, one_line, printable
from sagent.cli.render import diff
from sagent.lib.json import JsonValue
from sagent.schema.message import ToolCall

MOST: Final = 30
"""How many lines of it are shown."""

WIDEST: Final = 2000
"""How many characters of a line are shown."""


def preview(call: ToolCall, paint: Paint) -> str:
    """The call, harmless to the terminal; what is left out is said."""
    lines = [line[:WIDEST] + "…" if len(line) > WIDEST else line for line in _lines(call)]
    more = len(lines) - MOST
    shown = diff("\n".join(lines[:MOST]), paint)
    told = "1 more line is" if more == 1 else f"{more} more lines are"
    return f"{shown}\n{paint.yellow(f'[{told} not shown]')}" if more > 0 else shown


def heading(call: ToolCall) -> str:
    """What is to be done, and to what, on one line."""
    path = call.content.get("file_path")
    return one_line(f"{call.tool} {path}" if isinstance(path, str) else call.tool)


def _lines(call: ToolCall) -> Sequence[str]:
    said = call.content
    match said:
        case {"command": str(command), **_others}:
            return printable(command).splitlines()
        case {"patch": str(patch), **_others}:
            return printable(patch).splitlines()
        case {"edits": [_, *_] as edits, **_others}:
            return [line for edit in edits for line in _replacement(edit)]
        case {"old_string": str(), "new_string": str(), **_others}:
            return [*_replacement(said)]
        case {"file_path": str(), "content": str(content), **_others}:
            return [f"+{line}" for line in printable(content).splitlines()]
        case _:  # of other tools nobody knows which field matters
            return printable(json.dumps(said, ensure_ascii=False, indent=1, default=dict)).splitlines()


def _replacement(edit: JsonValue) -> Iterator[str]:
    old, new = (edit.get("old_string"), edit.get("new_string")) if isinstance(edit, Mapping) else ("", "")
    lines = difflib.unified_diff(str(old).splitlines(), str(new).splitlines(), lineterm="", n=2)
    yield from (printable(line) for line in list(lines)[2:])
