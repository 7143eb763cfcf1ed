"""What is fit to be sent."""

from sagent.lib.json import freeze_object
from sagent.providers.sendable import is_sendable, sendable, sendable_arguments, sendable_object


def test_text_loses_nul_and_halves_of_pairs_and_nothing_else() -> None:
    assert sendable("a\0b\ud83d \ud83d\ude00 😀") == "a\ufffdb\ufffd 😀 😀"


def test_an_object_is_mended_wherever_a_text_stands_in_it_and_its_names_too() -> None:
    odd = freeze_object({"a\0": ["\ud83d", {"b": "\0"}], "c": 1, "d": None})

    assert sendable_object(odd) == {"a\ufffd": ("\ufffd", {"b": "\ufffd"}), "c": 1, "d": None}
    assert not is_sendable(odd)


def test_an_object_that_is_fit_to_be_sent_stays_itself() -> None:
    fit = freeze_object({"a": ["😀", {"b": True}]})

    assert sendable_object(fit) is fit


def test_arguments_are_mended_only_where_they_hold_what_is_refused() -> None:
    assert sendable_arguments(r'{"a": "\u0000", "b": "\uD83D"}') == '{"a":"\ufffd","b":"\ufffd"}'
    assert sendable_arguments('{"a": "\ud83d"}') == '{"a":"\ufffd"}'
    for whole in (r'{"a": "\ud83d\ude00"}', r'{"a":  "\\u0000"}', r'{"a": "\ud83d', "[0]"):
        assert sendable_arguments(whole) == whole
