"""The way from the first message to any other."""

import pytest

from sagent.atoms import MessageId
from sagent.errors import SessionError
from sagent.schema.message import Kept
from sagent.sessions.lineage import lineage
from tests.sessions.samples import prompt


def test_a_missing_parent_is_named_together_with_its_child() -> None:
    messages: dict[MessageId, Kept] = {message.id: message for message in (prompt(2, 1),)}

    with pytest.raises(SessionError, match="s1: message m2 follows m1, which is not there"):
        lineage(messages, None, "s1")


def test_parents_that_go_in_a_circle_are_refused() -> None:
    messages: dict[MessageId, Kept] = {message.id: message for message in (prompt(1, 2), prompt(2, 1))}

    with pytest.raises(SessionError, match="circle"):
        lineage(messages, None, "s1")
