"""Refusals of all kinds of servers, read as our errors."""

import json
from collections.abc import Mapping

import pytest

from sagent.errors import (
    BadAnswer,
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
from sagent.providers.faults import Refusal
from sagent.providers.openai_chat.faults import fault


def refused(status: int, body: object, headers: Mapping[str, str] | None = None) -> ProviderError:
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    refusal = Refusal(status=status, headers=headers or {}, body=data, host="api.example.org")
    return fault(refusal, 0.0)


def error(message: str, **more: object) -> Mapping[str, object]:
    return {"error": {"message": message, **more}}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, error("bad", type="invalid_request_error"), Illegal),
        (400, error("too long", code="context_length_exceeded"), Overflow),
        (400, error("m", type="exceed_context_size_error", n_ctx=1, n_prompt_tokens=2), Overflow),
        (400, error("prompt too long; exceeded max context length by 9 tokens"), Overflow),
        (400, error("This model's maximum context length is 9 tokens."), Overflow),
        (400, error("m", type="too_many_prompt_tokens"), Overflow),
        (400, error("Your input is too long for this model."), Overflow),
        (400, error("This model's maximum prompt length is 9 but the request contains 10 tokens."), Overflow),
        (400, error("Invalid request: Your request exceeded model token limit: 8192"), Overflow),
        (400, error("Prompt exceeds max length", code="1261"), Overflow),
        (400, error("prompt token count of 10 exceeds the limit of 9"), Overflow),
        (400, error("Range of input length should be [1, 30720]"), Overflow),
        (413, "<html>Request Entity Too Large</html>", Overflow),
        (400, error("Incorrect API key provided"), Unauthorized),
        (401, {"detail": "Invalid API Key"}, Unauthorized),
        (403, error("Forbidden"), Unauthorized),
        (403, error("Content violates usage guidelines"), Refused),
        (403, error("Country, region, or territory not supported"), Refused),
        (403, error("Your account has insufficient balance"), Quota),
        (402, error("Insufficient Balance"), Quota),
        (400, error("Access denied", code="Arrearage"), Quota),
        (400, error("Your credit balance is too low"), Quota),
        (429, error("m", code="insufficient_quota", type="insufficient_quota"), Quota),
        (429, error("You exceeded your current quota, please check your plan and billing details"), Quota),
        (429, error("Usage limit reached", code="1308"), Quota),
        (429, error("slow", type="rate_limit_reached_error"), Overloaded),
        (429, error("m", type="engine_overloaded_error"), Overloaded),
        (404, error("m", code="model_not_found"), NotFound),
        (404, "404 page not found", NotFound),
        (400, error("x is not a valid model ID", code=400), NotFound),
        (400, error("m", type="invalid_model"), NotFound),
        (400, error("m", code="tool_use_failed", failed_generation="<add"), BadAnswer),
        (400, {"object": "error", "message": "m", "code": "1500"}, Illegal),
        (400, {"code": 400, "message": "Validation: x", "type": "Bad Request"}, Illegal),
        (422, {"detail": [{"loc": ["body"], "msg": "extra"}]}, Illegal),
        (500, error("tools param requires --jinja flag", type="server_error"), Illegal),
        (500, error("boom"), Overloaded),
        (503, "", Overloaded),
        (529, error("overloaded"), Overloaded),
        (408, error("m"), Overloaded),
        (499, error("m"), Unreachable),
        (451, error("m"), Refused),
    ],
)
def test_each_refusal_is_the_error_that_says_what_helps(
    status: int, body: object, kind: type[ProviderError]
) -> None:
    found = refused(status, body)

    assert type(found) is kind
    assert found.status == status


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (error("one\n two", code="c", type="t"), "one two (HTTP 400, c t)"),
        ({"error": "text", "code": "name"}, "text (HTTP 400, name)"),
        ({"error": "text"}, "text (HTTP 400)"),
        ({"detail": "text"}, "text (HTTP 400)"),
        ({"message": "text", "code": "1500", "type": "t"}, "text (HTTP 400, t)"),
        ([error("text")], "text (HTTP 400)"),
        ("<html><b>Bad</b> gateway</html>", "Bad gateway (HTTP 400)"),
        ("", "no explanation (HTTP 400)"),
        ({}, "no explanation (HTTP 400)"),
        (
            error("Provider returned error", metadata={"raw": "down"}),
            "Provider returned error: down (HTTP 400)",
        ),
        (
            error("Provider returned error", metadata={"raw": '{"error": {"message": "inner"}}'}),
            "Provider returned error: inner (HTTP 400)",
        ),
        (
            error("Provider returned error", metadata={"raw": '{"code": "x", "error": "inner"}'}),
            "Provider returned error: inner (HTTP 400)",
        ),
    ],
)
def test_what_is_said_is_found_in_every_envelope(body: object, words: str) -> None:
    assert str(refused(400, body)) == words


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({"retry-after": "7"}, "busy", 7.0),
        ({}, "please try again after 1 seconds", 1.0),
        ({}, "Please try again in 250ms.", 0.25),
        ({}, "Please retry in 1.5s", 1.5),
        ({}, "try again in 2 minutes", 120.0),
        ({}, "busy", None),
    ],
)
def test_how_long_to_wait_is_read_from_the_header_or_the_words(
    headers: Mapping[str, str], message: str, seconds: float | None
) -> None:
    found = refused(429, error(message), headers)

    assert isinstance(found, Overloaded)
    assert found.retry_after == seconds
