"""Google, as a user builds it."""

import json
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from sagent.errors import BadAnswer, MissingKey, Unauthorized, UsageError
from sagent.lib.json import freeze_object
from sagent.protocols import Model, ModelLimits, Provider
from sagent.providers import Google
from sagent.providers.faults import Refusal
from sagent.providers.transport import Call, HttpRefusal
from sagent.schema.values import ModelSpec
from tests.providers.conversation import prompt, request
from tests.providers.google.sending import strict

KEY = "AIzaSecretSecret"


@dataclass
class Pages:
    """A transport that gives the next page at each call."""

    pages: list[str | HttpRefusal]
    calls: list[Call] = field(default_factory=list)

    async def stream(self, call: Call, /) -> AsyncGenerator[Sequence[str]]:
        self.calls.append(call)
        page = self.pages.pop(0)
        if isinstance(page, HttpRefusal):
            raise page
        yield [page]


def page_of(models: Mapping[str, str], token: str | None = None) -> str:
    entries = [{"name": name, "supportedGenerationMethods": [method]} for name, method in models.items()]
    return json.dumps({"models": entries} | ({"nextPageToken": token} if token else {}))


def test_the_key_is_googles_or_geminis_and_the_place_may_be_another() -> None:
    both = Google.from_env({"GOOGLE_API_KEY": KEY, "GEMINI_API_KEY": "other"})
    second = Google.from_env({"GEMINI_API_KEY": f" {KEY}\n", "GOOGLE_GEMINI_BASE_URL": "http://127.0.0.1:1/"})

    assert repr(both) == "<Google at https://generativelanguage.googleapis.com>"
    assert second.model().spec.endpoint == "http://127.0.0.1:1"


def test_a_missing_key_is_said_with_the_names_of_the_variables() -> None:
    with pytest.raises(MissingKey, match="GOOGLE_API_KEY or GEMINI_API_KEY"):
        Google.from_env({"GOOGLE_API_KEY": " "})


@pytest.mark.parametrize(
    ("key", "base_url"), [("a b", None), ("ключ", None), (KEY, "example.org"), ("", None)]
)
def test_a_key_or_a_place_that_cannot_be_is_refused_without_being_shown(
    key: str, base_url: str | None
) -> None:
    with pytest.raises(UsageError) as caught:
        Google.from_key(key, base_url=base_url)

    assert key == "" or key not in str(caught.value)


def test_a_place_that_cannot_be_is_named_with_its_variable_or_parameter() -> None:
    place = "http://127.0.0.1:99999"

    with pytest.raises(UsageError) as by_variable:
        Google.from_env({"GOOGLE_API_KEY": KEY, "GOOGLE_GEMINI_BASE_URL": place})
    with pytest.raises(UsageError) as by_parameter:
        Google.from_key(KEY, base_url=place)

    complaint = f"is {place!r}, which is no base URL: its port must be a number from 1 to 65535"
    assert str(by_variable.value) == f"GOOGLE_GEMINI_BASE_URL {complaint}"
    assert str(by_parameter.value) == f"base_url {complaint}"


def test_a_model_keeps_in_its_spec_what_is_needed_to_build_it_again() -> None:
    google = Google.from_key(KEY)

    model = google.model("models/gemini-3.5-flash", stream=False, effort="low", max_output_tokens=99)

    assert model.spec == ModelSpec(
        provider="Google",
        dialect="google",
        endpoint="https://generativelanguage.googleapis.com",
        model="gemini-3.5-flash",
        options=freeze_object({"stream": False, "effort": "low", "max_output_tokens": 99}),
    )
    assert google.restored(model.spec).spec == model.spec
    assert google.model().spec.options == {}


def test_a_restored_model_goes_where_its_provider_goes_and_not_where_the_log_says() -> None:
    logged = Google.from_key(KEY, base_url="http://elsewhere").model().spec

    assert Google.from_key(KEY, base_url="http://here").restored(logged).spec.endpoint == "http://here"


@pytest.mark.parametrize(
    ("provider", "options"),
    [
        ("OpenAI", {}),
        ("Google", {"stream": "no"}),
        ("Google", {"max_output_tokens": "9"}),
        ("Google", {"effort": "x"}),
    ],
)
def test_a_spec_of_another_make_is_refused(provider: str, options: object) -> None:
    spec = ModelSpec(
        provider=provider, dialect="google", endpoint="e", model="m", options=freeze_object(options)
    )

    with pytest.raises(UsageError):
        Google.from_key(KEY).restored(spec)


@pytest.mark.parametrize("name", ["a/b", "../x", "x y", "gemini?x=1"])
def test_an_id_that_no_model_can_have_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="no model of Google can be called"):
        Google.from_key(KEY).model(name)


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ({"thinkingBudget": 0}, {"thinkingBudget": 0}),
        ({"thinkingBudget": 9}, {"includeThoughts": True, "thinkingBudget": 9}),
        ({"includeThoughts": False}, {"includeThoughts": False, "thinkingBudget": 24_576}),
    ],
)
def test_how_much_to_think_is_said_once_by_the_user_or_by_the_effort(said: object, sent: object) -> None:
    extra = freeze_object({"generationConfig": {"thinkingConfig": said}})
    model = Google.from_key(KEY).model("gemini-2.5-flash", effort="high", extra_body=extra)

    body = model.dialect.scribe().body(request([prompt("hi")]))

    assert json.loads(body)["generationConfig"] == {"thinkingConfig": sent}
    assert strict(body, "gemini-2.5-flash") == ()


def test_a_limit_of_no_tokens_is_refused() -> None:
    with pytest.raises(UsageError, match="max_output_tokens is 0"):
        Google.from_key(KEY).model(max_output_tokens=0)


def test_the_limits_of_known_models_are_known_and_of_others_cautious() -> None:
    google = Google.from_key(KEY)

    assert google.model("gemini-2.5-flash").limits == ModelLimits(context_window=1_048_576, max_output=65_536)
    assert google.model("gemini-4-argon").limits == ModelLimits(context_window=1_048_576, max_output=32_768)
    assert google.model("gemma-3-27b-it").limits == ModelLimits(context_window=128_000)


def test_the_model_for_side_work_is_a_small_one_that_does_not_think() -> None:
    assert Google.from_key(KEY).utility_model().spec.model == "gemini-2.5-flash-lite"


def test_no_representation_of_anything_shows_the_key() -> None:
    google = Google.from_key(KEY)
    model = google.model()
    call = Call(url="u", headers={"x-goog-api-key": KEY}, body=b"")

    assert KEY not in f"{google!r} {model!r} {model.spec!r} {call!r} {model._endpoint!r}"


async def test_the_models_on_offer_are_listed_over_all_pages() -> None:
    pages = Pages(
        [
            page_of({"models/a": "generateContent", "models/embed": "embedContent"}, "t/1"),
            page_of({"models/b": "generateContent"}),
        ]
    )

    names = await Google.from_key(KEY, base_url="http://h/v1", transport=pages).models()

    assert names == ("a", "b")
    assert [call.url for call in pages.calls] == [
        "http://h/v1/models?pageSize=1000",
        "http://h/v1/models?pageSize=1000&pageToken=t/1",
    ]


async def test_a_list_that_is_refused_is_refused_without_showing_the_key() -> None:
    body = b'{"error": {"code": 403, "message": "no rights for %s"}}' % KEY.encode()
    pages = Pages([HttpRefusal(Refusal(status=403, headers={}, body=body, host="h"))])

    with pytest.raises(Unauthorized) as caught:
        await Google.from_key(KEY, transport=pages).models()

    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "page", ["", "<html>", "[]", '{"models": [{}]}', '{"models": {}}', '{"nextPageToken": 1}']
)
async def test_a_list_that_cannot_be_read_is_an_error(page: str) -> None:
    with pytest.raises(BadAnswer, match="list of models"):
        await Google.from_key(KEY, transport=Pages([page])).models()


def test_google_keeps_both_protocols() -> None:
    provider: Provider = Google.from_key(KEY)
    model: Model = provider.model()

    assert (provider.name, model.spec.model) == ("Google", "gemini-2.5-flash")


def test_importing_google_imports_neither_the_http_client_nor_the_prices() -> None:
    program = "import sys; from sagent.providers import Google; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert {"httpx2", "genai_prices", "pydantic", "google.genai"} & set(loaded.split()) == set()
