"""Messages as a person reads them."""

import pytest

from sagent.atoms import CallId, MessageId, ToolName
from sagent.cli.paint import Paint
from sagent.cli.render import activity, bill, diff, money
from sagent.lib.json import freeze_object
from sagent.loop.stamp import Stamp
from sagent.messages.usage import NOTHING_SPENT
from sagent.messages.words import letter
from sagent.schema.event import Done, Halted, Progress, Retry, TextDelta, ToolLabel
from sagent.schema.message import (
    Cleared,
    Detached,
    Message,
    ModelChanged,
    StatusChanged,
    System,
    ToolResult,
    ToolsChanged,
)
from sagent.schema.part import ErrorText, Text
from sagent.schema.signal import Halt
from sagent.schema.values import ModelSpec, Standing, Usage

USAGE = Usage(
    input_tokens=12_345,
    cache_read_tokens=10_000,
    cache_write_tokens=0,
    cache_write_1h_tokens=0,
    output_tokens=67,
    reasoning_tokens=0,
)
ENVELOPE: Stamp = {"id": MessageId("m1"), "parent_id": None, "timestamp": 0.0}
TESTING = Standing(status="testing", progress="the parser", pending="", needs_user="a key")
SPEC = ModelSpec(
    provider="Google",
    dialect="google",
    endpoint="",
    model="gemini-2.5-flash",
    options=freeze_object({"effort": "high"}),
)
CALL = CallId("c1")
BASH = ToolName("Bash")


def result(*content: Text | ErrorText, failed: bool) -> ToolResult:
    return ToolResult(
        id=MessageId("m1"),
        parent_id=None,
        timestamp=0.0,
        call_id=CALL,
        tool=BASH,
        content=content,
        failed=failed,
        seconds=1.0,
    )


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (ToolLabel(call_id=CALL, tool=BASH, content="ls\n\x1b[2J -l"), "● ls ␛[2J -l"),
        (result(Text(content="fine"), failed=False), ""),
        (result(ErrorText(content="no such file"), failed=True), "✗ Bash failed\n  no such file"),
        (
            result(Text(content="1\n\n2\n3\n4\x07\n"), failed=True),
            "✗ Bash failed (the last 3 of 4 lines)\n  2\n  3\n  4␇",
        ),
        (
            Retry(content="Google: overloaded", attempt=2, seconds=1.25),
            "attempt 2 failed, next in 1.2 s: Google: overloaded",
        ),
        (Retry(content="busy", attempt=1, seconds=48.0), "attempt 1 failed, next in 48 s: busy"),
        (Retry(content="this one waits", attempt=0, seconds=48.0), "this one waits (48 s)"),
        (Retry(content="this one waits", attempt=0, seconds=0.0), "this one waits"),
        (Halted(reason="user", content="halted"), "stopped"),
        (Halted(reason="error", content="no way\nat all"), "stopped: no way at all"),
        (
            Done(content=USAGE, cost_usd=0.01234, context_tokens=1),
            "12,345 tokens in (10,000 cached), 67 out, $0.0123",
        ),
        (
            Detached(
                id=MessageId("m1"), parent_id=None, timestamp=0.0, call_id=CALL, tool=BASH, content="detached"
            ),
            "  Bash goes on in the background",
        ),
        (
            Cleared(id=MessageId("m1"), parent_id=None, timestamp=0.0, content="asked"),
            "the conversation starts anew",
        ),
        (
            Cleared(**ENVELOPE, by="Ada", content="it is long", continues=True),
            "the conversation starts anew (Ada: it is long)",
        ),
        (
            StatusChanged(**ENVELOPE, by="Ada", reason="halfway", content=TESTING),
            "status: testing; done: the parser; needs you: a key (Ada: halfway)",
        ),
        (
            ModelChanged(**ENVELOPE, by="Ada", reason="it is hard", content=SPEC),
            "model: Google gemini-2.5-flash, effort high (Ada: it is hard)",
        ),
        (ModelChanged(**ENVELOPE, content=SPEC), ""),
        (ToolsChanged(**ENVELOPE, by="Ada", content=(), off=(BASH,)), "tools turned off: Bash (Ada)"),
        (ToolsChanged(**ENVELOPE, by="Ada", content=()), "tools turned off: none (Ada)"),
        (ToolsChanged(**ENVELOPE, content=()), ""),
        (System(**ENVELOPE, by="Ada", reason="kinder", content=""), "system prompt changed (Ada: kinder)"),
        (TextDelta(content="word"), ""),
        (Progress(call_id=CALL, content="tick"), ""),
        (letter("hello"), ""),
        (Halt(), ""),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "line",
)
def test_each_kind_of_message_is_told_in_its_own_words(message: Message, line: str) -> None:
    assert activity(message, Paint()) == line


def test_colours_change_nothing_but_the_looks() -> None:
    halted = Halted(reason="error", content="no way")

    assert activity(halted, Paint(on=True)) == f"\x1b[31m{activity(halted, Paint())}\x1b[0m"


def test_an_unknown_price_is_not_called_nothing() -> None:
    assert bill(NOTHING_SPENT, None) == "0 tokens in, 0 out, price unknown"
    assert bill(NOTHING_SPENT, 0.0) == "0 tokens in, 0 out, $0"


def test_money_has_as_many_digits_as_it_takes_to_see_it() -> None:
    assert [money(usd) for usd in (12.345, 0.5, 0.00042, 0.00000042)] == [
        "$12.35",
        "$0.5000",
        "$0.0004",
        "under $0.0001",
    ]


def test_a_diff_is_coloured_by_line_and_cannot_steer_the_terminal() -> None:
    text = "--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\x1b\n same\n"

    assert diff(text, Paint()) == "--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new␛\n same"
    assert diff(text, Paint(on=True)).splitlines()[3:] == [
        "\x1b[31m-old\x1b[0m",
        "\x1b[32m+new␛\x1b[0m",
        " same",
    ]
