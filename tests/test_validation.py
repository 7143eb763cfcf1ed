"""The bridge from JSON Schema to types, and the complaints that people and models are shown."""

import json
import sys
from pathlib import Path
from subprocess import run

import pytest

from sagent.errors import Malformed
from sagent.lib.json import freeze_object
from sagent.schema import catalog
from sagent.validation import Decoder, Schema, misfit, schema_complaint, schema_files

ROOT = Path(__file__).parent.parent
READ = freeze_object(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["file_path"],
        "properties": {
            "file_path": {"type": "string"},
            "limit": {"type": "integer", "minimum": 1},
            "edits": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "mode": {"enum": ["text", ["raw"]]},
        },
    }
)


def test_a_text_that_fits_is_parsed_to_its_document() -> None:
    document = catalog.READ_DIRECTIVE.parse('{"file_path": "a.py"}')

    assert document["file_path"] == "a.py"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", r"^ReadDirective: at \$: Expecting property name"),
        ("[]", r"^ReadDirective: at \$: \[\] is not of type 'object'$"),
        ('{"file_path": 7}', r"^ReadDirective: at \$\.file_path: 7 is not of type 'string'$"),
        ('{"limit": NaN}', r"^ReadDirective: at \$: NaN is not JSON$"),
        (b'{"file_path": "\xff"}', r"^ReadDirective: at \$: 'utf-8' codec can't decode"),
        ("[" * 100_000, r"^ReadDirective: at \$: "),
    ],
    ids=["cut", "array", "number", "constant", "bytes", "deep"],
)
def test_a_text_that_does_not_fit_is_refused_with_its_place(text: str | bytes, complaint: str) -> None:
    with pytest.raises(Malformed, match=complaint):
        catalog.READ_DIRECTIVE.parse(text)


def test_checking_gives_back_the_very_document() -> None:
    document: object = {"file_path": "a.py"}

    assert catalog.READ_DIRECTIVE.check(document) is document


def test_a_complaint_is_none_for_what_fits_and_a_line_for_what_does_not() -> None:
    complaints = [
        catalog.READ_DIRECTIVE.complaint(document) for document in ({"file_path": "a"}, {"file_path": ""})
    ]

    assert complaints == [None, "at $.file_path: '' should be non-empty"]


def test_the_document_of_a_tool_schema_can_be_shown_to_a_model() -> None:
    written = json.loads((ROOT / "schemas" / "tools" / "read.json").read_text(encoding="utf-8"))

    shown = catalog.READ_DIRECTIVE.document

    assert shown == freeze_object(
        {key: value for key, value in written.items() if key not in {"$id", "$schema"}}
    )


def test_a_union_is_asked_by_its_tag_so_that_the_complaint_names_the_field() -> None:
    complaint = catalog.MESSAGE.complaint({"descriptor": "text/plain", "txt": "Hello."})

    assert complaint == "at $: Additional properties are not allowed ('txt' was unexpected)"


def test_a_schema_shows_its_name_and_its_title() -> None:
    schemas: list[Schema[object]] = [catalog.KEPT, catalog.READ_DIRECTIVE]

    assert [repr(schema) for schema in schemas] == [
        "Schema('message.json#/$defs/Kept')",
        "Schema('tools/read.json')",
    ]
    assert [schema.title for schema in schemas] == ["Kept", "ReadDirective"]


def test_every_schema_in_the_catalogue_can_be_checked_against() -> None:
    schemas = [value for value in vars(catalog).values() if isinstance(value, Schema)]

    complaints = [schema.complaint(object()) for schema in schemas]

    assert len(schemas) > 50
    assert None not in complaints


def test_a_reader_that_stumbles_over_what_the_schema_takes_is_not_hidden() -> None:
    def stumble(value: object) -> str:
        raise KeyError("content")

    with pytest.raises(KeyError):
        Decoder(stumble, catalog.TEXT)({"descriptor": "text/plain", "content": ""})


@pytest.mark.parametrize(
    ("directive", "complaint"),
    [
        ({"file_path": "a.py", "limit": 3, "edits": ["x"]}, None),
        ({"file_path": "a.py", "mode": ["raw"]}, None),
        ({"file_path": 7}, "at $.file_path: 7 is not of type 'string'"),
        ({}, "at $: 'file_path' is a required property"),
        ({"file_path": "a.py", "edits": ["x", 1]}, "at $.edits[1]: 1 is not of type 'string'"),
        ({"file_path": "a.py", "edits": []}, "at $.edits: () should be non-empty"),
        (
            {"file_path": "a.py", "lines": 3},
            "at $: Additional properties are not allowed ('lines' was unexpected)",
        ),
    ],
    ids=["fits", "listed", "type", "missing", "item", "empty", "stranger"],
)
def test_a_frozen_directive_is_held_against_a_frozen_schema(directive: object, complaint: str | None) -> None:
    assert misfit(READ, freeze_object(directive)) == complaint


def test_a_long_value_is_not_repeated_whole_in_the_complaint() -> None:
    complaint = misfit(READ, {"file_path": ["x" * 100_000]})

    assert complaint is not None
    assert len(complaint) < 500
    assert complaint.startswith("at $.file_path: ['xxx")
    assert complaint.endswith("xxx'] is not of type 'string'")


def test_a_schema_that_points_to_the_network_is_not_followed() -> None:
    complaint = misfit({"$ref": "https://example.org/schema.json"}, {})

    assert complaint == "at $: the schema leads nowhere: Unresolvable: https://example.org/schema.json"


def test_a_pattern_that_python_cannot_read_is_told_and_not_a_crash() -> None:
    schema = {"properties": {"name": {"pattern": r"\p{Lu}"}}}

    complaint = misfit(schema, {"name": "A"})

    assert complaint == r"at $: the schema has a pattern that cannot be read: bad escape \p at position 0"


@pytest.mark.parametrize(
    ("schema", "complaint"),
    [
        ({"type": "object", "required": ["a"]}, None),
        ({"type": "objct"}, "at $.type: 'objct' is not valid under any of the given schemas"),
        ({"properties": []}, "at $.properties: [] is not of type 'object'"),
    ],
    ids=["fits", "misspelt", "array"],
)
def test_a_schema_of_somebody_else_is_judged_before_it_is_used(schema: object, complaint: str | None) -> None:
    assert schema_complaint(freeze_object(schema)) == complaint


def test_the_schema_files_are_given_as_they_were_written() -> None:
    folder = ROOT / "schemas"

    given = dict(schema_files())

    assert given == {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.json")
    }


def test_the_codec_is_imported_without_the_validator() -> None:
    code = "import sys, sagent.schema.codec; print(sorted({'jsonschema', 'pathlib'} & sys.modules.keys()))"

    shown = run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"],
        check=True,
        capture_output=True,
        text=True,
    )

    assert shown.stdout == "[]\n"


def test_frozen_arrays_are_arrays_for_our_schemas_and_for_schemas_that_name_their_dialect() -> None:
    directive = freeze_object({"file_path": "a", "edits": [{"old_string": "1", "new_string": "2"}]})
    recursive = freeze_object(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "properties": {"items": {"type": "array", "items": {"$ref": "#"}}},
        }
    )

    assert catalog.EDIT_DIRECTIVE.complaint(directive) is None
    assert misfit(recursive, freeze_object({"items": [{"items": []}]})) is None
