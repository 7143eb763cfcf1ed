"""What is logged, and what is not."""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sagent.cli.logs import Discreet, Whisper, listen, secrets
from sagent.providers import Google

REDACTION = Discreet(["my-own-secret", "abc"])


@pytest.fixture(autouse=True)
def quiet_afterwards() -> Iterator[None]:
    levels = {name: logging.getLogger(name).level for name in ("sagent", "httpx2")}
    yield
    listen(None, {})
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_what_other_packages_warn_of_finds_no_way_to_stderr() -> None:
    listen(None, {})

    silenced = [
        any(isinstance(handler, logging.NullHandler) for handler in logging.getLogger(name).handlers)
        for name in ("azure", "botocore", "google")
    ]

    assert silenced == [True, True, True]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("the key is my-own-secret!", "the key is [redacted]!"),
        ("abc is too short to be one", "abc is too short to be one"),
        ("Authorization: Bearer eyJhbGciOi.x.y", "Authorization: [redacted]"),
        ("{'authorization': 'Basic dXNlcg==', 'a': 'b'}", "{'authorization': '[redacted]', 'a': 'b'}"),
        ("x-goog-api-key: 12345, accept: */*", "x-goog-api-key: [redacted], accept: */*"),
        ("POST https://x/v1?alt=sse&key=12345", "POST https://x/v1?alt=sse&key=[redacted]"),
        ("sk-ant-api03-AbCdEfGh_1 and AIzaSyA1234567890_x", "[redacted] and [redacted]"),
        ("sent Bearer eyJhbGciOi.x.y", "sent Bearer [redacted]"),
        ("Check GOOGLE_API_KEY or GEMINI_API_KEY.", "Check GOOGLE_API_KEY or GEMINI_API_KEY."),
        ("ask-me-about-the-desk, task-12345678", "ask-me-about-the-desk, task-12345678"),
    ],
)
def test_keys_are_struck_out_by_value_by_name_and_by_looks(text: str, shown: str) -> None:
    assert REDACTION.redacted(text) == shown


@pytest.mark.parametrize("piece", ["a-", "cookie ", "authorization", "&key", "api_key ", " "])
def test_a_long_line_that_nearly_holds_a_key_again_and_again_is_written_in_no_time(piece: str) -> None:
    text = (piece * 200_000)[:200_000]

    assert REDACTION.redacted(text) == text


def test_tracebacks_are_struck_out_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_API_KEY", " the-key-of-google ")
    listen("warning", {"X-Team": "the-value-of-a-header"})
    log = logging.getLogger("sagent.somewhere")

    log.info("nobody asked for this")
    try:
        raise ValueError("the-key-of-google was refused")
    except ValueError:
        log.exception("sent \x1b[31m%s", "the-value-of-a-header")

    err = capsys.readouterr().err
    assert "sagent.somewhere ERROR sent ␛[31m[redacted]" in err
    assert "ValueError: [redacted] was refused" in err
    assert "nobody" not in err


def test_listening_again_replaces_what_was_listened_to(capsys: pytest.CaptureFixture[str]) -> None:
    listen("debug", {})
    listen("info", {})

    logging.getLogger("sagent.cli").info("once")

    assert capsys.readouterr().err.count("once") == 1
    assert sum(isinstance(each, Whisper) for each in logging.getLogger("sagent").handlers) == 1


@pytest.mark.parametrize("level", [None, "warning"])
def test_a_model_of_unknown_size_is_told_once_whether_logs_are_shown_or_not(
    level: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    name = f"gemini-77-{level}"
    listen(level, {})

    for _ in range(2):
        Google.from_key("key").model(name)
    Google.from_key("key").model("gemini-2.5-pro")

    err = capsys.readouterr().err
    assert (err.count("\n"), err.count(f"how much {name} takes is not known here")) == (1, 1)


def test_the_keys_of_all_providers_are_known() -> None:
    environ = {"GEMINI_API_KEY": " k1 ", "GOOGLE_API_KEY": " ", "HOME": "/", "GOOGLE_API_KEY__WORK": "k2"}

    assert secrets(environ) == ["k1", "k2"]


@given(st.text(), st.text(), st.text(alphabet="abc-19XYZ", min_size=6))
def test_a_known_secret_never_gets_through_whatever_stands_around_it(
    before: str, after: str, secret: str
) -> None:
    assume(secret not in "[redacted]")

    assert secret not in Discreet([secret]).redacted(f"{before}{secret}{after}")
