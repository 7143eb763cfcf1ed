"""One block of an answer while it arrives in pieces."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sagent.lib.json import parse_json
from sagent.providers.anthropic.shapes import KINDS
from sagent.schema.wire import anthropic as wire

GROWS: Final[Mapping[str, Sequence[str]]] = {
    "signature_delta": ("signature",),
    "compaction_delta": ("content", "encrypted_content"),
}
"""The members of a block that grow by the pieces that show nothing, by the kind of piece."""

READ: Final[Mapping[str, Collection[str]]] = {
    "text_delta": ("type", "text"),
    "thinking_delta": ("type", "thinking", "estimated_tokens"),
    "input_json_delta": ("type", "partial_json"),
    "citations_delta": ("type", "citation"),
    **{kind: ("type", *fields) for kind, fields in GROWS.items()},
}
"""What a piece of each kind may hold; an estimate is for those who wait, and stands in no block."""


class Growing:
    """A block of which pieces still come."""

    __slots__ = ("_added", "_citations", "_spelled", "_start", "kind", "texts")

    def __init__(self, start: Mapping[str, object]) -> None:
        self.kind: str = str(start.get("type"))
        self._start = start
        self.texts: list[str] = []
        """The pieces of what it shows."""
        self._added: dict[str, list[str]] = {}
        self._citations: list[object] = []
        self._spelled: list[str] = []

    def add(self, delta: wire.Delta) -> bool:
        """Take in a piece that shows nothing; whether it is of a known kind."""
        kind = str(delta.get("type"))
        if kind == "input_json_delta":
            self._spelled.append(delta.get("partial_json") or "")
        elif kind == "citations_delta":
            if citation := delta.get("citation"):
                self._citations.append(citation)
        elif kind in GROWS:
            for field in GROWS[kind]:
                if isinstance(piece := delta.get(field), str):
                    self._added.setdefault(field, []).append(piece)
        else:
            return False
        return True

    @property
    def raw(self) -> str:
        """The input of a call as it was spelled, where that is not a JSON object."""
        spelled = "".join(self._spelled)
        return spelled if spelled.strip() and _object(spelled) is None else ""

    def whole(self) -> Mapping[str, object]:
        """The block, put together."""
        block = dict(self._start)
        if self.kind in KINDS:  # of the kinds that only servers write, some want their nulls back
            block = {key: value for key, value in block.items() if value is not None}
        if self.kind in {"text", "thinking"}:
            block.setdefault(self.kind, "")
        if self.texts:
            self._added["thinking" if self.kind == "thinking" else "text"] = self.texts
        for field, pieces in self._added.items():
            begun = block.get(field)
            block[field] = "".join((begun if isinstance(begun, str) else "", *pieces))
        if self._citations:
            before = block.get("citations")
            block["citations"] = [*(before if isinstance(before, list) else ()), *self._citations]
        spelled = "".join(self._spelled)
        if spelled.strip():
            # An input that is no object could not go back: the call then has none, and its words stay aside.
            block["input"] = _object(spelled) or {}
        elif self.kind == "tool_use" and not block.get("input"):
            block["input"] = {}
        return block


def _object(spelled: str) -> dict[str, object] | None:
    try:
        value = parse_json(spelled)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
