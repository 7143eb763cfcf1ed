"""An agent whose conversation becomes too long goes on."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from sagent.agent import Agent
from sagent.errors import AgentHalted, Overflow
from sagent.messages.usage import NOTHING_SPENT
from sagent.messages.words import plain
from sagent.protocols import ModelLimits
from sagent.schema.message import Prompt, Summary
from sagent.schema.part import Text
from sagent.schema.signal import Compact
from sagent.testing import MemorySession, Scripted, always, call, reply
from sagent.tools import ApplyPatch, Read, tool

LONG = "tea " * 2_000
SMALL = ModelLimits(context_window=8_200)


async def test_a_conversation_that_outgrows_the_window_is_condensed_and_goes_on() -> None:
    model = Scripted("one", "two", "we spoke of tea", "three", limits=SMALL)
    agent = Agent(model)

    for question in (LONG, LONG):
        await agent.run(question)
    answer = await agent.run(LONG)

    first = model.requests[-1].view[0]
    assert answer == Text(content="three")
    assert isinstance(first, Prompt)
    assert "# Summary\n\nwe spoke of tea" in plain(first.content[0])
    assert "# What the user said, word for word\n\n[earlier messages left out]\n\n> tea tea" in plain(
        first.content[0]
    )


async def test_a_summary_in_the_log_is_there_again_in_the_next_process() -> None:
    log = MemorySession()
    before = Agent(Scripted("one", "two", "we spoke of tea", "three", limits=SMALL), session=log)
    for question in (LONG, LONG, LONG):
        await before.run(question)

    model = Scripted("four", limits=SMALL)
    await Agent(model, session=log).run("so?")

    assert any(isinstance(message, Summary) for message in before.messages)
    assert len(model.requests[0].view) == 4


async def test_the_model_that_goes_on_in_the_next_process_condenses_what_another_one_heard() -> None:
    log = MemorySession()
    before = Agent(Scripted("one", "two", model="former"), session=log)
    for question in (LONG, LONG):
        await before.run(question)

    model = Scripted("we spoke of tea", "three", model="latter", limits=SMALL)
    answer = await Agent(model, session=log, max_budget_tokens=1_000_000).run(LONG)

    assert answer == Text(content="three")
    first = model.requests[1].view[0]
    assert isinstance(first, Prompt)
    assert "we spoke of tea" in plain(first.content[0])


async def test_an_overflow_of_an_unknown_window_is_mended_by_a_summary() -> None:
    model = Scripted("one", Overflow("too long"), "in short", "two")
    agent = Agent(model)
    await agent.run(LONG)

    answer = await agent.run("and coffee?")

    assert answer == Text(content="two")


async def test_without_a_compactor_an_overflow_halts() -> None:
    agent = Agent(Scripted("one", Overflow("too long")), compactor=None)
    await agent.run(LONG)

    with pytest.raises(AgentHalted, match="too long"):
        await agent.run("and coffee?")


async def test_a_turn_of_many_calls_is_condensed_between_two_rounds() -> None:
    @tool
    async def look(word: str) -> str:
        """Look a word up."""
        return f"{word}: {'tea ' * 900}"

    model = Scripted(
        call("look", word="tea"),
        call("look", word="milk"),
        "it looked up tea and milk",
        "done",
        limits=ModelLimits(context_window=2_550),
    )
    agent = Agent(model, tools=[look])

    answer = await agent.run("look them up")

    (shown,) = model.requests[-1].view
    assert answer == Text(content="done")
    assert isinstance(shown, Prompt)
    assert 'Assistant calls look: {"word":"milk"}' in plain(shown.content[0])


async def test_a_summary_can_be_asked_for_by_mail_with_a_focus() -> None:
    model = Scripted("one", "two", "in short", "three")
    agent = Agent(model)
    for question in (LONG, LONG):
        await agent.run(question)

    agent.inbox.post(Compact(content="the leaves"))
    await agent.run("and?")

    asked = model.requests[2].view[-1]
    assert isinstance(asked, Prompt)
    assert "Pay special attention to this: the leaves" in plain(asked.content[0])


async def test_what_an_unknown_model_has_said_is_condensed_within_a_budget_by_the_one_that_goes_on() -> None:
    log = MemorySession()
    before = Agent(Scripted("one", "two", model="gone"), session=log, max_budget_tokens=10**6)
    for question in (LONG, LONG):
        await before.run(question)

    model = Scripted("we spoke of tea", "three", limits=SMALL)
    answer = await Agent(model, session=log, max_budget_tokens=10**6).run(LONG)

    assert answer == Text(content="three")
    assert len(model.requests) == 2


async def test_beside_a_summary_stand_the_files_that_were_read_and_changed(tmp_path: Path) -> None:
    (tmp_path / "read.txt").write_text("tea\n")
    (tmp_path / "gone.txt").write_text("old\n")
    patch = "*** Begin Patch\n*** Add File: new.txt\n+x\n*** Delete File: gone.txt\n*** End Patch"
    model = Scripted(
        [call("Read", file_path="read.txt"), call("ApplyPatch", patch=patch)],
        "one",
        "two",
        "we spoke of tea",
        "three",
        limits=SMALL,
    )
    agent = Agent(model, tools=[Read(), ApplyPatch()], workspace=tmp_path)

    for question in (LONG, LONG, LONG):
        await agent.run(question)

    first = model.requests[-1].view[0]
    assert isinstance(first, Prompt)
    told = plain(first.content[0])
    digest = sha256(b"x\n").hexdigest()[:12], sha256(b"tea\n").hexdigest()[:12]
    assert f"of their content: new.txt ({digest[0]}), gone.txt (deleted)" in told
    assert "- files read so far, with the first 12 digits" in told
    assert f"content: read.txt ({digest[1]})" in told


async def test_a_summary_is_followed_by_the_system_prompt_as_it_would_be_now() -> None:
    model = Scripted("one", "two", "we spoke of tea", "three", "four", limits=SMALL)
    agent = Agent(model, "It is Monday.", renew=lambda: "It is Tuesday.")

    for question in (LONG, LONG, LONG, "so?"):
        await agent.run(question)

    assert [request.system for request in model.requests] == ["It is Monday."] * 3 + ["It is Tuesday."] * 2


async def test_a_system_prompt_that_cannot_be_made_anew_stays(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> str:
        raise OSError("the directory is gone")

    model = Scripted("one", "two", "we spoke of tea", "three", limits=SMALL)
    agent = Agent(model, "It is Monday.", renew=broken)

    for question in (LONG, LONG):
        await agent.run(question)
    answer = await agent.run(LONG)

    assert answer == Text(content="three")
    assert model.requests[-1].system == "It is Monday."
    assert "the system prompt could not be made anew" in caplog.text


async def test_a_summary_in_pieces_is_held_to_the_budget_piece_by_piece() -> None:
    log = MemorySession()
    before = Agent(Scripted("one", "two", "three", model="former"), session=log, max_budget_tokens=30_000)
    for question in (LONG, LONG, LONG):
        await before.run(question)
    heard = before.usage.input_tokens

    model = Scripted(
        always(reply("in short", usage=replace(NOTHING_SPENT, input_tokens=7_000))),
        model="latter",
        limits=SMALL,
    )
    agent = Agent(model, session=log, max_budget_tokens=30_000)
    with pytest.raises(AgentHalted, match="the budget does not allow another request") as told:
        await agent.run(LONG)

    assert told.value.reason == "budget"
    assert len(model.requests) == 2
    assert agent.usage.input_tokens - heard == 2 * 7_000
