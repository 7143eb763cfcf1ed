"""What is known of a body by its words alone, and whose server it is by the model's name."""

import pytest

from sagent.errors import UsageError
from sagent.testing import anthropic_complaints, openai_chat_complaints

HOT = {"messages": [{"role": "user", "content": "hi"}], "temperature": 0.3}


@pytest.mark.parametrize(
    ("model", "complaints"),
    [
        ("kimi-k3.1-pro", ("temperature: invalid temperature: only 1 is allowed for this model",)),
        (
            "gpt-6.1-sol",
            ("temperature: Unsupported parameter: 'temperature' is not supported with this model.",),
        ),
        ("moonshotai/kimi-k3.1-pro", ()),
        ("local-model", ()),
    ],
)
def test_whose_server_is_meant_is_told_by_the_name_of_the_model(
    model: str, complaints: tuple[str, ...]
) -> None:
    assert openai_chat_complaints({"model": model, **HOT}, model) == complaints


def test_a_provider_that_is_named_is_meant_whatever_the_model_is_called() -> None:
    body = {"model": "mine", **HOT}

    assert openai_chat_complaints(body, "mine", provider="Moonshot") == (
        "temperature: invalid temperature: only 1 is allowed for this model",
    )
    with pytest.raises(UsageError, match="'Nobody' is not known to speak Chat Completions"):
        openai_chat_complaints(body, "mine", provider="Nobody")


def test_minimax_may_leave_its_thoughts_unsigned_and_claude_may_not() -> None:
    thought = {"type": "thinking", "thinking": "hm", "signature": ""}
    turns = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": [thought, {"type": "text", "text": "b"}]},
        {"role": "user", "content": "c"},
    ]

    def complaints(model: str) -> object:
        return anthropic_complaints({"model": model, "max_tokens": 9, "messages": turns}, model)

    assert complaints("MiniMax-M3") == ()
    assert complaints("claude-sonnet-4-5") == (
        "messages.1.content.0: Invalid `signature` in `thinking` block",
    )
