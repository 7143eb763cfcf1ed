"""The one bridge from a JSON Schema to a Python type.

A `Schema[T]` holds the promise that whatever the schema accepts is a `T`. The generator keeps that
promise, since both come from the same file; so here, and nowhere else, a cast is honest.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, Generic, TypeVar, cast

from typing_extensions import override

from sagent.errors import Malformed
from sagent.lib.fitting import plain_of
from sagent.lib.json import JsonObject, JsonValue, freeze_object, refuse_constant
from sagent.lib.references import lost_reference

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

T_co = TypeVar("T_co", covariant=True)

ADDRESS: Final = "https://sagent.dev/schemas/"
"""What the names of our schemas are relative to."""

LONGEST: Final = 400
"""How many characters of a complaint are told: a validator repeats the whole value, be it a file."""


class Schema(Generic[T_co]):
    """A schema in the bundle, by its name there, and the type that its documents have."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name: str = name

    @override
    def __repr__(self) -> str:
        return f"Schema({self.name!r})"

    @property
    def title(self) -> str:
        """What the schema calls its documents."""
        file, _, definition = self.name.rpartition("#/$defs/")
        return definition if file else str(_bundle()[self.name]["title"])

    @property
    def document(self) -> JsonObject:
        """The schema itself without its address, as a model or another program may be shown it."""
        return _document(self.name)

    def parse(self, text: str | bytes) -> T_co:
        """Read JSON text as a `T`.

        Raises:
            Malformed: it is not JSON, or not what the schema says.
        """
        try:
            value: object = json.loads(text, parse_constant=refuse_constant)
        except (ValueError, RecursionError) as error:
            raise Malformed(self.title, "$", str(error)) from error
        return self.check(value)

    def check(self, value: object) -> T_co:
        """Give the value back, now known to be a `T`.

        Raises:
            Malformed: it is not what the schema says.
        """
        fault = self.fault(value)
        if fault is not None:
            raise Malformed(self.title, *fault)
        return cast(T_co, value)

    def complaint(self, value: object) -> str | None:
        """What is wrong with a value and where, or None."""
        return _told(self.fault(value))

    def fault(self, value: object) -> tuple[str, str] | None:
        """Where something is wrong with a value and what, or None."""
        if _plainly_fits(self.document, value):
            return None
        return _fault(_validator(ADDRESS + self.name), value)


class Decoder(Generic[T_co]):
    """A door for values of ours: takes JSON, gives what it stands for, and says what does not fit."""

    __slots__ = ("_read", "_schema")

    def __init__(self, read: Callable[[object], T_co], schema: Schema[object]) -> None:
        self._read = read
        self._schema = schema

    def __call__(self, value: object) -> T_co:
        """Read a JSON value.

        Raises:
            Malformed: it is not what the schema says.
        """
        try:
            return self._read(value)
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            # Readers are quick and mute: which place it was, the schema is asked only now.
            fault = self._schema.fault(value)
            if fault is None and isinstance(error, KeyError):
                raise  # the schema finds nothing missing: the reader itself is wrong
            raise Malformed(self._schema.title, *(fault or ("$", str(error)))) from error


def misfit(schema: JsonObject, value: JsonValue) -> str | None:
    """What is wrong with a value and where, or None; the schema may be anybody's."""
    if _plainly_fits(schema, value):
        return None
    return _told(_fault(_foreign_validator(schema), value))


def schema_complaint(schema: JsonObject) -> str | None:
    """What is wrong with a schema of somebody else's, or None where values can be held against it."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    plain = _object(json.loads(json.dumps(schema)))
    try:
        Draft202012Validator.check_schema(plain)
    except SchemaError as error:
        return _told((error.json_path, error.message))
    lost = lost_reference(plain)
    return None if lost is None else f"it refers to {lost!r}, which is not in it"


def schema_files() -> Iterator[tuple[str, str]]:
    """Every schema file as it was written: its name, such as `wire/google.json`, and its text."""
    from pathlib import Path

    package = Path(__file__).parent
    shipped = package / "schemas"
    # A checkout has them beside src/, where the wheel takes them from.
    folder = shipped if shipped.is_dir() else package.parent.parent / "schemas"
    for path in sorted(folder.rglob("*.json")):
        yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")


def _plainly_fits(schema: JsonObject, value: object) -> bool:
    """Whether that can be said without a validator, which takes long to load."""
    plain = plain_of(schema)
    return plain is not None and isinstance(value, Mapping) and plain.fits(value)


def _told(fault: tuple[str, str] | None) -> str | None:
    return None if fault is None else f"at {fault[0]}: {fault[1]}"


def _fault(validator: "Draft202012Validator", value: object) -> tuple[str, str] | None:
    from jsonschema.exceptions import best_match
    from referencing.exceptions import Unresolvable

    try:
        error = best_match(validator.iter_errors(value))
    except Unresolvable as unresolvable:
        return "$", f"the schema leads nowhere: {unresolvable}"
    except re.error as unreadable:
        return "$", f"the schema has a pattern that cannot be read: {unreadable}"
    return None if error is None else (error.json_path, _shortened(error.message))


def _shortened(message: str) -> str:
    half = LONGEST // 2
    return message if len(message) <= LONGEST else f"{message[:half]} ... {message[-half:]}"


def _object(value: object) -> JsonObject:
    if isinstance(value, dict):
        return value
    raise TypeError("a schema is a JSON object")


@cache
def _bundle() -> Mapping[str, JsonObject]:
    from importlib.resources import files

    text = files("sagent.schema").joinpath("bundle.json").read_text(encoding="utf-8")
    bundle: Mapping[str, JsonObject] = json.loads(text)
    return bundle


@cache
def _document(name: str) -> JsonObject:
    file, _, definition = name.partition("#/$defs/")
    whole = _bundle()[file]
    shown = _object(_object(whole["$defs"])[definition]) if definition else whole
    return freeze_object({key: node for key, node in shown.items() if key not in {"$id", "$schema"}})


@cache
def _validators() -> "type[Draft202012Validator]":
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    # Frozen JSON has tuples for arrays.
    checker = Draft202012Validator.TYPE_CHECKER.redefine(
        "array", lambda _, value: isinstance(value, list | tuple)
    )
    return extend(Draft202012Validator, type_checker=checker)


@cache
def _validator(address: str) -> "Draft202012Validator":
    from referencing.jsonschema import DRAFT202012, EMPTY_REGISTRY

    # A document that names its dialect would be judged by the validator registered for that, not by ours.
    registry = EMPTY_REGISTRY.with_resources(
        (
            ADDRESS + name,
            DRAFT202012.create_resource({key: node for key, node in document.items() if key != "$schema"}),
        )
        for name, document in _bundle().items()
    )
    return _validators()({"$ref": address}, registry=registry)


@lru_cache(maxsize=256)
def _compiled(schema: str) -> "Draft202012Validator":
    from referencing.jsonschema import EMPTY_REGISTRY

    # An empty registry: a schema that points elsewhere is not fetched.
    return _validators()(_object(json.loads(schema)), registry=EMPTY_REGISTRY)


_ready: dict[int, tuple[JsonObject, "Draft202012Validator"]] = {}


def _foreign_validator(schema: JsonObject) -> "Draft202012Validator":
    """The validator of a schema; one that was seen before is known by its identity."""
    known = _ready.get(id(schema))
    if known is not None and known[0] is schema:
        return known[1]
    bare = {key: node for key, node in schema.items() if key != "$schema"}
    validator = _compiled(json.dumps(bare, sort_keys=True))
    if len(_ready) >= 1024:
        _ready.clear()
    _ready[id(schema)] = (schema, validator)
    return validator
