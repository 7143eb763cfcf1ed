"""The commands that only list something."""

import json
import os
import subprocess
import sys
from itertools import takewhile
from pathlib import Path
from typing import Literal

import pytest

from sagent.cli.completion import completion
from sagent.cli.listings import providers, schemas, tools
from sagent.errors import UsageError
from sagent.schema.codec import decode_tool_definition
from sagent.testing import serve
from tests.cli.command import Place


def test_tools_are_printed_as_models_are_shown_them(capsys: pytest.CaptureFixture[str]) -> None:
    code = tools()

    definitions = [decode_tool_definition(shown) for shown in json.loads(capsys.readouterr().out)]
    assert code == 0
    assert [shown.name for shown in definitions] == [
        "Read",
        "Write",
        "Edit",
        "ApplyPatch",
        "Glob",
        "Grep",
        "List",
        "Bash",
        "BackgroundTask",
        "AgentSelf",
        "AgentSend",
        "AgentSpawn",
    ]


def test_schemas_are_written_as_they_are_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = schemas(out=tmp_path / "new" / "place")

    source = Path(__file__).parent.parent.parent / "schemas"
    written = {path.relative_to(tmp_path / "new" / "place"): path.read_text() for path in files(tmp_path)}
    assert (code, written) == (0, {path.relative_to(source): path.read_text() for path in files(source)})
    assert capsys.readouterr().out == f"{len(written)} schemas in {tmp_path / 'new' / 'place'}\n"


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.json"))


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(UsageError, match=r"file cannot be written: .*; name another directory"):
        schemas(out=tmp_path / "file")


def test_providers_are_shown_with_their_variables_and_never_with_a_key(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_API_KEY", "a-secret")
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    monkeypatch.delenv("GOOGLE_GEMINI_BASE_URL", raising=False)

    code = providers()

    shown = capsys.readouterr().out
    google = shown[shown.index("Google\n") :].splitlines()[:5]
    assert (code, "a-secret" in shown) == (0, False)
    assert google == [
        "Google",
        "  key       GOOGLE_API_KEY (set) or GEMINI_API_KEY (not set)",
        "  endpoint  https://generativelanguage.googleapis.com, or else GOOGLE_GEMINI_BASE_URL (not set)",
        "  model     gemini-2.5-flash",
        "  utility   gemini-2.5-flash-lite",
    ]


def test_what_opens_the_door_of_a_cloud_beside_a_key_is_shown_in_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_BEARER_TOKEN_BEDROCK", raising=False)

    providers()

    lines = capsys.readouterr().out.splitlines()
    assert lines[lines.index("AnthropicBedrock") + 1] == (
        "  key       AWS_BEARER_TOKEN_BEDROCK (not set), or else AWS credentials (aws sso login)"
    )
    assert lines[lines.index("AnthropicVertex") + 1].startswith("  key       the application-default")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_the_commands_and_the_flags(
    shell: Literal["bash", "zsh", "fish"], capsys: pytest.CaptureFixture[str]
) -> None:
    code = completion(shell)

    script = capsys.readouterr().out
    assert code == 0
    assert "providers" in script
    assert "output-format" in script
    assert "stream-json" in script


def test_bash_completes_with_the_script() -> None:
    script = subprocess.run(
        [sys.executable, "-m", "sagent", "completion", "bash"], capture_output=True, text=True, check=True
    )
    asks = "COMP_WORDS=(sagent --output-format js); COMP_CWORD=2; _sagent; echo ${COMPREPLY[@]}"

    done = subprocess.run(
        ["bash", "-c", f"{script.stdout}\n{asks}"], capture_output=True, text=True, check=True
    )

    assert done.stdout == "json\n"


def test_models_are_asked_of_the_provider(place: Place) -> None:
    with serve() as served:
        ended = place.run(served, "models", "--provider", "google")

    lines = [line.split(maxsplit=1) for line in ended.out.splitlines()]
    assert ended.code == 0
    assert lines[0] == [
        "gemini-2.5-flash",
        "takes 1,048,576, gives 65,536, $0.3 in and $2.5 out per million",
    ]


def test_the_provider_whose_models_are_listed_needs_no_flag(place: Place) -> None:
    with serve() as served:
        ended = place.run(served, "models", "google")

    assert (ended.code, ended.out.startswith("gemini-2.5-flash")) == (0, True)


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({}, "its key is not set"),
        (
            {"DASHSCOPE_API_KEY": "k", "DASHSCOPE_BASE_URL": "http://127.0.0.1:1/v1"},
            "DashScope at 127.0.0.1:1: ",
        ),
    ],
)
def test_models_that_cannot_be_asked_for_are_those_known_beforehand_and_that_is_said(
    place: Place, environ: dict[str, str], why: str
) -> None:
    ended = place.run(None, "models", "DashScope", **environ)

    assert (ended.code, ended.out.partition(" ")[0]) == (0, "qwen3.8-max")
    assert ended.err.startswith(f"these are known beforehand, and not asked of DashScope: {why}")


def test_a_cloud_that_is_not_set_up_has_models_too_and_one_that_is_set_up_wrongly_is_an_error(
    place: Place,
) -> None:
    unset = place.run(None, "models", "AnthropicBedrock")
    wrong = place.run(None, "models", "AnthropicBedrock", AWS_BEARER_TOKEN_BEDROCK="k")

    assert (unset.code, unset.out.partition(" ")[0]) == (0, "global.anthropic.claude-sonnet-5-5")
    assert "not asked of AnthropicBedrock: AnthropicBedrock needs a region of AWS" in unset.err
    assert (wrong.code, wrong.out) == (2, "")


def test_a_provider_that_refuses_or_of_which_nothing_is_known_is_an_error(place: Place) -> None:
    with serve() as served:
        refused = place.run(served, "models", "google", GOOGLE_API_KEY="wrong")
    nameless = place.run(None, "models")
    unknown = place.run(None, "models", "nobody")

    assert [(ended.code, ended.out) for ended in (refused, nameless, unknown)] == [(1, ""), (2, ""), (2, "")]


BRANCH = """
from sagent.providers.cards import Card
from sagent.providers.openai_chat.provider import OpenAICompat

class Branch(OpenAICompat):
    card = Card(
        name="Branch", keys=("BRANCH_API_KEY",), place="BRANCH_BASE_URL", base_url="https://branch.example/v1",
        dialects=("openai_chat",), default="twig", utility="twig", prices="",
    )
"""


def test_a_provider_that_a_package_brings_is_known_to_the_command(place: Place, tmp_path: Path) -> None:
    package, points = tmp_path / "branch.py", tmp_path / "branch-1.dist-info" / "entry_points.txt"
    points.parent.mkdir()
    points.write_text("[sagent.providers]\nbranch = branch:Branch\nBroken = nowhere:Broken\n")
    (points.parent / "METADATA").write_text("Metadata-Version: 2.1\nName: branch\nVersion: 1\n")
    package.write_text(BRANCH)
    with serve("Hello.", "Again.", models=["twig"]) as served:
        environ = {
            "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]),
            "BRANCH_API_KEY": served.key,
            "BRANCH_BASE_URL": served.environment["OPENAI_COMPAT_BASE_URL"],
        }
        named = place.run(None, "--provider", "Branch", "-p", "hi", **environ)
        before = place.run(None, "--model", "branch/twig", "-p", "hi", **environ)
        broken = place.run(None, "--provider", "broken", "-p", "hi", **environ)

    assert [(ended.code, ended.out) for ended in (named, before)] == [(0, "Hello.\n"), (0, "Again.\n")]
    assert (broken.code, broken.err) == (
        2,
        "sagent: the provider Broken cannot be loaded from nowhere:Broken: No module named 'nowhere'\n",
    )


def test_a_provider_that_begins_a_server_for_a_file_has_no_endpoint(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LLAMA_ARG_MODEL", raising=False)

    providers()

    _, _, shown = capsys.readouterr().out.partition("LlamaCpp\n")
    assert [*takewhile(lambda line: line.startswith(" "), shown.splitlines())] == [
        "  model     LLAMA_ARG_MODEL (not set), or name a file with --model",
    ]


def test_a_model_of_which_nothing_is_known_is_listed_by_its_id_alone(place: Place) -> None:
    with serve(models=["local-model"]) as served:
        ended = place.run(served, "models", "--provider", "openaicompat")

    assert (ended.code, ended.out) == (0, "local-model\n")


def test_the_prices_of_one_size_that_no_public_table_has_are_listed_too(place: Place) -> None:
    with serve(models=["qwen3.7-plus"]) as served:
        there = {"DASHSCOPE_API_KEY": served.key, "DASHSCOPE_BASE_URL": f"{served.base_url}/v1"}
        ended = place.run(served, "models", "--provider", "dashscope", **there)

    assert ended.out == (
        "qwen3.7-plus  takes 991,808, gives 65,536, $0.4 in and $1.6 out per million "
        "($1.2 and $4.8 above 256,000)\n"
    )
