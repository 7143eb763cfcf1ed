"""What all refusals share, whoever sent them."""

from collections.abc import Callable

import pytest

from sagent.errors import Illegal, ProviderError
from sagent.providers.anthropic import faults as anthropic
from sagent.providers.faults import Refusal, body_of
from sagent.providers.google import faults as google
from sagent.providers.openai_chat import faults as openai_chat
from sagent.providers.openai_responses import faults as openai_responses

DIALECTS: list[Callable[[Refusal, float], ProviderError]] = [
    anthropic.fault, google.fault, openai_chat.fault, openai_responses.fault
]  # fmt: skip


def refusal(body: bytes) -> Refusal:
    return Refusal(status=400, headers={}, body=body, host="h")


@pytest.mark.parametrize("fault", DIALECTS, ids=lambda fault: fault.__module__.split(".")[-2])
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"error":{"message":"m","code":' + b"9" * 5000 + b"}}",
        b"\xff\xfe\xfa",
        b"",
        b'"words"',
        b"17",
        b"null",
    ],
    ids=["nesting", "digits", "bytes", "nothing", "a string", "a number", "null"],
)
def test_a_refusal_is_told_whatever_its_body_holds(
    fault: Callable[[Refusal, float], ProviderError], body: bytes
) -> None:
    told = fault(refusal(body), 0.0)

    assert isinstance(told, Illegal)
    assert "(HTTP 400" in told.said


@pytest.mark.parametrize("fault", DIALECTS, ids=lambda fault: fault.__module__.split(".")[-2])
def test_no_depth_of_a_refusal_is_too_much(fault: Callable[[Refusal, float], ProviderError]) -> None:
    for depth in range(100, 1200, 20):
        nested = b'{"error":{"message":' + b"[" * depth + b"]" * depth + b"}}"

        assert isinstance(fault(refusal(nested), 0.0), Illegal)


def test_the_body_of_a_refusal_that_is_no_json_is_its_words() -> None:
    assert body_of(refusal(b"<h1>No</h1>\n<p>way</p>")) == "No way"
