"""What an HTTP status means on every wire."""

import json
from collections.abc import Callable, Mapping

import pytest

from sagent.errors import (
    Illegal,
    NotFound,
    Overflow,
    Overloaded,
    ProviderError,
    Quota,
    Refused,
    Unauthorized,
    Unreachable,
)
from sagent.providers.anthropic import faults as anthropic
from sagent.providers.faults import Refusal
from sagent.providers.google import faults as google
from sagent.providers.interception import fault_of
from sagent.providers.openai_chat import faults as openai_chat
from sagent.providers.openai_responses import faults as openai_responses

NOW = 1_795_000_000.0

WIRES: Mapping[str, Callable[[Refusal, float], ProviderError]] = {
    "Messages": anthropic.fault,
    "Gemini": google.fault,
    "Chat": openai_chat.fault,
    "Responses": openai_responses.fault,
}

EXHAUSTED = {
    "error": {
        "code": 429,
        "message": "Resource has been exhausted",
        "status": "RESOURCE_EXHAUSTED",
        "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1.5s"}],
    }
}


def refusal(status: int, body: object = None, headers: Mapping[str, str] | None = None) -> Refusal:
    said = {"error": {"message": "boom"}} if body is None else body
    return Refusal(status=status, headers=headers or {}, body=json.dumps(said).encode(), host="host")


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, Illegal) for status in (400, 405, 415, 422)),
        *((status, Unauthorized) for status in (401, 403)),
        (402, Quota),
        *((status, NotFound) for status in (404, 410)),
        (413, Overflow),
        *((status, Overloaded) for status in (408, 409, 424, 425, 429, 500, 502, 503, 504, 520, 529, 599)),
        (499, Unreachable),
        *((status, Refused) for status in (418, 451)),
    ],
)
def test_a_status_means_the_same_on_every_wire(wire: str, status: int, kind: type[ProviderError]) -> None:
    assert type(WIRES[wire](refusal(status), NOW)) is kind


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("body", [EXHAUSTED, [EXHAUSTED]])
def test_how_long_google_asks_to_wait_is_heard_on_every_wire(wire: str, body: object) -> None:
    error = WIRES[wire](refusal(429, body), NOW)

    assert isinstance(error, Overloaded)
    assert error.retry_after == 1.5


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    "asked", ["0", "99999999999999999", "9" * 400, "Mon, 01 Jan 0001 00:00:00 -0000", "-5", "soon"]
)
def test_a_wait_that_cannot_be_meant_is_none(wire: str, asked: str) -> None:
    error = WIRES[wire](refusal(429, headers={"retry-after": asked}), NOW)

    assert isinstance(error, Overloaded)
    assert error.retry_after is None


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("status", "says", "kind"),
    [
        (500, "false", Refused),
        (503, "false", Refused),
        (429, "false", Quota),
        (503, "true", Overloaded),
        (400, "false", Illegal),
        (400, "true", Overloaded),
        (401, "true", Overloaded),
        (404, "true", Overloaded),
        (413, "true", Overflow),
        (500, "perhaps", Overloaded),
    ],
)
def test_a_server_says_itself_whether_to_try_again(
    wire: str, status: int, says: str, kind: type[ProviderError]
) -> None:
    error = fault_of(refusal(status, headers={"x-should-retry": says}), "", WIRES[wire], NOW)

    assert (type(error), error.status) == (kind, status)


def test_who_is_to_try_again_in_hours_is_not_kept_waiting() -> None:
    slow = refusal(429, headers={"x-should-retry": "true", "retry-after": "18000"})

    error = fault_of(slow, "", anthropic.fault, NOW)

    assert isinstance(error, Quota)
    assert error.retry_after == 18_000


def test_who_is_to_try_again_soon_waits_as_long_as_the_server_asks() -> None:
    locked = refusal(409, headers={"x-should-retry": "true", "retry-after-ms": "1500"})

    error = fault_of(locked, "", openai_chat.fault, NOW)

    assert isinstance(error, Overloaded)
    assert error.retry_after == 1.5
