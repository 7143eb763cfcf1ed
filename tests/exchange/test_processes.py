"""Agents of several processes: who is found, what is said, and what receipts say when a process dies."""

import asyncio
import gc
import os
import signal
import socket
from pathlib import Path

import pytest

from sagent.agent import Agent
from sagent.errors import AgentClosed, UsageError
from sagent.exchange.calling import Distant, published
from sagent.exchange.folder import meeting_place, new_name
from sagent.exchange.frames import LONGEST_REQUEST, received
from sagent.loop.state import fold
from sagent.messages.words import plain
from sagent.schema.codec import decode_post_answer
from sagent.schema.message import Drained, Prompt, Scheduled
from sagent.schema.part import Text
from sagent.schema.post import Accepted, Complaint, Expired, Rejected
from sagent.schema.signal import Letter
from sagent.sessions.jsonl import JsonlSession
from sagent.testing import Scripted, always
from sagent.tools import AgentSend
from tests.exchange.settlement import line_of, settled


def visitor() -> Agent:
    return Agent(Scripted(always("ok")), tools=[AgentSend()], name="Visitor")


async def asked(path: Path, *frames: bytes) -> object:
    """What is answered to these bytes."""
    reader, writer = await asyncio.open_unix_connection(str(path))
    writer.writelines(frames)
    writer.write_eof()
    answer = await received(reader)
    writer.close()
    return None if answer is None else decode_post_answer(answer)


async def the_socket() -> Path:
    (path,) = meeting_place().glob("*.sock")
    return path


async def test_two_processes_exchange_mail_and_each_knows_who_has_written(tmp_path: Path) -> None:
    heard = asyncio.Event()
    with settled("Settler", tmp_path / "s.jsonl", "replies") as process:
        async with visitor() as agent, agent.published():
            agent.watch(lambda message: heard.set() if isinstance(message, Prompt) else None)

            receipt = await agent.send("Settler", "are you there?")
            said = await line_of(process)
            await asyncio.wait_for(heard.wait(), 20)

            (answer,) = [kept for kept in agent.messages if isinstance(kept, Prompt)]
    assert isinstance(receipt, Accepted)
    assert (receipt.to, receipt.session_id) == ("Settler", "s")
    assert said == "peer Visitor are you there?"
    assert (answer.author, answer.sender, *map(plain, answer.content)) == (
        "peer",
        "Settler",
        "I have heard you",
    )


async def test_whoever_wrote_what_another_process_has_put_aside_is_told_if_it_is_published(
    tmp_path: Path,
) -> None:
    heard = asyncio.Event()
    with settled("Settler", tmp_path / "s.jsonl", "chokes") as process:
        async with visitor() as agent, agent.published():
            agent.watch(lambda message: heard.set() if isinstance(message, Prompt) else None)

            receipt = await agent.send("Settler", "poison")
            said = await line_of(process)
            await asyncio.wait_for(heard.wait(), 20)

            (told,) = [kept for kept in agent.messages if isinstance(kept, Prompt)]
    assert isinstance(receipt, Accepted)
    assert said == "peer Visitor poison"
    assert (told.author, told.sender, *map(plain, told.content)) == (
        "peer",
        "Settler",
        "Settler has put aside what Visitor said, since no request went through with it: not that",
    )


async def test_an_agent_of_another_process_is_listed_and_found_by_its_group(tmp_path: Path) -> None:
    with settled("Settler", tmp_path / "s.jsonl") as process:
        async with visitor() as agent:
            (entry,) = [each for each in await agent.post.list() if each.pid == process.pid]
            receipts = await agent.post.broadcast(["settlers", "nobody"], "hello")

    assert (entry.name, entry.session_id, entry.group, entry.persistent) == ("Settler", "s", "settlers", True)
    assert [type(receipt) for receipt in receipts] == [Accepted, Rejected]


async def test_a_stranger_who_has_the_name_of_one_here_is_told_apart(tmp_path: Path) -> None:
    with settled("Settler", tmp_path / "s.jsonl", "replies") as process:
        async with (
            visitor() as agent,
            agent.published(),
            Agent(Scripted(always("ok")), name="Settler") as here,
        ):
            await here.run("hello")

            to_mine = await agent.send("Settler", "to the one of this process")
            to_other = await agent.send("s", "to the other one")
            said = await line_of(process)
            heard = asyncio.Event()
            agent.watch(lambda message: heard.set() if isinstance(message, Prompt) else None)
            while not any(isinstance(kept, Prompt) for kept in agent.messages):
                await asyncio.wait_for(heard.wait(), 20)
            (answer,) = [kept for kept in agent.messages if isinstance(kept, Prompt)]

    assert isinstance(to_mine, Accepted)
    assert to_mine.session_id == here.session_id
    assert isinstance(to_other, Accepted)
    assert said == "peer Visitor to the other one"
    assert answer.sender == "Settler (of another process)"


async def test_what_was_accepted_outlives_a_kill_and_is_delivered_exactly_once(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    with settled("Settler", file, "thinks") as process:
        async with visitor() as agent:
            receipts = [await agent.send("Settler", f"letter {number}") for number in range(20)]
            planned = await agent.send("Settler", "in an hour", delay=3_600)
            process.kill()
            process.wait()
            after = await agent.send("Settler", "too late")

    taken = [receipt.content for receipt in receipts if isinstance(receipt, Accepted)]
    assert len(taken) == 20
    assert isinstance(planned, Accepted)
    assert isinstance(after, Rejected)
    assert list(meeting_place().glob("*.sock")) == []
    again = Agent(Scripted(always("read")), session=JsonlSession.open(file), name="Settler")
    await again.run("go on")
    log = again.messages
    await again.aclose()
    entered = [each for kept in log if isinstance(kept, Drained) for each in kept.content]
    assert [each for each in entered if each in taken] == taken
    assert [kept.id for kept in log if isinstance(kept, Scheduled)] == [planned.content]
    assert list(fold(log).timers) == [planned.content]


async def test_a_process_that_ends_while_it_is_asked_leaves_it_open_what_became_of_the_letter(
    tmp_path: Path,
) -> None:
    path = meeting_place() / new_name()
    path.parent.mkdir(mode=0o700)

    async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.close()

    async with await asyncio.start_unix_server(break_off, path):
        with settled("Settler", tmp_path / "s.jsonl") as process:
            (found,) = await published()
            broken = Distant(found.entry, path)
            process.send_signal(signal.SIGSTOP)
            async with visitor() as agent:
                letter = Letter(content=(Text(content="hello"),), author="peer", sender=agent.name)
                (expired,) = await broken.take((letter,), None, 5.0)
                (late,) = await found.take((letter,), None, 0.2)
                unsure = await found.take((letter, letter), None, 0.2)
                process.send_signal(signal.SIGKILL)
                process.wait()
                (gone,) = await found.take((letter,), None, 5.0)
                rested = await found.rest()

    words = "its process ended, or broke off, before it answered; nobody knows whether it was kept"
    assert expired == Expired(content=words, to="Settler")
    assert late == Expired(content="no answer in 0.2 s; nobody knows whether it was kept", to="Settler")
    assert unsure == [
        late,
        Rejected(content="not sent: one before it has expired", to="Settler", why="stopped"),
    ]
    assert gone == Rejected(content="its process has ended", to="Settler", why="stopped")
    assert rested == "has ended, with its process"


async def test_whoever_waits_for_an_agent_to_be_idle_hears_that_its_process_was_killed(
    tmp_path: Path,
) -> None:
    heard = asyncio.Event()
    with settled("Settler", tmp_path / "s.jsonl", "thinks") as process:
        async with visitor() as agent:
            await agent.send("Settler", "think")
            agent.watch(lambda message: heard.set() if isinstance(message, Prompt) else None)
            refused = await agent.post.notify("Settler")
            process.kill()
            await asyncio.wait_for(heard.wait(), 20)

            (told,) = [kept for kept in agent.messages if isinstance(kept, Prompt)]
    assert refused is None
    assert (told.author, told.sender, *map(plain, told.content)) == (
        "background",
        "AgentSend",
        "Settler (s) has ended, with its process.",
    )


async def test_a_receiver_that_has_stopped_says_so_across_processes(tmp_path: Path) -> None:
    with settled("Settler", tmp_path / "s.jsonl", "stops"):
        async with visitor() as agent:
            (found,) = await published()
            first = await agent.send("Settler", "hello")
            rested = await found.rest()
            second = await agent.send("Settler", "hello again")

    assert isinstance(first, Accepted)
    assert rested.startswith("has stopped, and waits for its user:")
    assert isinstance(second, Accepted)
    assert "the key is wrong" in second.halted


async def test_a_dead_socket_that_was_never_named_is_removed_after_a_minute() -> None:
    async with visitor() as agent, agent.published():
        fresh, dead, alive = (meeting_place() / f".{new_name()}" for _ in range(3))
        with socket.socket(socket.AF_UNIX) as one, socket.socket(socket.AF_UNIX) as other:
            one.bind(str(fresh))
            other.bind(str(dead))
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(alive))
            listening.listen()
            for path in (dead, alive):
                os.utime(path, (0, 0))

            found = await published()

    assert found == []
    assert set(meeting_place().glob(".*")) == {fresh, alive}


async def test_a_socket_that_nobody_serves_any_more_is_removed() -> None:
    place = meeting_place()
    place.mkdir(mode=0o700)
    stale = place / new_name()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(stale))

    found = await published()

    assert (list(found), stale.exists()) == ([], False)


@pytest.mark.parametrize(
    ("frames", "complaint"),
    [
        ([b"hello\n"], "a frame: at $: it is no JSON"),
        ([b"null\n"], "a frame: at $: it is null"),
        ([b'{"descriptor":"application/x-list-agents"'], "a frame: at $: it breaks off"),
        ([b'{"descriptor":"application/x-list-agents","more":1}\n'], "PostRequest: at $"),
        ([b'{"descriptor":"application/x-halt"}\n'], "PostRequest: at $"),
        (
            [
                b'{"descriptor":"application/x-send-letter","to":"s","content":"x","sender":"A","seconds":NaN}\n'
            ],
            "it is no JSON",
        ),
        ([b"x" * (LONGEST_REQUEST + 1), b"\n"], "a frame: at $: it is too long"),
        ([b"\xff\xfe\n"], "a frame: at $: it is no JSON"),
        ([b"[" * 100_000, b"\n"], "a frame: at $: it is no JSON"),
    ],
)
async def test_a_foreign_frame_gets_one_error_and_its_line_is_closed(
    frames: list[bytes], complaint: str
) -> None:
    async with visitor() as agent, agent.published():
        answer = await asked(await the_socket(), *frames)

        assert isinstance(answer, Complaint)
        assert complaint in answer.content
        assert isinstance(await agent.send("Visitor", "to myself: I am still here"), Accepted)


async def test_an_agent_that_is_no_more_to_be_published_while_it_begins_to_be_leaves_nothing_open() -> None:
    async with visitor() as agent:
        publishing = asyncio.create_task(publish_forever(agent))
        await asyncio.sleep(0)  # now it listens, and others are let in in a moment

        publishing.cancel()
        await asyncio.wait([publishing])
        gc.collect()  # a socket that is left open warns when it is found

    assert list(meeting_place().iterdir()) == []


async def publish_forever(agent: Agent) -> None:
    async with agent.published():
        await asyncio.Event().wait()


async def test_only_published_agents_are_reached_and_only_while_they_are() -> None:
    async with visitor() as agent, Agent(Scripted(always("ok")), name="Hermit") as hermit:
        await hermit.run("hello")
        async with agent.published():
            path = await the_socket()
            letter = '{"descriptor":"application/x-send-letter","to":"%s","content":"x","sender":"Eve"}\n'
            refused = await asked(path, (letter % hermit.session_id).encode())
            accepted = await asked(path, (letter % agent.session_id).encode())
        left = list(meeting_place().glob("*"))

    assert refused == Rejected(content="it is not published any more", to=hermit.session_id, why="stopped")
    assert isinstance(accepted, Accepted)
    assert left == []


async def test_whoever_follows_an_agent_is_shown_what_happens_to_it(tmp_path: Path) -> None:
    shown: list[str] = []
    with settled("Settler", tmp_path / "s.jsonl") as process:
        (found,) = await published()
        async with visitor() as agent, found.followed() as messages:
            await agent.send("Settler", "hello")
            while "application/x-done" not in shown:
                shown.append((await anext(messages)).descriptor)
            process.kill()
            with pytest.raises((StopAsyncIteration, AgentClosed)):
                await anext(messages)

    assert shown[0] == "multipart/x-prompt"
    assert "text/x-delta" in shown
    assert "multipart/x-model-response" in shown


async def test_whoever_follows_an_agent_that_is_published_no_more_is_let_go(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with visitor() as agent:
        async with agent.published():
            reader, writer = await asyncio.open_unix_connection(str(await the_socket()))
            writer.write(
                b'{"descriptor":"application/x-follow-agent","to":"%s"}\n' % agent.session_id.encode()
            )
            roster = await received(reader)
        left = await received(reader)
        writer.close()

    assert roster is not None
    assert left is None
    assert caplog.records == []


async def test_a_directory_that_is_open_to_others_is_not_used(tmp_path: Path) -> None:
    place = meeting_place()
    place.mkdir(mode=0o755)
    place.chmod(0o755)

    async with visitor() as agent:
        with pytest.raises(UsageError, match="is open to others"):
            async with agent.published():
                pass
        assert list(await published()) == []


async def test_where_the_path_of_a_socket_would_be_too_long_another_one_is_found(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 90)
    deep.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(deep)

    async with visitor() as agent, agent.published():
        place = meeting_place()
        found = list(place.glob("*.sock"))

    assert place.parent == Path("/tmp")
    assert len(found) == 1
    place.rmdir()
