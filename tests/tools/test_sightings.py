"""What an agent has seen decides what it may overwrite."""

from pathlib import Path

import pytest

from sagent.errors import ToolError
from sagent.tools import Edit, Read, Write
from tests.tools.calls import Desk, said


class Hands:
    """The tools of one agent."""

    def __init__(self, workspace: Path) -> None:
        desk = Desk(workspace)
        self.read = Read().hosted_by(desk)
        self.write = Write().hosted_by(desk)
        self.edit = Edit().hosted_by(desk)


@pytest.fixture
def hands(tmp_path: Path) -> Hands:
    return Hands(tmp_path)


async def refused(tool: Write | Edit, **directive: object) -> str:
    with pytest.raises(ToolError) as caught:
        await said(tool, **directive)
    return str(caught.value)


async def test_a_file_that_was_not_read_is_not_overwritten(hands: Hands, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("precious\n")

    message = await refused(hands.write, file_path="a", content="new\n")

    assert message == (
        "a exists, and it has not been read since this agent was started or resumed: nothing was written. "
        "Read it, then Write or Edit it"
    )
    assert (tmp_path / "a").read_text() == "precious\n"


async def test_a_file_that_was_read_is_overwritten_and_then_known(hands: Hands, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old\n")
    (tmp_path / "link").symlink_to("a")

    await said(hands.read, file_path="link")
    answers = [await said(hands.write, file_path="a", content=f"{number}\n") for number in range(2)]

    assert answers == ["Replaced a (1 line for 1)."] * 2


async def test_a_file_that_somebody_changed_since_is_not_overwritten(hands: Hands, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old\n")
    await said(hands.read, file_path="a")
    (tmp_path / "a").write_text("mine\n")

    message = await refused(hands.write, file_path="a", content="new\n")

    assert "a exists, and it was changed by somebody else since it was read" in message
    assert (tmp_path / "a").read_text() == "mine\n"


async def test_a_file_that_was_touched_but_not_changed_is_still_known(hands: Hands, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old\n")
    await said(hands.read, file_path="a")
    (tmp_path / "a").unlink()
    (tmp_path / "a").write_text("old\n")

    assert await said(hands.write, file_path="a", content="new\n") == "Replaced a (1 line for 1)."


async def test_what_one_agent_has_read_another_does_not_know(hands: Hands, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old\n")
    await said(hands.read, file_path="a")

    message = await refused(Hands(tmp_path).write, file_path="a", content="new\n")

    assert "it has not been read" in message


async def test_a_file_that_the_agent_made_itself_is_known(hands: Hands, tmp_path: Path) -> None:
    await said(hands.write, file_path="a", content="1\n")
    await said(hands.edit, file_path="a", old_string="1", new_string="2")
    await said(hands.write, file_path="a", content="3\n")

    assert (tmp_path / "a").read_text() == "3\n"


async def test_an_exact_edit_of_an_unread_file_is_made_but_does_not_make_it_known(
    hands: Hands, tmp_path: Path
) -> None:
    (tmp_path / "a").write_text("one\ntwo\n")

    await said(hands.edit, file_path="a", old_string="two", new_string="2")
    message = await refused(hands.write, file_path="a", content="new\n")

    assert "it has not been read" in message
    assert (tmp_path / "a").read_text() == "one\n2\n"


async def test_an_exact_edit_of_a_changed_file_is_made_and_said(hands: Hands, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one\ntwo\n")
    await said(hands.read, file_path="a")
    (tmp_path / "a").write_text("zero\none\ntwo\n")

    answer = await said(hands.edit, file_path="a", old_string="two", new_string="2")

    assert answer.startswith(
        "Made 1 replacement in a (it was changed by somebody else since it was read; "
        "old_string was still there, once):\n@@ -1,3 +1,3 @@"
    )


async def test_an_edit_that_fails_in_a_changed_file_shows_what_is_there_now(
    hands: Hands, tmp_path: Path
) -> None:
    (tmp_path / "a").write_text("def f():\n    return one\n")
    await said(hands.read, file_path="a")
    (tmp_path / "a").write_text("def f():\n    return none\n")

    message = await refused(hands.edit, file_path="a", old_string="def f():\n    return one\n", new_string="")

    assert "     2\t    return none" in message
    assert message.endswith("About a: it was changed by somebody else since it was read. Read it again")


async def test_an_edit_with_nothing_to_replace_makes_a_file(hands: Hands, tmp_path: Path) -> None:
    answer = await said(hands.edit, file_path="new/a", old_string="", new_string="text\n")

    assert answer == "Created new/a."
    assert (tmp_path / "new/a").read_text() == "text\n"
