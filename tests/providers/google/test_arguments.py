"""Arguments that come in pieces."""

from collections.abc import Sequence

import pytest

from sagent.errors import BadAnswer
from sagent.providers.google.arguments import Streamed
from sagent.schema.wire import google as wire


def put_together(*pieces: wire.PartialArg) -> object:
    call = Streamed({}, {"name": "f", "id": "i"})
    for piece in pieces:
        assert call.add({}, {"partialArgs": [piece], "willContinue": True}) is None
    whole = call.add({}, {})
    assert whole is not None
    return whole["functionCall"]["args"]


def test_strings_that_go_on_are_joined_and_others_are_replaced() -> None:
    assert put_together(
        {"jsonPath": "$.a", "stringValue": "x", "willContinue": True},
        {"jsonPath": "$.a", "stringValue": "y"},
        {"jsonPath": "$.b", "stringValue": "1"},
        {"jsonPath": "$.b", "stringValue": "2"},
    ) == {"a": "xy", "b": "2"}


def test_every_kind_of_value_finds_its_place() -> None:
    assert put_together(
        {"jsonPath": "$.list[0].n", "numberValue": 0},
        {"jsonPath": "$.list[1]", "boolValue": False},
        {"jsonPath": "$['a.b'][\"c'd\"]", "nullValue": "NULL_VALUE"},
    ) == {"list": [{"n": 0}, False], "a.b": {"c'd": None}}


def test_the_signature_and_the_id_of_the_first_piece_stay_with_the_call() -> None:
    call = Streamed({"thoughtSignature": "c2ln"}, {"name": "f", "id": "i"})

    whole: object = call.add({}, {"partialArgs": [{"jsonPath": "$.a", "numberValue": 1}]})

    assert whole == {
        "functionCall": {"id": "i", "name": "f", "args": {"a": 1}},
        "thoughtSignature": "c2ln",
    }


@pytest.mark.parametrize(
    "paths", [["$"], ["a"], ["$.a["], ["$.a[5]"], ["$.a", "$.a.b"], ["$.a[0]", "$.a.b"], ["$[0]"]]
)
def test_a_piece_that_belongs_nowhere_is_an_error(paths: Sequence[str]) -> None:
    with pytest.raises(BadAnswer, match="piece of a call"):
        put_together(*(wire.PartialArg(jsonPath=path, stringValue="x") for path in paths))
