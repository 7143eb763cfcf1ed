"""Models in files: the servers that are begun for them, and that none is left behind."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from pathlib import Path

import pytest

from sagent.agent import Agent
from sagent.errors import AgentHalted, Refused, Unreachable, UsageError
from sagent.lib.json import freeze_object
from sagent.protocols import ModelLimits, Reply
from sagent.providers import Anthropic, LlamaCpp
from sagent.providers.llama_cpp.server import LlamaServer, Recipe
from sagent.schema.event import TextDelta
from sagent.schema.message import ModelResponse
from sagent.schema.part import Text
from sagent.schema.values import ModelSpec
from sagent.testing import WireServer
from sagent.tools import tool
from tests.cli.command import Place
from tests.providers.conversation import prompt
from tests.providers.conversation import request as asking
from tests.servers.bigram import ANSWER, bigram_model
from tests.servers.endpoints import agent
from tests.servers.llama import ROOT
from tests.servers.llama_program import program

pytest.importorskip("xllamacpp", reason="llama.cpp's server cannot be had here")

SAID = Text(content="".join(ANSWER).strip())


@pytest.fixture
def model(tmp_path: Path) -> Iterator[Path]:
    """A model whose name is no word, with a server program beside it; its servers end with the test."""
    folder = tmp_path / "my models"
    folder.mkdir()
    file = folder / "bigram é.gguf"
    file.write_bytes(bigram_model())
    program(folder)
    yield file
    for pid in alive(file):
        os.kill(pid, signal.SIGKILL)


def provider(model: Path, *args: str, context_size: int | None = None) -> LlamaCpp:
    return LlamaCpp.from_gguf(
        model, args=args, context_size=context_size, server=model.parent / "llama-server"
    )


def begun(model: Path) -> Sequence[int]:
    """The servers that have come up for a model, by their process ids."""
    return [int(file.stem) for file in model.parent.glob("*.pid")]


def alive(model: Path) -> Sequence[int]:
    """Those of them that still run."""
    return [pid for pid in begun(model) if lives(pid)]


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def kill(model: Path) -> None:
    """End its servers without a farewell; returns when they are gone."""
    for pid in alive(model):
        os.kill(pid, signal.SIGKILL)
    gone(model)


def gone(model: Path) -> None:
    """Wait until no server of the model is left; if one is, the test's own time is up."""
    while alive(model):
        pass


async def test_an_agent_with_a_tool_runs_to_its_answer_and_nothing_is_begun_before(model: Path) -> None:
    local = provider(model, context_size=8192).model()
    before = (begun(model), local.limits)
    asked, _ = agent(local)

    answer = await asked.run("What is green tea?")

    assert (before, answer) == (([], ModelLimits()), SAID)
    assert (len(alive(model)), asked.total_cost_usd) == (1, 0.0)
    assert local.limits == ModelLimits(context_window=4096)  # of the two slots that it has


async def test_agents_share_the_server_of_a_file_and_other_settings_have_their_own(model: Path) -> None:
    crowd = [agent(provider(model).model())[0] for _ in range(4)]
    other, _ = agent(provider(model, context_size=4096).model())

    answers = await asyncio.gather(*(asked.run("What is green tea?") for asked in (*crowd, other)))

    assert answers == [SAID] * 5
    assert len(alive(model)) == 2


def test_event_loops_in_a_row_and_in_threads_share_a_server(model: Path) -> None:
    local = provider(model).model()
    answers: list[Text] = []

    def ask() -> None:
        answers.append(asyncio.run(agent(local)[0].run("What is green tea?")))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ask()

    assert answers == [SAID] * 4
    assert len(begun(model)) == 1


async def test_a_server_that_dies_in_mid_run_is_begun_again_and_the_agent_goes_on(model: Path) -> None:
    @tool
    def look_up(word: str) -> str:
        """Say what a word means."""
        kill(model)
        return f"{word}: something to drink"

    asked = Agent(provider(model).model(), "You know about tea.", tools=[look_up])

    answer = await asked.run("What is green tea?")

    assert answer == SAID
    assert (len(begun(model)), len(alive(model))) == (2, 1)


async def test_a_stream_whose_server_dies_breaks_off_with_the_end_of_the_log(model: Path) -> None:
    local = provider(model).model()
    async with aclosing(local.stream(asking([prompt("count")]))) as telling:
        first = await anext(telling)

        kill(model)

        with pytest.raises(
            Unreachable, match=r"llama-server was ended by SIGKILL, and said last:\n[^$]*serving"
        ):
            async for _ in telling:
                pass
    *_, reply = [chunk async for chunk in local.stream(asking([prompt("hi")]))]
    assert isinstance(first, TextDelta)
    assert isinstance(reply, Reply)


async def test_a_server_that_dies_twice_before_it_answers_is_not_begun_a_third_time(model: Path) -> None:
    own = LlamaServer(Recipe(program=str(model.parent / "llama-server"), file=str(model)))
    for _ in range(2):
        await own.door()
        kill(model)
        await own.obituary()

    with pytest.raises(Refused, match=r"begun .* again, and llama-server was ended by SIGKILL"):
        await own.door()

    await own.door()  # whoever asks again may have mended it
    own.end()
    assert alive(model) == []


async def test_a_start_that_fails_halts_at_once_with_what_the_server_said(model: Path) -> None:
    asked = Agent(provider(model, "--fault", "load").model())

    with pytest.raises(AgentHalted) as halted:
        await asked.run("hi")

    told = str(halted.value.__cause__)
    assert told.startswith(f"LlamaCpp {model} at llama-server: LlamaCpp cannot load {model.name}: ")
    assert (
        "llama-server exited with status 1, and said last:\n"
        f"loading {model}\nerror: there is not enough memory for this model."
    ) in told


async def test_a_program_that_ends_without_a_word_is_told_as_such(model: Path) -> None:
    silent = model.parent / "silent"
    silent.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    silent.chmod(0o755)

    with pytest.raises(Refused, match=r"exited with status 1, and said nothing\. Choose a smaller"):
        await LlamaServer(Recipe(program=str(silent), file=str(model))).door()


async def test_a_model_that_loads_for_ever_is_given_up_and_its_server_ended(model: Path) -> None:
    recipe = Recipe(program=str(model.parent / "llama-server"), file=str(model), args=("--fault", "never"))

    with pytest.raises(Refused, match=r"was not ready in 1 s, and said last:\n"):
        await LlamaServer(recipe, patience=1.0).door()


def test_a_server_is_gone_when_its_parent_is_killed_without_a_farewell(model: Path) -> None:
    script = (
        "import asyncio, sys; from sagent.agent import Agent; from sagent.providers import LlamaCpp\n"
        "local = LlamaCpp.from_gguf(sys.argv[1], server=sys.argv[2]).model()\n"
        "async def main():\n"
        "    await Agent(local).run('hi')\n"
        "    print('up', flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    command = [sys.executable, "-c", script, str(model), str(model.parent / "llama-server")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        said = parent.stdout.readline()
        served = alive(model)

        parent.kill()

        gone(model)
    assert (said, len(served)) == ("up\n", 1)


def test_the_command_answers_from_a_file_past_any_proxy_and_leaves_no_process(
    model: Path, tmp_path: Path
) -> None:
    place = Place(home=tmp_path, work=tmp_path)
    others = {
        "PATH": f"{model.parent}:{os.environ['PATH']}",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "",
    }

    ended = place.run(None, "-p", "hi", "--model", str(model), "--tools", "none", **others)
    again = place.run(None, "-p", "--continue", "and again?", **others)

    assert (ended.code, ended.out, ended.err.split(", ")[-1]) == (0, f"{SAID.content}\n", "$0\n")
    assert (again.code, again.out, again.err.split(", ")[-1]) == (0, f"{SAID.content}\n", "$0\n")
    assert len(begun(model)) == 2
    assert alive(model) == []


async def test_a_conversation_moves_from_a_file_to_a_vendor_and_back(model: Path) -> None:
    local = provider(model).model()
    async with WireServer("Bitter.") as wire:
        vendor = Anthropic.from_key(wire.key, base_url=wire.environment["ANTHROPIC_BASE_URL"]).model()
        asked, _ = agent(local)

        answers = [await asked.run("What is green tea?")]
        asked.swap_model(vendor)
        answers.append(await asked.run("How does it taste?"))
        asked.swap_model(local)
        answers.append(await asked.run("And again?"))

    responses = [message for message in asked.messages if isinstance(message, ModelResponse)]
    assert answers == [SAID, Text(content="Bitter."), SAID]
    assert [response.origin.provider for response in responses] == [
        *["LlamaCpp"] * 2,
        "Anthropic",
        *["LlamaCpp"] * 2,
    ]


def test_a_model_is_built_again_from_its_spec_with_the_window_that_was_chosen(model: Path) -> None:
    spec = provider(model, context_size=4096).model(max_output_tokens=99).spec

    again = LlamaCpp.from_env({"LLAMA_SERVER": str(model.parent / "llama-server")}).restored(spec)

    assert (again.spec, spec) == (
        spec,
        ModelSpec(
            provider="LlamaCpp",
            dialect="openai_chat",
            endpoint="http://llama-server/v1",
            model=str(model),
            options=freeze_object({"context_size": 4096, "max_output_tokens": 99}),
        ),
    )


def test_the_environment_names_the_file_and_the_program(model: Path) -> None:
    environ = {"LLAMA_ARG_MODEL": str(model), "PATH": str(model.parent)}

    local = LlamaCpp.from_env(environ)

    assert local.model().spec == ModelSpec(
        provider="LlamaCpp",
        dialect="openai_chat",
        endpoint="http://llama-server/v1",
        model=str(model),
        options=freeze_object({}),
    )


def test_without_a_program_it_is_said_how_to_get_one(model: Path) -> None:
    with pytest.raises(
        UsageError, match=r"finds no llama-server on the PATH: install llama\.cpp .* LLAMA_SERVER"
    ):
        LlamaCpp.from_env({"PATH": "/nowhere"}).model(str(model))
    with pytest.raises(UsageError, match="'/nowhere/llama', which LlamaCpp was told to run, is no program"):
        LlamaCpp.from_env({"LLAMA_SERVER": "/nowhere/llama"}).model(str(model))


def test_what_is_no_model_is_refused_before_anything_is_begun(model: Path) -> None:
    text = model.with_name("text.gguf")
    text.write_text("not a model")
    local = provider(model)

    with pytest.raises(UsageError, match=r"cannot read the model gone\.gguf: No such file or directory"):
        local.model("gone.gguf")
    with pytest.raises(UsageError, match=r"cannot read the model .*: Is a directory"):
        local.model(str(model.parent))
    with pytest.raises(UsageError, match=r"is no GGUF file.*; name another, or say whose model it is"):
        local.model(str(text))
    with pytest.raises(UsageError, match="LLAMA_ARG_MODEL"):
        LlamaCpp.from_env({}).model()
    with pytest.raises(UsageError, match="leave it out of args"):
        LlamaCpp.from_gguf(model, args=["--port=8080"])
    with pytest.raises(UsageError, match="must be 1 or more"):
        LlamaCpp.from_gguf(model, context_size=0)
    with pytest.raises(UsageError, match="no key and no base URL"):
        LlamaCpp.from_key("x", base_url="http://127.0.0.1:8080/v1")


async def test_the_models_on_offer_are_the_files_of_the_working_directory(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(model.parent)
    (model.parent / "notes.gguf").write_text("no model")
    (model.parent / "folder.gguf").mkdir()

    names = await LlamaCpp.from_env({"LLAMA_ARG_MODEL": "/m/other.gguf"}).models()

    assert names == ("/m/other.gguf", model.name)
