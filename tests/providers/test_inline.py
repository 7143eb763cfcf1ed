"""What changes in the midst of a conversation is told there, and all before it stays as it was."""

import json
from collections.abc import Callable, Mapping, Sequence

import pytest

from sagent.atoms import MessageId, ToolName
from sagent.lib.json import freeze_object
from sagent.loop.stamp import Stamp
from sagent.messages.view import Base, Changed, View, Viewed
from sagent.protocols import Model, Request
from sagent.providers import Anthropic, Moonshot, OpenAI
from sagent.providers.inline import NOTHING, Carries, Course, Told
from sagent.providers.remote import Remote
from sagent.schema.message import ModelChanged, System, ToolsChanged
from sagent.schema.tool import ToolDefinition
from sagent.schema.values import ModelSpec, Origin
from tests.providers.anthropic import sending as messages
from tests.providers.conversation import HOME, call, prompt, response, result
from tests.providers.openai_responses import sending as responses
from tests.providers.rows import ROWS
from tests.providers.talk import Talk, history, tool, unformed
from tests.providers.targets import TARGETS

STAMP: Stamp = {"id": MessageId("n"), "parent_id": None, "timestamp": 0.0}
LOOK, DRAW = tool("look"), tool("draw")
ALL = Carries(system=True, additions=True, removals=True, efforts={"low": "low", "high": "hi"})
CHANGING = [row for row in ROWS if "change" in row or row.startswith("tool")]


def system(words: str) -> System:
    return System(**STAMP, content=words)


def tools(*offered: ToolDefinition) -> ToolsChanged:
    return ToolsChanged(**STAMP, content=offered)


def spec(origin: Origin, effort: str | None = None) -> ModelSpec:
    return ModelSpec(
        provider=origin.provider,
        dialect=origin.dialect,
        endpoint=origin.endpoint,
        model=origin.model,
        options=freeze_object({} if effort is None else {"effort": effort}),
    )


def turns_to(model: ModelSpec) -> ModelChanged:
    return ModelChanged(**STAMP, content=model)


def course(carries: Carries, *entries: Viewed, effort: str | None = None) -> Course:
    """What one model is told of these changes, where it began with this effort."""
    base = Base(system="s", tools=(LOOK,), model=spec(HOME, effort))
    found = Course(HOME, carries, base)
    for index, entry in enumerate(entries):
        found.follow(entry, index)
    return found


# What is told in place, and what at the head.


def test_a_model_that_knows_it_is_told_each_change_in_its_place_and_keeps_its_head() -> None:
    found = course(ALL, prompt("a"), system("t"), tools(LOOK, DRAW), prompt("b"), tools(DRAW))

    assert found.told == {
        1: Told(system="t"),
        2: Told(added=(DRAW,)),
        4: Told(removed=(ToolName("look"),)),
    }
    assert (found.system, found.tools, found.since) == ("s", (LOOK,), 0)


def test_a_model_that_knows_nothing_of_it_has_all_at_its_head_and_is_trusted_from_there_on() -> None:
    found = course(NOTHING, prompt("a"), system("t"), tools(LOOK, DRAW), prompt("b"))

    assert found.told == {}
    assert (found.system, found.tools, found.since) == ("t", (LOOK, DRAW), 2)


def test_a_change_that_cannot_be_told_takes_all_before_it_to_the_head_and_leaves_what_comes_later() -> None:
    adds = Carries(system=True, additions=True)

    found = course(adds, system("t"), tools(LOOK, DRAW), tools(DRAW), system("u"))

    assert found.told == {3: Told(system="u")}
    assert (found.system, found.tools, found.since) == ("t", (DRAW,), 2)


def test_what_is_changed_into_itself_or_only_put_in_another_order_is_told_nobody() -> None:
    found = course(NOTHING, system("s"), tools(LOOK), turns_to(spec(HOME)))

    assert (found.told, found.since) == ({}, 0)


def test_where_tools_need_an_anchor_none_are_added_to_nothing() -> None:
    base = Base(system="s", tools=(), model=None)
    found = Course(HOME, Carries(additions=True, removals=True, anchored=True), base)
    found.follow(tools(LOOK), 4)
    found.follow(tools(LOOK, DRAW), 8)

    assert found.told == {8: Told(added=(DRAW,))}
    assert (found.tools, found.since) == ((LOOK,), 4)


def test_another_effort_of_the_same_model_is_told_in_place_and_other_models_do_not_count() -> None:
    other = spec(Origin(provider="Other", dialect="google", endpoint="", model="m"), "low")

    found = course(
        ALL, turns_to(other), turns_to(spec(HOME, "low")), turns_to(spec(HOME, "high")), effort="high"
    )

    assert found.told == {1: Told(effort="low"), 2: Told(effort="hi")}
    assert found.effort == "hi"


def test_an_effort_that_cannot_be_told_moves_the_head_only_if_others_were_told_before() -> None:
    first = course(ALL, system("t"), turns_to(spec(HOME, "max")), effort="high")
    second = course(ALL, turns_to(spec(HOME, "low")), turns_to(spec(HOME)), effort="high")

    assert (first.told, first.effort, first.since) == ({0: Told(system="t")}, "", 0)
    assert (second.told, second.effort, second.since) == ({}, "", 1)


# Whole conversations.


@pytest.mark.parametrize("row", CHANGING)
@pytest.mark.parametrize("name", TARGETS)
def test_a_log_that_is_gone_on_with_is_told_byte_for_byte_as_before(name: str, row: str) -> None:
    talk = Talk(TARGETS[name])
    ROWS[row](talk)
    live = talk.model.dialect.scribe()
    entries, base = [*talk.state.view], talk.state.view.base
    for length in range(1, len(entries)):
        view = View(entries[:length], base)
        if isinstance(entries[length], Changed):
            live.body(request(view, talk)) if not owes(view) else None

    assert live.body(request(talk.state.view, talk)) == talk.body()


def owes(view: View) -> bool:
    """Whether the model has just spoken, so that nothing can be asked."""
    said = [entry for entry in view if not isinstance(entry, Changed)]
    return said[-1].descriptor == "multipart/x-model-response"


def request(view: View, talk: Talk) -> Request:
    state = talk.state
    return Request(
        system=state.system, tools=state.tools, view=view, trusted=state.trusted, read=lambda _: b""
    )


def body(model: Model, view: View, *, held: str = "s", offered: Sequence[ToolDefinition] = (LOOK,)) -> bytes:
    """What a model is sent of a view, by a writer that has written nothing before."""
    assert isinstance(model, Remote)
    asked = Request(
        system=held, tools=offered, view=view, trusted=0, read=lambda _: b"", conversation="c" * 32
    )
    return model.dialect.scribe().body(asked)


def origin_of(model: Model) -> Origin:
    kept = model.spec
    return Origin(provider=kept.provider, dialect=kept.dialect, endpoint=kept.endpoint, model=kept.model)


def test_claude_is_told_of_all_changes_of_a_drain_in_one_message_behind_the_users() -> None:
    high = Anthropic.from_key("k").model("claude-opus-5-5", effort="high")
    low = Anthropic.from_key("k").model("claude-opus-5-5", effort="low")
    view = View([prompt("a"), response("one", origin=origin_of(high)), prompt("b")])
    before = body(high, View(view))
    base = Base(system="s", tools=(LOOK,), model=high.spec)
    for change in (system("t"), tools(DRAW), turns_to(low.spec)):
        view.change(change, base)
    view.add(prompt("c"))

    after = body(low, view)

    assert unformed(after).startswith(history(before))
    sent = json.loads(after)
    assert sent["output_config"] == {"effort": "high"}
    assert sent["messages"][-1]["role"] == "system"
    assert [block["type"] for block in sent["messages"][-1]["content"]] == [
        *("text", "tool_removal", "tool_addition")
    ]
    assert sent["messages"][-1]["output_config"] == {"effort": "low"}
    assert messages.strict(after, "claude-opus-5-5") == ()


def test_a_gpt_is_told_of_another_effort_and_more_tools_as_items_of_their_own() -> None:
    high = OpenAI.from_key("k").model("gpt-6.1-sol", effort="high")
    low = OpenAI.from_key("k").model("gpt-6.1-sol", effort="low")
    view = View([prompt("a"), response("one", origin=origin_of(high)), prompt("b")])
    before = body(high, View(view))
    base = Base(system="s", tools=(LOOK,), model=high.spec)
    for change in (tools(LOOK, DRAW), turns_to(low.spec)):
        view.change(change, base)

    after = body(low, view)

    assert unformed(after).startswith(history(before))
    sent = json.loads(after)
    assert sent["prompt_cache_key"] == "c" * 32
    assert sent["reasoning"]["effort"] == "high"
    assert [item["type"] for item in sent["input"][-2:]] == ["additional_tools", "configuration_update"]
    assert responses.strict(after, "gpt-6.1-sol") == ()


def test_kimi_is_told_of_more_tools_in_a_message_that_says_nothing_else() -> None:
    model = Moonshot.from_key("k").model("kimi-k3.1-pro")
    view = View([prompt("a"), response("one", origin=origin_of(model)), prompt("b")])
    before = body(model, View(view))
    view.change(tools(LOOK, DRAW), Base(system="s", tools=(LOOK,), model=model.spec))

    after = body(model, view)

    assert unformed(after).startswith(history(before))
    added = json.loads(after)["messages"][-1]
    assert added.keys() == {"role", "tools"}
    assert [each["function"]["name"] for each in added["tools"]] == ["draw"]
    assert TARGETS["moonshot"].strict(after) == ()


@pytest.mark.parametrize("effort", ["none", None])
def test_an_effort_that_changes_whether_claude_thinks_is_told_at_the_head(effort: str | None) -> None:
    provider = Anthropic.from_key("k")
    before, after = provider.model("claude-haiku-5-5", effort="high"), _model(provider, effort)
    view = View([prompt("a"), response("one", origin=origin_of(before)), prompt("b")])
    view.change(turns_to(after.spec), Base(system="s", tools=(), model=before.spec))

    sent = json.loads(body(after, view, offered=()))

    assert [message["role"] for message in sent["messages"]] == ["user", "assistant", "user"]
    assert "output_config" not in sent


def _model(provider: Anthropic, effort: str | None) -> Model:
    return provider.model("claude-haiku-5-5", effort="none" if effort else None)


def test_a_change_that_nobody_has_answered_moves_behind_what_the_user_says_then() -> None:
    model = Anthropic.from_key("k").model("claude-opus-5-5")
    assert isinstance(model, Remote)
    scribe, base = model.dialect.scribe(), Base(system="s", tools=(LOOK,), model=None)
    view = View([prompt("a"), response(call(1), origin=origin_of(model)), result(1, "3")])
    view.change(system("t"), base)
    ask: Callable[[], Mapping[str, object]] = lambda: json.loads(  # noqa: E731
        scribe.body(Request(system="t", tools=(LOOK,), view=view, trusted=0, read=lambda _: b""))
    )
    first = ask()

    view.add(prompt("go on"))
    second = ask()

    assert [message["role"] for message in listed(first)] == ["user", "assistant", "user", "system"]
    assert [message["role"] for message in listed(second)] == ["user", "assistant", "user", "system"]
    assert listed(first)[3] == listed(second)[3]


def listed(sent: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    found = sent["messages"]
    assert isinstance(found, list)
    return found
