"""One ledger holds for a whole tree of agents, whoever asks first (LOOP R15)."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sagent.errors import SessionError, UsageError
from sagent.loop.account import Account, Bill
from sagent.loop.budget import LEAST_OUTPUT, Grant, Meter
from sagent.loop.change import Change
from sagent.loop.drawing import Grants
from sagent.loop.holding import Held
from sagent.loop.phase import Waiting
from sagent.loop.purse import Purse
from sagent.loop.resolution import HaltedBy
from sagent.loop.spending import UNSPENT
from sagent.loop.traffic import AppendFailed, Broke, CallModel, Fired, Responded, Stopped
from sagent.protocols import Tariff
from sagent.schema.event import Notice
from sagent.schema.message import Reserved
from sagent.schema.signal import Clear, Compact, Halt, Quit
from sagent.schema.values import Limits, ModelSpec
from tests.loop.stage import BUSY, USAGE, Stage, answer, shown_events

IN, OUT = 1e-6, 1e-5
"""What a token costs in and out."""


def meter(_: ModelSpec, __: int) -> Tariff:
    """Ten dollars a million tokens out, of which a response may have many."""
    return Tariff(input_usd=IN, output_usd=OUT, max_output=64_000)


def limits(usd: float | None = None, tokens: int | None = None) -> Limits:
    return Limits(max_tool_call_rounds=None, max_budget_usd=usd, max_budget_tokens=tokens)


def agent(
    parent: Purse | None = None,
    *,
    usd: float | None = None,
    tokens: int | None = None,
    name: str = "",
    prices: Meter = meter,
) -> Stage:
    """An agent that spends what its parent has."""
    stage = Stage(meter=prices, purse=Purse(parent, name))
    stage.take(Change(limits=limits(usd, tokens)))
    return stage


def charged(purse: Purse) -> tuple[float, int]:
    """What was spent for good, in dollars and tokens."""
    return purse.held.usd, purse.held.tokens


def purse(stage: Stage) -> Purse:
    """The place of an agent in the ledger."""
    return stage.core.purse


def allowed(stage: Stage) -> int | None:
    """How much the model may write in the call that was asked for last."""
    asked = [effect.max_output for effect in stage.told if isinstance(effect, CallModel)]
    return asked[-1] if asked else None


def aside(stage: Stage) -> Reserved:
    """What is set aside for the call that runs."""
    assert stage.state.account.reserved is not None
    return stage.state.account.reserved


def pays(stage: Stage, usd: float, tokens: int = 15) -> None:
    """The model answers at this price."""
    number, stage.model = stage.model, None
    assert number is not None
    usage = replace(USAGE, input_tokens=0, output_tokens=tokens)
    stage.take(Responded(number, replace(answer("hi"), usage=usage, cost_usd=usd)))


def hears(*stages: Stage) -> None:
    """Every alarm that has been set off goes off."""
    for stage in stages:
        while stage.rung:
            stage.take(Fired(stage.rung.pop(0)))


def notices(stage: Stage) -> list[str]:
    """What whoever watches was told."""
    return [event.content for event in shown_events(stage.told) if isinstance(event, Notice)]


def test_three_parallel_children_share_ten_cents_and_their_output_limits_shrink_first() -> None:
    parent = agent(usd=0.10, name="lead")
    children = [agent(purse(parent)) for _ in range(3)]

    for child in children:
        child.says("go")
    sent = [allowed(child) or 0 for child in children]

    assert [child.phase for child in children] == ["calling"] * 3
    assert 64_000 > sent[0] > sent[1] > sent[2] >= LEAST_OUTPUT
    assert sum(aside(child).content for child in children) <= 0.10
    assert purse(parent).held.aside_usd == pytest.approx(sum(aside(child).content for child in children))


def test_a_request_that_does_not_fit_beside_those_of_others_waits_until_one_is_settled() -> None:
    parent = agent(tokens=2_000, name="lead")
    first, second = agent(purse(parent)), agent(purse(parent))
    first.says("go")

    second.says("go")
    waiting = second.phase, list(second.rung), notices(second)
    pays(first, 0.0001)
    hears(second)

    told = "waiting: the budget of lead is set aside for what other agents ask; it goes on when they are done"
    assert waiting == ("waiting", [], [told])
    assert second.phase == "calling"
    assert notices(second) == [told]


def test_a_request_halts_only_when_nothing_set_aside_by_others_could_make_it_fit() -> None:
    parent = agent(tokens=2_000, name="lead")
    first, second = agent(purse(parent)), agent(purse(parent))
    first.says("go")
    prompt = second.says("go")

    pays(first, 0.01, tokens=1_000)
    hears(second)

    said = (
        "the budget of lead does not allow another request: 1,000 of 2,000 tokens used up, "
        "and one more may take 1,111 tokens; raise it to go on"
    )
    assert second.resolved[prompt] == HaltedBy("budget", said, "")


def test_a_raised_budget_of_the_parent_wakes_a_child_that_waits_for_it() -> None:
    parent = agent(tokens=2_000)
    first, second = agent(purse(parent)), agent(purse(parent))
    first.says("go")
    second.says("go")

    parent.take(Change(limits=limits(tokens=50_000)))
    hears(second)

    assert second.phase == "calling"


def test_an_agent_that_nobody_shares_with_may_write_as_much_as_its_budget_allows() -> None:
    alone = agent(usd=0.05)

    alone.says("go")

    assert aside(alone).content == pytest.approx(0.05, abs=OUT)


def test_a_parent_takes_no_more_than_half_while_its_children_ask() -> None:
    parent = agent(usd=0.10)
    child = agent(purse(parent))
    child.says("go")
    left = 0.10 - aside(child).content

    parent.says("and you?")

    assert aside(parent).content == pytest.approx(left / 2, rel=0.1)


def test_a_child_is_held_by_its_own_share_before_that_of_its_parent() -> None:
    parent = agent(usd=10.0)
    child = agent(purse(parent), usd=0.001)

    prompt = child.says("go")

    said = (
        "the budget does not allow another request: $0 of $0.001 used up, and one more may take $0.01028; "
        "raise it to go on"
    )
    assert child.resolved[prompt] == HaltedBy("budget", said, "")


def test_a_model_without_a_price_is_refused_where_an_ancestor_has_a_budget_in_dollars() -> None:
    parent = agent(usd=1.0, name="lead")
    child = agent(purse(parent), tokens=100_000, prices=lambda _, __: Tariff())

    prompt = child.says("go")

    halted = child.resolved[prompt]
    assert isinstance(halted, HaltedBy)
    assert halted.text == (
        "the price of Stage one is unknown, so the budget of lead in dollars cannot hold: "
        "choose another model, or limit the tokens instead"
    )


def test_tokens_count_where_the_price_is_unknown() -> None:
    parent = agent(tokens=10_000)
    child = agent(purse(parent), prices=lambda _, __: Tariff())

    child.says("go")
    number, child.model = child.model, None
    child.take(Responded(number or 0, replace(answer("hi"), cost_usd=None)))

    assert charged(purse(parent)) == (aside_usd(child), 15)
    assert purse(parent).held.spending.cost_usd is None


def aside_usd(stage: Stage) -> float:
    """What counts against a budget in dollars."""
    return stage.state.account.charged_usd


def test_without_a_budget_in_the_whole_tree_nothing_is_priced_or_set_aside() -> None:
    def unasked(_: ModelSpec, __: int) -> Tariff:
        raise AssertionError("nobody needs a price")

    child = agent(purse(agent()), prices=unasked)

    child.says("go")

    assert (child.phase, allowed(child)) == ("calling", None)
    assert not any(isinstance(message, Reserved) for message in child.log)


def test_what_a_child_spends_counts_for_all_its_ancestors() -> None:
    root = agent()
    parent = agent(purse(root))
    child = agent(purse(parent))
    child.says("go")

    pays(child, 0.25, tokens=100)
    parent.says("and you?")
    pays(parent, 0.5, tokens=7)

    assert [charged(purse(each)) for each in (root, parent, child)] == [(0.75, 107), (0.75, 107), (0.25, 100)]
    (spent,) = purse(root).held.spending.models
    assert (spent.model, spent.requests, spent.usage.output_tokens, spent.cost_usd) == ("one", 2, 107, 0.75)


def test_what_descendants_of_an_earlier_process_have_spent_counts_again() -> None:
    root, parent = agent(usd=1.0), Purse()
    parent.join(purse(root))

    parent.add(Bill(charged_usd=0.75, charged_tokens=900))

    assert purse(root).held == Held(usd=0.75, tokens=900)


def test_a_resumed_child_brings_what_its_log_says_it_has_spent() -> None:
    child = agent(Purse())
    child.says("go")
    pays(child, 0.25, tokens=100)
    parent = Purse()

    Stage(child.log, maker="u", meter=meter, purse=Purse(parent))

    assert charged(parent) == (0.25, 100)
    assert parent.held.spending == UNSPENT


def test_a_child_that_dies_in_mid_request_keeps_what_was_set_aside_for_it_and_nobody_waits_for_that() -> None:
    parent = agent(tokens=2_000)
    first, second = agent(purse(parent)), agent(purse(parent))
    first.says("go")
    prompt = second.says("go")

    first.take(AppendFailed(SessionError("the disk is full")))
    hears(second)

    assert purse(parent).held.requests == 0
    assert isinstance(second.resolved[prompt], HaltedBy)


def test_an_agent_that_waits_for_others_can_be_halted_and_spoken_to() -> None:
    parent = agent(tokens=2_000)
    first, second = agent(purse(parent)), agent(purse(parent))
    first.says("go")
    prompt = second.says("go")

    second.take(Halt())
    halted = second.phase
    second.says("go on")
    pays(first, 0.0)
    hears(second)

    assert second.resolved[prompt] == HaltedBy("user", "halted", "")
    assert (halted, second.phase) == ("halted", "calling")


def test_an_agent_joins_one_parent_and_never_its_own_descendant() -> None:
    root, parent, other = Purse(name="root"), Purse(name="parent"), Purse()
    parent.balance(Account(charged_usd=0.5, charged_tokens=10))
    parent.join(root)

    with pytest.raises(UsageError, match="parent belongs to another agent already"):
        parent.join(other)
    with pytest.raises(UsageError, match="root belongs"):
        root.join(parent)

    assert root.held == Held(usd=0.5, tokens=10)


def test_those_who_wait_are_rung_in_their_order_and_only_for_whom_there_is_enough() -> None:
    purse, rung = Purse(), list[str]()
    purse.limits = limits(tokens=100)
    busy, other = Purse(purse), Purse(purse)
    other.balance(Account(reserved=reserved(tokens=10)))
    busy.balance(Account(reserved=reserved(tokens=90)))
    purse.wait(0.0, 60, lambda: rung.append("first"))
    purse.wait(0.0, 30, lambda: rung.append("second"))
    purse.wait(0.0, 20, lambda: rung.append("third"))

    busy.balance(Account(charged_tokens=0))
    then = list(rung)
    other.balance(Account(charged_tokens=10))

    assert then == ["first", "second"]
    assert rung == ["first", "second", "third"]


def reserved(tokens: int) -> Reserved:
    """So many tokens set aside."""
    stage = agent(tokens=50_000)
    stage.says("go")
    return replace(aside(stage), content=0.0, tokens=tokens)


USD = st.sampled_from([0.015, 0.03, 0.1])
TOKENS = st.sampled_from([1_500, 2_500, 4_000, 9_000])
TIGHT = (
    st.builds(limits, usd=USD) | st.builds(limits, tokens=TOKENS) | st.builds(limits, usd=USD, tokens=TOKENS)
)
LIMITS = st.just(limits()) | st.just(limits()) | TIGHT
TARIFFS = st.sampled_from(
    [
        Tariff(input_usd=IN, output_usd=OUT, max_output=64_000),
        Tariff(input_usd=3e-7, output_usd=7.5e-5, max_output=500),
        Tariff(input_usd=0.0, output_usd=0.0, max_output=4_000),
        Tariff(max_output=2_000),
    ]
)
ACTS = st.sampled_from(
    [
        "says",
        "says",
        "peer",
        "pays",
        "pays",
        "breaks",
        "broken",
        "halts",
        "clears",
        "quits",
        "rings",
        "unknown",
    ]
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    root=st.tuples(st.just(0), TIGHT, TARIFFS),
    rest=st.lists(st.tuples(st.integers(0, 10), LIMITS, TARIFFS), min_size=2, max_size=6),
    acts=st.lists(st.tuples(st.integers(0, 10), ACTS, st.floats(0, 1)), min_size=10, max_size=60),
)
def test_no_tree_ever_sends_more_than_a_budget_of_it_allows_and_nobody_waits_forever(
    root: tuple[int, Limits, Tariff],
    rest: Sequence[tuple[int, Limits, Tariff]],
    acts: Sequence[tuple[int, str, float]],
) -> None:
    tree = [root, *rest]
    stages: list[Stage] = []
    for above, held, tariff in tree:
        parent = purse(stages[above % len(stages)]) if stages else None
        stage = Stage(meter=priced(tariff), purse=Purse(parent))
        stage.take(Change(limits=held))
        stages.append(stage)

    for who, act, share in acts:
        play(stages[who % len(stages)], act, share)
        sound(stages, tree)
    while any(map(goes_on, stages)):
        for stage in stages:
            if stage.core.calling is not None:
                play(stage, "pays", 1.0)
            elif stage.model is not None:
                stage.stops()
            play(stage, "rings", 0.0)
            sound(stages, tree)

    assert not [stage for stage in stages if stage.phase in {"waiting", "calling"}]
    assert purse(stages[0]).held.requests == 0
    assert purse(stages[0]).held.spending.requests == sum(
        stage.state.account.spending.requests for stage in stages
    )
    assert purse(stages[0]).held.usd == pytest.approx(sum(aside_usd(stage) for stage in stages))
    assert purse(stages[0]).held.tokens == sum(stage.state.account.charged_tokens for stage in stages)


def goes_on(stage: Stage) -> bool:
    """Whether something is to happen to an agent that does not depend on others."""
    pausing = isinstance(stage.core.phase, Waiting) and not stage.core.phase.for_room
    return bool(stage.rung) or stage.model is not None or pausing


def priced(tariff: Tariff) -> Meter:
    """Says that every model costs this."""
    return lambda _, __: tariff


def play(stage: Stage, act: str, share: float) -> None:
    """Something happens to an agent, where it can."""
    if stage.phase == "closed":
        stage.rung.clear()
        return
    worst = stage.state.account.reserved
    match act:
        case "says":
            stage.says("go")
        case "peer":
            stage.says("go", "peer")
        case "pays" if stage.core.calling is not None:
            if worst is None:
                pays(stage, 0.0)
            else:
                pays(stage, worst.content * share, int(worst.tokens * share))
        case "unknown" if stage.core.calling is not None:
            number, stage.model = stage.core.calling, None
            stage.take(Responded(number, replace(answer("hi"), cost_usd=None)))
        case "breaks" | "broken" if stage.core.calling is not None:
            number, stage.model = stage.core.calling, None
            stage.take(Broke(number, BUSY, "", begun=act == "broken"))
        case "halts":
            calls = stage.core.calling
            stage.take(Halt())
            if calls is not None:
                stage.model = None
                stage.take(Stopped(calls, "half"))
        case "clears":
            stage.take(Clear())
            stage.model = stage.core.calling
        case "quits" if share < 0.3:
            stage.take(Quit())
            stage.model = None
        case "rings":
            hears(stage)
            if "retry" in {started.timer.kind for started in stage.timers}:
                stage.rings("retry")
        case _:
            pass


def sound(stages: Sequence[Stage], tree: Sequence[tuple[int, Limits, Tariff]]) -> None:
    """Every budget holds, at every agent, for all beneath it."""
    for stage, (_, held, _) in zip(stages, tree, strict=True):
        now = purse(stage).held
        if held.max_budget_usd is not None:
            assert now.usd + now.aside_usd <= held.max_budget_usd + 1e-9
        if held.max_budget_tokens is not None:
            assert now.tokens + now.aside_tokens <= held.max_budget_tokens


def condensing(parent: Purse) -> Stage:
    """An agent whose conversation is being condensed."""
    stage = Stage(meter=meter, cut=lambda view, _: len(view), purse=Purse(parent))
    stage.says("hello")
    pays(stage, 0.0)
    stage.take(Compact())
    return stage


def test_the_first_request_of_a_summary_waits_for_what_others_have_set_aside() -> None:
    parent = agent(tokens=2_000, name="lead")
    second = condensing(purse(parent))
    first = agent(purse(parent))
    first.says("go")

    asked = second.draws(100)
    told = notices(second)
    pays(first, 0.0)
    hears(second)

    assert asked is None
    assert told[1:] == [
        "waiting: the budget of lead is set aside for what other agents ask; it goes on when they are done"
    ]
    assert [granted.max_output for granted in grants(second)] == [LEAST_OUTPUT]


def grants(stage: Stage) -> list[Grant]:
    """What the requests of summaries were given leave for."""
    given = [effect.granted for effect in stage.told if isinstance(effect, Grants)]
    return [granted for granted in given if isinstance(granted, Grant)]


def test_a_further_request_of_a_summary_waits_for_nobody_since_others_may_wait_for_what_it_holds() -> None:
    parent = agent(tokens=4_000, name="lead")
    second, first = condensing(purse(parent)), agent(purse(parent))
    second.draws(100)
    second.drew()
    first.says("go")

    asked = second.draws(2_000)

    assert asked == "the budget of lead is set aside for what other agents ask"


def test_a_halt_ends_the_wait_of_a_summary() -> None:
    parent = agent(tokens=2_000)
    second, first = condensing(purse(parent)), agent(purse(parent))
    first.says("go")
    second.draws(100)

    second.take(Halt())
    second.stops()
    pays(first, 0.0)
    hears(second)

    assert second.phase == "halted"
    assert grants(second) == []
    assert second.state.account.spending.unpriced == 0
