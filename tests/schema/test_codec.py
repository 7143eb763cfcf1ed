"""The codec against the schemas that it was made from."""

import json
import random
from collections.abc import Iterator, Mapping
from functools import cache
from typing import cast

import pytest
from jsonschema import Draft202012Validator
from referencing.jsonschema import DRAFT202012, EMPTY_REGISTRY

from sagent.atoms import CallId, MessageId, ToolName
from sagent.errors import Malformed
from sagent.lib.json import FrozenObject, json_text
from sagent.schema.codec import decode_kept, decode_message_id, decode_part, decode_tool_call, encode_part
from sagent.schema.message import ModelResponse, ToolCall
from sagent.schema.part import Data, Text, Thinking
from sagent.schema.signal import Halt
from sagent.validation import schema_files
from tests.schema.documents import Example, decoder, encoder, examples, is_written, kinds, schema

MUTANTS = 3000
STRANGE: tuple[object, ...] = (
    *(None, True, False, 0, 1, 1.0, -1, 1.5, 10**400, -0.0),
    *("", "a b", "text/plain", "user", "x" * 65, [], {}, ["text/plain"], {"descriptor": "text/plain"}),
)


@pytest.mark.parametrize("example", examples("valid"), ids=lambda example: example.name)
def test_a_valid_document_is_taken_by_schema_and_codec(example: Example) -> None:
    value = decoder(example.kind)(example.document)

    assert schema(example.kind).complaint(example.document) is None
    assert _is_valid(example.kind, example.document)
    if is_written(example.kind):
        again = json.loads(json_text(encoder(example.kind)(value)))
        assert again == example.document
        assert decoder(example.kind)(again) == value


@pytest.mark.parametrize("example", examples("invalid"), ids=lambda example: example.name)
def test_an_invalid_document_is_refused_by_schema_and_codec(example: Example) -> None:
    with pytest.raises(Malformed) as caught:
        decoder(example.kind)(example.document)

    assert (caught.value.path, caught.value.complaint) == schema(example.kind).fault(example.document)
    assert caught.value.what == example.kind


def test_every_kind_has_a_valid_document_written_down() -> None:
    written = {example.kind for example in examples("valid")}

    assert written == kinds()


def test_thousands_of_mutated_documents_get_the_same_verdict_from_codec_and_schema() -> None:
    verdicts = [_verdicts(kind, document) for kind, document in _mutants(random.Random(19))]

    assert [each for each in verdicts if len(set(each[:3])) > 1] == []
    valid = sum(each[0] for each in verdicts)
    assert len(verdicts) == MUTANTS
    assert MUTANTS / 8 < valid < MUTANTS * 7 / 8


def test_an_optional_field_that_has_its_default_is_left_out() -> None:
    written = encode_part(Thinking(content="Hm."))

    assert written == {"descriptor": "text/x-thinking", "content": "Hm."}


def test_a_field_that_is_left_out_gets_its_default() -> None:
    assert decoder("Halt")({"descriptor": "application/x-halt"}) == Halt(content="")


def test_a_decoded_directive_is_frozen_to_its_depth() -> None:
    call = decode_tool_call(
        {
            "descriptor": "multipart/x-tool-call",
            "call_id": "c1",
            "vendor_id": "",
            "tool": "Edit",
            "content": {"edits": [{"old": "a"}]},
        }
    )

    assert call == ToolCall(
        call_id=CallId("c1"),
        vendor_id="",
        tool=ToolName("Edit"),
        content=FrozenObject({"edits": (FrozenObject({"old": "a"}),)}),
    )
    assert isinstance(call.content, FrozenObject)


def test_a_decoded_array_is_a_tuple() -> None:
    example = next(example for example in examples("valid") if example.name == "ModelResponse-with-a-call")

    response = decode_kept(example.document)

    assert isinstance(response, ModelResponse)
    assert isinstance(response.content, tuple)
    assert isinstance(response.native, tuple)


def test_a_whole_number_written_as_a_float_is_read_as_an_integer() -> None:
    blob = decoder("Blob")({"digest": "0" * 64, "size": 3.0})

    assert json_text(encoder("Blob")(blob)) == json_text({"digest": "0" * 64, "size": 3})


def test_a_line_break_after_an_id_is_no_part_of_it() -> None:
    with pytest.raises(Malformed, match=r"MessageId: at \$: "):
        decode_message_id("0194f1c2\n")


def test_an_id_is_given_back_as_it_is() -> None:
    assert decode_message_id("0194f1c2") == MessageId("0194f1c2")


def test_a_number_that_json_does_not_have_is_refused() -> None:
    with pytest.raises(Malformed, match="nan is no JSON number"):
        decode_part({"descriptor": "application/json", "content": [float("nan")]})


def test_a_complaint_names_the_place_deep_inside() -> None:
    with pytest.raises(Malformed) as caught:
        decoder("Prompt")(
            {
                "id": "a",
                "parent_id": None,
                "timestamp": 1,
                "descriptor": "multipart/x-prompt",
                "content": [{"descriptor": "text/plain", "content": 5}],
                "author": "user",
                "sender": "",
            }
        )

    assert str(caught.value) == "Prompt: at $.content[0].content: 5 is not of type 'string'"


def test_an_unknown_kind_is_refused_by_its_descriptor() -> None:
    with pytest.raises(
        Malformed, match=r"^Part: at \$\.descriptor: 'text/html' is not one of \['text/plain', "
    ):
        decode_part({"descriptor": "text/html", "content": ""})


def test_a_document_nested_beyond_reason_is_refused_and_not_a_crash() -> None:
    content: object = []
    for _ in range(5000):
        content = [content]

    with pytest.raises(Malformed):
        decode_part({"descriptor": "application/json", "content": content})


def test_two_equal_documents_become_equal_values() -> None:
    document = {"descriptor": "application/json", "content": {"a": [1, 2]}}

    assert decode_part(document) == decode_part(document) == Data(content=FrozenObject({"a": (1, 2)}))
    assert decode_part({"descriptor": "text/plain", "content": ""}) == Text(content="")


def _verdicts(kind: str, document: object) -> tuple[bool, bool, bool, str, object]:
    """Whether the codec, the bundle and the schema as it was written take a document; and which it was."""
    checked = schema(kind).complaint(document) is None
    # The largest unions have no tag as they are written: to try all their branches takes very long.
    written = checked if kind in {"Message", "Line"} else _is_valid(kind, document)
    return _is_decoded(kind, document), checked, written, kind, document


def _is_decoded(kind: str, document: object) -> bool:
    try:
        value = decoder(kind)(document)
    except Malformed:
        return False
    if is_written(kind):
        again = json.loads(json_text(encoder(kind)(value)))
        assert decoder(kind)(again) == value
    return True


def _is_valid(kind: str, document: object) -> bool:
    return _raw_validator(kind).is_valid(document)


@cache
def _raw_validator(kind: str) -> Draft202012Validator:
    documents = {name: cast("Mapping[str, object]", json.loads(text)) for name, text in schema_files()}
    registry = EMPTY_REGISTRY.with_resources(
        (f"https://sagent.dev/schemas/{name}", DRAFT202012.create_resource(document))
        for name, document in documents.items()
    )
    return Draft202012Validator(
        {"$ref": f"https://sagent.dev/schemas/{schema(kind).name}"}, registry=registry
    )


def _mutants(chance: random.Random) -> Iterator[tuple[str, object]]:
    originals = examples("valid")
    for _ in range(MUTANTS):
        example = chance.choice(originals)
        document = json.loads(json.dumps(example.document))
        for _ in range(chance.choice((0, 1, 1, 1, 2))):
            document = _mutated(document, chance)
        yield chance.choice((example.kind,) * 6 + ("Message", "Line")), document


def _mutated(document: object, chance: random.Random) -> object:
    """The document with one thing changed, as deep as chance goes."""
    match document:
        case dict() if document and chance.random() < 0.9:
            key = chance.choice(sorted(document))
            match chance.randrange(8):
                case 0:
                    return {name: value for name, value in document.items() if name != key}
                case 1:
                    return {
                        **document,
                        chance.choice(("x", "raw", "signature", "content")): chance.choice(STRANGE),
                    }
                case 2:
                    return {**document, key: chance.choice(STRANGE)}
                case _:
                    return {**document, key: _mutated(document[key], chance)}
        case list() if document and chance.random() < 0.9:
            index = chance.randrange(len(document))
            changed = _mutated(document[index], chance)
            return [
                *document[:index],
                *chance.choice(([], [changed], [changed], [changed, changed])),
                *document[index + 1 :],
            ]
        case str() if chance.random() < 0.5:
            return chance.choice((document + "x", document[:-1], document.upper(), "text/x-error", "peer"))
        case _:
            return chance.choice(STRANGE)
