"""The model writes the summary: with the whole conversation before it, or else piece by piece."""

from collections.abc import Sequence

import pytest

from sagent.compaction.summarizer import Summarizer
from sagent.errors import BadAnswer, Crowded, Overflow
from sagent.messages.view import Viewed
from sagent.messages.words import plain
from sagent.protocols import ModelLimits
from sagent.schema.message import ModelResponse, Prompt, ToolCall, ToolResult
from sagent.schema.part import Part
from sagent.testing import Scripted, always, call
from sagent.testing.scripted import Asked
from tests.compaction.conversation import work
from tests.providers.conversation import prompt, response, result

LONG = "tea " * 3_000

SHORT: Sequence[Viewed] = (prompt("hi"), response("ho"))


def words(entry: Viewed) -> str:
    """What an entry says."""
    assert isinstance(entry, Prompt | ModelResponse | ToolResult)
    return "\n".join(plain(part) for part in entry.content if not isinstance(part, ToolCall))


def question(asked: Asked) -> str:
    """What the model was asked last."""
    return words(asked.view[-1])


def text(digest: Sequence[Part]) -> str:
    """What is to stand in the conversation."""
    return "\n".join(map(plain, digest))


async def test_the_model_is_asked_at_the_end_of_the_conversation_as_it_stands() -> None:
    model = Scripted("we spoke of tea")
    talk: list[Viewed] = [prompt("What is tea?"), response("A drink."), prompt("And coffee?")]

    digest = await Summarizer().condense(model, work(talk, cut=2))

    (asked,) = model.requests
    assert (asked.system, list(asked.view[:3])) == ("Be brief.", talk)
    assert "answer with the\nsummary alone" in question(asked)
    assert "# Summary\n\nwe spoke of tea\n" in text(digest)


async def test_the_users_words_and_what_runs_are_kept_beside_the_summary() -> None:
    model = Scripted("in short")
    talk: list[Viewed] = [prompt("What is tea?\nReally?"), response("A drink."), prompt("And coffee?")]

    digest = await Summarizer().condense(model, work(talk, cut=2, facts=["Bash runs"]))

    assert "word for word\n\n> What is tea?\n> Really?\n\n# As things stand\n\n- Bash runs" in text(digest)
    assert "coffee" not in text(digest)


async def test_where_no_turn_is_kept_the_last_calls_are_quoted_with_their_results() -> None:
    model = Scripted("in short")
    talk: list[Viewed] = [prompt("look"), response(call("Read", file_path="a.py")), result(1, "x = 1")]

    digest = await Summarizer().condense(model, work(talk, cut=3))

    assert 'Assistant calls Read: {"file_path":"a.py"}\n\nadd gave: x = 1' in text(digest)


async def test_what_the_user_is_keen_on_is_passed_on() -> None:
    model = Scripted("in short")

    await Summarizer().condense(model, work(SHORT, cut=2, guidance="the API"))

    assert question(model.requests[0]).endswith("Pay special attention to this: the API")


async def test_a_conversation_that_does_not_fit_is_condensed_piece_by_piece() -> None:
    model = Scripted("first", "both", "all", limits=ModelLimits(context_window=10_000))
    talk: list[Viewed] = [prompt(LONG), response(LONG), prompt("and?"), response(LONG)]

    digest = await Summarizer().condense(model, work(talk, cut=4, tokens=12_000))

    first, second, third = map(question, model.requests)
    assert "(nothing: this is the beginning)" in first
    assert "# Summary of what came before\n\nfirst\n" in second
    assert "# Summary of what came before\n\nboth\n" in third
    assert "# Summary\n\nall\n" in text(digest)
    assert all(asked.tools == () for asked in model.requests)


async def test_an_overflow_makes_the_pieces_smaller_until_they_fit() -> None:
    model = Scripted(
        Overflow("too long"),
        Overflow("too long"),
        "a",
        "b",
        "c",
        "d",
        limits=ModelLimits(context_window=14_000),
    )
    talk: list[Viewed] = [prompt(LONG), response(LONG), prompt(LONG), response(LONG)]

    digest = await Summarizer().condense(model, work(talk, cut=4, tokens=9_000))

    assert model.left == 0
    assert "# Summary\n\nd\n" in text(digest)


async def test_a_conversation_with_more_files_than_are_taken_is_condensed_from_a_record() -> None:
    model = Scripted(Crowded("9 images, and 8 are taken", since=1), "in short")

    digest = await Summarizer().condense(model, work(SHORT, cut=2))

    assert "User: hi\n\nAssistant: ho" in question(model.requests[1])
    assert "# Summary\n\nin short\n" in text(digest)


async def test_a_model_that_calls_a_tool_instead_is_shown_a_record() -> None:
    model = Scripted(call("Read"), "in short")

    digest = await Summarizer().condense(model, work(SHORT, cut=2))

    assert "User: hi\n\nAssistant: ho" in question(model.requests[1])
    assert "# Summary\n\nin short\n" in text(digest)


async def test_a_model_that_writes_nothing_is_a_bad_answer() -> None:
    model = Scripted(always(call("Read")))

    with pytest.raises(BadAnswer, match="scripted wrote no summary of the conversation"):
        await Summarizer().condense(model, work(SHORT, cut=2))


async def test_a_piece_without_a_summary_does_not_let_what_came_before_it_be_forgotten() -> None:
    model = Scripted("first", call("Read"), "all", limits=ModelLimits(context_window=10_000))
    talk: list[Viewed] = [prompt(LONG), response(LONG), prompt("and?"), response(LONG)]

    with pytest.raises(BadAnswer, match="scripted wrote no summary of the conversation"):
        await Summarizer().condense(model, work(talk, cut=4, tokens=12_000))


async def test_a_long_text_is_shown_by_its_beginning_and_its_end() -> None:
    model = Scripted(call("Read"), "in short")
    talk: list[Viewed] = [prompt("start " + "x" * 50_000 + " end"), response("ho")]

    await Summarizer().condense(model, work(talk, cut=2))

    assert "[... 38,016 characters left out ...]" in question(model.requests[1])
