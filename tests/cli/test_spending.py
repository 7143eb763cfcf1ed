"""What a prompt came to is told to people in lines, and to programs in full."""

import json
from dataclasses import replace

from sagent.cli.spending import by_model, cache_use, spent_lines
from sagent.loop.spending import UNSPENT, Spending, Spent
from sagent.messages.usage import NOTHING_SPENT
from sagent.schema.cli import CacheMisses, CacheUse, ModelUsage
from sagent.testing import call, serve
from tests.cli.command import Place

ONE = Spent(
    provider="Anthropic",
    model="one",
    requests=2,
    usage=replace(NOTHING_SPENT, input_tokens=1_200, cache_read_tokens=1_000, output_tokens=5),
    known_usd=0.25,
    hits=1,
    misses=(("expired", 1),),
)
TWO = replace(ONE, provider="Google", model="two", requests=1, known_usd=0.0, unpriced=1)
NONE = CacheMisses(first=0, short=0, model=0, history=0, system=0, tools=0, expired=0, unknown=0)


def test_one_agent_with_one_model_is_told_no_more_than_its_turn_has_been() -> None:
    assert spent_lines(Spending((ONE,)), own=2) == ()
    assert spent_lines(UNSPENT, own=0) == ()


def test_two_models_get_a_line_each_and_one_for_both() -> None:
    assert spent_lines(Spending((ONE, TWO)), own=3) == (
        "Anthropic one: 2 requests, 1,200 tokens in (1,000 cached), 5 out, $0.2500",
        "Google two: 1 request, 1,200 tokens in (1,000 cached), 5 out, price unknown",
        "altogether 3 requests: 2,400 tokens in (2,000 cached), 10 out, price unknown",
    )


def test_what_other_agents_have_asked_is_counted_apart() -> None:
    assert spent_lines(Spending((ONE,)), own=1) == (
        "Anthropic one: 2 requests, 1,200 tokens in (1,000 cached), 5 out, $0.2500",
        "altogether 2 requests, 1 of them by other agents: 1,200 tokens in (1,000 cached), 5 out, $0.2500",
    )


def test_programs_are_told_each_model_and_each_reason_of_a_miss() -> None:
    spending = Spending((ONE, TWO))

    assert by_model(spending)[1] == ModelUsage(
        provider="Google", model="two", requests=1, usage=TWO.usage, cost_usd=None
    )
    assert cache_use(spending) == CacheUse(hits=2, misses=2, reasons=replace(NONE, expired=2))
    assert cache_use(UNSPENT) == CacheUse(hits=0, misses=0, reasons=NONE)


def test_the_result_of_a_run_has_its_models_and_its_cache(inside: Place) -> None:
    with serve(call("List", path="."), "Empty.") as served:
        ended = inside.run(served, "--output-format", "json", "-p", "look")

    result = json.loads(ended.out)
    (model,) = result["usage_by_model"]
    assert (model["requests"], model["usage"], model["cost_usd"]) == (2, result["usage"], result["cost_usd"])
    assert result["cache"]["hits"] + result["cache"]["misses"] == 2
