"""What surely fits a plain schema fits it for a full validator too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from sagent.lib.fitting import Plain
from sagent.lib.json import freeze_object

VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.floats(-3, 3), st.text(max_size=3), st.just([])
)
SLOTS = st.fixed_dictionaries(
    {"type": st.sampled_from(["string", "integer", "number", "boolean", "array"])},
    optional={
        "minimum": st.integers(-2, 2),
        "maximum": st.integers(-2, 2),
        "minLength": st.integers(0, 2),
        "enum": st.lists(st.text(max_size=2), min_size=1, max_size=2),
        "description": st.just("words"),
        "pattern": st.just("^a"),
    },
)
NAMES = st.sampled_from(["a", "b", "c"])
SCHEMAS = st.fixed_dictionaries(
    {"type": st.just("object"), "properties": st.dictionaries(NAMES, SLOTS)},
    optional={"required": st.lists(NAMES, unique=True), "additionalProperties": st.booleans()},
)


@given(schema=SCHEMAS, value=st.dictionaries(NAMES, VALUES))
def test_whatever_surely_fits_satisfies_the_validator(
    schema: dict[str, object], value: dict[str, object]
) -> None:
    plain = Plain.of(freeze_object(schema))

    if plain is not None and plain.fits(freeze_object(value)):
        assert Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ({"path": "a", "count": 2, "loud": True, "mode": "x"}, True),
        ({"path": "a"}, True),
        ({"path": ""}, False),
        ({"count": 2}, False),
        ({"path": "a", "count": 0}, False),
        ({"path": "a", "count": True}, False),
        ({"path": "a", "mode": "z"}, False),
        ({"path": "a", "more": 1}, False),
    ],
)
def test_a_plain_object_is_taken_without_a_validator(value: dict[str, object], fits: bool) -> None:
    slots = {
        "path": {"type": "string", "minLength": 1},
        "count": {"type": "integer", "minimum": 1},
        "loud": {"type": "boolean", "default": False},
        "mode": {"type": "string", "enum": ["x", "y"]},
    }
    plain = Plain.of(freeze_object({"type": "object", "properties": slots, "required": ["path"]}))

    assert plain is not None
    assert plain.fits(freeze_object(value)) is fits


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "oneOf": []},
        {"type": "array"},
        {"type": "object", "properties": {"a": {"$ref": "#"}}},
        {"type": "object", "properties": {"a": {"type": ["string", "null"]}}},
    ],
)
def test_a_schema_that_demands_more_is_left_to_the_validator(schema: dict[str, object]) -> None:
    assert Plain.of(freeze_object(schema)) is None
