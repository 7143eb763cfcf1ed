"""What a session consumed."""

from dataclasses import replace
from pathlib import Path

from sagent.atoms import MessageId
from sagent.schema.message import AgentEnded
from sagent.sessions.jsonl import JsonlSession
from sagent.sessions.ledger import Entry, Ledger, ledger_of, skimmed
from tests.sessions.samples import USAGE, header, prompt, response


def test_a_ledger_adds_up_what_its_requests_consumed() -> None:
    ledger = ledger_of(
        [prompt(1, None), response(2, 1), replace(response(3, 2), model="other", cost_usd=1.0)]
    )

    assert ledger == Ledger(
        entries=[
            Entry(model="gemini-2.5-flash", usage=USAGE, cost_usd=0.25),
            Entry(model="other", usage=USAGE, cost_usd=1.0),
        ]
    )
    assert (ledger.cost_usd, ledger.models) == (1.25, ("gemini-2.5-flash", "other"))
    assert (ledger.usage.input_tokens, ledger.usage.output_tokens) == (20, 10)


def test_what_spawned_agents_consumed_counts_and_is_no_request_of_the_session() -> None:
    ended = AgentEnded(
        id=MessageId("m2"),
        parent_id=MessageId("m1"),
        timestamp=0.0,
        content="s2",
        how="answered",
        usage=USAGE,
        cost_usd=2.0,
        charged_usd=2.0,
        charged_tokens=15,
    )

    ledger = ledger_of([response(2, 1), ended])

    assert (len(ledger.entries), ledger.cost_usd, ledger.usage.input_tokens) == (1, 2.25, 20)
    assert ledger.models == ("gemini-2.5-flash",)


def test_one_unknown_price_makes_the_cost_unknown() -> None:
    ledger = ledger_of([response(1, 1), replace(response(2, 1), cost_usd=None)])

    assert ledger.cost_usd is None


def test_a_log_is_skimmed_in_spite_of_broken_lines_and_words_that_look_like_a_kind(tmp_path: Path) -> None:
    file = tmp_path / "s1.jsonl"
    session = JsonlSession.create(file, header())
    session.append(prompt(1, None, 'what is a "multipart/x-model-response"?'))
    session.append(response(2, 1))
    session.close()
    with file.open("ab") as end:
        end.write(b'{"descriptor":"multipart/x-model-response"}\n{"descriptor":"multipart/x-model-resp')

    assert skimmed(file) == ledger_of([response(2, 1)])
    assert skimmed(tmp_path / "gone.jsonl") == Ledger(entries=[])
