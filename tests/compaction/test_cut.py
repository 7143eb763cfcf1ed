"""Where a conversation is cut: the latest turns stay, if they are short enough."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from sagent.compaction.cut import cut_of
from sagent.messages.size import USUAL, entry_tokens
from sagent.messages.view import View, Viewed
from sagent.messages.words import standing_in
from sagent.schema.message import Prompt
from sagent.testing import call
from tests.compaction.conversation import summary
from tests.providers.conversation import prompt, response, result

WORDS = "tea " * 300
"""Words of about 400 tokens."""


def turn(words: str = WORDS) -> Sequence[Viewed]:
    """A question and its answer."""
    return (prompt(words), response(words))


def test_the_latest_turns_are_kept_up_to_a_tenth_of_the_window() -> None:
    view = View([entry for _ in range(50) for entry in turn()])

    assert len(view) - cut_of(view, 50_000) == 2 * 5


def test_no_more_than_a_quarter_of_a_conversation_is_kept() -> None:
    view = View([entry for _ in range(8) for entry in turn()])

    assert len(view) - cut_of(view, 1_000_000) == 2 * 2


def test_inside_a_long_row_of_calls_nothing_is_kept() -> None:
    asked = call("Read")
    rounds = [entry for _ in range(20) for entry in (response(asked), result(1, WORDS))]
    view = View([prompt("look"), *rounds])

    assert cut_of(view, 50_000) == len(view)


def test_of_a_short_conversation_nothing_is_condensed() -> None:
    assert cut_of(View(turn("hi")), 50_000) == 0


def test_a_summary_that_stands_alone_is_not_condensed_again() -> None:
    view = View([standing_in(summary(WORDS * 5))])

    assert cut_of(view, 1_000) == 0


@given(
    st.lists(st.sampled_from(["prompt", "answer", "call"]), max_size=40),
    st.sampled_from([None, 200, 4_096, 200_000]),
)
def test_what_is_kept_begins_with_somebodys_words_and_is_small(kinds: list[str], window: int | None) -> None:
    asked = call("Read")
    made = {"prompt": turn()[:1], "answer": turn()[1:], "call": (response(asked), result(1, WORDS))}
    view = View([prompt("hi"), *(entry for kind in kinds for entry in made[kind])])

    cut = cut_of(view, window)

    kept = view[cut:] if cut else ()
    assert not kept or isinstance(kept[0], Prompt)
    assert sum(entry_tokens(entry, USUAL) for entry in kept) <= (window or 128_000) // 10
