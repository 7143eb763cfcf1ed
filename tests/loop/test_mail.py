"""Mail: accepted in any phase, drained in one place, answered once (LOOP R1, R2, R4)."""

import pytest

from sagent.atoms import MessageId
from sagent.errors import AgentClosed, InboxFull
from sagent.loop.resolution import Answered, Dropped, HaltedBy
from sagent.loop.traffic import Abandoned, Append, CallModel, Emit, Idle, Receipt, Resolve
from sagent.schema.event import Done, Notice
from sagent.schema.message import Drained, ModelResponse, Prompt
from sagent.schema.part import Text
from sagent.schema.signal import Halt, Quit, Schedule
from sagent.schema.values import Author, Origin
from sagent.testing import call
from tests.loop.stage import USAGE, Stage, letter, shown_events


def test_one_question_is_one_request_and_one_answer() -> None:
    stage = Stage()

    asked = stage.take(letter("hi"))
    stage.replies("hello")

    prompt, drained, response = stage.log[-3:]
    assert prompt == Prompt(
        id=prompt.id,
        parent_id=stage.log[-4].id,
        timestamp=3.0,
        content=(Text(content="hi"),),
        author="user",
        sender="",
    )
    assert drained == Drained(
        id=drained.id,
        parent_id=prompt.id,
        timestamp=3.0,
        content=(prompt.id, stage.log[0].id, stage.log[1].id),
    )
    assert response == ModelResponse(
        id=response.id,
        parent_id=drained.id,
        timestamp=4.0,
        content=(Text(content="hello"),),
        origin=Origin(provider="Stage", dialect="stage", endpoint="", model="one"),
        model="scripted",
        stop="end",
        usage=USAGE,
        cost_usd=0.01,
        native=(),
    )
    assert asked == (Append(prompt), Receipt(prompt.id), Append(drained), CallModel(1))
    assert stage.effects == (
        Append(response),
        Emit(Done(content=USAGE, cost_usd=0.01, context_tokens=15)),
        Resolve((prompt.id,), Answered("hello", "end")),
        Idle(),
    )


def test_users_are_heard_before_peers_who_spoke_earlier() -> None:
    stage = Stage()
    stage.says("go")

    stage.says("peer's word", "peer")
    stage.says("first")
    stage.says("second")
    stage.replies("ok")

    assert stage.view == [
        "user: go",
        "model: ok",
        "user: first",
        "user: second",
        "peer: peer's word",
    ]


def test_the_drain_note_names_what_entered_in_order() -> None:
    stage = Stage()
    stage.says("go")
    peer = stage.says("p", "peer")
    user = stage.says("u")

    stage.replies("ok")

    (note,) = [message for message in stage.log[-2:] if isinstance(message, Drained)]
    assert note.content == (user, peer)


def test_a_peer_wakes_an_idle_agent() -> None:
    stage = Stage()

    stage.says("psst", "peer")

    assert (stage.phase, stage.view) == ("calling", ["peer: psst"])


def test_a_peer_waits_for_the_whole_cohort() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"), call("edit"))

    stage.says("psst", "peer")
    stage.ends("slow")

    assert stage.phase == "gathering"
    assert "StartTimer" not in stage.kinds
    stage.ends("edit")
    assert stage.view[-1] == "peer: psst"


def test_an_answer_resolves_at_once_even_if_mail_waits() -> None:
    stage = Stage()
    first = stage.says("one")

    second = stage.says("two")
    stage.replies("1")

    assert stage.resolved == {first: Answered("1", "end")}
    stage.replies("2")
    assert stage.resolved[second] == Answered("2", "end")


def test_prompts_drained_into_one_turn_share_its_answer() -> None:
    stage = Stage()
    first = stage.says("one")
    stage.replies(call("edit"))
    second = stage.says("two")
    stage.ends("edit")

    stage.replies("both")

    assert stage.resolved == {first: Answered("both", "end"), second: Answered("both", "end")}


def test_one_of_two_who_share_a_turn_may_leave_without_disturbing_the_other() -> None:
    stage = Stage()
    first = stage.says("one")
    stage.replies(call("edit"))
    second = stage.says("two")
    stage.ends("edit")

    stage.take(Abandoned(first))
    left = stage.effects
    stage.replies("fine")

    assert left == ()
    assert stage.resolved == {second: Answered("fine", "end")}


def test_words_that_nobody_waits_for_any_more_are_taken_back_before_they_are_drained() -> None:
    stage = Stage()
    stage.says("one")
    second = stage.says("two")

    stage.take(Abandoned(second))
    taken = stage.kinds
    stage.replies("1")

    assert taken == "+Withdrawn"
    assert stage.view == ["user: one", "model: 1"]


def test_the_last_waiter_who_leaves_halts_the_turn_and_kills_its_calls() -> None:
    stage = Stage()
    prompt = stage.says("go")
    stage.replies(call("slow"), call("ask"))

    stage.take(Abandoned(prompt))

    assert stage.kinds == "Halted CancelTool +ToolResult"
    assert stage.phase == "halted"


def test_the_last_waiter_who_leaves_kills_what_is_detached_for_the_next_speaker() -> None:
    stage = Stage()
    prompt = stage.says("go")
    stage.replies(call("slow"))
    stage.says("wait")

    stage.take(Abandoned(prompt))

    assert stage.kinds == "+Detached +Drained CallModel CancelTool"
    assert stage.view[-1] == "user: wait"


def test_words_withdrawn_before_the_drain_are_never_seen() -> None:
    stage = Stage()
    stage.says("go")
    slip = stage.says("a slip of the tongue")

    stage.withdraws(slip)
    stage.replies("ok")

    assert stage.view == ["user: go", "model: ok"]
    assert isinstance(stage.resolved[slip], Dropped)
    assert stage.phase == "idle"


def test_words_that_were_drained_cannot_be_withdrawn() -> None:
    stage = Stage()
    prompt = stage.says("go")

    stage.withdraws(prompt)

    told = f"nothing is withdrawn: no prompt {prompt} waits to be read"
    assert shown_events(stage.effects) == [Notice(content=told)]


def test_an_alarm_is_void_when_the_words_it_rings_for_are_withdrawn() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    slip = stage.says("oh")
    stage.withdraws(slip)

    stage.rings("grace")

    assert stage.effects == ()
    assert stage.phase == "gathering"


def test_a_letter_from_the_system_is_answered_like_any_other() -> None:
    stage = Stage()

    prompt = stage.says("notice", "system")
    stage.replies("noted")

    assert stage.resolved == {prompt: Answered("noted", "end")}


def test_an_ended_agent_refuses_letters_and_ignores_signals() -> None:
    stage = Stage()
    stage.take(Quit())

    with pytest.raises(AgentClosed, match="has ended"):
        stage.take(letter("hello?"))

    assert stage.take(Halt()) == ()


def test_quitting_tells_everybody_and_ends_everything_that_runs() -> None:
    stage = Stage()
    first = stage.says("go")
    stage.replies(call("slow"), call("edit"))
    second = stage.says("more")

    stage.take(Quit(content="bye"))

    assert stage.kinds == "CancelTool CancelTool Resolve(Dropped) Close"
    closed = Dropped("closed", "the agent has ended: bye")
    assert stage.resolved == {first: closed, second: closed}


def test_ten_thousand_letters_during_one_call_are_one_drain() -> None:
    stage = Stage()
    stage.says("go")
    for number in range(10_000):
        stage.take(letter(str(number)))
    calls = stage.kinds

    stage.replies("ok")

    assert calls == "+Prompt Receipt"
    assert stage.kinds == "+ModelResponse Done Resolve(Answered) +Drained CallModel"
    assert len(stage.view) == 10_002


def test_halting_tells_also_those_whose_words_were_not_heard_yet() -> None:
    stage = Stage()
    first = stage.says("go")
    second = stage.says("psst", "peer")

    stage.take(Halt())
    stage.stops("hal")

    told = HaltedBy("user", "halted", "hal")
    assert stage.resolved == {first: told, second: told}


def test_whoever_was_told_of_the_halt_is_not_counted_among_those_who_wait() -> None:
    stage = Stage()
    stage.says("go")
    stage.says("psst", "peer")
    stage.take(Halt())
    stage.stops()
    prompt = stage.says("again")

    stage.take(Abandoned(prompt))

    assert stage.kinds == "CancelModel"


def test_ids_follow_the_order_of_the_log() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"), call("edit"))
    stage.ends("edit")
    stage.ends("slow")

    ids: list[MessageId] = [message.id for message in stage.log]

    assert ids == sorted(ids)
    assert [message.parent_id for message in stage.log] == [None, *ids[:-1]]


def full(most: int = 2) -> Stage:
    """An agent at work that takes so many letters of agents, and has them."""
    stage = Stage()
    stage.core.most_letters = most
    stage.says("go")
    for _ in range(most):
        stage.says("psst", "peer")
    return stage


@pytest.mark.parametrize("author", ["peer", "background"])
def test_a_full_inbox_refuses_agents_and_keeps_nothing_of_it(author: Author) -> None:
    stage = full()
    before = list(stage.log)

    for mail in (letter("more", author), Schedule(content=letter("more", author), seconds=5)):
        with pytest.raises(InboxFull, match="2 unread letters"):
            stage.take(mail)

    assert stage.log == before


@pytest.mark.parametrize("author", ["user", "system"])
def test_a_full_inbox_takes_the_words_of_the_user_and_of_the_system(author: Author) -> None:
    stage = full()

    prompt = stage.says("more", author)

    assert prompt in stage.state.pending


def test_words_of_the_user_leave_as_much_room_for_those_of_agents() -> None:
    stage = Stage()
    stage.core.most_letters = 2
    for _ in range(5):
        stage.says("go")

    stage.says("psst", "peer")
    stage.says("psst", "peer")

    with pytest.raises(InboxFull):
        stage.says("psst", "peer")


def test_an_inbox_whose_mail_was_read_takes_more() -> None:
    stage = full()

    stage.replies("ok")

    assert stage.says("more", "peer") in stage.state.pending


def test_planned_mail_counts_as_unread_and_is_never_refused_when_it_is_due() -> None:
    stage = full(1)
    stage.core.most_letters = 2
    stage.take(Schedule(content=letter("later", "peer"), seconds=5))
    with pytest.raises(InboxFull):
        stage.says("more", "peer")

    stage.rings("due")

    assert [line.split(": ")[-1] for line in stage.view] == ["go"]
    assert len(stage.state.pending) == 2
    with pytest.raises(InboxFull):
        stage.says("more", "peer")
