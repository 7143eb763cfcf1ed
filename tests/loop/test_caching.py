"""Why a cache did not hold is told where it is known."""

from dataclasses import replace

import pytest

from sagent.loop.caching import BRIEF, LONG, Miss, missed
from sagent.loop.change import Change
from sagent.loop.traffic import Responded
from sagent.schema.message import ModelResponse
from sagent.schema.signal import Clear, Compact
from tests.loop.stage import USAGE, Stage, answer


def answers(stage: Stage, read: int = 0, tokens: int = 10_000, hour: int = 0) -> None:
    """The user speaks; the model answers a request of so many tokens, of which these were cached."""
    stage.says("and?")
    number, stage.model = stage.model, None
    usage = replace(USAGE, input_tokens=tokens, cache_read_tokens=read, cache_write_1h_tokens=hour)
    stage.take(Responded(number or 0, replace(answer("hi"), usage=usage)))


def misses(stage: Stage) -> dict[Miss, int]:
    """What is known of the requests that a cache did not help."""
    return dict(stage.state.account.spending.cache_misses)


def asked() -> Stage:
    """An agent that has been answered once, which filled the cache."""
    stage = Stage(cut=lambda view, _: len(view))
    answers(stage)
    return stage


def test_the_first_request_finds_nothing_in_a_cache() -> None:
    stage = asked()

    assert misses(stage) == {"first": 1}
    assert stage.state.account.spending.cache_hits == 0


def test_a_request_that_reads_most_of_what_went_before_is_a_hit() -> None:
    stage = asked()

    answers(stage, read=9_000)

    assert misses(stage) == {"first": 1}
    assert stage.state.account.spending.cache_hits == 1


def test_a_cache_that_holds_only_a_small_part_is_missed() -> None:
    stage = asked()

    answers(stage, read=4_000)

    assert misses(stage) == {"first": 1, "unknown": 1}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Change(system="Be kind."), "system"),
        (Change(tools=()), "tools"),
        (Change(system="Be kind.", tools=()), "tools"),
    ],
)
def test_a_change_of_what_stands_first_is_why_a_cache_was_missed(change: Change, why: Miss) -> None:
    stage = asked()

    stage.take(change)
    answers(stage)

    assert misses(stage) == {"first": 1, why: 1}


def test_a_change_that_the_cache_survives_is_no_reason_for_a_later_miss() -> None:
    stage = asked()

    stage.take(Change(system="Be kind."))
    answers(stage, read=9_500)
    answers(stage)

    assert misses(stage) == {"first": 1, "unknown": 1}


def test_a_change_during_a_request_is_blamed_at_the_next_which_it_is_part_of() -> None:
    stage = asked()
    stage.says("hello")
    stage.take(Change(system="Be kind."))

    number, stage.model = stage.model, None
    usage = replace(USAGE, input_tokens=10_000)
    stage.take(Responded(number or 0, replace(answer("hi"), usage=usage)))
    answers(stage)

    assert misses(stage) == {"first": 1, "unknown": 1, "system": 1}


def test_a_swap_is_why_a_cache_was_missed() -> None:
    stage = asked()

    stage.swaps("two")
    answers(stage)

    assert misses(stage) == {"first": 1, "model": 1}
    assert [spent.model for spent in stage.state.account.spending.models] == ["one", "two"]


def test_a_compaction_is_why_a_cache_was_missed() -> None:
    stage = asked()

    stage.take(Compact())
    stage.condenses()
    answers(stage)

    assert misses(stage) == {"first": 1, "history": 1}


def test_a_clear_is_why_a_cache_was_missed() -> None:
    stage = asked()

    stage.take(Clear())
    answers(stage)

    assert misses(stage) == {"first": 1, "history": 1}


def test_a_short_request_is_cached_by_nobody() -> None:
    stage = Stage()

    answers(stage, tokens=1_000)

    assert misses(stage) == {"short": 1}


def test_a_response_that_does_not_say_what_was_read_tells_nothing_of_the_cache() -> None:
    stage = Stage()

    answers(stage, tokens=0)

    assert (misses(stage), stage.state.account.spending.cache_hits) == ({}, 0)


@pytest.mark.parametrize(
    ("hour", "seconds", "why"),
    [
        (0, BRIEF - 10, "unknown"),
        (0, BRIEF + 10, "expired"),
        (9, BRIEF + 10, "unknown"),
        (9, LONG + 10, "expired"),
    ],
)
def test_a_cache_older_than_its_provider_keeps_it_has_expired(hour: int, seconds: float, why: Miss) -> None:
    stage = Stage()
    answers(stage, hour=hour)

    stage.now += seconds
    answers(stage)

    assert misses(stage) == {"first": 1, why: 1}


def test_a_resumed_agent_knows_of_the_cache_of_its_last_process() -> None:
    stage = asked()

    after = Stage(stage.log, maker="u")
    after.now = stage.now
    answers(after, read=9_500)

    assert after.state.account.spending.cache_hits == 1


def test_a_cache_that_others_filled_is_a_hit_of_the_first_request() -> None:
    (response,) = [message for message in asked().log if isinstance(message, ModelResponse)]
    warm = replace(response, usage=replace(response.usage, cache_read_tokens=6_000))

    why = missed(None, None, warm)

    assert why is None


def test_after_a_compaction_as_much_can_be_read_as_the_shorter_request_has() -> None:
    (response,) = [message for message in asked().log if isinstance(message, ModelResponse)]
    before = replace(response, usage=replace(response.usage, input_tokens=100_000))
    warm = replace(response, usage=replace(response.usage, cache_read_tokens=6_000))

    why = missed(before, "history", warm)

    assert why is None
