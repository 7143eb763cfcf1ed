"""What Anthropic refuses, refused here: each refusal with its place."""

import re
from copy import deepcopy

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sagent.providers.anthropic.manners import COMPATIBLE
from sagent.providers.anthropic.validator import complaints
from tests.samples import PNG, in_base64

NEW, OLD = "claude-sonnet-5-5", "claude-haiku-4-5"

KEYS = (
    *("messages", "role", "content", "type", "text", "tool_use", "tool_result", "id", "tool_use_id"),
    *("name", "input", "source", "media_type", "data", "tools", "input_schema", "thinking", "system"),
    *("output_config", "max_tokens", "model", "signature", "cache_control", "is_error"),
)

TEXT = {"type": "text", "text": "hi"}
USER = {"role": "user", "content": [TEXT]}
CALL = {"type": "tool_use", "id": "t1", "name": "add", "input": {}}
RESULT = {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text", "text": "3"}]}
SOURCE = {"type": "base64", "media_type": "image/png", "data": in_base64(PNG)}
IMAGE = {"type": "image", "source": SOURCE}
THOUGHT = {"type": "thinking", "thinking": "hm", "signature": "s"}


def legal() -> dict[str, object]:
    return {
        "model": NEW,
        "max_tokens": 9,
        "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
        "tools": [{"name": "add", "description": "Adds.", "input_schema": {"type": "object"}}],
        "messages": turns(user(TEXT, IMAGE), model(THOUGHT, CALL), user(RESULT, TEXT)),
    }


def turns(*messages: object) -> object:
    return deepcopy(list(messages))


def model(*blocks: object) -> object:
    return {"role": "assistant", "content": list(blocks)}


def user(*blocks: object) -> object:
    return {"role": "user", "content": list(blocks)}


def tool(**changes: object) -> list[object]:
    return [{"name": "add", "input_schema": {"type": "object"}, **changes}]


@pytest.mark.parametrize("name", [NEW, "some-other-model"])
def test_a_legal_request_has_nothing_to_complain_of(name: str) -> None:
    assert complaints(legal(), name) == ()


def test_texts_may_stand_for_blocks_and_roles_may_repeat() -> None:
    hi = {"role": "user", "content": "hi"}

    assert complaints({**legal(), "system": "s", "messages": [hi, hi, model(TEXT), hi]}, NEW) == ()


def system(*blocks: object, **more: object) -> object:
    return {"role": "system", "content": list(blocks), **more}


GIVEN = {"type": "tool_definition", "definition": {"name": "sub", "input_schema": {"type": "object"}}}
ADDED = {"type": "tool_addition", "tool": GIVEN}
REMOVED = {"type": "tool_removal", "tool": {"type": "tool_reference", "name": "add"}}
LOWER = {"output_config": {"effort": "low"}}

TOLD: list[tuple[object, str]] = [
    (turns(system(TEXT), USER), "messages.0: role 'system' must follow a 'user' message"),
    (turns(USER, system(TEXT), USER), "messages.1: role 'system' must precede an 'assistant' message"),
    (turns(USER, system(TEXT), system(TEXT)), "messages.1: role 'system' must precede"),
    (turns(USER, model(CALL), system(TEXT), user(RESULT)), "`tool_use` ids were found without"),
    (turns(USER, system()), "messages.1: system messages must have non-empty content"),
    (turns(USER, system(IMAGE)), "`image` blocks are not permitted in `system` messages"),
    (turns(user(ADDED)), "`tool_addition` blocks are only permitted in `system` messages"),
    (turns(USER, system({**REMOVED, "tool": GIVEN})), "Input tag 'tool_definition'"),
    (turns(USER, system({**REMOVED, "tool": {"type": "tool_reference", "name": "gone"}})), "no tool 'gone'"),
    (turns(USER, system(output_config={"effort": "none"})), "does not support effort level 'none'"),
    (turns(USER, system(output_config={"format": {}})), "only `effort` can be set in a message"),
    (turns({**USER, **LOWER}), "messages.0.output_config: Extra inputs are not permitted"),
]
"""What the system may not say in the midst of a conversation, and where it may not."""


@pytest.mark.parametrize(("messages", "reason"), TOLD)
def test_what_cannot_be_told_in_place_is_refused_with_its_place(messages: object, reason: str) -> None:
    found = complaints({**legal(), "messages": messages}, NEW)

    assert any(reason in complaint for complaint in found), found


def test_changes_are_told_behind_a_user_and_before_the_model_or_at_the_end() -> None:
    told = turns(
        USER,
        model(CALL),
        user(RESULT),
        system(TEXT, ADDED, REMOVED, **LOWER),
        model(TEXT),
        USER,
        system(**LOWER),
    )

    assert complaints({**legal(), "messages": told}, NEW) == ()
    assert "messages.3.role: Input should be" in str(complaints({**legal(), "messages": told}, OLD))


def test_tools_of_the_providers_own_stand_beside_others_even_without_a_name() -> None:
    served = [{"type": "mcp_toolset", "mcp_server_name": name} for name in ("a", "b")]
    search = {"type": "web_search_20250305", "name": "web_search"}

    assert complaints({**legal(), "tools": [*tool(), search, *served]}, NEW) == ()


def test_tools_of_which_each_is_deferred_are_refused() -> None:
    found = complaints({**legal(), "tools": tool(defer_loading=True)}, NEW)

    assert found == ("tools: At least one tool must have defer_loading=false.",)


LACKING = "ids were found without `tool_result` blocks immediately after: t1"

REFUSED: list[tuple[str, object, str]] = [
    ("messages", [], "at least one message is required"),
    ("messages", turns(model(TEXT), USER), 'first message must use the "user" role'),
    ("messages", turns(USER, model(TEXT)), "does not support assistant message prefill"),
    ("messages", turns({"role": "system", "content": "a"}), "messages.0: role 'system' must follow"),
    ("messages", turns({"role": ["user"], "content": "a"}), "role: Input should be"),
    ("messages", turns(user()), "messages.0: user messages must have non-empty content"),
    ("messages", turns({"role": "user"}), "must have non-empty content"),
    ("messages", turns(USER, model(), USER), "assistant messages must have non-empty content"),
    ("messages", turns({**USER, "name": "x"}), "messages.0.name: Extra inputs are not permitted"),
    ("messages", turns(5), "messages.0: Input should be an object"),
    ("messages", turns(user(5)), "messages.0.content.0: Input should be an object"),
    ("messages", turns(user({"type": "text", "text": ""})), "text content blocks must be non-empty"),
    ("messages", turns(user({"type": "text", "text": " \n"})), "must contain non-whitespace text"),
    ("messages", turns({"role": "user", "content": " "}), "must contain non-whitespace text"),
    ("messages", turns(user({"type": "text", "text": 5})), "text: Input should be a valid string"),
    ("messages", turns(user({"type": "text", "text": "\ud800"})), "halves of surrogate pairs"),
    ("messages", turns(user({"type": "text", "text": "\0"})), "NUL"),
    ("messages", turns(user({"type": "input_text", "text": "a"})), "Input tag 'input_text' found"),
    ("messages", turns(user({"text": "a"})), "Input tag '' found"),
    ("messages", turns(user({**TEXT, "index": 0})), r"content.0.index: Extra inputs"),
    ("messages", turns(user({**IMAGE, "source": 7})), "source: Input should be an object"),
    ("messages", turns(user({**IMAGE, "source": {**SOURCE, "data": "§"}})), "data: Input should be base64"),
    ("messages", turns(user({**IMAGE, "source": {**SOURCE, "data": ""}})), "data: Input should be base64"),
    (
        "messages",
        turns(user({**IMAGE, "source": {**SOURCE, "media_type": "image/bmp"}})),
        "'image/bmp' cannot be read as image",
    ),
    ("messages", turns(user({"type": "document", "source": SOURCE})), "cannot be read as document"),
    ("messages", turns(user(THOUGHT)), "`thinking` blocks are only permitted in `assistant`"),
    ("messages", turns(user(CALL)), "`tool_use` blocks are only permitted in `assistant`"),
    ("messages", turns(USER, model(IMAGE), USER), "`image` blocks are only permitted in `user`"),
    ("messages", turns(USER, model(CALL, RESULT), USER), "`tool_result` blocks are only permitted in"),
    ("messages", turns(USER, model(THOUGHT), USER), "final block in an assistant message cannot be"),
    (
        "messages",
        turns(USER, model({**THOUGHT, "signature": ""}, TEXT), USER),
        "messages.1.content.0: Invalid `signature` in `thinking` block",
    ),
    ("messages", turns(USER, model({"type": "thinking"}, TEXT), USER), "thinking: Input should be a valid"),
    ("messages", turns(USER, model({"type": "redacted_thinking"}, TEXT), USER), "data: Input should be"),
    ("messages", turns(USER, model(CALL), USER), LACKING),
    ("messages", turns(USER, model(CALL)), LACKING),
    ("messages", turns(USER, model(CALL), model(TEXT), USER), LACKING),
    ("messages", turns(USER, model(CALL), user(TEXT, RESULT)), LACKING),
    ("messages", turns(USER, model(CALL), user(RESULT, RESULT)), "unexpected `tool_use_id` found"),
    ("messages", turns(user(RESULT)), "unexpected `tool_use_id` found in `tool_result` blocks: t1"),
    ("messages", turns(USER, model(CALL), user(RESULT), USER, user(RESULT)), "unexpected `tool_use_id`"),
    ("messages", turns(USER, model(CALL, CALL), user(RESULT, RESULT)), "ids must be unique: t1"),
    ("messages", turns(USER, model({**CALL, "id": "a|b"}), USER), "id: String should match pattern"),
    ("messages", turns(USER, model({**CALL, "id": "a" * 65}), USER), "id: String should match pattern"),
    ("messages", turns(USER, model({**CALL, "name": "a b"}), USER), "name: String should match pattern"),
    ("messages", turns(USER, model({**CALL, "input": []}), USER), "input: Input should be an object"),
    ("messages", turns(USER, model({**CALL, "args": {}}), USER), "args: Extra inputs are not permitted"),
    (
        "messages",
        turns(USER, model(CALL), user({**RESULT, "content": [IMAGE], "is_error": True})),
        'all content must be type "text" if `is_error` is true',
    ),
    (
        "messages",
        turns(USER, model(CALL), user({**RESULT, "content": [CALL]})),
        "Input tag 'tool_use' cannot stand in a tool_result",
    ),
    (
        "messages",
        turns(USER, model(CALL), user({**RESULT, "content": [{"type": "text", "text": ""}]})),
        "content.0.content.0.text: text content blocks must be non-empty",
    ),
    ("messages", turns(USER, model(CALL), user({**RESULT, "content": 5})), "should be a text or an array"),
    ("messages", turns(user(*[IMAGE] * 601)), "too many images: 601 > 600"),
    ("model", "", "model: Field required"),
    ("max_tokens", None, "max_tokens: Field required"),
    ("max_tokens", 0, "greater than or equal to 1"),
    ("max_tokens", 128_001, "128001 > 128000, which is the maximum"),
    ("system", "", "system: text content blocks must be non-empty"),
    ("system", [{"type": "text", "text": " "}], "system.0.text: text content blocks must contain"),
    ("system", [IMAGE], "system.0: Input should be a text block"),
    ("tools", tool(name="a.b"), "name: String should match pattern"),
    ("tools", tool(name="a" * 129), "name: String should match pattern"),
    ("tools", tool(input_schema={}), "input_schema.type: Input should be 'object'"),
    ("tools", tool(input_schema=None), "input_schema: Field required"),
    ("tools", tool(input_schema={"type": "object", "anyOf": []}), "does not support anyOf at the top level"),
    ("tools", tool(parameters={}), "tools.0.parameters: Extra inputs are not permitted"),
    ("tools", tool(description=5), "description: Input should be a valid string"),
    ("tools", [*tool(), *tool()], "Tool names must be unique"),
    ("tools", [5], "tools.0: Input should be an object"),
    ("thinking", 5, "thinking: Input should be an object"),
    ("thinking", {"type": "hard"}, "Input tag 'hard' found"),
    ("thinking", {"type": "disabled"}, '"thinking.type.disabled" is not supported'),
    ("thinking", {"type": "enabled", "budget_tokens": 2_000}, '"thinking.type.enabled" is not supported'),
    ("thinking", {"type": "adaptive", "budget": 1}, "thinking.budget: Extra inputs"),
    ("output_config", {"effort": "minimal"}, "does not support effort level 'minimal'. Supported levels:"),
    ("output_config", {"reasoning": 1}, "output_config.reasoning: Extra inputs"),
    ("temperature", 1, "`temperature` is not supported for this model"),
    ("tool_choice", {"type": "any"}, "Thinking may not be enabled when tool_choice forces tool use"),
    ("tool_calls", [], "tool_calls: Extra inputs are not permitted"),
]


@pytest.mark.parametrize(("key", "value", "complaint"), REFUSED)
def test_what_anthropic_refuses_is_refused_with_its_place(key: str, value: object, complaint: str) -> None:
    found = complaints({**legal(), key: value}, NEW)

    assert any(re.search(re.escape(complaint), each) for each in found), found


def test_a_body_that_is_no_object_is_refused() -> None:
    assert complaints([], NEW) == ("body: Input should be an object",)


def test_older_models_think_by_budget_alone_and_it_must_fit() -> None:
    def found(thinking: object, tokens: int = 9_000) -> object:
        return complaints({**legal(), "thinking": thinking, "max_tokens": tokens}, OLD)

    assert found({"type": "enabled", "budget_tokens": 1_024}) == ()
    assert found({"type": "adaptive"}) == (
        'thinking: "thinking.type.adaptive" is not supported for this model.',
    )
    assert found({"type": "enabled", "budget_tokens": 9_000}) == (
        "max_tokens: `max_tokens` must be greater than `thinking.budget_tokens`.",
    )
    assert found({"type": "enabled", "budget_tokens": 100}) == (
        "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
    )


BUDGET = {"thinking": {"type": "enabled", "budget_tokens": 1_024}, "max_tokens": 9_000}
EXPECTED = "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found "
FINAL = "messages.1.content.0: When thinking is disabled, an `assistant` message in the final position "
AGAIN = {**CALL, "id": "t2"}
THEN = {**RESULT, "tool_use_id": "t2"}
SEALED = {"type": "redacted_thinking", "data": "x"}


@pytest.mark.parametrize(
    ("messages", "with_budget", "without"),
    [
        (turns(USER, model(CALL), user(RESULT)), EXPECTED + "`tool_use`", ""),
        (
            turns(USER, model(TEXT, THOUGHT, CALL), user(RESULT)),
            EXPECTED + "`text`",
            "messages.1.content.1: When thinking is disabled",
        ),
        (turns(USER, model(CALL), user(RESULT, TEXT)), EXPECTED + "`tool_use`", ""),
        (turns(USER, model(CALL), user(RESULT), model(THOUGHT, AGAIN), user(THEN)), EXPECTED, "messages.3"),
        (turns(USER, model(THOUGHT, CALL), user(RESULT)), "", FINAL),
        (turns(USER, model(SEALED, CALL), user(RESULT)), "", FINAL),
        (turns(USER, model(THOUGHT, CALL), user(RESULT), model(AGAIN), user(THEN)), "", FINAL),
        (turns(USER, model(CALL), user(RESULT), model(TEXT), USER), "", ""),
        (turns(USER, model(THOUGHT, CALL), user(RESULT), model(TEXT), USER), "", ""),
        (turns(USER, model(TEXT), USER), "", ""),
    ],
)
def test_a_turn_is_thought_through_with_a_budget_or_without_until_it_is_over(
    messages: object, with_budget: str, without: str
) -> None:
    said = {**legal(), "messages": messages}

    for found, words in (
        (complaints({**said, **BUDGET}, OLD), with_budget),
        (complaints(said, OLD), without),
    ):
        assert [each[: len(words)] for each in found] == ([words] if words else [])
    # Who thinks as it sees fit may begin without a thought.
    assert complaints({**said, "thinking": {"type": "adaptive"}}, NEW) == ()


def test_an_answer_that_pauses_in_the_providers_own_work_may_stand_last() -> None:
    search = {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {}}

    assert complaints({**legal(), "messages": turns(USER, model(TEXT, search))}, NEW) == ()


def test_five_cache_breakpoints_are_too_many() -> None:
    marked = {**TEXT, "cache_control": {"type": "ephemeral"}}

    found = complaints({**legal(), "messages": turns(user(*[marked] * 4))}, NEW)

    assert found == ("A maximum of 4 blocks with cache_control may be provided.",)


def test_other_servers_take_thoughts_without_signatures_and_no_cache_control() -> None:
    thought = {"type": "thinking", "thinking": "hm", "signature": ""}
    body = {**legal(), "system": "s", "messages": turns(USER, model(thought, TEXT), USER)}

    assert complaints(body, "llama", COMPATIBLE) == ()
    assert complaints({**body, "cache_control": {"type": "ephemeral"}}, "llama", COMPATIBLE) == (
        "cache_control: Extra inputs are not permitted",
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(KEYS) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
)


@example({"tools": [{"name": []}]}, OLD)
@given(st.dictionaries(st.sampled_from(KEYS), JSON), st.sampled_from([OLD, NEW]))
def test_any_json_is_judged_and_never_breaks_the_judge(body: dict[str, object], name: str) -> None:
    assert all(isinstance(complaint, str) for complaint in complaints(body, name))
