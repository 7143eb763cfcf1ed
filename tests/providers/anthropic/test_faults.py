"""Refusals read as errors that say what helps."""

import json

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
from sagent.providers.anthropic.faults import fault
from sagent.providers.faults import Refusal


def refused(status: int, body: object, headers: dict[str, str] | None = None) -> ProviderError:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    refusal = Refusal(status=status, headers=headers or {}, body=data, host="h")
    return fault(refusal, 0.0)


def error(kind: str, message: str, **more: object) -> object:
    return {"type": "error", "error": {"type": kind, "message": message}, **more}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, error("invalid_request_error", "messages: nonsense"), Illegal),
        (400, error("invalid_request_error", "prompt is too long: 9 tokens > 8 maximum"), Overflow),
        (400, error("invalid_request_error", "Your credit balance is too low to access"), Quota),
        (400, error("invalid_request_error", "You have reached your specified API usage limits."), Quota),
        (401, error("authentication_error", "invalid x-api-key", request_id=None), Unauthorized),
        (402, error("billing_error", "pay"), Quota),
        (403, error("permission_error", "no"), Unauthorized),
        (404, error("not_found_error", "model: x"), NotFound),
        (408, error("timeout_error", "slow"), Overloaded),
        (413, {"error": {"type": "request_too_large", "message": "Request exceeds the size"}}, Overflow),
        (418, error("teapot", "no"), Refused),
        (422, {"detail": "no such field"}, Illegal),
        (429, error("rate_limit_error", "This would exceed your organization's rate limit"), Overloaded),
        (429, error("rate_limit_error", "usage limit of 9 tokens per minute"), Overloaded),
        (499, error("", "gone"), Unreachable),
        (500, error("api_error", "Internal server error"), Overloaded),
        (503, b"<html>busy</html>", Overloaded),
        (529, error("overloaded_error", "Overloaded"), Overloaded),
        (529, {"type": "error", "error": "text"}, Overloaded),
        (500, [], Overloaded),
        (404, b"", NotFound),
    ],
)
def test_each_refusal_is_the_error_that_says_what_helps(status: int, body: object, kind: type) -> None:
    found = refused(status, body)

    assert (type(found), found.status) == (kind, status)


def test_an_overload_says_how_long_to_wait() -> None:
    found = refused(429, error("rate_limit_error", "slow down"), {"retry-after": "7"})

    assert isinstance(found, Overloaded)
    assert found.retry_after == 7.0


def test_wire_11_a_body_of_the_edge_and_one_without_a_request_id_are_read_all_the_same() -> None:
    edge = {"error": {"type": "request_too_large", "message": "Request exceeds the maximum size"}}

    assert isinstance(refused(413, edge), Overflow)
    assert "Overloaded" in str(refused(529, error("overloaded_error", "Overloaded")))


@pytest.mark.parametrize(
    "body",
    [
        {
            "error": {
                "code": 400,
                "type": "exceed_context_size_error",
                "message": "the request exceeds the available context size",
                "n_prompt_tokens": 9,
                "n_ctx": 8,
            }
        },
        error("invalid_request_error", "Your input is too long for this model"),
        error("invalid_request_error", "input length and `max_tokens` exceed context limit: 9 + 9 > 10"),
    ],
)
def test_wire_12_other_servers_words_for_a_conversation_that_is_too_long_are_known(body: object) -> None:
    assert isinstance(refused(400, body), Overflow)


def test_wire_10_minimax_spells_its_number_as_a_string() -> None:
    body = {"type": "error", "error": {"type": "x", "message": "m", "http_code": "429"}}

    found = refused(200, body)

    assert (type(found), found.status) == (Overloaded, 429)


def test_a_message_is_one_line_and_not_longer_than_anybody_reads() -> None:
    found = str(refused(400, error("invalid_request_error", "a\nb " * 500)))

    assert "\n" not in found
    assert len(found) < 500
