"""Which file a provider means by the place in a request at which it found one that it cannot use."""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from sagent.lib.blob import Blob
from sagent.lib.json import JsonValue, read_json
from sagent.messages.files import files_of
from sagent.protocols import Request
from sagent.providers.enclosures import Enclosures, Holding

PLACE: Final = re.compile(r"\b(?:messages|input|contents)(?:\[\d+\]|\.\d+)(?:\[\d+\]|\.\w+)*")
"""How a place in the history is named: `messages.0.content.1.image`, `input[0].content[1]`."""


def accused(said: str, body: bytes, request: Request, enclosures: Enclosures) -> str:
    """The digest of the file in the conversation that is meant; empty where none is, or more than one."""
    place = PLACE.search(said)
    if place is None:
        return ""
    node = _at(read_json(body.decode()), re.findall(r"\w+", place[0]))
    sent = {Blob.of(data).digest for data in _files(node)}
    found = {
        file.content.digest
        for entry in request.view
        for file in files_of(entry)
        if isinstance(entry, Holding)
        for shown in files_of(enclosures.fitted(replace(entry, content=(file,)), request.read)[0])
        if shown.content.digest in sent
    }
    return found.pop() if len(found) == 1 else ""


def _at(node: JsonValue, steps: Sequence[str]) -> JsonValue:
    """What stands there, or the nearest that holds it: not every step that a vendor names is a key."""
    for step in steps:
        if isinstance(node, Mapping) and step in node:
            node = node[step]
        elif isinstance(node, Sequence) and not isinstance(node, str) and step.isdecimal():
            if int(step) >= len(node):
                break
            node = node[int(step)]
        else:
            break
    return node


def _files(node: JsonValue) -> Iterator[bytes]:
    """All that is bytes in base64 there, alone or in a data URL; words that look so are nobody's file."""
    if isinstance(node, str):
        try:
            yield b64decode(node.rpartition(";base64,")[2], validate=True)
        except ValueError:
            return
    elif isinstance(node, Mapping):
        for value in node.values():
            yield from _files(value)
    elif isinstance(node, Sequence):
        for value in node:
            yield from _files(value)
