"""A session that lasts as long as its process."""

from sagent.sessions.memory import MemorySession
from tests.sessions.samples import prompt


def test_a_session_in_memory_is_never_dirty() -> None:
    session = MemorySession()

    session.append(prompt(1, None))

    assert not session.dirty


def test_messages_can_be_looked_at_after_the_end() -> None:
    session = MemorySession()
    session.append(prompt(1, None))
    session.append(prompt(2, 1))
    session.append(prompt(3, 1))

    session.close()

    assert session.messages == (prompt(1, None), prompt(2, 1), prompt(3, 1))
