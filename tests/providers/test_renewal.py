"""When a provider can be asked again."""

from collections.abc import Mapping

import pytest

from sagent.providers.renewal import Window, pause, retry_after, wait, windows

NOW = 1_795_000_000.0
"""2026-11-18 11:06:40 UTC."""


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "Wed, 18 Nov 2026 11:07:40 GMT"}, 60.0),
        ({"retry-after": "Wed, 18 Nov 2020 11:07:40 GMT"}, None),
        ({"retry-after": "0"}, None),
        ({"retry-after": "99999999999999999"}, None),
        ({"retry-after": "9" * 400}, None),
        ({"retry-after-ms": "0"}, None),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "1"}, 1.0),
    ],
)
def test_what_a_server_asks_to_wait_is_read_in_every_form(
    headers: Mapping[str, str], seconds: float | None
) -> None:
    assert retry_after(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("Please try again in 6m0s.", 360.0),
        ("try again in 20ms", 0.02),
        ("Please try again in 1h2m3.5s", 3723.5),
        ("please try again after 1 seconds", 1.0),
        ("Please retry in 48.5s.", 48.5),
        ("please retry after 2 hours", 7200.0),
        ("the limit resets in 3 days", 259_200.0),
        ("try again in 0s", None),
        (f"try again in {'9' * 400} s", None),
        ("try again later", None),
        ("Your quota resets at 15:00", None),
        ("try again on 2026-12-01", None),
        ("you asked 5 models in 3 s", None),
    ],
)
def test_words_that_ask_to_wait_are_understood(words: str, seconds: float | None) -> None:
    assert pause(words) == seconds


@pytest.mark.parametrize(
    ("headers", "words", "seconds"),
    [
        ({"retry-after": "7"}, "try again in 9 s", 7.0),
        ({}, "You will regain access on 2026-11-19 at 00:00 UTC.", 46_400.0),
        ({}, "It resets at 2026-11-18T13:06:40+01:00", 3600.0),
        ({}, "It resets at 2026-11-18T12:06:40.123Z", 3600.0),
        ({}, "try again on 2026-99-99", None),
        ({"anthropic-ratelimit-unified-reset": "1795000100"}, "", 100.0),
        (
            {
                "anthropic-ratelimit-tokens-remaining": "0",
                "anthropic-ratelimit-tokens-reset": "2026-11-18T11:07:00Z",
            },
            "",
            20.0,
        ),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m30.5s"}, "", 90.5),
        ({"x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "1m30.5s"}, "", None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795000060000"}, "", 60.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "99999999999999999"}, "", None),
        ({"retry-after": "0"}, "try again in 2 s", 2.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "0"}, "", None),
        ({}, "no", None),
    ],
)
def test_the_time_is_found_wherever_the_vendor_tells_it(
    headers: Mapping[str, str], words: str, seconds: float | None
) -> None:
    assert wait(headers, words, NOW) == seconds


def test_every_vendors_headers_tell_how_much_is_left() -> None:
    headers = {
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "49",
        "anthropic-ratelimit-requests-reset": "2026-11-18T11:06:42Z",
        "x-ratelimit-limit-tokens": "1000",
        "x-ratelimit-remaining-tokens": "10",
        "x-ratelimit-reset-tokens": "59.4s",
        "ratelimit-remaining": "4",
        "ratelimit-reset": "30",
        "ratelimit": '"minute";r=5;t=17, "day";r=0;t=36000',
        "x-ratelimit-remaining-odd": "1",
    }

    assert list(windows(headers, NOW)) == [
        Window(of="requests", left=49.0, limit=50.0, seconds=2.0, fills=True),
        Window(of="tokens", left=10.0, limit=1000.0, seconds=59.4, fills=True),
        Window(of="requests", left=4.0, limit=None, seconds=30.0, fills=False),
        Window(of="requests", left=5.0, limit=None, seconds=17.0, fills=False),
        Window(of="requests", left=0.0, limit=None, seconds=36_000.0, fills=False),
    ]
