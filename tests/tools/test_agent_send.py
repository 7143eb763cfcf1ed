"""What a model writes to others, and what it is told of that."""

from pathlib import Path

import pytest

from sagent.abilities import Reach
from sagent.atoms import MessageId
from sagent.errors import ToolError
from sagent.schema.message import ToolResult
from sagent.schema.part import Text
from sagent.schema.post import Accepted, Entry, Expired, Receipt, Rejected
from sagent.tools import AgentSend
from tests.tools.calls import Desk, Pillar, call_of, told

BOB = Entry(
    name="Bob",
    session_id="s1",
    status="calling",
    doing="testing",
    model="Google/gemini",
    workspace="/work",
    parent="Ann",
    group="reviewers",
    persistent=False,
    began=1.0,
    pid=1,
)
TAKEN = Accepted(content=MessageId("m1"), to="Bob", session_id="s1")
FULL = Rejected(content="it has too much to read", to="Eve", why="full")


async def said(post: Pillar, **directive: object) -> tuple[str, bool]:
    """What the tool says, and whether it has failed."""
    _, answer = await told(AgentSend().hosted_by(Desk(Path("/work"), post=post)), **directive)
    assert isinstance(answer, ToolResult)
    (part,) = answer.content
    assert isinstance(part, Text)
    return part.content, answer.failed


@pytest.mark.parametrize(
    ("receipt", "line", "failed"),
    [
        (TAKEN, "Bob (s1): accepted", False),
        (
            Accepted(content=MessageId("m1"), to="Bob", session_id="s1", due=1.0),
            "Bob (s1): accepted, planned as m1",
            False,
        ),
        (
            Accepted(content=MessageId("m1"), to="Bob", session_id="s1", halted="out of money"),
            "Bob (s1): accepted; it has stopped and waits for its user: out of money",
            False,
        ),
        (FULL, "Eve: refused (full): it has too much to read", True),
        (Expired(content="no answer in 10 s", to="Bob"), "Bob: expired: no answer in 10 s", True),
    ],
)
async def test_each_receipt_is_told_as_it_is(receipt: Receipt, line: str, failed: bool) -> None:
    answer = await said(Pillar([receipt]), to="Bob", message="hello")

    assert answer == (line, failed)


async def test_several_names_go_between_commas_and_one_that_is_reached_is_enough() -> None:
    post = Pillar([TAKEN, FULL])

    answer = await said(post, to="Bob, Eve", message="hello", delay=5)

    assert answer == ("Bob (s1): accepted\nEve: refused (full): it has too much to read", False)
    assert post.posted == ["Bob, Eve in 5 s: hello"]


async def test_whoever_cannot_go_on_waits_for_an_answer_and_is_told_whether_it_came() -> None:
    answered = await said(Pillar([TAKEN]), to="Bob", message="which?", wait=60)
    not_yet = await said(Pillar([TAKEN]), to="Bob", message="which?", wait=1)
    refused = await said(Pillar([FULL]), to="Eve", message="which?", wait=60)

    assert answered == ("Bob (s1): accepted\nSomebody has written; it is your next message.", False)
    assert not_yet == ("Bob (s1): accepted\nNobody has answered in 1 s.", False)
    assert refused == ("Eve: refused (full): it has too much to read", True)


async def test_the_live_agents_are_listed_a_line_each_and_a_crowd_is_counted() -> None:
    line = "Bob (s1): calling, testing, Google/gemini, child of Ann, group reviewers; /work"

    assert await said(Pillar(entries=[BOB]), action="list") == (line, False)
    crowd, _ = await said(Pillar(entries=[BOB] * 103), action="list")
    assert crowd.splitlines() == [line] * 100 + ["and 3 more"]


async def test_whoever_asks_to_be_told_is_told_later_or_why_not() -> None:
    unknown = Rejected(content="nobody is called so", to="Bob", why="unknown")

    assert await said(Pillar(), action="notify", to="Bob") == ("You will be told by a later message.", False)
    refused = await said(Pillar(refusal=unknown), action="notify", to="Bob")
    assert refused == ("Bob: refused (unknown): nobody is called so", True)


@pytest.mark.parametrize(
    ("directive", "why"),
    [
        ({"message": "hello"}, "send needs `to`: an agent's name or id; list shows who there is"),
        ({"to": " , ", "message": "hello"}, "send needs `to`"),
        ({"action": "notify"}, "notify needs `to`"),
        ({"to": "Bob"}, "there is nothing to send"),
    ],
)
async def test_what_cannot_be_sent_is_refused(directive: dict[str, object], why: str) -> None:
    with pytest.raises(ToolError, match=why):
        await said(Pillar(), **directive)


async def test_without_an_agent_there_is_no_post() -> None:
    tool = AgentSend()

    with pytest.raises(ToolError, match="only an agent can write to others"):
        await tool.run(call_of(tool, action="list"))


def test_a_person_is_told_who_is_written_to_and_what() -> None:
    tool = AgentSend()

    assert tool.summary(call_of(tool, to="Bob", message="hello", delay=3)) == "To Bob in 3 s: hello"
    assert tool.summary(call_of(tool, action="list")) == "List live agents"
    assert tool.summary(call_of(tool, action="notify", to="Bob")) == "Hear when Bob is idle"
    assert tool.reach(call_of(tool, to="Bob", message="hello")) == Reach()


def test_its_schema_costs_a_request_little() -> None:
    tool = AgentSend()

    assert len(str(tool.directive_schema)) + len(tool.description) < 1_450
