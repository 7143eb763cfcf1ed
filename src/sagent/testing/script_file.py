"""Scripts of wire servers as JSON, for command lines and other languages.

A script is an array; each item is what answers one request:

    "some text"                                     text
    {"json": {"answer": 42}}                        text that is JSON
    {"call": "Bash", "directive": {"command": ""}}  a call
    {"thinking": "some thoughts"}                   thoughts
    {"latency": 0.2}                                seconds of silence
    {"stall": 3}  {"cut": 3}                        silence, or the end, after 3 events; null: here
    {"garbage": "{"}                                a malformed event
    {"status": 503}                                 an HTTP status, with "body" and "headers" if wanted
    [...]                                           several of these in a row
    {"always": ...}                                 the answer to this request and to all that follow
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from sagent.errors import Malformed, UsageError
from sagent.lib.json import EMPTY, freeze_object, json_freeze
from sagent.schema.message import ToolCall
from sagent.schema.part import Text, Thinking
from sagent.testing.faults import Cut, Fault, Garbage, Latency, Stall, Status
from sagent.testing.play import WireReplying
from sagent.testing.script import always, as_json, call
from sagent.testing.server import ScriptItem


def read_script(path: Path) -> Sequence[ScriptItem]:
    """Read a script from a file.

    Raises:
        UsageError: there is no such file, or it is not JSON.
        Malformed: it is no script; the message names the place.
    """
    try:
        return script(json.loads(path.read_bytes()))
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror}); name a file that holds a script"
        ) from error
    except ValueError as error:
        raise UsageError(f"{path} is not JSON: {error}") from error


def script(document: object) -> Sequence[ScriptItem]:
    """Read a script from JSON.

    Raises:
        Malformed: it is none; the message names the place.
    """
    if not isinstance(document, list):
        raise Malformed("script", "$", "expected an array with an item for each request")
    return tuple(_item(item, f"$[{index}]") for index, item in enumerate(document))


def _item(value: object, path: str) -> ScriptItem:
    match value:
        case {"always": inner}:
            return always(_replying(inner, f"{path}.always"))
        case _:
            return _replying(value, path)


def _replying(value: object, path: str) -> WireReplying:
    if isinstance(value, list):
        return tuple(_step(step, f"{path}[{index}]") for index, step in enumerate(value))
    return _step(value, path)


def _step(value: object, path: str) -> Text | Thinking | ToolCall | Fault:
    match value:
        case str(text):
            return Text(content=text)
        case {"json": data}:
            return as_json(data)
        case {"thinking": str(text)}:
            return Thinking(content=text)
        case {"call": str(tool), **rest}:
            return call(tool, **_directive(rest, path))
        case {"latency": int(seconds) | float(seconds)}:
            return Latency(seconds)
        case {"stall": int(after)}:
            return Stall(after)
        case {"stall": None}:
            return Stall()
        case {"cut": int(after)}:
            return Cut(after)
        case {"cut": None}:
            return Cut()
        case {"garbage": str(text)}:
            return Garbage(text.encode())
        case {"status": int(code), **rest}:
            return Status(code, json_freeze(rest.get("body")), _headers(rest.get("headers", {}), path))
        case _:
            raise Malformed("script", path, f"no reply: {json.dumps(value)[:60]}")


def _directive(rest: Mapping[object, object], path: str) -> Mapping[str, object]:
    directive = rest.get("directive", EMPTY)
    if not isinstance(directive, Mapping):
        raise Malformed("script", f"{path}.directive", "expected an object")
    return freeze_object(directive)


def _headers(value: object, path: str) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        raise Malformed("script", f"{path}.headers", "expected an object")
    return {str(name): str(content) for name, content in value.items()}
