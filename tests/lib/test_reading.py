"""The readers that the codec is made of, at their edges."""

import re

import pytest

from sagent.lib.reading import (
    Misfit,
    amount,
    closed,
    each,
    filled,
    matching,
    number,
    one_of,
    string,
    tagged,
    truth,
    whole,
)


def test_a_whole_number_may_be_written_as_a_float() -> None:
    assert [whole(value, 0) for value in (0, 3, 3.0, 1e3)] == [0, 3, 3, 1000]


@pytest.mark.parametrize("value", [True, False, -1, -1.0, 1.5, float("inf"), float("nan"), "1", None, [1]])
def test_what_is_no_whole_number_or_too_small_is_refused(value: object) -> None:
    with pytest.raises(Misfit, match="expected an integer, 0 or more"):
        whole(value, 0)


@pytest.mark.parametrize("value", [True, float("inf"), float("nan"), "1", None, {}])
def test_what_is_no_number_of_json_is_refused(value: object) -> None:
    with pytest.raises(Misfit, match=r"expected a number$"):
        number(value)


def test_an_amount_may_be_its_minimum_but_not_less() -> None:
    assert [amount(value, 0) for value in (0, 0.0, 10**400, 0.5)] == [0, 0.0, 10**400, 0.5]
    with pytest.raises(Misfit, match="expected a number, 0 or more"):
        amount(-0.1, 0)


def test_a_line_break_after_the_end_of_a_pattern_is_refused() -> None:
    pattern = re.compile(r"^[a-z]+\Z")

    assert matching("abc", pattern) == "abc"
    with pytest.raises(Misfit):
        matching("abc\n", pattern)


def test_a_string_is_not_taken_for_a_list_of_strings() -> None:
    assert each(["a", "b"], string) == ("a", "b")
    with pytest.raises(Misfit, match="expected an array"):
        each("ab", string)


def test_an_object_with_a_stranger_in_it_is_not_closed() -> None:
    assert closed({"a": 1}, 1) == {"a": 1}
    with pytest.raises(Misfit):
        closed({"a": 1, "b": 2}, 1)


def test_an_object_of_another_kind_is_not_taken_for_this_one() -> None:
    assert tagged({"descriptor": "text/plain", "content": ""}, "text/plain", 2)
    with pytest.raises(Misfit):
        tagged({"descriptor": "text/html", "content": ""}, "text/plain", 2)


def test_words_that_cannot_be_keys_are_refused_like_unknown_ones() -> None:
    with pytest.raises(Misfit):
        one_of(["user"], {"user": "user"})
    with pytest.raises(KeyError):
        one_of("nobody", {"user": "user"})


def test_zero_is_not_taken_for_false() -> None:
    assert truth(False) is False
    with pytest.raises(Misfit):
        truth(0)


def test_an_empty_string_is_not_filled() -> None:
    assert filled(" ") == " "
    with pytest.raises(Misfit):
        filled("")
