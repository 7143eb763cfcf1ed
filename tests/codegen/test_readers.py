"""What the codec's generator does with a field that it does not know how to read."""

from collections.abc import Mapping

import pytest

from codegen import readers
from codegen.naming import python_pattern, snake
from codegen.shapes import shapes
from codegen.shelf import Fault


@pytest.mark.parametrize(
    ("field", "fault"),
    [
        ({"type": "string", "maxLength": 3}, "Note.content: the codec does not know maxLength"),
        (
            {"type": "string", "minLength": 2},
            'Note.content: the codec cannot read {"type": "string", "minLength": 2}',
        ),
        ({"type": "integer"}, 'Note.content: the codec cannot read {"type": "integer"}'),
        (
            {"type": "array", "items": {"type": "integer", "minimum": 0}},
            'Note.content: give {"type": "integer", "minimum": 0} a name of its own under $defs',
        ),
        ({"type": "string", "pattern": "^a$|^b$"}, "the pattern '^a$|^b$' has a $ before its end"),
    ],
    ids=["keyword", "length", "bounds", "items", "pattern"],
)
def test_a_field_that_cannot_be_read_strictly_is_refused(field: Mapping[str, object], fault: str) -> None:
    with pytest.raises(Fault) as caught:
        _module({"Note": _record(field)})

    assert str(caught.value) == fault


def test_a_reader_checks_what_its_schema_says() -> None:
    module = _module({"Note": _record({"type": ["integer", "null"], "minimum": 1})})

    assert module.endswith(
        '''def read_note(value: object) -> Note:
    """Read a Note."""
    document = tagged(value, "text/x-note", 2)
    return Note(
        content=None if document["content"] is None else whole(document["content"], 1),
    )
'''
    )


def test_two_kinds_of_one_name_are_refused_since_their_readers_would_be_one() -> None:
    kind = {"$defs": {"Note": _record({"type": "string"})}}

    with pytest.raises(Fault, match="two core schemas define Note"):
        shapes({"part.json": kind, "event.json": kind})


def test_the_end_of_a_pattern_is_the_end_of_the_string() -> None:
    assert [python_pattern(pattern) for pattern in ("^a$", "a")] == [r"^a\Z", "a"]


def test_a_camel_case_name_becomes_a_snake_case_one() -> None:
    assert [snake(name) for name in ("Text", "ToolCall", "ModelSpec")] == ["text", "tool_call", "model_spec"]


def _record(content: Mapping[str, object]) -> Mapping[str, object]:
    return {
        "description": "A note.",
        "type": "object",
        "additionalProperties": False,
        "required": ["descriptor", "content"],
        "properties": {"descriptor": {"const": "text/x-note"}, "content": content},
    }


def _module(definitions: Mapping[str, object]) -> str:
    return readers.module(shapes({"part.json": {"$defs": definitions}}))
