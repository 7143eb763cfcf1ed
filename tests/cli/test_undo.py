"""`sagent undo`: what the last session changed in files is taken back."""

from pathlib import Path

import pytest

from sagent.sessions.jsonl import JsonlSession
from sagent.testing import call, serve
from tests.cli.command import Place

WROTE = call("Write", file_path="a.txt", content="one\n")
PATCH = call("ApplyPatch", patch="*** Begin Patch\n*** Update File: a.txt\n@@\n-one\n+two\n*** End Patch")


def test_the_last_call_is_undone_and_the_undo_too(inside: Place) -> None:
    with serve(WROTE, PATCH, "Done.") as server:
        inside.run(server, "write it")

    undone = inside.run(None, "undo")
    text = (inside.work / "a.txt").read_text()
    trial = inside.run(None, "undo", "--redo", "--dry-run")
    redone = inside.run(None, "undo", "--redo")

    assert trial.out.endswith("-one\n+two\nM a.txt\nthis would make again what was undone\n")
    assert (undone.code, undone.err) == (0, "")
    assert undone.out == "M a.txt\nundid 1 call; `sagent undo --redo` makes the changes again\n"
    assert redone.out == "M a.txt\nmade again what was undone; `sagent undo` undoes it\n"
    assert (text, (inside.work / "a.txt").read_text()) == ("one\n", "two\n")


def test_all_of_a_session_is_undone_and_what_commands_did_is_said_to_stay(inside: Place) -> None:
    with serve(WROTE, call("Bash", command="touch b"), PATCH, "Done.") as server:
        inside.run(server, "write it")

    done = inside.run(None, "undo", "--all")

    assert done.out == (
        "D a.txt\nundid 2 calls; `sagent undo --redo` makes the changes again\n"
        "also ran: Bash (1 call); what that changed in files is not known, and stays as it is\n"
    )
    assert [path.name for path in inside.work.iterdir()] == ["b"]


def test_a_trial_shows_the_difference_and_leaves_log_and_files_alone(inside: Place) -> None:
    with serve(WROTE, "Done.") as server:
        inside.run(server, "write it")
    (log,) = inside.logs()
    before = log.read_bytes()

    done = inside.run(None, "undo", "--turn", "--dry-run")

    assert done.out == "--- a.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\nD a.txt\nthis would undo 1 call\n"
    assert (log.read_bytes(), (inside.work / "a.txt").exists()) == (before, True)


def test_what_the_user_has_changed_is_shown_and_left_alone(inside: Place) -> None:
    with serve(WROTE, "Done.") as server:
        inside.run(server, "write it")
    (inside.work / "a.txt").write_text("mine\x1b[2J\n")

    done = inside.run(None, "undo")

    assert (done.code, (inside.work / "a.txt").read_text()) == (1, "mine\x1b[2J\n")
    assert done.out == "--- a.txt\n+++ a.txt\n@@ -1 +1 @@\n-one\n+mine␛[2J\n"
    assert done.err == "sagent: nothing was undone\na.txt has been changed since by somebody else\n"


def test_the_model_is_told_when_the_session_goes_on(inside: Place) -> None:
    with serve(WROTE, "Done.", "I see.") as server:
        inside.run(server, "write it")
        inside.run(None, "undo")
        inside.run(server, "--continue", "thanks")

        assert "The user has taken changes of files back" in str(server.requests[-1].body)


def test_a_damaged_session_is_undone_all_the_same(inside: Place) -> None:
    with serve(WROTE, "Done.", "I see.") as server:
        inside.run(server, "write it")
        (log,) = inside.logs()
        lines = log.read_bytes().splitlines(keepends=True)
        log.write_bytes(b"".join(line for line in lines if b"write it" not in line))

        undone = inside.run(None, "undo")
        inside.run(server, "--continue", "thanks")

        assert (undone.code, undone.out.split("\n")[:2]) == (
            0,
            ["D a.txt", "undid 1 call; `sagent undo --redo` makes the changes again"],
        )
        assert "The user has taken changes of files back" in str(server.requests[-1].body)
    assert not (inside.work / "a.txt").exists()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "sagent: there is no session for "),
        (("--session", "nothing"), "sagent: no session begins with 'nothing'"),
        (("--all", "--turn"), "sagent: --call, --turn, --all and --redo each say what to undo: give one"),
    ],
)
def test_what_cannot_be_undone_is_refused_with_the_reason(
    inside: Place, arguments: tuple[str, ...], complaint: str
) -> None:
    done = inside.run(None, "undo", *arguments)

    assert done.code == 2
    assert done.err.startswith(complaint)


def test_a_session_that_an_agent_is_using_is_not_undone_behind_its_back(inside: Place) -> None:
    with serve(WROTE, "Done.") as server:
        inside.run(server, "write it")
    (log,) = inside.logs()
    session = JsonlSession.open(log)

    done = inside.run(None, "undo")

    session.close()
    assert (done.code, (inside.work / "a.txt").exists()) == (2, True)
    assert "in use by another agent" in done.err


def test_a_project_that_was_moved_is_undone_where_it_is_now(inside: Place, tmp_path: Path) -> None:
    with serve(WROTE, "Done.") as server:
        inside.run(server, "write it")
    (log,) = inside.logs()
    elsewhere = Place(home=inside.home, work=inside.work.rename(tmp_path / "elsewhere"))

    done = elsewhere.run(None, "undo", "--session", log.stem)

    assert (done.code, done.out.splitlines()[0], list(elsewhere.work.iterdir())) == (0, "D a.txt", [])
