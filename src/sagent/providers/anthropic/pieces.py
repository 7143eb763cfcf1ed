"""One block of an answer while it arrives in pieces."""

from collections.abc import Mapping

from sagent.lib.json import parse_json
from sagent.schema.wire import anthropic as wire


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
        kind = delta.get("type") or ""
        if kind == "input_json_delta":
            self._spelled.append(delta.get("partial_json") or "")
        elif kind == "citations_delta":
            self._citations.append(delta.get("citation") or {})
        elif kind == "signature_delta":
            self._added.setdefault("signature", []).append(delta.get("signature") or "")
        elif kind == "compaction_delta":
            self._added.setdefault("content", []).append(delta.get("content") or "")
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
        if self.texts:
            self._added["thinking" if self.kind == "thinking" else "text"] = self.texts
        for field, pieces in self._added.items():
            block[field] = "".join((str(block.get(field) or ""), *pieces))
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
