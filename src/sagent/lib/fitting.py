"""Objects that surely fit a plain schema: a full validator takes ten times as long to say so."""

from collections.abc import Mapping, Sequence, Set
from typing import Final

from sagent.lib.json import JsonObject, JsonValue
from sagent.lib.value import frozen

ANNOTATIONS: Final = frozenset(("$schema", "$id", "title", "description", "default", "examples"))
"""Keywords that demand nothing."""

OBJECT: Final = ANNOTATIONS | {"type", "properties", "required", "additionalProperties"}
VALUE: Final = ANNOTATIONS | {"type", "minLength", "minimum", "maximum", "enum"}

_NUMBERS: Final = (int, float)

TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


@frozen()
class Slot:
    """What one value must be."""

    types: tuple[type, ...]
    least: float | None
    most: float | None
    shortest: int
    words: Sequence[str] | None

    def takes(self, value: JsonValue) -> bool:
        """Whether a value surely fits."""
        if type(value) not in self.types:
            return False
        if isinstance(value, str):
            return len(value) >= self.shortest and (self.words is None or value in self.words)
        if isinstance(value, _NUMBERS):
            return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)
        return False


@frozen()
class Plain:
    """A schema of an object of single values."""

    slots: Mapping[str, Slot]
    required: Set[str]

    @classmethod
    def of(cls, schema: JsonObject) -> "Plain | None":
        """The schema, if it demands no more than is known here."""
        values, required = schema.get("properties", {}), schema.get("required", ())
        if schema.get("type") != "object" or not schema.keys() <= OBJECT:
            return None
        if not isinstance(values, Mapping) or not isinstance(required, Sequence) or not _are_words(required):
            return None
        slots = {name: _slot(value) for name, value in values.items()}
        known = {name: slot for name, slot in slots.items() if slot is not None}
        return cls(known, frozenset(str(name) for name in required)) if len(known) == len(slots) else None

    def fits(self, value: JsonObject) -> bool:
        """Whether an object surely fits; of any other a validator has to say what is wrong, or nothing."""
        for name, given in value.items():
            slot = self.slots.get(name)
            if slot is None or not slot.takes(given):
                return False
        return self.required <= value.keys()


def plain_of(schema: JsonObject) -> Plain | None:
    """The same; a schema that was seen before is known by its identity."""
    known = _SEEN.get(id(schema))
    if known is None or known[0] is not schema:
        if len(_SEEN) >= 1024:
            _SEEN.clear()
        known = _SEEN[id(schema)] = schema, Plain.of(schema)
    return known[1]


_SEEN: Final[dict[int, tuple[JsonObject, Plain | None]]] = {}


def _slot(schema: JsonValue) -> Slot | None:
    if not isinstance(schema, Mapping) or not schema.keys() <= VALUE:
        return None
    kind, words, shortest = schema.get("type"), schema.get("enum"), schema.get("minLength", 0)
    least, most = schema.get("minimum"), schema.get("maximum")
    if not isinstance(kind, str) or kind not in TYPES or not isinstance(shortest, int):
        return None
    if not isinstance(least, int | float | None) or not isinstance(most, int | float | None):
        return None
    if words is not None and (kind != "string" or not _are_words(words)):
        return None
    told = tuple(str(word) for word in words) if isinstance(words, Sequence) else None
    return Slot(TYPES[kind], least, most, shortest, told)


def _are_words(value: JsonValue) -> bool:
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and all(isinstance(word, str) for word in value)
    )
