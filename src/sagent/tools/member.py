"""The parts of what is described: the parameters of a function, the fields of a record."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import MISSING, fields
from enum import Enum
from inspect import Parameter
from pathlib import Path
from typing import Annotated, NotRequired, Required, get_args, get_origin

import typing_extensions

from sagent.lib.json import JsonObject, json_freeze
from sagent.lib.value import frozen


@frozen(kw_only=True)
class Member:
    """A parameter of a function, or a field of a record."""

    name: str
    annotation: object
    required: bool
    default: object = Parameter.empty
    description: str = ""


def members_of(record: type, hints: Mapping[str, object]) -> Sequence[Member]:
    """What a dataclass or TypedDict is made of."""
    if typing_extensions.is_typeddict(record):
        required: Collection[str] = getattr(record, "__required_keys__", ())
        return [
            Member(name=name, annotation=hint, required=_required(hint, name in required))
            for name, hint in hints.items()
        ]
    return [
        Member(
            name=field.name,
            annotation=hints[field.name],
            required=field.default is MISSING and field.default_factory is MISSING,
            default=Parameter.empty if field.default is MISSING else field.default,
        )
        for field in fields(record)
        if field.init
    ]


def _required(hint: object, otherwise: bool) -> bool:
    """Whether a key must be there; `__required_keys__` is wrong where annotations are strings."""
    origin: object = get_origin(hint)
    if origin is Required or origin is NotRequired:
        return origin is Required
    if origin in {Annotated, typing_extensions.ReadOnly}:
        return _required(get_args(hint)[0], otherwise)
    return otherwise


def documentation(record: type) -> str:
    """What a class says of itself."""
    text = record.__doc__ or ""
    # A dataclass without words of its own gets its signature for a docstring.
    return "" if text.startswith(f"{record.__name__}(") else " ".join(text.split())


def described(member: Member, schema: JsonObject) -> JsonObject:
    """The schema of a member, with what is known of it beside its type."""
    told = {**schema, "description": member.description} if member.description else dict(schema)
    if member.default is Parameter.empty:
        return told
    try:
        return {**told, "default": json_freeze(_plain(member.default))}
    except TypeError:
        # A default that is no JSON is the function's own business: whoever calls leaves the member out.
        return told


def _plain(default: object) -> object:
    """A default as whoever calls would write it."""
    match default:
        case Enum():
            value: object = default.value
            return value
        case Path():
            return str(default)
        case _:
            return default
