"""What the page on providers says of swaps is what each model is really told in place, and shown."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from sagent import providers
from sagent.providers.remote import Remote
from sagent.providers.vendor import Vendor
from tests.providers.targets import TARGETS

PAGE = (Path(__file__).parent.parent.parent / "docs" / "providers.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("| model | its thoughts |")[2].partition("\n\n")[0].splitlines()[2:]
"""Its rows about swaps."""

CLOUDS: Mapping[str, Vendor] = {
    "Bedrock": providers.AnthropicBedrock.from_env({"AWS_REGION": "r", "AWS_BEARER_TOKEN_BEDROCK": "k"}),
    "Foundry": providers.AnthropicFoundry.from_env(
        {"ANTHROPIC_FOUNDRY_RESOURCE": "r", "ANTHROPIC_FOUNDRY_API_KEY": "k"}
    ),
}


def of(provider: type[Vendor], *names: str, dialect: str | None = None) -> Sequence[Remote]:
    return [provider.from_key("k").model(name, effort="high", dialect=dialect) for name in names]


KIMI = providers.Moonshot
MODELS: Mapping[str, Sequence[Remote]] = {
    "Claude Fable and Mythos 5.1": of(providers.Anthropic, "claude-sonnet-5-5", "claude-opus-5-5"),
    "Claude Fable 5, Mythos 5": of(providers.Anthropic, "claude-opus-4-8"),
    "other Claude": of(providers.Anthropic, "claude-sonnet-4-5"),
    "Claude on Bedrock": [cloud.model(effort="high") for cloud in CLOUDS.values()],
    "`gpt-6…`": of(providers.OpenAI, "gpt-6.1-sol", "gpt-6-luna"),
    "`gpt-5.6-luna`": of(providers.OpenAI, "gpt-5.6-sol"),
    "`gpt-5.4`": of(providers.OpenAI, "gpt-5.4", "gpt-5.5"),
    "other models over Responses": of(providers.OpenAI, "gpt-4.1"),
    "OpenAI's over Chat": of(providers.OpenAI, "gpt-6.1-sol", dialect="openai_chat"),
    "Gemini": of(providers.Google, "gemini-2.5-flash", "gemini-3.5-flash"),
    "Kimi K3": of(KIMI, "kimi-k3", "kimi-k3.1-pro"),
    "Kimi K2.6": of(KIMI, "kimi-k2.6", "kimi-k2.7-code"),
    "older Kimi": of(KIMI, "kimi-k2.5", "kimi-k2-0905-preview"),
    "`deepseek-v4-pro`": of(providers.DeepSeek, "deepseek-v4-pro"),
    "other DeepSeek": [*of(providers.DeepSeek, "deepseek-flash"), *of(providers.Mistral, "magistral-medium")],
    "MiniMax": [
        *of(providers.MiniMax, "MiniMax-M3"),
        *of(providers.MiniMax, "MiniMax-M3", dialect="openai_chat"),
    ],
    "Qwen": of(providers.DashScope, "qwen3.8-max", "qwen3-max"),
    "Groq": of(providers.Groq, "openai/gpt-oss-120b"),
    "OpenRouter": of(providers.OpenRouter, "anthropic/claude-sonnet-5.5"),
    "`LlamaCpp`": [TARGETS["llama.cpp"].quiet],
}
"""Some models of each row, by how it begins."""


@pytest.mark.parametrize("row", MODELS)
def test_what_the_page_says_of_a_swap_is_what_each_model_is_told(row: str) -> None:
    (line,) = [line for line in TABLE if line.startswith(f"| {row}")]
    _, _, _, system, tools, effort, pictures, papers, _ = (cell.strip() for cell in line.split("|"))

    for model in MODELS[row]:
        scribe = model.dialect.scribe()
        carries, files = scribe._wording.carries, scribe._tolerance
        added = "in place" if carries.removals else "in place if only added"
        assert system == ("in place" if carries.system else "at the head")
        assert tools == (added if carries.additions else "at the head")
        assert effort == ("in place" if carries.efforts else "at the head")
        assert pictures != ("as words" if files.pictures else "yes")
        assert papers == ("yes" if files.documents else "as words")


def test_every_row_of_the_page_on_swaps_is_held_to_its_models() -> None:
    assert len(TABLE) == len(MODELS)
