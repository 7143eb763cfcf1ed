"""OpenAI's refusals as our errors."""

import json

import pytest

from sagent.errors import Illegal, NotFound, Overflow, Overloaded, ProviderError, Quota, Refused, Unauthorized
from sagent.providers.faults import Refusal, redacted
from sagent.providers.openai_responses.faults import fault, told


def refused(status: int, message: str = "no", code: str | None = None, **headers: str) -> ProviderError:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps({"error": error}).encode()
    return fault(Refusal(status=status, headers=named, body=body, host="h"), 0.0)


@pytest.mark.parametrize(
    ("status", "message", "code", "kind"),
    [
        (400, "Unknown parameter: 'x'.", "unknown_parameter", Illegal),
        (
            400,
            "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
            None,
            Illegal,
        ),
        (400, "Your input exceeds the context window of this model.", "context_length_exceeded", Overflow),
        (400, "The requested model 'x' does not exist.", "model_not_found", NotFound),
        (
            400,
            "Invalid prompt: your prompt was flagged as potentially violating our policy.",
            "invalid_prompt",
            Refused,
        ),
        (401, "Incorrect API key provided: x.", "invalid_api_key", Unauthorized),
        (403, "Country, region, or territory not supported", "unsupported_country_region_territory", Refused),
        (403, "You have insufficient permissions for this operation.", None, Unauthorized),
        (404, "The model 'x' does not exist or you do not have access to it.", "model_not_found", NotFound),
        (408, "no", None, Overloaded),
        (413, "no", None, Overflow),
        (429, "Rate limit reached for gpt-x on requests per min (RPM)", "rate_limit_exceeded", Overloaded),
        (429, "You exceeded your current quota", "insufficient_quota", Quota),
        (
            429,
            "Request too large for gpt-x on tokens per min (TPM): Limit 30000, Requested 40000.",
            "rate_limit_exceeded",
            Overflow,
        ),
        (500, "The server had an error while processing your request.", "server_error", Overloaded),
        (503, "The server is currently overloaded.", None, Overloaded),
    ],
)
def test_each_refusal_is_the_error_that_says_what_helps(
    status: int, message: str, code: str | None, kind: type[ProviderError]
) -> None:
    error = refused(status, message, code)

    assert (type(error), error.status) == (kind, status)
    assert message.rstrip(".") in str(error)


@pytest.mark.parametrize(
    ("what", "way"),
    [("stream this model", "stream=False"), ("generate reasoning summaries", "{'summary': None}")],
)
def test_who_must_be_verified_is_told_how_to_ask_without(what: str, way: str) -> None:
    error = refused(400, f"Your organization must be verified to {what}.", "unsupported_value")

    assert isinstance(error, Refused)
    assert way in str(error)


def test_the_wait_is_in_the_headers_or_in_the_words() -> None:
    errors = [
        refused(429, retry_after_ms="1500", retry_after="2"),
        refused(503, retry_after="3"),
        refused(429, "Rate limit reached. Please try again in 20ms.", "rate_limit_exceeded"),
        refused(429),
    ]

    waits = [error.retry_after for error in errors if isinstance(error, Overloaded)]

    assert waits == [1.5, 3.0, 0.02, None]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"type": "error", "code": "server_error", "message": "no"}, Overloaded),
        ({"code": "rate_limit_exceeded", "message": "no"}, Overloaded),
        ({"code": "insufficient_quota", "message": "no"}, Quota),
        ({"code": "invalid_prompt", "message": "no"}, Refused),
        ({"code": "bio_policy", "message": "no"}, Refused),
        ({"code": "context_length_exceeded", "message": "no"}, Overflow),
        ({"code": 503, "message": "no"}, Overloaded),
        ("no", Overloaded),
    ],
)
def test_an_error_without_a_status_is_known_by_its_code(error: object, kind: type[ProviderError]) -> None:
    assert type(told(error, 200)) is kind


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": {"message": "a\\n  word"}}',
        b'{"error": "a word"}',
        b'{"error": "a word", "code": "odd"}',
        b'{"detail": "a word"}',
        b'{"object": "error", "message": "a word", "code": 400}',
        b'{"code": "odd", "message": "a word", "request_id": "r"}',
        b"<html><body>a <b>word</b></body></html>",
    ],
)
def test_a_refusal_of_any_shape_keeps_the_words_of_the_other_side(body: bytes) -> None:
    error = fault(Refusal(status=418, headers={}, body=body, host="h"), 0.0)

    assert "a word" in str(error)
    assert "\n" not in str(error)


def test_a_key_that_is_repeated_to_us_is_not_repeated_further() -> None:
    refusal = Refusal(status=400, headers={}, body=b'{"error": "wrong key SECRET"}', host="h")

    assert "SECRET" not in str(fault(redacted(refusal, "SECRET"), 0.0))
