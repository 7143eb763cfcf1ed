"""The settings files of the user and of the project."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sagent.cli.app import run
from sagent.cli.preferences import preferences, preferred, project_file, user_file
from sagent.cli.settings import Settings
from sagent.errors import UsageError
from sagent.lib.json import freeze_object
from tests.cli.published import complaints


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home" / "config"))
    place = tmp_path / "work"
    (place / "deep").mkdir(parents=True)
    monkeypatch.chdir(place)
    return place


def write(path: Path, document: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def test_without_files_nothing_is_said_and_nothing_heavy_is_loaded(work: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from sagent.cli.preferences import preferences;"
        "said = preferences(Path.cwd()); heavy = 'jsonschema', 'sagent.schema';"
        "print(said, [name for name in heavy if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "{} []\n"


def test_the_project_is_heard_over_the_user_and_flags_over_both(work: Path) -> None:
    everything = {"model": "m1", "effort": "low", "tools": "Read", "headers": {"X-Team": "a"}}
    write(user_file(), {**everything, "extra_body": {"a": 1}, "max_tool_call_rounds": 3})
    write(project_file(work), {"effort": "high", "system": "Be brief.", "max_response_tokens": 100})

    settings = preferred(
        Settings(effort="max", headers={"X-Own": "b"}, extra_body=freeze_object({"b": 2})), preferences(work)
    )

    assert settings == Settings(
        model="m1",
        effort="max",
        tools="Read",
        system="Be brief.",
        max_response_tokens=100,
        max_tool_call_rounds=3,
        headers={"X-Team": "a", "X-Own": "b"},
        extra_body=freeze_object({"a": 1, "b": 2}),
    )


def test_a_session_that_is_gone_on_with_keeps_its_model_and_takes_the_limits(work: Path) -> None:
    write(user_file(), {"model": "m1", "tools": "Read", "system": "x", "max_budget_usd": 2})

    settings = preferred(Settings(latest=True), preferences(work))

    assert settings == Settings(latest=True, max_budget_usd=2)


def test_a_project_cannot_raise_the_budget_that_its_user_has_set(work: Path) -> None:
    write(user_file(), {"max_budget_usd": 1.5, "max_budget_tokens": 9_000})
    write(project_file(work), {"max_budget_usd": 100, "max_budget_tokens": 8_000})

    assert dict(preferences(work)) == {"max_budget_usd": 1.5, "max_budget_tokens": 8_000}


@pytest.mark.parametrize(
    ("user", "project", "both"),
    [
        ("Read,Glob", "all", "read,glob"),
        ("all", "Glob", "glob"),
        ("Read, Glob", "glob,Bash", "glob"),
        ("Read", "Bash", "none"),
        ("none", "Bash", "none"),
        ("all", "none", "none"),
        ("all", "all", "all"),
        ("all", "Terminal", "none"),
        ("Read,Terminal", "all,Terminal", "read,terminal"),
    ],
)
def test_a_project_cannot_add_to_the_tools_that_its_user_allows(
    work: Path, user: str, project: str, both: str
) -> None:
    write(user_file(), {"tools": user})
    write(project_file(work), {"tools": project})

    assert dict(preferences(work)) == {"tools": both}


def test_a_project_cannot_add_to_the_usual_tools_where_its_user_says_nothing_of_them(work: Path) -> None:
    write(project_file(work), {"tools": "Read,Terminal"})

    assert dict(preferences(work)) == {"tools": "read"}


@pytest.mark.parametrize(
    ("user", "project", "both"),
    [("offline", "network", "offline"), ("network", "off", "network"), ("off", "offline", "offline")],
)
def test_a_project_cannot_loosen_the_sandbox_of_its_user(
    work: Path, user: str, project: str, both: str
) -> None:
    write(user_file(), {"sandbox": user})
    write(project_file(work), {"sandbox": project})

    assert dict(preferences(work)) == {"sandbox": both}


def test_a_session_that_is_gone_on_with_is_confined_as_the_files_say(work: Path) -> None:
    write(user_file(), {"sandbox": "network"})

    settings = preferred(Settings(latest=True), preferences(work))

    assert settings == Settings(latest=True, sandbox="network")


def test_the_model_of_a_file_is_not_asked_of_another_provider(work: Path) -> None:
    write(user_file(), {"provider": "Google", "model": "gemini-2.5-pro"})

    flagged = preferred(Settings(provider="OpenAI"), preferences(work))
    same = preferred(Settings(provider="google"), preferences(work))
    write(project_file(work), {"provider": "OpenAI"})

    assert (flagged.model, same.model) == (None, "gemini-2.5-pro")
    assert dict(preferences(work)) == {"provider": "OpenAI"}


def test_the_settings_of_a_project_lie_at_the_root_of_its_repository(work: Path) -> None:
    (work / ".git").mkdir()
    path = write(work / ".sagent" / "settings.json", {"model": "m2"})

    assert project_file(work / "deep") == path
    assert dict(preferences(work / "deep")) == {"model": "m2"}


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ({"modle": "x"}, "modle: there is no such setting; there are provider, model, effort"),
        ({"max_response_tokens": 0}, "max_response_tokens: 0 is less than the minimum of 1"),
        ({"effort": "hard"}, "effort: 'hard' is not one of ['none', "),
        ({"headers": {"X": 1}}, "headers.X: 1 is not of type 'string'"),
        ({"max_budget_tokens": 0}, "max_budget_tokens: 0 is less than the minimum of 1"),
        ({"max_budget_usd": 0}, "max_budget_usd: 0 is less than or equal to the minimum of 0"),
        ({"provider": "Nobody"}, "provider: there is no provider 'Nobody'; there are Google, Anthropic"),
        ({"tools": "Read,Fly"}, "tools: there is no tool 'Fly'; there are Read"),
        ("{", "is no JSON: Expecting property name"),
        ("[]", "holds no JSON object"),
    ],
)
def test_what_is_wrong_is_told_in_a_line_with_the_file_and_the_key(
    document: object, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(user_file(), document)

    code = run(["hello"])

    err = capsys.readouterr().err
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith(f"sagent: {path}")
    assert complaint in err


@pytest.mark.parametrize("key", ["headers", "extra_body", "base_url", "api_key"])
def test_a_project_cannot_say_what_is_sent_along_with_a_key(work: Path, key: str) -> None:
    path = write(project_file(work), {key: {"X-Evil": "yes"}})

    with pytest.raises(UsageError) as caught:
        preferences(work)

    assert str(caught.value).startswith(f"{path}: {key}: a project cannot say this, as it could send secrets")
    assert str(user_file()) in str(caught.value)


def test_the_schemas_are_published_for_editors() -> None:
    assert complaints("settings/user.json", {"headers": {"X": "y"}, "effort": "low"}) == []
    assert complaints("settings/project.json", {"headers": {"X": "y"}}) != []


def test_a_flag_that_names_a_model_of_another_provider_is_heard_over_the_provider_of_a_file(
    work: Path,
) -> None:
    write(user_file(), {"provider": "Google", "model": "gemini-2.5-pro"})

    said = preferences(work)

    assert preferred(Settings(model="claude-sonnet-5-5"), said).provider is None
    assert preferred(Settings(model="anthropic/claude-sonnet-5-5"), said).provider is None
    assert preferred(Settings(model="something-new"), said).provider == "Google"
    assert preferred(Settings(), said) == Settings(provider="Google", model="gemini-2.5-pro")


def test_a_model_that_is_named_stays_with_the_account_of_a_file(work: Path) -> None:
    write(user_file(), {"provider": "Google@work", "model": "gemini-2.5-pro"})

    said = preferences(work)

    assert preferred(Settings(), said) == Settings(provider="Google@work", model="gemini-2.5-pro")
    assert preferred(Settings(model="gemini-2.5-flash"), said).provider == "Google@work"
    assert preferred(Settings(model="Google@home/gemini-2.5-flash"), said).provider is None
    assert preferred(Settings(provider="Google@home"), said).model == "gemini-2.5-pro"


@pytest.mark.parametrize(("key", "words"), [("provider", "Google@work"), ("model", "Google@work/gemini-9")])
def test_a_project_cannot_say_whose_key_pays(work: Path, key: str, words: str) -> None:
    path = write(project_file(work), {key: words})

    with pytest.raises(UsageError) as caught:
        preferences(work)

    assert str(caught.value) == (
        f"{path}: {key}: a project cannot name an account, as somebody pays for it; "
        f"say it in your own settings, {user_file()}"
    )


def test_a_project_that_names_a_provider_leaves_its_user_the_account(work: Path) -> None:
    write(user_file(), {"provider": "Google@work", "model": "gemini-2.5-pro"})
    write(project_file(work), {"provider": "google"})

    said = preferences(work)

    assert preferred(Settings(), said) == Settings(provider="Google@work", model="gemini-2.5-pro")


def test_where_a_file_names_a_provider_of_others_models_their_ids_stay_there(work: Path) -> None:
    write(user_file(), {"provider": "OpenRouter"})

    said = preferences(work)

    assert preferred(Settings(model="anthropic/claude-sonnet-5.5"), said).provider == "OpenRouter"
    assert preferred(Settings(model="Anthropic/claude-sonnet-5-5"), said).provider is None


@pytest.mark.parametrize("kind", ["device", "pipe", "folder"])
def test_settings_that_are_no_regular_file_are_refused_and_not_read(work: Path, kind: str) -> None:
    path = project_file(work)
    path.parent.mkdir(parents=True)
    match kind:
        case "device":
            path.symlink_to("/dev/zero")
        case "pipe":
            os.mkfifo(path)
        case _:
            path.mkdir()

    with pytest.raises(UsageError, match="no regular file"):
        preferences(work)
