"""What stands for the beginning of a conversation, and what of it is kept for the next one."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from sagent.atoms import MessageId
from sagent.compaction.brief import MOST_WORDS, brief, quotable
from sagent.lib.blob import Blob
from sagent.schema.message import Prompt
from sagent.schema.part import Image, Part, Text
from tests.samples import PNG


def said(number: int, *content: Part) -> Prompt:
    return Prompt(
        id=MessageId(f"m{number:05}"),
        parent_id=None,
        timestamp=1.0,
        content=content or (Text(content="yes"),),
        author="user",
        sender="",
    )


def test_of_ten_thousand_words_of_the_user_no_more_are_kept_than_a_brief_quotes() -> None:
    kept = quotable([said(number) for number in range(10_000)], ())

    assert len(kept) < MOST_WORDS / 2
    assert kept[-1] == said(9_999)
    assert "[earlier messages left out]" in words(kept, 1_000_000)


def test_a_picture_of_the_user_is_kept_as_the_words_that_a_brief_has_for_it() -> None:
    shown = said(1, Text(content="look"), Image(descriptor="image/png", content=Blob.of(PNG)))

    (kept,) = quotable([shown], ())

    assert kept == said(1, Text(content=f"look\n[image/png, {len(PNG)} bytes]"))


def test_what_is_still_shown_stays_as_it_is() -> None:
    old, new = said(1), said(2, Image(descriptor="image/png", content=Blob.of(PNG)))

    kept = quotable([old, new], {new.id})

    assert kept[1] is new


@given(st.lists(st.integers(0, 30_000), max_size=30), st.integers(1, 200_000), st.integers(0, 30))
def test_a_brief_quotes_what_was_kept_as_it_would_have_quoted_all_of_it(
    lengths: list[int], window: int, later: int
) -> None:
    talk = [said(number, Text(content="x" * length)) for number, length in enumerate(lengths)]

    kept = quotable(talk[:later], ())

    assert words([*kept, *talk[later:]], window) == words(talk, window)
    assert quotable(kept, ()) == kept


def words(prompts: Sequence[Prompt], window: int) -> str:
    (text,) = brief("", prompts, (), (), window)
    assert isinstance(text, Text)
    return text.content
