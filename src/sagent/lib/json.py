"""JSON values that cannot change, and the two ways to write them."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NoReturn, Self, TypeAlias, Union, overload

from typing_extensions import TypeIs, override

JsonValue: TypeAlias = Union[bool, int, float, str, "Sequence[JsonValue]", "Mapping[str, JsonValue]", None]
"""A JSON value of any kind."""

JsonObject: TypeAlias = Mapping[str, JsonValue]
"""A JSON object with any members."""


def is_object(value: object) -> TypeIs[Mapping[str, object]]:
    """Whether a value that came of JSON, whose keys are strings, is an object.

    To ask `Mapping` of what is plainly a `dict` takes several times as long.
    """
    return type(value) is dict or type(value) is FrozenObject or isinstance(value, Mapping)


class FrozenObject(dict[str, JsonValue]):
    """A JSON object that refuses to be changed; `json.dumps` takes it as it is."""

    __slots__ = ()

    @override
    def __setitem__(self, key: str, value: JsonValue, /) -> NoReturn:
        _refuse()

    @override
    def __delitem__(self, key: str, /) -> NoReturn:
        _refuse()

    @override
    def __ior__(self, other: object, /) -> NoReturn:
        _refuse()

    @override
    def clear(self) -> NoReturn:
        _refuse()

    @override
    def pop(self, *args: object) -> NoReturn:
        _refuse()

    @override
    def popitem(self) -> NoReturn:
        _refuse()

    @override
    def setdefault(self, *args: object) -> NoReturn:
        _refuse()

    @override
    def __reduce__(self) -> tuple[type[Self], tuple[dict[str, JsonValue]]]:
        return type(self), (dict(self),)  # else copying and unpickling would fill it key by key

    @override
    def update(self, *args: object, **kwargs: object) -> NoReturn:
        _refuse()


EMPTY: Final[JsonObject] = FrozenObject()
"""The object without members."""


def _refuse() -> NoReturn:
    raise TypeError("a frozen JSON object cannot be changed; build a new one from it")


@overload
def json_freeze(value: Mapping[str, object]) -> JsonObject: ...
@overload
def json_freeze(value: object) -> JsonValue: ...
def json_freeze(value: object) -> JsonValue:
    """Copy a JSON value so that nothing can change it: objects become `FrozenObject`, arrays become tuples.

    Raises:
        TypeError: something in it is not JSON: the message names the place.
    """
    try:
        return _frozen_plain(value)
    except LookupError:
        return _frozen(value, "$")


def freeze_object(value: object) -> JsonObject:
    """Copy a JSON object so that nothing can change it.

    Raises:
        TypeError: it is not an object, or something in it is not JSON.
    """
    frozen = json_freeze(value)
    if isinstance(frozen, FrozenObject):
        return frozen
    raise TypeError(f"at $: expected an object, got {type(value).__name__}")


def _frozen_plain(value: object) -> JsonValue:
    """The quick way, for what `json.loads` makes; anything else is a `LookupError`, and goes the slow way."""
    if value is None:
        return value
    if type(value) is str or type(value) is int or type(value) is bool or type(value) is FrozenObject:
        return value
    if type(value) is dict:
        members: dict[str, JsonValue] = {}
        for key, member in value.items():
            if type(key) is not str:
                raise LookupError
            members[key] = member if type(member) is str or type(member) is int else _frozen_plain(member)
        return FrozenObject(members)
    if type(value) is list or type(value) is tuple:
        return tuple([_frozen_plain(item) for item in value])
    if type(value) is float and math.isfinite(value):
        return value
    raise LookupError


def _frozen(value: object, path: str) -> JsonValue:
    if value is None or isinstance(value, str | bool | int | FrozenObject):
        return value
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        raise TypeError(f"at {path}: {value} is no JSON number")
    if isinstance(value, Mapping):
        members: dict[str, JsonValue] = {}
        for key, member in value.items():
            if not isinstance(key, str):
                raise TypeError(f"at {path}: the key {key!r} is not a string")
            members[key] = _frozen(member, f"{path}.{key}")
        return FrozenObject(members)
    if isinstance(value, list | tuple):
        return tuple([_frozen(item, f"{path}[{index}]") for index, item in enumerate(value)])
    raise TypeError(f"at {path}: {type(value).__name__} is not JSON")


def parse_json(text: str | bytes) -> object:
    """A text of somebody else's as the standard reader takes it.

    Raises:
        ValueError: it is no JSON or no UTF-8, or a number or a nesting in it is beyond all measure.
    """
    try:
        value: object = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return value


def read_json(text: str) -> JsonValue:
    """A text of somebody else's as JSON.

    Raises:
        ValueError: it is none; the message names the place.
    """
    try:
        value: object = json.loads(text, parse_constant=refuse_constant)
        return json_freeze(value)
    except (RecursionError, TypeError) as error:
        raise ValueError(str(error)) from error


def refuse_constant(constant: str) -> NoReturn:
    """Not take a number that only Python's reader knows."""
    raise ValueError(f"{constant} is not JSON")


def json_text(value: object) -> str:
    """Write JSON on one line, as short as it goes.

    Raises:
        TypeError: something in it is not JSON.
    """
    return _written(value)


def json_bytes(value: object) -> bytes:
    """Write JSON as UTF-8; half a surrogate pair, which strict parsers refuse, becomes U+FFFD."""
    text = _written(value)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


_WRITER: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False
)


def _writer() -> Callable[[object], str]:
    """Who writes: the encoder in C itself where there is one, since `json` makes a new one for each value."""
    try:
        from _json import encode_basestring, make_encoder
    except ImportError:
        return _WRITER.encode
    pieces: Callable[[object, int], tuple[str, ...]] = make_encoder(
        None, _WRITER.default, encode_basestring, None, ":", ",", False, False, False
    )
    return lambda value: "".join(pieces(value, 0))


_written: Final = _writer()
