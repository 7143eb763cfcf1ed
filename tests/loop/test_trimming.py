"""Results that are too long keep their beginning and their end, and all of them stays readable."""

import re
from collections.abc import Sequence
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import given, settings

from sagent.atoms import CallId
from sagent.lib.blob import Blob
from sagent.lib.json import freeze_object, read_json
from sagent.loop.traffic import Outcome
from sagent.loop.trimming import trimmed, weight
from sagent.messages.room import LEAST
from sagent.schema.part import Data, ErrorText, Image, Part, Text

LINES = "".join(f"line {number}\n" for number in range(10_000))
PICTURE = Image(descriptor="image/png", content=Blob.of(b"x" * 100_000))


def outcome(*content: Part) -> Outcome:
    return Outcome(call_id=CallId("c1"), content=content, failed=False, seconds=0.0)


async def shortened(*content: Part, room: int = LEAST) -> Sequence[Part]:
    return (await trimmed(outcome(*content), lambda _: room)).content


def file_named(part: Part) -> Path:
    """The file that a part tells of."""
    assert isinstance(part, Text | ErrorText)
    found = re.search(r"\[… \d+ lines?, \d+ bytes omitted; all output: (/.+)\]", part.content)
    assert found is not None
    return Path(found[1])


async def test_what_there_is_room_for_stays_as_it_is() -> None:
    whole = outcome(Text(content="x" * LEAST), PICTURE)

    assert await trimmed(whole, lambda _: LEAST) is whole


async def test_of_a_long_text_the_beginning_and_the_end_are_shown_and_all_is_in_a_file() -> None:
    (part,) = await shortened(Text(content=LINES))

    assert isinstance(part, Text)
    head, gap, tail = re.split(r"\n(\[… .*\])\n", part.content)
    assert head.startswith("line 0\n")
    assert tail.endswith("line 9999\n")
    assert f"{head}\n{LINES[len(head) + 1 : -len(tail)]}{tail}" == LINES
    assert gap.startswith(f"[… {LINES[len(head) + 1 : -len(tail)].count(chr(10))} lines, ")
    assert file_named(part).read_text() == LINES
    assert len(part.content) <= LEAST


async def test_the_same_result_is_told_in_the_same_words() -> None:
    assert await shortened(Text(content=LINES)) == await shortened(Text(content=LINES))


async def test_an_error_stays_an_error_and_json_becomes_text_with_lines_to_read_on_by() -> None:
    value = freeze_object({"rows": [{"name": f"row {number}"} for number in range(2_000)]})

    error, data = await shortened(ErrorText(content=LINES), Data(content=value))

    assert isinstance(error, ErrorText)
    assert isinstance(data, Text)
    assert file_named(data).suffix == ".json"
    assert read_json(file_named(data).read_text()) == value
    assert max(map(len, file_named(data).read_text().splitlines())) < 100


async def test_short_parts_and_pictures_stay_whole_beside_a_long_one() -> None:
    short, picture, long = await shortened(Text(content="short"), PICTURE, Text(content=LINES))

    assert (short, picture) == (Text(content="short"), PICTURE)
    assert len(LINES) > weight([long]) > LEAST // 2


async def test_very_many_texts_become_one() -> None:
    parts = [Text(content=f"{number:500}") for number in range(50)]

    picture, text = await shortened(PICTURE, *parts)

    assert picture == PICTURE
    assert file_named(text).read_text() == "\n".join(part.content for part in parts)


@settings(max_examples=30, deadline=None)
@given(
    texts=st.lists(st.text(max_size=50).map(lambda text: text * 400), max_size=6),
    rooms=st.tuples(st.integers(LEAST, 50_000), st.integers(LEAST, 50_000)),
)
async def test_a_result_never_has_more_text_than_there_is_room_for(
    texts: list[str], rooms: tuple[int, int]
) -> None:
    asked = iter(rooms)

    found = await trimmed(outcome(*[Text(content=text) for text in texts]), lambda _: next(asked))

    assert weight(found.content) <= max(rooms)
