"""The schema of a tool as that of one plain object: vendors refuse choices and conditions at its root.

What is lost is told in words, and only widens it, but for names of which some branches speak and others do
not: our own check still holds a directive to the whole schema.
"""

import re
from collections.abc import Iterable, Sequence, Set
from typing import Final
from urllib.parse import unquote

from sagent.lib.json import EMPTY, JsonObject, JsonValue, freeze_object, is_object, json_text

CHOICES: Final = frozenset(("anyOf", "oneOf"))
"""Keywords of whose schemas one has to fit."""

REFUSED: Final = frozenset(("$ref", "allOf", *CHOICES, "if", "then", "else", "not", "enum", "const"))
"""All keywords that one vendor or another refuses at the root."""

NOTES: Final = frozenset(("$schema", "$id", "$comment", "title", "description", "default", "examples"))
"""Keywords that demand nothing."""


def rooted(schema: JsonObject, refused: Set[str] = REFUSED) -> JsonObject:
    """The schema without these keywords at its root: what they speak of stands among its own properties."""
    if not schema.keys() & refused:
        return schema if schema.get("type") == "object" else {**schema, "type": "object"}
    whole = _Object(schema, refused)
    whole.join(schema, ())
    return whole.written()


class _Object:
    """What is put together of a root and of all that stands for a part of it."""

    def __init__(self, root: JsonObject, refused: Set[str]) -> None:
        self.properties: dict[str, JsonValue] = {}
        self.required: list[JsonValue] = []
        self._root = root
        self._refused = refused
        self._others: dict[str, JsonValue] = {}
        self._lost: dict[str, JsonValue] = {}
        self._moved: dict[str, JsonValue] = {}

    def join(self, node: JsonObject, above: Sequence[str]) -> bool:
        """Add what a node demands; return whether all of that is said now."""
        said = self._add(node)
        for key, value in node.items():
            if key not in self._refused:
                continue
            whole = self._join(key, value, node, above)
            if not whole and node is self._root:
                self._lost[key] = value
            said = said and whole
        return said

    def written(self) -> JsonObject:
        """The schema, with words for what it cannot say."""
        if self._lost and "unevaluatedProperties" in self._others:
            # It spoke of what those would have allowed.
            self._lost["unevaluatedProperties"] = self._others.pop("unevaluatedProperties")
        written: dict[str, JsonValue] = {**self._others, "type": "object", "properties": self.properties}
        if self.required:
            written["required"] = tuple(self.required)
        if self._lost:
            words = f"It has to fit {json_text(self._lost)}."
            written["description"] = f"{written.get('description', '')} {words}".lstrip()
        written = {key: self._led(value) for key, value in written.items()}
        definitions = written.get("$defs")
        if self._moved:
            written["$defs"] = {**(definitions if is_object(definitions) else EMPTY), **self._moved}
        return freeze_object(written)

    def _add(self, node: JsonObject) -> bool:
        """Add a node's own keywords, where nothing else is said in their place."""
        said = True
        for key, value in node.items():
            if key == "properties" and is_object(value):
                for name, each in value.items():
                    said = self.properties.setdefault(name, each) == each and said
            elif key == "required" and isinstance(value, Sequence):
                self.required += [name for name in value if name not in self.required]
            elif key != "type" and key not in self._refused:
                said = (self._others.setdefault(key, value) == value or key in NOTES) and said
        return said

    def _join(self, key: str, value: JsonValue, node: JsonObject, above: Sequence[str]) -> bool:
        """Add what a refused keyword demands."""
        if key == "$ref":
            target = _found(self._root, str(value))
            return value in above or (target is not None and self.join(target, (*above, str(value))))
        nodes = _nodes(value)
        if key == "allOf" or (key in CHOICES and len(nodes) == 1):
            joined = [self.join(each, above) for each in nodes]
            return all(joined)
        if key in CHOICES:
            self._widen(nodes, above, chosen=True)
        elif key == "if":
            self._widen(
                _nodes([node[each] for each in ("then", "else") if each in node]), above, chosen=False
            )
            for name in _Object(self._root, self._refused).names(value, above):
                self.properties.setdefault(name, EMPTY)  # to ask for a value is not to demand it
        return False

    def _widen(self, nodes: Sequence[JsonObject], above: Sequence[str], *, chosen: bool) -> None:
        """Allow what any of these speaks of; one of those that are chosen from has to fit."""
        parts = [_Object(self._root, self._refused) for _ in nodes]
        for part, node in zip(parts, nodes, strict=True):
            part.join(node, above)
        for name in dict.fromkeys(name for part in parts for name in part.properties):
            each = [part.properties[name] for part in parts if name in part.properties]
            distinct = [node for index, node in enumerate(each) if node not in each[:index]]
            whole = distinct[0] if len(distinct) == 1 else {"anyOf": tuple(distinct)}
            self.properties.setdefault(name, whole)
        if chosen and parts:
            shared = [name for name in parts[0].required if all(name in part.required for part in parts)]
            self.required += [name for name in shared if name not in self.required]

    def names(self, value: JsonValue, above: Sequence[str]) -> Iterable[str]:
        """The names of which a schema speaks."""
        for node in _nodes([value]):
            self.join(node, above)
        return self.properties

    def _led(self, value: JsonValue) -> JsonValue:
        """A value whose references lead somewhere still: what stood in a refused keyword is a definition."""
        if is_object(value):
            return {
                key: self._lead(inner) if key == "$ref" and isinstance(inner, str) else self._led(inner)
                for key, inner in value.items()
            }
        if isinstance(value, Sequence) and not isinstance(value, str):
            return tuple(map(self._led, value))
        return value

    def _lead(self, reference: str) -> str:
        target = _found(self._root, reference)
        if target is None or reference.split("/")[1:2] not in [[key] for key in self._refused]:
            return reference
        name = re.sub(r"\W+", "_", reference).strip("_")
        if name not in self._moved:
            self._moved[name] = EMPTY  # it may refer to itself
            self._moved[name] = self._led(target)
        return f"#/$defs/{name}"


def _nodes(value: JsonValue) -> Sequence[JsonObject]:
    """The schemas of a keyword, but for those that nothing fits."""
    several = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return [each if is_object(each) else EMPTY for each in several if each is not False]


def _found(root: JsonObject, reference: str) -> JsonObject | None:
    """What a reference leads to within a schema; None where that is no schema of an object."""
    start, *steps = reference.split("/")
    found: JsonValue = root if start == "#" else None
    for step in steps:
        name = unquote(step).replace("~1", "/").replace("~0", "~")
        if is_object(found):
            found = found.get(name)
        elif isinstance(found, Sequence) and not isinstance(found, str) and name.isdecimal():
            found = found[int(name)] if int(name) < len(found) else None
        else:
            return None
    return found if is_object(found) else None
