"""Sessions as they are named on the command line."""

import json

import pytest

from sagent.testing import serve
from tests.cli.command import Place


def heard(body: object) -> str:
    """All that a request of the Google wire says in its turns."""
    return json.dumps(body)


def test_a_log_that_is_named_is_made_and_gone_on_with(inside: Place) -> None:
    with serve("One.", "Two.") as served:
        first = inside.run(served, "-p", "--session", "logs/it.jsonl", "begin")
        second = inside.run(served, "-p", "--session", "logs/it.jsonl", "and on")
        asked = heard(served.requests[-1].body)

    assert (first.code, first.out, second.code, second.out) == (0, "One.\n", 0, "Two.\n"), first.err
    assert "begin" in asked
    assert "One." in asked
    assert (inside.work / "logs" / "it.jsonl").exists()


def test_a_budget_holds_until_another_one_is_named(inside: Place) -> None:
    with serve("One.", "Two.") as served:
        inside.run(served, "--max-budget-tokens", "20000", "--max-tool-call-rounds", "7", "first")
        held = inside.run(served, "-c", "--max-budget-tokens", "100", "second")
        still = inside.run(served, "-c", "second")
        raised = inside.run(served, "-c", "--max-budget-tokens", "40000", "second")

    assert [ended.code for ended in (held, still, raised)] == [1, 1, 0]
    assert "of 100 tokens used up" in still.err
    assert raised.out == "Two.\n"
    (log,) = inside.logs()
    lines = map(json.loads, log.read_text(encoding="utf-8").splitlines())
    assert [line["content"] for line in lines if line["descriptor"] == "application/x-limits-changed"] == [
        {"max_tool_call_rounds": 7, "max_budget_usd": None, "max_budget_tokens": tokens}
        for tokens in (20_000, 100, 40_000)
    ]


def test_words_are_said_otherwise_from_before_the_last_ones(inside: Place) -> None:
    with serve("One.", "Two.", "Other.") as served:
        inside.run(served, "-p", "--session", "it.jsonl", "begin")
        inside.run(served, "-p", "--session", "it.jsonl", "this way")
        forked = inside.run(served, "-p", "--session", "it.jsonl", "--fork", "last", "that way")
        asked = heard(served.requests[-1].body)

    assert (forked.code, forked.out) == (0, "Other.\n"), forked.err
    assert "begin" in asked
    assert "that way" in asked
    assert "this way" not in asked


def test_a_fork_goes_on_from_the_message_that_is_named(inside: Place) -> None:
    with serve("One.", "Two.", "Other.") as served:
        inside.run(served, "-p", "--session", "it.jsonl", "begin")
        shown = inside.run(None, "sessions", "export", "--format", "json")
        assert shown.code == 2, "a log elsewhere is in no list"
        log = (inside.work / "it.jsonl").read_text(encoding="utf-8").splitlines()
        answer = json.loads(log[-1])["id"]
        inside.run(served, "-p", "--session", "it.jsonl", "this way")
        forked = inside.run(served, "-p", "--session", "it.jsonl", "--fork", answer, "that way")
        asked = heard(served.requests[-1].body)

    assert (forked.code, forked.out) == (0, "Other.\n"), forked.err
    assert "One." in asked
    assert "this way" not in asked


def test_the_latest_session_of_any_directory_is_gone_on_with_where_it_belongs(inside: Place) -> None:
    elsewhere = inside.work / "elsewhere"
    elsewhere.mkdir()
    with serve("One.", "Two.") as served:
        inside.run(served, "-p", "begin")
        here = Place.run(Place(home=inside.home, work=elsewhere), served, "-p", "--continue-all", "and on")

    assert (here.code, here.out) == (0, "Two.\n"), here.err
    assert f"this session belongs to {inside.work}, and goes on there" in here.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--resume",), "needs a terminal: name a session with --session"),
        (("--resume", "--continue"), "--resume asks for a session, and another flag names one"),
        (("--fork", "last", "words"), "name the session, or give --continue"),
        (("--session", "no/such.log", "words"), "to begin one in this file, call it .jsonl"),
        (("--session", "it.jsonl", "--fork", "m9", "words"), "no message of the session begins with 'm9'"),
        (("--session", "it.jsonl", "--fork", "m", "words"), "messages begin with 'm'"),
        (("--continue-all", "--session", "it.jsonl", "words"), "each name a session; give one of them"),
    ],
)
def test_what_names_no_session_is_told_with_a_way_out(
    inside: Place, arguments: tuple[str, ...], told: str
) -> None:
    with serve("One.", "Two.") as served:
        inside.run(served, "-p", "--session", "it.jsonl", "begin")
        ended = inside.run(served, *arguments)

    assert ended.code == 2
    assert told in ended.err
