"""Where sessions lie, and how they are found again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sagent.errors import SessionError
from sagent.schema.message import System
from sagent.sessions.jsonl import JsonlSession
from sagent.sessions.shelf import Shelf, new_session_id, workspace_key
from tests.sessions.samples import conversation, prompt


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "sessions")


def begun(shelf: Shelf, workspace: Path, name: str, *, used: float, words: str = "hello") -> None:
    session = shelf.create(workspace, session_id=name)
    session.append(prompt(1, None, words))
    session.close()
    os.utime(session.file, (used, used))


PROGRAM = """
from pathlib import Path
from sagent.sessions.shelf import Shelf

for name in ("one", "two"):
    Shelf().create(Path("/srv") / name, session_id=name).close()
found = sorted(listing.session_id for listing in Shelf().list())
print(*found, Shelf().open("o").file)
"""


def test_sessions_lie_in_the_users_data_folder_by_workspace(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}

    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )

    folder = tmp_path / "sagent" / "sessions" / workspace_key(Path("/srv/one"))
    assert run.stdout == f"one two {folder}/one.jsonl\n"


@pytest.mark.parametrize("other", ["a_b", "a.b", "a b", "a-b/", "A-B", "a--b", "äb"])
def test_folders_whose_names_look_alike_have_keys_of_their_own(tmp_path: Path, other: str) -> None:
    keys = {workspace_key(tmp_path / "a-b"), workspace_key(tmp_path / other)}

    assert len(keys) == (1 if other == "a-b/" else 2)


def test_a_key_can_be_read_by_a_person(tmp_path: Path) -> None:
    key = workspace_key(Path("/srv/my project"))

    assert key.startswith("srv-my-project-")


def test_a_link_to_a_workspace_leads_to_the_same_sessions(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    assert workspace_key(tmp_path / "link") == workspace_key(tmp_path / "real")


def test_new_ids_sort_by_time_and_are_never_the_same() -> None:
    earlier, later, same = (
        new_session_id(1_700_000_000.001),
        new_session_id(1_700_000_000.002),
        new_session_id(0.0),
    )

    assert earlier.startswith("20231114-221320-001-")
    assert earlier < later
    assert same != new_session_id(0.0)


def test_a_created_session_knows_its_workspace(shelf: Shelf, tmp_path: Path) -> None:
    session = shelf.create(tmp_path / "project")

    session.close()
    assert session.header.workspace == str(tmp_path / "project")
    assert session.file == tmp_path / "sessions" / f"{session.session_id}.jsonl"


@pytest.mark.parametrize("name", ["../evil", "a/b", ".hidden", " ", "x" * 101])
def test_an_id_that_is_no_file_name_is_refused(shelf: Shelf, tmp_path: Path, name: str) -> None:
    with pytest.raises(SessionError, match="is no session id"):
        shelf.create(tmp_path, session_id=name)


def test_the_latest_session_is_the_one_used_last_in_the_workspace(shelf: Shelf, tmp_path: Path) -> None:
    begun(shelf, tmp_path / "a", "first", used=30.0)
    begun(shelf, tmp_path / "a", "second", used=20.0)
    begun(shelf, tmp_path / "b", "third", used=40.0)

    session = shelf.latest(tmp_path / "a")

    session.close()
    assert session.session_id == "first"


def test_the_latest_session_is_found_in_spite_of_broken_ones(shelf: Shelf, tmp_path: Path) -> None:
    begun(shelf, tmp_path, "good", used=10.0)
    (tmp_path / "sessions" / "bad.jsonl").write_text("no session\n")

    session = shelf.latest(tmp_path)

    session.close()
    assert session.session_id == "good"


def test_of_many_sessions_only_the_latest_is_read(shelf: Shelf, tmp_path: Path) -> None:
    latest = shelf.create(tmp_path, session_id="s1")
    latest.close()
    never_read = latest.file.with_name("s0.jsonl")
    os.mkfifo(never_read)  # whoever opened it would wait for a writer for ever
    os.utime(never_read, (1.0, 1.0))

    assert shelf.newest(tmp_path) == latest.file


def test_a_workspace_without_sessions_says_so(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(SessionError, match=r"there is no session for .*; start one first"):
        shelf.latest(tmp_path)


def test_a_session_is_opened_by_the_beginning_of_its_id(shelf: Shelf, tmp_path: Path) -> None:
    begun(shelf, tmp_path, "20260101-one", used=1.0)
    begun(shelf, tmp_path, "20260102-two", used=2.0)

    session = shelf.open("20260101")

    session.close()
    assert session.session_id == "20260101-one"


def test_a_whole_id_wins_over_one_that_goes_on(shelf: Shelf, tmp_path: Path) -> None:
    begun(shelf, tmp_path, "one", used=1.0)
    begun(shelf, tmp_path, "one-more", used=2.0)

    session = shelf.open("one")

    session.close()
    assert session.session_id == "one"


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("2026", "2 sessions begin with '2026': 20260101-one, 20260102-two"),
        ("x", "no session begins with 'x'"),
    ],
)
def test_an_id_that_names_none_or_several_is_refused(
    shelf: Shelf, tmp_path: Path, name: str, complaint: str
) -> None:
    begun(shelf, tmp_path, "20260101-one", used=1.0)
    begun(shelf, tmp_path, "20260102-two", used=2.0)

    with pytest.raises(SessionError, match=complaint):
        shelf.open(name)


def test_sessions_are_listed_by_use_with_their_first_words(shelf: Shelf, tmp_path: Path) -> None:
    begun(shelf, tmp_path, "old", used=1.0, words="fix\n  the   test")
    begun(shelf, tmp_path, "new", used=2.0, words="w" * 100)

    listed = [(listing.session_id, listing.title, listing.used, listing.problem) for listing in shelf.list()]

    assert listed == [("new", "w" * 79 + "…", 2.0, ""), ("old", "fix the test", 1.0, "")]


def test_a_title_is_what_the_user_said_first(shelf: Shelf, tmp_path: Path) -> None:
    session = shelf.create(tmp_path)
    session.append(conversation()[0])
    session.append(prompt(1, 0, "from a peer", author="peer"))
    session.append(prompt(2, 1, "from me"))
    session.close()

    titles = [listing.title for listing in shelf.list(tmp_path)]

    assert titles == ["from me"]


def test_a_session_without_a_prompt_has_no_title(shelf: Shelf, tmp_path: Path) -> None:
    session = shelf.create(tmp_path)
    system = conversation()[0]
    assert isinstance(system, System)
    session.append(system)
    session.close()

    titles = [listing.title for listing in shelf.list(tmp_path)]

    assert titles == [""]


def test_a_broken_file_is_listed_with_its_problem(shelf: Shelf, tmp_path: Path) -> None:
    begun(shelf, tmp_path, "good", used=1.0)
    (tmp_path / "sessions" / "bad.jsonl").write_bytes(b"\0\0\0\n")

    listed = {listing.session_id: listing.problem for listing in shelf.list(tmp_path)}

    assert listed["good"] == ""
    assert "bad.jsonl:1: not JSON" in listed["bad"]


def test_a_session_that_is_in_use_is_listed_all_the_same(shelf: Shelf, tmp_path: Path) -> None:
    session = shelf.create(tmp_path)
    session.append(prompt(1, None, "still open"))

    titles = [listing.title for listing in shelf.list(tmp_path)]

    session.close()
    assert titles == ["still open"]


def test_a_shelf_that_was_never_used_is_empty(tmp_path: Path) -> None:
    assert Shelf(tmp_path / "nowhere").list() == ()


def test_a_place_that_cannot_be_made_is_refused_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SessionError, match="name another place with session_dir"):
        Shelf(tmp_path / "file" / "sessions").create(tmp_path)


def test_sessions_of_a_shelf_are_plain_jsonl_sessions(shelf: Shelf, tmp_path: Path) -> None:
    session = shelf.create(tmp_path)

    session.close()
    assert isinstance(session, JsonlSession)
