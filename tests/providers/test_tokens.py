"""Access tokens: fetched once for all, off the event loop, and again before they run out."""

import asyncio
import threading
from collections.abc import Sequence
from time import time

import pytest

from sagent.errors import Unauthorized, Unreachable, UsageError
from sagent.providers.tokens import EARLY, Token, Tokens, bearer
from sagent.providers.transport import Call

CALL = Call(url="http://h", headers={})


class Source:
    """Gives tokens that live so long, one after the other; None stands for an outage."""

    def __init__(self, *seconds: float | None) -> None:
        self.lives = list(seconds)
        self.threads: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self) -> Token:
        self.gate.wait()
        self.threads.append(threading.current_thread().name)
        life = self.lives.pop(0)
        if life is None:
            raise Unreachable("no answer")
        return Token(headers={"authorization": f"Bearer {len(self.threads)}"}, until=time() + life)


async def numbers(tokens: Tokens, count: int) -> Sequence[str]:
    return [(await tokens.headers(CALL))["authorization"].removeprefix("Bearer ") for _ in range(count)]


async def test_a_thousand_requests_at_once_wait_for_one_token_in_one_thread() -> None:
    source = Source(3_600)
    source.gate.clear()
    tokens = Tokens(source)

    waiting = [asyncio.create_task(tokens.headers(CALL)) for _ in range(1_000)]
    await asyncio.sleep(0)
    source.gate.set()
    found = await asyncio.gather(*waiting)

    assert found == [{"authorization": "Bearer 1"}] * 1_000
    assert source.threads == ["sagent credentials"]


async def test_a_token_is_renewed_shortly_before_its_end_and_after_it_was_refused() -> None:
    tokens = Tokens(Source(EARLY - 1, 3_600, 3_600))

    before = await numbers(tokens, 3)
    tokens.forget()
    after = await numbers(tokens, 2)

    assert (before, after) == (["1", "2", "2"], ["3", "3"])


async def test_an_outage_is_no_error_while_the_old_token_is_good() -> None:
    tokens = Tokens(Source(EARLY - 1, None, 3_600))

    assert await numbers(tokens, 3) == ["1", "1", "3"]


async def test_an_outage_is_an_error_where_no_token_is_left_and_the_next_request_tries_again() -> None:
    tokens = Tokens(Source(-1, None, 3_600))
    await numbers(tokens, 1)

    with pytest.raises(Unreachable, match="no answer"):
        await numbers(tokens, 1)

    assert await numbers(tokens, 1) == ["3"]


async def test_whoever_is_cancelled_does_not_end_the_wait_of_the_others() -> None:
    source = Source(3_600)
    source.gate.clear()
    tokens = Tokens(source)
    one, other = (asyncio.create_task(tokens.headers(CALL)) for _ in range(2))
    await asyncio.sleep(0)

    one.cancel()
    with pytest.raises(asyncio.CancelledError):
        await one
    source.gate.set()

    assert await other == {"authorization": "Bearer 1"}


def test_a_token_serves_one_event_loop_after_the_other() -> None:
    tokens = Tokens(Source(3_600))

    assert [asyncio.run(numbers(tokens, 1)) for _ in range(2)] == [["1"], ["1"]]


async def test_a_token_that_somebody_else_keeps_fresh_is_sent_as_it_is() -> None:
    assert await bearer("abc", "VARIABLE").headers(CALL) == {"authorization": "Bearer abc"}
    with pytest.raises(UsageError, match="the token in VARIABLE has characters"):
        bearer("a b", "VARIABLE")


def test_no_token_shows_in_what_is_printed() -> None:
    assert "secret" not in repr(Token(headers={"authorization": "Bearer secret"}, until=0))


async def test_no_credentials_at_all_is_an_error_that_says_so() -> None:
    def refuse() -> Token:
        raise Unauthorized("log in")

    with pytest.raises(Unauthorized, match="log in"):
        await Tokens(refuse).headers(CALL)
