"""What values look like in JSON, and how they are made of it: strictly, naming the place of a fault."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum, Flag
from pathlib import Path
from typing import Final, TypeAlias

from sagent.errors import Malformed
from sagent.lib.json import JsonObject, JsonValue, is_object, json_freeze
from sagent.lib.value import frozen

Decode: TypeAlias = Callable[[JsonValue, str], object]
"""Makes a value of JSON that was found at a path.

Raises:
    Malformed: it does not fit.
"""


@frozen()
class Shape:
    """What a type looks like in JSON."""

    schema: JsonObject
    decode: Decode


Read: TypeAlias = Callable[[JsonValue, str], Mapping[str, object]]
"""Makes the members of an object, by their names.

Raises:
    Malformed: they do not fit.
"""


@frozen()
class Record:
    """What an object looks like in JSON."""

    schema: JsonObject
    read: Read


def literal(values: Sequence[object]) -> Shape:
    """Of one of these values."""
    allowed = tuple(json_freeze(value) for value in values)
    schema: JsonObject = {"enum": allowed}
    if all(isinstance(value, str) for value in values):
        schema = {"type": "string", "enum": allowed}

    def decode(value: JsonValue, path: str) -> object:
        for choice in allowed:
            if type(choice) is type(value) and choice == value:
                return choice
        return _misfit(path, f"{value!r} is none of {', '.join(map(repr, allowed))}")

    return Shape(schema, decode)


def members(kind: type[Enum]) -> Shape | None:
    """Of the values of an enum, which are read as its members; none if they are not all str or int."""
    by_value = {member.value: member for member in kind}
    types = {type(value) for value in by_value}
    if not types or not types <= {str, int} or issubclass(kind, Flag):
        return None
    values = literal(tuple(by_value))
    schema = {"type": "integer", **values.schema} if types == {int} else values.schema

    def decode(value: JsonValue, path: str) -> object:
        # For JSON Schema 2.0 is an integer.
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        return by_value[values.decode(whole, path)]

    return Shape(schema, decode)


def file(value: JsonValue, path: str) -> object:
    """Of the name of a file."""
    return Path(str(_string(value, path)))


def union(shapes: Sequence[Shape]) -> Shape:
    """Of any of these shapes."""
    # A whole number is an int before it is a float.
    ordered = sorted(shapes, key=lambda shape: shape.schema.get("type") == "number")

    def decode(value: JsonValue, path: str) -> object:
        complaints: list[str] = []
        for shape in ordered:
            try:
                return shape.decode(value, path)
            except Malformed as error:
                complaints.append(error.complaint)
        return _misfit(path, ", or ".join(complaints))

    return Shape({"anyOf": tuple(shape.schema for shape in shapes)}, decode)


def _misfit(path: str, complaint: str) -> object:
    raise Malformed("directive", path, complaint)


def as_it_is(value: JsonValue, path: str) -> object:
    """Of any JSON, which is frozen already."""
    return value


def null(value: JsonValue, path: str) -> object:
    """Of nothing."""
    return None if value is None else _misfit(path, f"expected null, got {value!r}")


def _string(value: JsonValue, path: str) -> object:
    return value if isinstance(value, str) else _misfit(path, f"expected a string, got {value!r}")


def _boolean(value: JsonValue, path: str) -> object:
    return value if isinstance(value, bool) else _misfit(path, f"expected true or false, got {value!r}")


def _integer(value: JsonValue, path: str) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    # For JSON Schema 2.0 is an integer.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return _misfit(path, f"expected an integer, got {value!r}")


def _number(value: JsonValue, path: str) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return _misfit(path, f"expected a number, got {value!r}")


def row(decode: Decode, make: Callable[[Iterable[object]], object]) -> Decode:
    """Of an array whose items are alike."""

    def row(value: JsonValue, path: str) -> object:
        if not isinstance(value, list | tuple):
            return _misfit(path, f"expected an array, got {value!r}")
        return make([decode(item, f"{path}[{index}]") for index, item in enumerate(value)])

    return row


def fixed(decoders: Sequence[Decode]) -> Decode:
    """Of an array of so many items."""

    def fixed(value: JsonValue, path: str) -> object:
        if not isinstance(value, list | tuple) or len(value) != len(decoders):
            return _misfit(path, f"expected an array of {len(decoders)}, got {value!r}")
        pairs = zip(decoders, value, strict=True)
        return tuple([decode(item, f"{path}[{index}]") for index, (decode, item) in enumerate(pairs)])

    return fixed


def mapping(decode: Decode) -> Decode:
    """Of an object whose values are alike."""

    def mapping(value: JsonValue, path: str) -> object:
        if not isinstance(value, Mapping):
            return _misfit(path, f"expected an object, got {value!r}")
        return {key: decode(item, f"{path}.{key}") for key, item in value.items()}

    return mapping


def reader(decoders: Mapping[str, Decode], required: Sequence[str]) -> Read:
    """Of an object with these members, and no others."""

    def read(value: JsonValue, path: str) -> Mapping[str, object]:
        if not is_object(value):
            raise Malformed("directive", path, f"expected an object, got {value!r}")
        for name in required:
            if name not in value:
                raise Malformed("directive", path, f"{name!r} is missing")
        if not value.keys() <= decoders.keys():
            raise Malformed("directive", path, f"{min(value.keys() - decoders.keys())!r} is not known here")
        return {name: decoders[name](item, f"{path}.{name}") for name, item in value.items()}

    return read


def built(read: Read, build: Callable[[Mapping[str, object]], object]) -> Decode:
    """Of an object out of whose members something is built."""
    return lambda value, path: build(read(value, path))


SCALARS: Final[Sequence[tuple[type, str, Decode]]] = (
    (str, "string", _string),
    (bool, "boolean", _boolean),
    (int, "integer", _integer),
    (float, "number", _number),
)
"""The simple types, what JSON Schema calls them, and how they are read."""
