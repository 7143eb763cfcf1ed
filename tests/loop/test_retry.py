"""The schedule of retries is a function of the attempt and the error (LOOP R10)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.errors import LONGEST_ASKED, BadAnswer, Overloaded, ProviderError, Quota, Refused, Unreachable
from sagent.loop.retry import LONGEST, comeback, delay


@given(st.integers(1, 50), st.text(max_size=20))
def test_a_pause_is_the_same_each_time_and_near_the_doubling_schedule(attempt: int, words: str) -> None:
    error = Unreachable(words)

    pause = delay(attempt, error, "a call")

    middle = min(0.5 * 2.0 ** (attempt - 1), LONGEST)
    assert pause is not None
    assert 0.75 * middle <= pause <= 1.25 * middle
    assert pause == delay(attempt, error, "a call")


@pytest.mark.parametrize("asked", [0.02, 7.0, LONGEST_ASKED])
def test_what_the_provider_asks_for_comes_first(asked: float) -> None:
    assert delay(4, Overloaded("busy", retry_after=asked), "a call") == asked


def test_a_provider_that_asks_for_no_pause_gets_the_usual_one() -> None:
    none, unsaid = Overloaded("busy", retry_after=0.0), Overloaded("busy")

    assert [delay(4, none, "a call"), delay(4, unsaid, "a call")] == [delay(4, unsaid, "a call")] * 2


def test_a_provider_that_asks_for_too_long_is_out_of_service() -> None:
    assert delay(1, Overloaded("busy", retry_after=LONGEST_ASKED + 1), "a call") is None


@pytest.mark.parametrize("error", [Quota("used up"), Refused("no"), ProviderError("what?")])
def test_what_trying_again_cannot_mend_is_not_tried_again(error: ProviderError) -> None:
    assert delay(1, error, "a call") is None


def test_an_answer_that_cannot_be_read_is_asked_for_again() -> None:
    assert delay(1, BadAnswer("no JSON at $.candidates"), "a call") is not None


def test_thousands_of_attempts_do_not_overflow() -> None:
    assert delay(5_000, Unreachable("no route"), "a call") is not None


def test_two_calls_that_fail_in_one_moment_do_not_come_back_in_one() -> None:
    error = Unreachable("no route")

    assert len({delay(3, error, f"call {number}") for number in range(20)}) > 10


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (Quota("used up", retry_after=7200.0), 7200.0),
        (Quota("used up", retry_after=0.5), 60.0),
        (Quota("used up"), None),
        (Unreachable("no route"), 60.0),
        (Overloaded("busy"), 60.0),
        (Overloaded("busy", retry_after=5.0), 60.0),
        (Overloaded("busy", retry_after=600.0), 600.0),
        (Refused("no"), None),
        (None, None),
    ],
)
def test_an_agent_that_runs_forever_comes_back_when_that_may_help(
    error: ProviderError | None, seconds: float | None
) -> None:
    assert comeback(error) == seconds
