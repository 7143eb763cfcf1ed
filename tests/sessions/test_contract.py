"""What every session owes, asked of each of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.atoms import MessageId
from sagent.errors import SessionError
from sagent.lib.blob import Blob
from sagent.protocols import Session
from sagent.schema.message import Kept
from sagent.schema.part import Image
from sagent.sessions.jsonl import JsonlSession
from sagent.sessions.memory import MemorySession
from tests.sessions.samples import conversation, header, prompt

PICTURE = b"\x89PNG not quite a picture"


@pytest.fixture(params=["memory", "jsonl"])
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    made: Session = (
        MemorySession("s1")
        if request.param == "memory"
        else JsonlSession.create(tmp_path / "s1.jsonl", header("s1"))
    )
    yield made
    made.close()


def test_a_session_knows_its_own_name(session: Session) -> None:
    assert session.session_id == "s1"


def test_what_was_appended_is_read_back_in_order(session: Session) -> None:
    for message in conversation():
        session.append(message)

    path = session.path()

    assert tuple(path) == conversation()


def test_a_session_without_messages_has_an_empty_path(session: Session) -> None:
    assert tuple(session.path()) == ()


def test_a_fork_sees_its_own_branch_and_the_shared_past(session: Session) -> None:
    first, left, right, further = prompt(1, None), prompt(2, 1), prompt(3, 1), prompt(4, 2)
    for message in (first, left, right, further):
        session.append(message)

    paths = [tuple(session.path(head)) for head in (None, MessageId("m3"), MessageId("m1"))]

    assert paths == [(first, left, further), (first, right), (first,)]


def test_a_head_that_was_never_kept_is_refused_by_name(session: Session) -> None:
    session.append(prompt(1, None))

    with pytest.raises(SessionError, match="there is no message m9"):
        session.path(MessageId("m9"))


def test_a_blob_is_read_by_its_name_alone(session: Session) -> None:
    picture = Blob.of(PICTURE)
    session.append(prompt(1, None, "look:", Image(descriptor="image/png", content=picture)))

    data = session.read(Blob(digest=picture.digest, size=picture.size))

    assert data == PICTURE


def test_a_blob_kept_before_may_come_back_without_its_bytes(session: Session) -> None:
    picture = Blob.of(PICTURE)
    bare = Blob(digest=picture.digest, size=picture.size)
    session.append(prompt(1, None, Image(descriptor="image/png", content=picture)))

    session.append(prompt(2, 1, Image(descriptor="image/png", content=bare)))

    assert len(session.path()) == 2


def test_a_message_whose_blob_is_nowhere_is_not_kept(session: Session) -> None:
    lost = Blob(digest="0" * 64, size=3)

    with pytest.raises(SessionError, match="does not carry its bytes"):
        session.append(prompt(1, None, Image(descriptor="image/png", content=lost)))

    assert tuple(session.path()) == ()


def test_an_unknown_blob_cannot_be_read(session: Session) -> None:
    with pytest.raises(SessionError, match="0000"):
        session.read(Blob(digest="0" * 64, size=3))


async def test_after_a_flush_nothing_is_dirty(session: Session) -> None:
    session.append(prompt(1, None))

    await session.flush()

    assert not session.dirty


def test_a_closed_session_takes_no_more_but_can_be_read(session: Session) -> None:
    picture = Blob.of(PICTURE)
    message = prompt(1, None, Image(descriptor="image/png", content=picture))
    session.append(message)
    session.close()

    with pytest.raises(SessionError, match="is closed; open it again to go on"):
        session.append(prompt(2, 1))

    assert (tuple(session.path()), session.read(picture)) == ((message,), PICTURE)


def test_closing_twice_is_no_mistake(session: Session) -> None:
    session.close()

    session.close()


@given(st.lists(st.integers(min_value=0), max_size=30))
def test_any_tree_of_messages_has_the_same_paths_in_every_session(
    tmp_path_factory: pytest.TempPathFactory, choices: list[int]
) -> None:
    messages: list[Kept] = [prompt(0, None)]
    messages += [prompt(number, choice % number) for number, choice in enumerate(choices, 1)]
    memory = MemorySession()
    jsonl = JsonlSession.create(tmp_path_factory.mktemp("s") / "s.jsonl", header())
    for message in messages:
        memory.append(message)
        jsonl.append(message)

    both = [[tuple(session.path(message.id)) for message in messages] for session in (memory, jsonl)]

    jsonl.close()
    assert both[0] == both[1]
    assert all(path[-1] == message for path, message in zip(both[0], messages, strict=True))
