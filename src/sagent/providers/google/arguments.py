"""Arguments of a call that arrive in pieces, put together."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, TypeAlias, Union

from sagent.errors import BadAnswer
from sagent.schema.wire import google as wire

Tree: TypeAlias = Union[bool, int, float, str, "list[Tree]", "dict[str, Tree]", None]
"""A JSON value that is still being put together."""

STEP: Final = re.compile(r"\.([^.\[\]'\"]+)|\[(\d{1,6})\]|\['((?:[^'\\]|\\.)*)'\]|\[\"((?:[^\"\\]|\\.)*)\"\]")
"""A step of a JSON path (RFC 9535): a member or an index."""


class Streamed:
    """One call whose pieces are still coming."""

    def __init__(self, part: wire.Part, call: wire.FunctionCall) -> None:
        self._signature = part.get("thoughtSignature") or ""
        self._name = call.get("name") or ""
        self._id = call.get("id") or ""
        self._arguments: dict[str, Tree] = {}
        self._unended = ""

    def add(self, part: wire.Part, call: wire.FunctionCall) -> wire.Part | None:
        """Take in the next pieces; give the whole call once it is whole.

        Raises:
            BadAnswer: a piece belongs nowhere.
        """
        self._signature = self._signature or part.get("thoughtSignature") or ""
        for piece in call.get("partialArgs") or ():
            self._put(piece)
        if call.get("willContinue"):
            return None
        whole: wire.FunctionCall = {"name": self._name, "args": self._arguments}
        if self._id:
            whole = {"id": self._id, **whole}
        if self._signature:
            return {"functionCall": whole, "thoughtSignature": self._signature}
        return {"functionCall": whole}

    def _put(self, piece: wire.PartialArg) -> None:
        path = piece["jsonPath"]
        steps = _steps(path)
        value = _value(piece)
        holder: Tree = self._arguments
        for step, following in pairwise(steps):
            holder = _into(holder, step, [] if isinstance(following, int) else {}, path)
        last = steps[-1]
        if isinstance(value, str) and self._unended == path:
            before = _into(holder, last, "", path)
            value = f"{before}{value}"
        _set(holder, last, value, path)
        self._unended = path if piece.get("willContinue") else ""


def _steps(path: str) -> Sequence[str | int]:
    steps: list[str | int] = []
    at = 1
    while at < len(path) and (step := STEP.match(path, at)):
        member, index, single, double = step.groups()
        quoted = single if single is not None else double
        steps.append(int(index) if index else member or re.sub(r"\\(.)", r"\1", quoted))
        at = step.end()
    if not path.startswith("$") or at != len(path) or not steps:
        raise BadAnswer(f"Google sent a piece of a call for {path!r}, which is no place")
    return steps


def _value(piece: wire.PartialArg) -> Tree:
    text, number = piece.get("stringValue"), piece.get("numberValue")
    if text is not None:
        return text
    return piece.get("boolValue") if number is None else number


def _into(holder: Tree, step: str | int, fresh: Tree, path: str) -> Tree:
    """What stands at a step, or what is fresh if nothing does yet."""
    match holder, step:
        case dict(), str():
            return holder.setdefault(step, fresh)
        case list(), int() if step < len(holder):
            return holder[step]
        case _:
            _set(holder, step, fresh, path)
            return fresh


def _set(holder: Tree, step: str | int, value: Tree, path: str) -> None:
    match holder, step:
        case dict(), str():
            holder[step] = value
        case list(), int() if step < len(holder):
            holder[step] = value
        case list(), int() if step == len(holder):
            holder.append(value)
        case _:
            raise BadAnswer(
                f"Google sent a piece of a call for {path!r}, which does not fit the pieces before it"
            )
