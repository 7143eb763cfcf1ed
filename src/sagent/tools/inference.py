"""A JSON Schema of a Python type, and the way from JSON that fits it to a value of the type."""

import types
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import (
    Annotated,
    Final,
    Literal,
    NewType,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import typing_extensions

from sagent.errors import UsageError
from sagent.lib.json import JsonObject, JsonValue
from sagent.tools.member import Member, described, documentation, members_of
from sagent.tools.shape import (
    SCALARS,
    Decode,
    Record,
    Shape,
    as_it_is,
    built,
    file,
    fixed,
    literal,
    mapping,
    members,
    null,
    reader,
    row,
    union,
)


class Inference:
    """Describes the types of one schema, and collects the definitions that refer to themselves."""

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._named: dict[object, str] = {}
        """The classes that are being described, and those that are defined, with their names."""
        self._referred: set[str] = set()
        self._decoders: dict[str, Decode] = {}
        self.definitions: dict[str, JsonValue] = {}

    def shape(self, annotation: object, place: str) -> Shape:
        """Describe a type.

        Raises:
            UsageError: it has no counterpart in JSON; the message names the place.
        """
        found = self._special(annotation, place) or self._scalar(annotation)
        if found is None:
            found = self._generic(annotation, place) or self._record(annotation, place)
        if found is None:
            raise UsageError(
                f"{self._subject}: {place} has the type {annotation!r}, which JSON does not have; "
                "use str, int, float, bool, None, Path, Literal, an Enum of str or int, list, tuple, "
                "Mapping, a dataclass, a TypedDict, or a union of these"
            )
        return found

    def _special(self, annotation: object, place: str) -> Shape | None:
        if annotation is object or annotation in _json(JsonValue):
            return Shape({}, as_it_is)
        if annotation in _json(JsonObject):
            return Shape({"type": "object"}, mapping(as_it_is))
        if isinstance(annotation, NewType):
            return self.shape(annotation.__supertype__, place)
        return None

    def _scalar(self, annotation: object) -> Shape | None:
        if annotation is None or annotation is type(None):
            return Shape({"type": "null"}, null)
        if annotation is Path:
            return Shape({"type": "string"}, file)
        if isinstance(annotation, type) and issubclass(annotation, Enum):
            return members(annotation)
        for kind, name, decode in SCALARS:
            if annotation is kind:
                return Shape({"type": name}, decode)
        return None

    def _generic(self, annotation: object, place: str) -> Shape | None:
        origin: object = get_origin(annotation)
        arguments: tuple[object, ...] = get_args(annotation)
        if origin is Annotated:
            inner = self.shape(arguments[0], place)
            texts = [text for text in arguments[1:] if isinstance(text, str)]
            return Shape({**inner.schema, "description": texts[0]}, inner.decode) if texts else inner
        if origin in {Required, NotRequired, typing_extensions.ReadOnly}:
            return self.shape(arguments[0], place)
        if origin is Literal:
            return literal(arguments)
        if origin in {Union, types.UnionType}:
            return union([self.shape(argument, place) for argument in arguments])
        if origin in _ROWS and len(arguments) == 1:
            items = self.shape(arguments[0], f"{place}[]")
            make: Callable[[Iterable[object]], object] = list if origin is list else tuple
            return Shape({"type": "array", "items": items.schema}, row(items.decode, make))
        if origin is tuple:
            return self._tuple(arguments, place)
        if origin in _MAPPINGS and arguments[:1] == (str,):
            values = self.shape(arguments[1], f"{place}{{}}")
            return Shape({"type": "object", "additionalProperties": values.schema}, mapping(values.decode))
        return None

    def _tuple(self, arguments: Sequence[object], place: str) -> Shape:
        if len(arguments) == 2 and arguments[1] is ...:
            items = self.shape(arguments[0], f"{place}[]")
            return Shape({"type": "array", "items": items.schema}, row(items.decode, tuple))
        shapes = [self.shape(argument, f"{place}[{index}]") for index, argument in enumerate(arguments)]
        count = len(shapes)
        schema: JsonObject = {
            "type": "array",
            "prefixItems": tuple(shape.schema for shape in shapes),
            "minItems": count,
            "maxItems": count,
        }
        return Shape(schema, fixed([shape.decode for shape in shapes]))

    def _record(self, annotation: object, place: str) -> Shape | None:
        if not isinstance(annotation, type) or not (
            is_dataclass(annotation) or typing_extensions.is_typeddict(annotation)
        ):
            return None
        name = self._named.get(annotation)
        if name is not None:
            self._referred.add(name)
            return self._reference(name)
        name = self._named[annotation] = self._free_name(annotation.__name__)
        members = members_of(annotation, self.hints(annotation, f"{place}: {annotation.__name__}"))
        record = self.record(members, f"{place}.")
        text = documentation(annotation)
        schema = {"description": text, **record.schema} if text else record.schema
        decode = built(record.read, lambda values: annotation(**values))
        if name not in self._referred:
            # Written out where it stands, since not every provider follows references.
            del self._named[annotation]
            return Shape(schema, decode)
        self.definitions[name] = schema
        self._decoders[name] = decode
        return self._reference(name)

    def _reference(self, name: str) -> Shape:
        return Shape({"$ref": f"#/$defs/{name}"}, lambda value, path: self._decoders[name](value, path))

    def _free_name(self, name: str) -> str:
        taken = set(self._named.values())
        free, number = name, 2
        while free in taken:
            free, number = f"{name}{number}", number + 1
        return free

    def record(self, members: Sequence[Member], place: str) -> Record:
        """Describe an object of these members. The place stands before their names."""
        shapes = {member.name: self.shape(member.annotation, place + member.name) for member in members}
        required = tuple(member.name for member in members if member.required)
        schema: JsonObject = {
            "type": "object",
            "additionalProperties": False,
            "properties": {member.name: described(member, shapes[member.name].schema) for member in members},
            "required": required,
        }
        return Record(schema, reader({name: shape.decode for name, shape in shapes.items()}, required))

    def hints(self, annotated: object, place: str) -> Mapping[str, object]:
        """The annotations of a class or function, read.

        Raises:
            UsageError: one of them cannot be read.
        """
        try:
            return get_type_hints(annotated, localns=_NAMES, include_extras=True)
        except (NameError, TypeError) as error:
            raise UsageError(
                f"{self._subject}: {place} has an annotation that cannot be read: {error}"
            ) from error


_ROWS: Final = frozenset({list, Sequence, Iterable, Collection})
_MAPPINGS: Final = frozenset({dict, Mapping})
_NAMES: Final = {"JsonValue": JsonValue, "Mapping": Mapping, "Sequence": Sequence}
"""What `JsonValue` refers to by name, since it holds itself; nobody else's module has to import that."""


@cache
def _json(alias: object) -> tuple[object, ...]:
    """An alias as it is written, and as it is after its references were followed."""

    def probe(value: object) -> None: ...

    probe.__annotations__["value"] = alias
    return alias, get_type_hints(probe, localns=_NAMES)["value"]
