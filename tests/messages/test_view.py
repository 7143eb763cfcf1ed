"""A view is a sequence that only grows."""

import pytest

from sagent.atoms import MessageId
from sagent.messages.view import View
from sagent.schema.message import Prompt
from sagent.schema.part import Text


def prompt(words: str) -> Prompt:
    return Prompt(
        id=MessageId(words),
        parent_id=None,
        timestamp=0.0,
        content=(Text(content=words),),
        author="user",
        sender="",
    )


def test_a_view_is_read_like_any_sequence() -> None:
    one, two, three = prompt("one"), prompt("two"), prompt("three")
    view = View([one, two])

    view.add(three)

    assert (len(view), view[0], view[-1], list(view[1:])) == (3, one, three, [two, three])
    assert list(view) == [one, two, three]
    assert two in view


def test_views_are_equal_by_what_they_show_and_hashed_by_which_they_are() -> None:
    left, right = View([prompt("one")]), View([prompt("one")])

    assert left == right
    assert left != View()
    assert left != [prompt("one")]
    assert len({left: 1, right: 2}) == 2


def test_a_view_does_not_change_with_the_list_that_it_was_made_of() -> None:
    entries = [prompt("one")]
    view = View(entries)

    entries.append(prompt("two"))

    assert len(view) == 1


def test_there_is_no_entry_behind_the_last() -> None:
    with pytest.raises(IndexError):
        View()[0]
