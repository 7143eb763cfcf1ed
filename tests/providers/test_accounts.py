"""More than one key at a provider."""

from collections.abc import Mapping

import pytest

from sagent.errors import MissingKey, Unauthorized, UsageError
from sagent.providers import Anthropic, OpenAI
from sagent.providers.accounts import accounts, joined, parted
from sagent.providers.card import Card
from sagent.providers.cards import ANTHROPIC, CARDS, OPENAI_COMPAT
from sagent.providers.catalog import limits
from sagent.providers.platforms.cards import BEDROCK
from sagent.providers.table import Meant, model_named, provider_named
from tests.providers.loopback import Line, serving, whole

OPENED = [card for card in CARDS.values() if card.keys and not card.keyless]

BOTH: Mapping[str, str] = {
    "OPENAI_API_KEY": "mine",
    "OPENAI_ORG_ID": "my-org",
    "OPENAI_API_KEY__WORK": "theirs",
    "OPENAI_PROJECT_ID__WORK": "their-project",
}


@pytest.mark.parametrize("card", OPENED, ids=lambda card: card.name)
def test_each_provider_that_takes_a_key_takes_others_by_their_names(card: Card) -> None:
    environ = {
        card.keys[0]: "mine",
        f"{card.keys[0]}__WORK": "theirs",
        f"{card.place}__WORK": "https://w.example",
    }

    mine, work = provider_named(card.name, environ), provider_named(f"{card.name}@Work", environ)

    assert (mine.name, work.name) == (card.name, f"{card.name}@work")
    assert (mine.account, work.account) == ("", "work")
    assert (mine.model().spec.endpoint, work.model().spec.endpoint) == (card.base_url, "https://w.example")
    assert work.model().spec.provider == f"{card.name}@work"
    assert work.restored(work.model().spec).spec == work.model().spec


def test_an_account_sees_its_own_key_and_bill_and_no_others() -> None:
    mine, work = OpenAI.from_env(BOTH), OpenAI.from_env(BOTH, account="work")

    assert mine._sent_headers()["authorization"] == "Bearer mine"
    assert mine._sent_headers()["OpenAI-Organization"] == "my-org"
    assert work._sent_headers()["authorization"] == "Bearer theirs"
    assert work._sent_headers()["OpenAI-Project"] == "their-project"
    assert "OpenAI-Organization" not in work._sent_headers()


def test_a_key_can_be_called_an_account_in_code() -> None:
    work = Anthropic.from_key("k", account="Work")

    assert work.name == "Anthropic@work"
    assert work.model().spec.provider == "Anthropic@work"


@pytest.mark.parametrize("card", OPENED, ids=lambda card: card.name)
def test_what_is_wrong_with_an_account_is_told_with_its_own_variables(card: Card) -> None:
    work = {card.keys[0]: "mine", f"{card.keys[0]}__WORK": "theirs"}

    with pytest.raises(UsageError, match=f"^{card.place}__WORK is 'foo', which is no base URL"):
        provider_named(f"{card.name}@work", {**work, f"{card.place}__WORK": "foo"})
    with pytest.raises(UsageError, match=f"^{card.place} is 'foo', which is no base URL"):
        provider_named(f"{card.name}@work", {**work, card.place: "foo"})


@pytest.mark.parametrize(
    ("account", "advice"),
    [("", "Check ANTHROPIC_API_KEY."), ("work", "Check ANTHROPIC_API_KEY__WORK.")],
)
async def test_a_key_that_is_refused_is_named_with_its_account(account: str, advice: str) -> None:
    async def refuse(line: Line) -> None:
        await line.send(whole("401 No", b'{"error": {"message": "no"}}'))

    async with serving(refuse) as server:
        end = "__WORK" if account else ""
        environ = {f"ANTHROPIC_API_KEY{end}": "k", f"ANTHROPIC_BASE_URL{end}": server.url}

        with pytest.raises(Unauthorized) as caught:
            await Anthropic.from_env(environ, account=account).models()

    assert str(caught.value).endswith(f" {advice}")


def test_the_account_that_has_no_name_is_called_default() -> None:
    environ = {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_API_KEY__DEFAULT": "no account"}

    assert provider_named("Anthropic@default", environ).name == "Anthropic"
    assert accounts(ANTHROPIC, environ) == []


def test_the_accounts_are_those_that_have_a_key_or_a_server_where_none_is_wanted() -> None:
    environ = {
        "ANTHROPIC_API_KEY__WORK": "k",
        "ANTHROPIC_API_KEY__MY_TEAM": "k",
        "ANTHROPIC_API_KEY__EMPTY": " ",
        "ANTHROPIC_BASE_URL__OTHER": "https://o.example",
        "OPENAI_COMPAT_BASE_URL__LAB": "http://lab.example/v1",
        "AWS_BEARER_TOKEN_BEDROCK__OPS": "k",
        "ANTHROPIC_BEDROCK_BASE_URL__CHAIN": "https://b.example",
    }

    assert accounts(ANTHROPIC, environ) == ["my_team", "work"]
    assert accounts(OPENAI_COMPAT, environ) == ["lab"]
    assert accounts(BEDROCK, environ) == ["ops"]


def test_servers_of_ones_own_are_told_apart_by_accounts() -> None:
    environ = {
        "OPENAI_COMPAT_BASE_URL": "http://here.example/v1",
        "OPENAI_COMPAT_BASE_URL__LAB": "http://lab.example/v1",
        "OPENAI_COMPAT_MODEL__LAB": "qwen3",
    }

    lab = provider_named("OpenAICompat@lab", environ).model().spec

    assert (lab.provider, lab.endpoint, lab.model) == ("OpenAICompat@lab", "http://lab.example/v1", "qwen3")


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("Anthropic@wrok", "no key for Anthropic@wrok: set ANTHROPIC_API_KEY__WROK"),
        ("Google@wrok", "set GOOGLE_API_KEY__WROK or GEMINI_API_KEY__WROK"),
        ("AnthropicBedrock@wrok", "set AWS_BEARER_TOKEN_BEDROCK__WROK"),
        ("LlamaCpp@wrok", "LlamaCpp takes no key, and so has no accounts"),
        ("AnthropicVertex@wrok", "AnthropicVertex takes no key, and so has no accounts"),
        ("Anthropic@a b", "no account can be called 'a b'"),
        ("Anthropic@a__b", "no account can be called 'a__b'"),
        ("Nobody@work", "there is no provider 'Nobody@work'"),
    ],
)
def test_an_account_that_there_is_not_is_refused_with_what_to_set(name: str, complaint: str) -> None:
    environ = {"ANTHROPIC_API_KEY": "k", "GOOGLE_API_KEY": "k", "AWS_REGION": "us-east-1"}

    with pytest.raises(UsageError) as caught:
        provider_named(name, environ)

    assert complaint in str(caught.value)


def test_a_missing_key_of_an_account_can_be_caught_as_one() -> None:
    with pytest.raises(MissingKey) as caught:
        provider_named("Anthropic@work", {"ANTHROPIC_API_KEY": "k"})

    assert (caught.value.provider, caught.value.variables) == ("Anthropic@work", ("ANTHROPIC_API_KEY__WORK",))


@pytest.mark.parametrize(
    ("words", "here", "meant"),
    [
        ("Anthropic@work/claude-x", None, ("claude-x", "Anthropic@work")),
        ("anthropic@WORK/claude-x", "Google", ("claude-x", "Anthropic@work")),
        ("Anthropic@default/claude-x", "Anthropic@work", ("claude-x", "Anthropic")),
        ("Anthropic/claude-x", "Anthropic@work", ("claude-x", "Anthropic")),
        ("claude-x", "Anthropic@work", ("claude-x", "Anthropic@work")),
        ("claude-x", "Google@work", ("claude-x", "Anthropic")),
        ("something-new", "Anthropic@work", ("something-new", "Anthropic@work")),
        ("anthropic/claude-x", "OpenRouter@work", ("anthropic/claude-x", "OpenRouter@work")),
        ("claude-x@20250101", "AnthropicVertex", ("claude-x@20250101", "AnthropicVertex")),
        ("@acme/model-7/x", "OpenRouter", ("@acme/model-7/x", "OpenRouter")),
    ],
)
def test_words_name_an_account_behind_a_provider_and_else_stay_with_the_one_at_hand(
    words: str, here: str | None, meant: tuple[str, str]
) -> None:
    found = model_named(words, here=here)

    assert (found.model, found.provider) == meant
    assert found == Meant(model=meant[0], provider=meant[1], why=found.why)


def test_what_is_known_of_a_model_is_known_by_whichever_account() -> None:
    assert limits("Anthropic@work", "claude-sonnet-5-5") == limits("Anthropic", "claude-sonnet-5-5")
    assert limits("Anthropic", "claude-sonnet-5-5").context_window is not None


@pytest.mark.parametrize("name", ["Anthropic", "Anthropic@work"])
def test_a_name_is_put_together_as_it_was_taken_apart(name: str) -> None:
    assert joined(*parted(name)) == name
