"""Google's refusals as our errors."""

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
from sagent.providers.faults import Refusal, redacted
from sagent.providers.google.faults import fault


def refused(
    status: int, message: str = "no", kind: str = "", *details: object, **headers: str
) -> ProviderError:
    error = {"code": status, "message": message, "status": kind, "details": details}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return fault(
        Refusal(status=status, headers=named, body=json.dumps({"error": error}).encode(), host="h"), 0.0
    )


TABLE = [
    (400, "Invalid JSON payload received.", Illegal),
    (400, "API key not valid. Please pass a valid API key.", Unauthorized),
    (
        400,
        "The input token count (1250074) exceeds the maximum number of tokens allowed (1048576).",
        Overflow,
    ),
    (400, "Request payload size exceeds the limit: 20971520 bytes.", Overflow),
    (401, "no", Unauthorized),
    (402, "no", Quota),
    (403, "no", Unauthorized),
    (404, "models/x is not found", NotFound),
    (408, "no", Overloaded),
    (413, "no", Overflow),
    (418, "no", Refused),
    (429, "Resource has been exhausted", Overloaded),
    (429, "Quota exceeded, limit: 0, model: gemini-3-pro", Quota),
    (429, "Your prepayment credits are depleted.", Quota),
    (499, "The operation was cancelled.", Unreachable),
    (500, "An internal error has occurred.", Overloaded),
    (503, "The model is overloaded. Please try again later.", Overloaded),
    (504, "Deadline expired", Overloaded),
]


@pytest.mark.parametrize(("status", "message", "kind"), TABLE)
def test_each_refusal_is_the_error_that_says_what_helps(
    status: int, message: str, kind: type[ProviderError]
) -> None:
    error = refused(status, message)

    assert type(error) is kind
    assert error.status == status
    assert message in str(error)


def test_a_reason_in_the_details_tells_a_bad_key() -> None:
    assert isinstance(refused(400, "no", "INVALID_ARGUMENT", {"reason": "API_KEY_INVALID"}), Unauthorized)


def test_a_place_where_gemini_is_not_offered_is_no_fault_of_the_request() -> None:
    assert isinstance(refused(400, "User location is not supported", "FAILED_PRECONDITION"), Refused)


def test_the_wait_is_googles_own_or_else_the_headers() -> None:
    own = refused(429, "no", "", {"retryDelay": "48.5s"}, retry_after="3")
    header = refused(503, "no", retry_after="3")
    date = refused(429, "no", retry_after="Thu, 01 Jan 1970 00:00:07 GMT")
    none = refused(429, "no", retry_after="soon")

    waits = [error.retry_after for error in (own, header, date, none) if isinstance(error, Overloaded)]

    assert waits == [48.5, 3.0, 7.0, None]


def test_a_quota_of_the_day_is_not_waited_for_and_one_of_the_minute_is() -> None:
    day = {"violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}
    minute = {"violations": [{"quotaId": "GenerateContentPaidTierInputTokensPerModelPerMinute"}]}
    retry = {"retryDelay": "9s"}

    assert isinstance(refused(429, "no", "RESOURCE_EXHAUSTED", day, retry), Quota)
    assert isinstance(refused(429, "no", "RESOURCE_EXHAUSTED", minute, retry), Overloaded)


@pytest.mark.parametrize(("delay", "told"), [("9s", None), ("7200s", 7200.0)])
def test_when_a_quota_of_the_day_is_renewed_is_told_only_if_it_can_be_meant(
    delay: str, told: float | None
) -> None:
    day = {"violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}

    error = refused(429, "no", "RESOURCE_EXHAUSTED", day, {"retryDelay": delay})

    assert isinstance(error, Quota)
    assert error.retry_after == told


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'[{"error": {"code": 400, "message": "bad"}}]', "bad (HTTP 400)"),
        (b'{"error": "bad"}', "bad (HTTP 400)"),
        (b"<html><body>Bad <b>Request</b></body></html>", "Bad Request (HTTP 400)"),
        (b"", "no explanation (HTTP 400)"),
        (b"\xff[]", "\ufffd[] (HTTP 400)"),
        (b"[]", "[] (HTTP 400)"),
        (b'{"error": {"message": "a\\n  b"}}', "a b (HTTP 400)"),
    ],
)
def test_a_refusal_of_any_shape_keeps_the_words_of_the_other_side(body: bytes, words: str) -> None:
    assert str(fault(Refusal(status=400, headers={}, body=body, host="h"), 0.0)) == words


def test_a_key_that_is_repeated_to_us_is_not_repeated_further() -> None:
    refusal = Refusal(status=400, headers={}, body=b'{"error": "wrong key SECRET"}', host="h")

    assert str(fault(redacted(refusal, "SECRET"), 0.0)) == "wrong key [the key] (HTTP 400)"
