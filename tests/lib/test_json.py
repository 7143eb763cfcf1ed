"""JSON that cannot change, and its two ways of writing."""

import copy
import json
import pickle
from collections import OrderedDict
from collections.abc import Callable
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.lib.json import (
    EMPTY,
    FrozenObject,
    JsonValue,
    freeze_object,
    is_object,
    json_bytes,
    json_freeze,
    json_text,
    parse_json,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_frozen_json_is_written_as_what_it_was_made_of(value: object) -> None:
    frozen = json_freeze(value)

    assert json.loads(json_text(frozen)) == json.loads(json.dumps(value))


@given(JSON)
def test_freezing_what_is_frozen_changes_nothing(value: object) -> None:
    frozen = json_freeze(value)

    assert json_freeze(frozen) == frozen


def arrays_and_objects(value: JsonValue) -> bool:
    """Whether nothing in it is a list or an ordinary dictionary."""
    if isinstance(value, str | int | float | bool | None):
        return True
    if isinstance(value, FrozenObject):
        return all(arrays_and_objects(member) for member in value.values())
    return isinstance(value, tuple) and all(arrays_and_objects(item) for item in value)


@given(JSON)
def test_nothing_in_frozen_json_can_be_changed(value: object) -> None:
    assert arrays_and_objects(json_freeze(value))


@pytest.mark.parametrize("twin", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_a_frozen_object_can_be_copied_and_pickled(twin: Callable[[object], object]) -> None:
    frozen = json_freeze({"a": [1, {"b": 2}]})

    made = twin(frozen)

    assert made == frozen
    assert isinstance(made, FrozenObject)


def test_what_was_frozen_does_not_change_with_its_source() -> None:
    inner = [1]
    frozen = json_freeze({"a": inner})

    inner.append(2)

    assert frozen == {"a": (1,)}


@pytest.mark.parametrize(
    "change",
    [
        lambda frozen: frozen.__setitem__("a", 2),
        lambda frozen: frozen.__delitem__("a"),
        lambda frozen: frozen.__ior__({"b": 1}),
        lambda frozen: frozen.clear(),
        lambda frozen: frozen.pop("a"),
        lambda frozen: frozen.popitem(),
        lambda frozen: frozen.setdefault("b", 1),
        lambda frozen: frozen.update(b=1),
    ],
)
def test_every_way_to_change_a_frozen_object_is_refused(change: Callable[[FrozenObject], object]) -> None:
    frozen = FrozenObject({"a": 1})

    with pytest.raises(TypeError, match="cannot be changed"):
        change(frozen)

    assert frozen == {"a": 1}


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ({"a": [1, {"b": {1, 2}}]}, r"at \$\.a\[1\]\.b: set is not JSON"),
        ({"a": float("nan")}, r"at \$\.a: nan is no JSON number"),
        ([float("-inf")], r"at \$\[0\]: -inf is no JSON number"),
        ({1: 2}, r"at \$: the key 1 is not a string"),
        (b"bytes", r"at \$: bytes is not JSON"),
    ],
)
def test_what_is_not_json_is_refused_with_its_place(value: object, complaint: str) -> None:
    with pytest.raises(TypeError, match=complaint):
        json_freeze(value)


@pytest.mark.parametrize("value", [None, [1], "a", 5])
def test_an_object_is_asked_for_where_an_object_is_needed(value: object) -> None:
    with pytest.raises(TypeError, match="expected an object"):
        freeze_object(value)


def test_the_empty_object_is_an_object() -> None:
    assert freeze_object({}) == EMPTY == {}


@given(st.text(st.characters(codec=None)))
def test_text_of_any_kind_is_written_as_utf_8_that_strict_parsers_take(text: str) -> None:
    written = json_bytes({"text": text})

    read = json.loads(written.decode("utf-8", "strict"))["text"]
    assert read == text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("h\u00e9llo \U0001f600", "h\u00e9llo \U0001f600"),
        ("\ud83d\ude00", "\U0001f600"),
        ("a\ud83d", "a\ufffd"),
        ("\ude00b", "\ufffdb"),
    ],
)
def test_half_a_surrogate_pair_becomes_a_replacement_character(text: str, written: str) -> None:
    assert json_bytes(text) == f'"{written}"'.encode()


def test_json_is_written_without_spaces_and_without_escapes_that_are_not_needed() -> None:
    assert json_text({"a": [1, "\u00e9"]}) == '{"a":[1,"\u00e9"]}'


@pytest.mark.parametrize("write", [json_text, json_bytes])
def test_numbers_that_json_does_not_have_are_not_written(write: Callable[[object], object]) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        write(float("nan"))


@given(JSON)
def test_json_is_written_as_the_standard_library_writes_it_without_spaces(value: object) -> None:
    expected = json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    assert json_text(value) == expected


@pytest.mark.parametrize(
    ("value", "refusal"),
    [({1, 2}, TypeError), (object(), TypeError), (float("nan"), ValueError), ({(1,): 2}, TypeError)],
)
def test_what_json_does_not_have_is_not_written(value: object, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        json_text({"a": [value]})


def test_what_holds_itself_is_not_written() -> None:
    value: list[object] = []
    value.append(value)

    with pytest.raises(RecursionError):
        json_text(value)


def test_whatever_maps_is_an_object_and_nothing_else() -> None:
    mappings: list[object] = [{}, EMPTY, MappingProxyType({}), OrderedDict()]
    others: list[object] = [[], (), "{}", 1, None]

    assert [is_object(value) for value in [*mappings, *others]] == [True] * 4 + [False] * 5


@pytest.mark.parametrize(
    "text",
    ["", "{nonsense", "[" * 100_000, "9" * 5000, b"\xff\xfe\xfa", '{"a": ' * 5000],
    ids=["nothing", "nonsense", "nesting", "digits", "bytes", "objects"],
)
def test_whatever_cannot_be_read_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)
