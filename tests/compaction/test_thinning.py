"""Which results are old, and can be had again."""

from dataclasses import replace

from sagent.atoms import MessageId, ToolName
from sagent.compaction.thinning import old_results, thinned
from sagent.messages.view import Viewed
from sagent.schema.message import ToolResult
from sagent.testing import call
from tests.providers.conversation import prompt, response, result

LONG = "tea " * 400


def told(number: int, words: str = LONG, tool: str = "Read", *, failed: bool = False) -> ToolResult:
    answer = result(number, words, failed=failed)
    return replace(answer, id=MessageId(f"t{number}"), tool=ToolName(tool))


def rounds(*results: ToolResult) -> list[Viewed]:
    """A question, and a round of one call for each of these results."""
    return [prompt("look"), *(entry for told in results for entry in (response(call("Read")), told))]


def test_results_before_the_last_two_rounds_are_old() -> None:
    view = [*rounds(*map(told, range(5))), response("seen"), prompt("so?")]

    assert old_results(view, {ToolName("Read")}) == {"t0", "t1", "t2"}


def test_what_cannot_be_had_again_or_says_little_or_failed_stays() -> None:
    view = rounds(told(0, tool="Bash"), told(1, "short"), told(2, failed=True), *map(told, range(3, 6)))

    assert old_results(view, {ToolName("Read")}) == {"t3"}


def test_a_line_stands_for_an_old_result_and_names_its_tool() -> None:
    view = rounds(told(0), told(1))

    shown = thinned(view, frozenset({MessageId("t0")}))

    line = (
        "[what Read gave here was left out when the conversation was condensed: "
        "call it again if it is needed]"
    )
    assert shown == [*view[:2], told(0, line), *view[3:]]
