"""Temperature and its like, where a model decides for itself: refused here, with a reason, and not there."""

import pytest

from sagent.errors import Illegal
from sagent.providers import Anthropic, DashScope, MiniMax, Moonshot, OpenAI
from sagent.providers.remote import Remote
from tests.providers.conversation import prompt, request

HOT = {"temperature": 0.5}
OLD, NEW = "claude-sonnet-4-5", "claude-sonnet-5-5"


async def sent(model: Remote) -> bytes:
    return model.dialect.scribe().body(request([prompt("hi")]))


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (Anthropic.from_key("k").model(OLD, effort="high", extra_body=HOT), "may only be set to 1"),
        (Anthropic.from_key("k").model(OLD, effort="high", extra_body={"top_k": 5}), "must be unset"),
        (Anthropic.from_key("k").model(NEW, extra_body=HOT), "not supported for this model"),
        (OpenAI.from_key("k").model("gpt-6.1-sol", extra_body=HOT), "not supported with this model"),
        (
            OpenAI.from_key("k").model("gpt-6.1-sol", dialect="openai_chat", extra_body=HOT),
            "not supported with this model",
        ),
        (Moonshot.from_key("k").model("kimi-k3.1-pro", extra_body=HOT), "only 1 is allowed"),
    ],
)
async def test_a_temperature_that_would_be_refused_is_refused_before_anything_is_sent(
    model: Remote, says: str
) -> None:
    with pytest.raises(Illegal, match=says):
        await sent(model)


@pytest.mark.parametrize(
    "model",
    [
        Anthropic.from_key("k").model(OLD, extra_body=HOT),
        Anthropic.from_key("k").model(OLD, effort="high", extra_body={"temperature": 1}),
        MiniMax.from_key("k").model(effort="high", extra_body=HOT),
        OpenAI.from_key("k").model("gpt-4.1", extra_body=HOT),
        OpenAI.from_key("k").model("gpt-4.1", dialect="openai_chat", extra_body=HOT),
        Moonshot.from_key("k").model("kimi-k3.1-pro", extra_body={"temperature": 1}),
        DashScope.from_key("k").model(extra_body=HOT),
    ],
)
async def test_one_that_is_taken_is_sent(model: Remote) -> None:
    assert b'"temperature":' in await sent(model)
