"""Looking back on sessions with the command."""

import json
import os
from base64 import b64encode

import pytest

from sagent.lib.blob import Blob
from sagent.schema.codec import decode_kept
from sagent.sessions.jsonl import JsonlSession
from tests.cli.command import Place
from tests.cli.history.samples import KEY, PIXELS, conversation, kept

pytestmark = pytest.mark.filterwarnings("error")


def test_sessions_are_listed_with_their_figures(inside: Place) -> None:
    session = kept(inside)

    ended = inside.run(None, "sessions")
    whole = inside.run(None, "sessions", "list", "--all", "--json")

    assert (ended.code, ended.err) == (0, "")
    cells = ended.out.split("  ")
    assert [cells[0], *cells[2:]] == [
        "s1",
        "now",
        "one-2",
        "$0.5000",
        f"{session.file.stat().st_size / 1000:.1f} kB",
        "Mend the parser, please\n",
    ]
    (row,) = json.loads(whole.out)
    assert (row["session_id"], row["workspace"], row["models"], row["cost_usd"], row["problem"]) == (
        "s1",
        str(inside.work),
        ["one-2"],
        0.5,
        "",
    )


def test_a_directory_without_sessions_lists_none(inside: Place) -> None:
    ended = inside.run(None, "sessions")

    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_the_latest_session_is_shown_to_read(inside: Place) -> None:
    kept(inside)

    ended = inside.run(None, "sessions", "show")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("# Mend the parser, please\n\n")
    for shown in (
        "> hm\n",
        "I look.\n",
        f"command: echo {KEY}\n",
        "failed:\n```\n",
        "-old <b>\n",
        "**Done**",
    ):
        assert shown in ended.out
    assert "1,000 tokens in, 10 out, $0.2500" in ended.out


def test_an_export_is_without_secrets_unless_they_are_to_be_kept(inside: Place) -> None:
    kept(inside)

    without = inside.run(None, "sessions", "export", "s1", "--format", "json")
    whole = inside.run(None, "sessions", "export", "s1", "--format", "json", "--keep-secrets")

    assert KEY not in without.out
    assert "2 secrets taken out; nobody finds all of them" in without.err
    document = json.loads(whole.out)
    assert tuple(map(decode_kept, document["messages"])) == conversation()
    assert document["blobs"] == {Blob.of(PIXELS).digest: b64encode(PIXELS).decode()}


@pytest.mark.parametrize(
    ("name", "begins"),
    [("it.md", "# Mend"), ("it.html", "<!doctype html>"), ("it.json", '{\n "session": {')],
)
def test_the_name_of_a_file_says_what_is_written_to_it(inside: Place, name: str, begins: str) -> None:
    kept(inside)

    ended = inside.run(None, "sessions", "export", "--out", name)

    assert (ended.code, ended.out) == (0, "")
    assert f"s1 is in {name}" in ended.err
    assert (inside.work / name).read_text(encoding="utf-8").startswith(begins)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("export", "--out", "it.pdf"), "say with --format what it shall be"),
        (("export", "--out", "no/such/place.md"), "cannot be written"),
        (("show", "s9"), "no session begins with 's9'"),
        (("search",), "name the words that are looked for"),
        (("delete",), "name the sessions to delete"),
        (("delete", "--older-than", "soon"), "write it as 12h, 30d or 8w"),
        (("delete", "s1"), "nobody is there to be asked: give --yes"),
        (("doctor", "s9"), "no session begins with 's9'"),
    ],
)
def test_what_cannot_be_done_is_told_with_a_way_out(
    inside: Place, arguments: tuple[str, ...], told: str
) -> None:
    kept(inside)

    ended = inside.run(None, "sessions", *arguments)

    assert ended.code == 2
    assert told in ended.err


def test_words_are_found_in_what_was_said_whatever_their_case(inside: Place) -> None:
    kept(inside)
    kept(inside, *conversation()[:1], name="s2")

    found = inside.run(None, "sessions", "search", "PARSER", "mend")
    missed = inside.run(None, "sessions", "search", "giraffe")

    head, line = found.out.splitlines()
    assert (found.code, head.split("  ")[0], line) == (0, "s1", "    user: Mend the parser, please")
    assert (missed.code, missed.out) == (1, "")


def test_sessions_are_deleted_by_name_and_by_age(inside: Place) -> None:
    kept(inside)
    old = kept(inside, name="old")
    os.utime(old.file, (1.0, 1.0))

    aged = inside.run(None, "sessions", "delete", "--older-than", "30d", "--yes")
    named = inside.run(None, "sessions", "delete", "s1", "-y")

    assert (aged.code, aged.out, aged.err) == (0, "old  Mend the parser, please\n", "1 deleted\n")
    assert (named.code, named.err) == (0, "1 deleted\n")
    assert inside.logs() == []


def test_a_damaged_log_is_deleted_with_the_session_that_it_was_of(inside: Place) -> None:
    file = kept(inside).file
    aside = file.with_name(f"{file.name}.damaged-1")
    aside.write_bytes(b"what was said\n")

    ended = inside.run(None, "sessions", "delete", "s1", "-y")

    assert (ended.code, file.exists(), aside.exists()) == (0, False, False)


def test_a_log_in_a_place_of_its_own_is_shown_exported_and_examined(inside: Place) -> None:
    kept(inside).file.parent.rename(inside.work / "mine")
    file = inside.work / "mine" / "s1.jsonl"

    shown, exported, examined = (
        inside.run(None, "sessions", does, name)
        for does, name in (("show", "mine/s1.jsonl"), ("export", "./mine/s1.jsonl"), ("doctor", str(file)))
    )

    assert (shown.code, exported.code, examined.code) == (0, 0, 0)
    assert shown.out.startswith("# Mend the parser, please\n")
    assert exported.out.startswith("# Mend the parser, please\n")
    assert examined.err == "1 looked at, all sound\n"


def test_whoever_looks_where_nothing_is_told_so(inside: Place) -> None:
    found = inside.run(None, "sessions", "search", "nothing")
    examined = inside.run(None, "sessions", "doctor")

    assert (found.code, found.out) == (1, "")
    assert found.err == "no message of a session has all these words in it; --all looks everywhere\n"
    assert (examined.code, examined.out) == (0, "")
    assert examined.err == "there is no session of this directory; --all looks everywhere\n"


def test_a_session_that_is_in_use_is_neither_deleted_nor_mended(inside: Place) -> None:
    session = JsonlSession.open(kept(inside).file)
    session.file.write_bytes(session.file.read_bytes() + b"{}\n")

    deleted = inside.run(None, "sessions", "delete", "s1", "-y")
    mended = inside.run(None, "sessions", "doctor", "--mend")
    session.close()

    assert (deleted.code, mended.code) == (1, 1)
    assert "in use by another agent" in deleted.err
    assert "in use by another agent" in mended.err


def test_a_damaged_log_is_named_line_by_line_and_mended_on_demand(inside: Place) -> None:
    file = kept(inside).file
    lines = file.read_bytes().splitlines(keepends=True)
    broken = b"".join([*lines[:6], b"{\n", *lines[7:]])  # what Edit gave is lost
    file.write_bytes(broken)

    found = inside.run(None, "sessions", "doctor")
    after = inside.run(None, "sessions", "doctor", "s1", "--mend")
    again = inside.run(None, "sessions", "doctor")

    assert (found.code, after.code, again.code) == (1, 0, 0), again.out
    assert f"{file}:7: it is left out: " in found.out
    assert f"{file}:8: it follows m5, which is lost, and is taken to follow m4" in found.out
    assert "1 looked at, 0 sound" in found.err
    assert f"mended; the damaged log is now {file.name}.damaged-1" in after.out
    assert "1 looked at, all sound" in again.err
    assert file.with_name(f"{file.name}.damaged-1").read_bytes() == broken
    shown = inside.run(None, "sessions", "show")
    assert "the line of the log that held this result is lost" in shown.out


def test_what_is_no_session_at_all_is_named_and_left_alone(inside: Place) -> None:
    file = kept(inside).file
    file.write_bytes(b"notes\n")

    ended = inside.run(None, "sessions", "doctor", "--mend")

    assert ended.code == 1
    assert "this is no session of sagent's" in ended.out
    assert file.read_bytes() == b"notes\n"


def test_a_damaged_session_is_gone_on_with_and_its_user_is_told(inside: Place) -> None:
    from sagent.testing import serve

    file = kept(inside).file
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:6], b"{\n", *lines[7:]]))
    with serve("Still here.") as served:
        ended = inside.run(served, "-p", "--provider", "Google", "--session", "s1", "and now?")

    assert (ended.code, ended.out) == (0, "Still here.\n"), ended.err
    assert f"{file}:7: it is left out: " in ended.err
