"""A provider that is added is one file: the one that docs/providers.md shows."""

from pathlib import Path

import pytest

from sagent.agent import Agent
from sagent.errors import MissingKey, UsageError
from sagent.lib.json import FrozenObject, freeze_object
from sagent.providers import OpenAI
from sagent.providers.table import Meant, default_provider, model_named, provider_named
from sagent.schema.message import ModelResponse
from sagent.schema.part import Text
from sagent.testing import WireServer, call
from sagent.tools import tool
from tests.providers import zai
from tests.providers.zai import Zai

PAGE = Path(__file__).parents[2] / "docs" / "providers.md"


@tool
def look_up(word: str) -> str:
    """Say what a word means."""
    return f"{word}: something to drink"


async def test_a_provider_in_one_file_runs_an_agent_with_tools_and_knows_its_key_and_place() -> None:
    async with WireServer(call("look_up", word="tea"), "A drink.", models=["glm-5.3"]) as server:
        environ = {"ZAI_API_KEY": server.key, "ZAI_BASE_URL": server.environment["OPENAI_COMPAT_BASE_URL"]}
        asked = Agent(Zai.from_env(environ).model(effort="high"), tools=[look_up])

        answer = await asked.run("What is tea?")

    bodies = [sent.body for sent in server.requests if sent.method == "POST"]
    responses = [message for message in asked.messages if isinstance(message, ModelResponse)]
    assert (answer, server.complaints) == (Text(content="A drink."), ())
    assert [response.origin.provider for response in responses] == ["Zai", "Zai"]
    assert [isinstance(body, FrozenObject) and body["thinking"] for body in bodies] == [
        freeze_object({"type": "enabled"})
    ] * 2


async def test_a_conversation_moves_to_it_and_it_is_built_again_from_a_log() -> None:
    async with WireServer("First.", "Second.", models=["glm-5.3", "gpt-6.1-sol"]) as server:
        asked = Agent(OpenAI.from_env(server.environment).model())
        provider = Zai.from_key(server.key, base_url=server.environment["OPENAI_COMPAT_BASE_URL"])
        model = provider.model(effort="low")

        answers = [await asked.run("hi")]
        asked.swap_model(provider.restored(model.spec))
        answers.append(await asked.run("and?"))

    assert answers == [Text(content="First."), Text(content="Second.")]
    assert (asked.model.spec, server.complaints) == (model.spec, ())


async def test_once_it_is_defined_it_is_known_by_its_name_wherever_a_provider_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with WireServer("First.", "Second.", models=["glm-5.3-flash", "gpt-6.1-sol"]) as server:
        monkeypatch.setenv("ZAI_API_KEY", server.key)
        monkeypatch.setenv("ZAI_BASE_URL", server.environment["OPENAI_COMPAT_BASE_URL"])
        asked = Agent(OpenAI.from_env(server.environment).model())

        answers = [await asked.run("hi")]
        asked.swap_model("Zai/glm-5.3-flash")
        answers.append(await asked.run("and?"))
        asked.swap_model("zai")

    assert answers == [Text(content="First."), Text(content="Second.")]
    assert (asked.model.spec.provider, asked.model.spec.model) == ("Zai", "glm-5.3")
    assert provider_named("ZAI@work", {"ZAI_API_KEY__WORK": "k"}).name == "Zai@work"
    assert default_provider({"ZAI_API_KEY": "k"}).name == "Zai"
    assert model_named("zia/glm-5.3", here="Zai") == Meant(model="zia/glm-5.3", provider="Zai")
    with pytest.raises(
        UsageError, match=r"no model of Zai can be called 'zia/x', .* \(did you mean Zai\?\); one is"
    ):
        Zai.from_key("k").model("zia/x")


def test_without_its_key_it_names_the_variable() -> None:
    with pytest.raises(MissingKey, match="no key for Zai: set ZAI_API_KEY"):
        Zai.from_env({})


def test_the_page_on_providers_shows_this_very_file() -> None:
    assert f"```python\n{Path(zai.__file__).read_text(encoding='utf-8')}```\n" in PAGE.read_text(
        encoding="utf-8"
    )
