"""Thoughts that come in parts and pieces: what is shown of them, and what goes back."""

from collections.abc import Mapping, Sequence
from typing import Final

from sagent.lib.json import JsonObject, is_object

MERGED: Final = {"reasoning.text": "text", "reasoning.summary": "summary"}
"""The kinds of details that come in pieces, and what of them does."""


class Details:
    """`reasoning_details`: pieces of one detail in a row are one; sealed ones stand for themselves."""

    def __init__(self) -> None:
        self._details: list[dict[str, object]] = []
        self._pieces: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._details)

    def add(self, details: object) -> str:
        """Take in the next ones, or a single one; give what can be shown of them."""
        shown = ""
        for detail in details if isinstance(details, list) else [details]:
            if not is_object(detail):
                continue
            key = MERGED.get(str(detail.get("type")))
            text = detail.get(key) if key else None
            words = text if isinstance(text, str) else ""
            shown += words
            if key and self._goes_on(detail):
                self._details[-1] |= {name: value for name, value in detail.items() if value is not None}
            else:
                self._end()
                self._details.append(dict(detail))
            if key:
                self._pieces.append(words)
        return shown

    def whole(self) -> Sequence[Mapping[str, object]]:
        """The details as they go back."""
        self._end()
        return self._details

    def _goes_on(self, detail: Mapping[str, object]) -> bool:
        before = self._details[-1] if self._pieces and self._details else None
        proof = before.get("signature") if before else None
        if proof and proof != detail.get("signature") and any(detail.get(key) for key in MERGED.values()):
            return False  # a proof comes last and holds for what was before it, whatever the numbers say
        return before is not None and all(
            before.get(name) == detail.get(name) or before.get(name) is None or detail.get(name) is None
            for name in ("type", "index", "id")
        )

    def _end(self) -> None:
        if self._pieces:
            last = self._details[-1]
            last[MERGED[str(last["type"])]] = "".join(self._pieces)
            self._pieces = []


class Listed:
    """Content that came as a list of parts: Mistral thinks in it. A thought in pieces is one thought."""

    def __init__(self, text: str) -> None:
        self._parts: list[dict[str, object]] = [{"type": "text", "text": text}] if text else []
        self._pieces: list[str] = [text] if text else []

    def add(self, part: JsonObject) -> tuple[str, str]:
        """Take in a part; give what can be shown of it: a thought, or text."""
        kind, text = part.get("type"), part.get("text")
        if kind == "thinking":
            words = _words(part.get("thinking"))
        elif kind == "text" and isinstance(text, str):
            words = text
        else:
            self._end()
            self._parts.append(dict(part))
            return "", ""
        if self._pieces and self._parts[-1].get("type") == kind:
            self._parts[-1] |= part
        else:
            self._end()
            self._parts.append(dict(part))
        self._pieces.append(words)
        return (words, "") if kind == "thinking" else ("", words)

    def whole(self) -> Sequence[Mapping[str, object]]:
        """The parts as they go back; those of which nothing is left are left out."""
        self._end()
        return [part for part in self._parts if part.get("text") != "" and part.get("thinking") != []]

    def _end(self) -> None:
        if self._pieces:
            last, words = self._parts[-1], "".join(self._pieces)
            if last["type"] == "thinking":
                last["thinking"] = [{"type": "text", "text": words}] if words else []
            else:
                last["text"] = words
            self._pieces = []


def _words(thoughts: object) -> str:
    if isinstance(thoughts, str):
        return thoughts
    texts = thoughts if isinstance(thoughts, Sequence) else ()
    said = (thought.get("text") for thought in texts if is_object(thought))
    return "".join(words for words in said if isinstance(words, str))
