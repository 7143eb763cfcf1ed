"""Secrets, taken out of what leaves the machine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.cli.logs import MARK
from sagent.cli.redaction import Redaction, own_secrets


@pytest.mark.parametrize(
    "secret",
    [
        "sk-ant-api03-abcdefghijklmnop",
        "AIzaSyA0123456789abcdefghijklmnopqrstuv",
        "ghp_0123456789abcdefghijklmnopqrstuvwxyz",
        "xoxb-123456789012-abcdef",
        "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk",
    ],
)
def test_what_is_a_secret_by_its_shape_is_taken_out(secret: str) -> None:
    redaction = Redaction()

    assert redaction.text(f"see {secret}") == f"see {MARK}"
    assert redaction.count == 1


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("MY_API_KEY=q9w8e7r6t5y4", f"MY_API_KEY={MARK}"),
        ("password: hunter2hunter2", f"password: {MARK}"),
        ('"client_secret": "q9w8-e7r6-t5y4"', f'"client_secret": "{MARK}"'),
        ("Authorization: Bearer q9w8e7r6t5y4u3i2", f"Authorization: Bearer {MARK}"),
        ("postgres://joe:s3cr3tpw9@db/x", f"postgres://joe:{MARK}@db/x"),
        ("redis://:open,sesame@db:6379", f"redis://:{MARK}@db:6379"),
    ],
)
def test_what_is_called_a_secret_is_taken_out_and_its_name_stays(text: str, left: str) -> None:
    assert Redaction().text(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "max_tokens=4096000000",
        "token: identifier",
        "api_key = os.environ['KEY']",
        "the secret of a good test",
        "input_tokens: 12345678",
        "password = None",
        "http://127.0.0.1:34967/v1",
        '{"url": "https://example.org:8443/a"} @joe',
        "https://joe:$PASSWORD@example.org, https://<name>:<password>@example.org",
    ],
)
def test_code_and_figures_stay_as_they_are(text: str) -> None:
    assert Redaction().text(text) == text


@pytest.mark.parametrize(
    "piece",
    [
        "a-",
        "eyJ-",
        "eyJhbGciOiJI-",
        "token",
        "token-",
        "token ",
        "bearer ",
        "://a",
        "://:",
        "a:",
        "-----BEGIN ",
        " ",
    ],
)
def test_a_long_line_that_nearly_holds_a_secret_again_and_again_is_read_in_no_time(piece: str) -> None:
    text = (piece * 200_000)[:200_000]

    assert Redaction().text(text) == text


def test_members_of_objects_are_judged_by_their_names() -> None:
    redaction = Redaction()

    assert redaction.document(
        {"api_key": "q9w8e7r6t5", "n": [1, {"token": "abcdefgh", "words": "hello"}]}
    ) == {
        "api_key": MARK,
        "n": [1, {"token": "abcdefgh", "words": "hello"}],
    }
    assert redaction.count == 1


def test_the_readers_own_secrets_are_known_whatever_their_shape() -> None:
    known = own_secrets({"MY_TOKEN": "correct horse", "PATH": "/usr/bin:/bin:/sbin", "KEY": "short"})

    assert known == ["correct horse"]
    assert Redaction(known).text("say correct horse battery") == f"say {MARK} battery"


@given(st.text())
def test_what_was_redacted_once_is_left_as_it_is(text: str) -> None:
    once = Redaction().text(text)

    assert Redaction().text(once) == once
