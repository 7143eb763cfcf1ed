"""A session in one file, and what becomes of it when things go wrong."""

import asyncio
import gc
import json
import os
import resource
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from sagent.errors import SessionError
from sagent.lib.blob import Blob
from sagent.lib.json import freeze_object
from sagent.schema.message import Kept
from sagent.schema.part import Data, Image
from sagent.sessions.jsonl import JsonlSession
from tests.sessions.samples import conversation, header, prompt

P = ParamSpec("P")
T = TypeVar("T")

PICTURE = b"\x89PNG not quite a picture"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sessions" / "s1.jsonl"


def kept(file: Path) -> tuple[Kept, ...]:
    session = JsonlSession.open(file)
    try:
        return tuple(session.path())
    finally:
        session.close()


def write(file: Path, *messages: Kept) -> None:
    session = JsonlSession.create(file, header())
    for message in messages:
        session.append(message)
    session.close()


@contextmanager
def room_for(file: Path, size: int) -> Iterator[None]:
    """A disk on which the file can grow by so many bytes only."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_session_is_one_header_and_a_line_for_each_message(file: Path) -> None:
    write(file, *conversation())

    lines = [json.loads(line) for line in file.read_bytes().decode("utf-8").removesuffix("\n").split("\n")]

    assert [line["descriptor"] for line in lines] == [
        "application/x-session",
        "application/x-system",
        "multipart/x-prompt",
        "multipart/x-model-response",
        "multipart/x-tool-result",
        "application/x-detached",
        "multipart/x-prompt",
    ]


def test_a_session_opened_again_goes_on_where_it_was(file: Path) -> None:
    write(file, prompt(1, None))
    session = JsonlSession.open(file)

    session.append(prompt(2, 1))

    session.close()
    assert (session.session_id, session.warning, kept(file)) == ("s1", "", (prompt(1, None), prompt(2, 1)))


def test_what_is_written_is_never_rewritten(file: Path) -> None:
    write(file, prompt(1, None))
    before = file.read_bytes()
    session = JsonlSession.open(file)

    session.append(prompt(2, 1))

    session.close()
    assert file.read_bytes().startswith(before)


def test_files_are_for_their_owner_only(file: Path) -> None:
    write(file, prompt(1, None, Image(descriptor="image/png", content=Blob.of(PICTURE))))

    modes = {
        path.relative_to(file.parent.parent).parts[:2]: path.stat().st_mode & 0o777
        for path in file.parent.parent.rglob("*")
    }

    assert modes == {
        ("sessions",): 0o700,
        ("sessions", "s1.jsonl"): 0o600,
        ("sessions", "blobs"): 0o600,  # the blob in it, which comes last
    }
    assert (file.parent / "blobs").stat().st_mode & 0o777 == 0o700


def test_a_second_writer_is_told_that_the_session_is_in_use(file: Path) -> None:
    session = JsonlSession.create(file, header())

    with pytest.raises(SessionError, match=r"s1\.jsonl is in use by another agent"):
        JsonlSession.open(file)

    session.close()


def test_a_writer_in_another_process_keeps_the_session_too(file: Path) -> None:
    session = JsonlSession.create(file, header())
    program = (
        "import sys, pathlib; from sagent.sessions.jsonl import JsonlSession; "
        "JsonlSession.open(pathlib.Path(sys.argv[1]))"
    )

    other = subprocess.run([sys.executable, "-c", program, file], capture_output=True, text=True, check=False)

    session.close()
    if sys.platform == "linux":
        assert f"s1.jsonl is in use by another agent (process {os.getpid()}, " in other.stderr
    else:
        assert "s1.jsonl is in use by another agent" in other.stderr


def test_a_forgotten_session_lets_go_of_its_file(file: Path) -> None:
    JsonlSession.create(file, header())
    gc.collect()

    again = JsonlSession.open(file)

    again.close()


def test_a_session_is_not_created_over_another(file: Path) -> None:
    write(file, prompt(1, None))

    with pytest.raises(SessionError, match="is there already"):
        JsonlSession.create(file, header())

    assert kept(file) == (prompt(1, None),)


def test_a_session_that_does_not_exist_is_named(file: Path) -> None:
    with pytest.raises(SessionError, match=r"there is no session file .*s1\.jsonl"):
        JsonlSession.open(file)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_killed_at_any_byte_the_torn_line_is_cut_off_and_the_rest_is_read(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    file = tmp_path_factory.mktemp("s") / "s1.jsonl"
    write(file, *conversation())
    whole = file.read_bytes()
    first = whole.index(b"\n") + 1
    length = data.draw(st.integers(first, len(whole)))
    file.write_bytes(whole[:length])
    lines = whole[:length].count(b"\n") - 1
    torn = length - (whole[:length].rindex(b"\n") + 1)

    session = JsonlSession.open(file)

    session.append(prompt(9, None))
    read = tuple(session.path(conversation()[lines - 1].id)) if lines else ()
    session.close()
    assert read == tuple(conversation()[:lines])
    assert session.warning == (
        f"{file}: the last line was torn by a crash; {torn} bytes of it were cut off" if torn else ""
    )
    assert kept(file)[-1:] == (prompt(9, None),)


@pytest.mark.parametrize("tail", [b"\0" * 40, b'{"id":"m2"' + b"\0" * 40 + b"\n", b"\0\0\n"])
def test_a_last_line_whose_blocks_never_reached_the_disk_is_cut_off(file: Path, tail: bytes) -> None:
    write(file, prompt(1, None))
    whole = file.read_bytes()
    file.write_bytes(whole + tail)

    read = kept(file)

    assert (read, file.read_bytes()) == ((prompt(1, None),), whole)


@pytest.mark.parametrize("length", [0, 1, 40])
def test_a_file_without_a_whole_header_is_no_session(file: Path, length: int) -> None:
    write(file)
    file.write_bytes(file.read_bytes()[:length])

    with pytest.raises(SessionError, match=r"s1\.jsonl:1: .*this is no session of sagent's"):
        JsonlSession.open(file)


@pytest.mark.parametrize("content", [b"my notes\nand some more", b"{}\nand some more", b"", b"\n"])
def test_a_file_that_is_no_session_is_left_as_it_was(tmp_path: Path, content: bytes) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_bytes(content)

    with pytest.raises(SessionError, match="this is no session of sagent's"):
        JsonlSession.open(notes)

    assert notes.read_bytes() == content


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        (b"{", "not JSON"),
        (b'{"id":"m7"}', "descriptor"),
        (b"\xff\xfe", "utf-8"),
        (b"", "not JSON"),
        (b'{"x":[1', "not JSON"),
        (b'{"x":1},{"y":2}', "Extra data"),
    ],
)
def test_a_broken_line_in_the_middle_is_named_and_left_out(file: Path, broken: bytes, complaint: str) -> None:
    write(file, prompt(1, None), prompt(2, 1))
    lines = file.read_bytes().split(b"\n")
    file.write_bytes(b"\n".join([*lines[:2], broken, *lines[2:]]))

    session = JsonlSession.open(file)
    found = session.path()
    session.close()

    assert found == (prompt(1, None), prompt(2, 1))
    assert session.warning.startswith(f"{file}:3: it is left out: ")
    assert complaint in session.warning


def test_a_long_log_is_read_without_being_held_twice(file: Path) -> None:
    words = "x" * 100_000
    write(file, *(prompt(number, number - 1 or None, f"{number} {words}") for number in range(1, 201)))
    session = JsonlSession.open(file)
    size = file.stat().st_size

    tracemalloc.start()
    found = session.path()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    session.close()

    assert len(found) == 200
    assert peak < 1.5 * size, "the messages, and a few blocks of what they are read from"


def test_strict_readers_of_json_can_read_what_holds_halves_of_surrogate_pairs(file: Path) -> None:
    write(file, prompt(1, None, "h\udcff", Data(content=freeze_object({"\ud83d": ["\udcff"]}))))

    text = file.read_bytes().decode()

    assert "\\u" not in text
    assert kept(file) == (prompt(1, None, "h\ufffd", Data(content=freeze_object({"\ufffd": ["\ufffd"]}))),)


def test_a_workspace_whose_name_is_no_utf8_is_the_same_after_reading(file: Path) -> None:
    JsonlSession.create(file, header(workspace="/work/\udcff")).close()

    session = JsonlSession.open(file)
    session.close()

    assert session.header == header(workspace="/work/\udcff")


def forked() -> tuple[Kept, ...]:
    return (prompt(1, None), prompt(2, 1), prompt(3, 2), prompt(4, 1), prompt(5, 4), prompt(6, 3))


@pytest.mark.parametrize(
    ("number", "left", "told"),
    [
        (2, ("m2", "m3", "m6"), "s1.jsonl:2: it follows m1, which is lost, and is taken to follow nothing"),
        (3, ("m1", "m3", "m6"), "s1.jsonl:3: it follows m2, which is lost, and is taken to follow m1"),
        (4, ("m1", "m4", "m5", "m6"), "s1.jsonl:6: it follows m3, which is lost, and is taken to follow m5"),
    ],
)
def test_what_followed_a_line_that_is_lost_follows_the_one_above_it(
    file: Path, number: int, left: tuple[str, ...], told: str
) -> None:
    write(file, *forked())
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[: number - 1], *lines[number:]]))

    session = JsonlSession.open(file)
    found = session.path()
    session.close()

    assert tuple(message.id for message in found) == left
    assert told in session.warning


def test_a_circle_is_broken_where_a_message_follows_one_below_it(file: Path) -> None:
    write(file, prompt(1, None), prompt(2, 3), prompt(3, 2))

    assert kept(file) == (prompt(1, None), prompt(2, 1), prompt(3, 2))


def test_of_many_broken_lines_the_first_are_named(file: Path) -> None:
    write(file, prompt(1, None))
    file.write_bytes(file.read_bytes() + b"{\n" * 5 + b"{}\n")

    session = JsonlSession.open(file)
    session.path()
    session.close()

    told = session.warning.splitlines()
    assert [line.partition(": ")[0] for line in told[:3]] == [f"{file}:{number}" for number in (3, 4, 5)]
    assert told[3:] == ["and 3 more; `sagent sessions doctor` lists all of them"]


def test_a_last_line_of_a_kind_that_is_not_known_is_kept_and_named(file: Path) -> None:
    write(file, prompt(1, None))
    newer = b'{"descriptor":"application/x-from-the-future","id":"m2"}\n'
    file.write_bytes(file.read_bytes() + newer)

    session = JsonlSession.open(file)
    found = session.path()
    session.close()

    assert found == (prompt(1, None),)
    assert session.warning.startswith(f"{file}:3: it is left out: ")
    assert file.read_bytes().endswith(newer)


def test_a_log_of_a_newer_format_is_left_alone(file: Path) -> None:
    write(file)
    file.write_bytes(file.read_bytes().replace(b'"version":1', b'"version":2,"colour":"red"'))

    with pytest.raises(SessionError, match="has version 2, and this sagent reads 1; install a newer one"):
        JsonlSession.open(file)


@pytest.mark.parametrize("room", [0, 1, 50])
def test_on_a_full_disk_nothing_of_the_message_remains(file: Path, room: int) -> None:
    session = JsonlSession.create(file, header())
    session.append(prompt(1, None))
    before = file.read_bytes()

    with (
        room_for(file, room),
        pytest.raises(SessionError, match=r"s1\.jsonl cannot be written .*free some space"),
    ):
        session.append(prompt(2, 1))

    assert file.read_bytes() == before
    session.append(prompt(3, 1))
    session.close()
    assert kept(file) == (prompt(1, None), prompt(3, 1))


def test_a_picture_that_does_not_fit_the_disk_leaves_no_trace(file: Path) -> None:
    session = JsonlSession.create(file, header())
    picture = Image(descriptor="image/png", content=Blob.of(PICTURE * 1000))

    with room_for(file, 100), pytest.raises(SessionError, match="cannot be written"):
        session.append(prompt(1, None, picture))

    assert tuple(session.path()) == ()
    session.close()
    assert list((file.parent / "blobs").iterdir()) == []


def test_a_blob_lies_beside_the_log_once_and_whole(file: Path) -> None:
    picture = Image(descriptor="image/png", content=Blob.of(PICTURE))

    write(file, prompt(1, None, picture), prompt(2, 1, picture))

    assert [path.read_bytes() for path in (file.parent / "blobs").iterdir()] == [PICTURE]
    assert kept(file)[0] == prompt(1, None, picture)


def test_a_blob_that_a_crash_cut_short_is_written_again(file: Path) -> None:
    blob = Blob.of(PICTURE)
    folder = file.parent / "blobs"
    folder.mkdir(parents=True)
    (folder / blob.digest).write_bytes(PICTURE[:3])

    write(file, prompt(1, None, Image(descriptor="image/png", content=blob)))

    assert (folder / blob.digest).read_bytes() == PICTURE


def test_a_damaged_blob_is_not_passed_off_as_whole(file: Path) -> None:
    blob = Blob.of(PICTURE)
    session = JsonlSession.create(file, header())
    session.append(prompt(1, None, Image(descriptor="image/png", content=blob)))
    (file.parent / "blobs" / blob.digest).write_bytes(b"x" * len(PICTURE))

    with pytest.raises(SessionError, match="is damaged"):
        session.read(blob)

    session.close()


async def test_appending_makes_a_session_dirty_until_it_is_flushed(file: Path) -> None:
    session = JsonlSession.create(file, header())
    states = [session.dirty]
    session.append(prompt(1, None))
    states.append(session.dirty)

    await session.flush()

    states.append(session.dirty)
    session.close()
    assert states == [False, True, False]


class Counting(ThreadPoolExecutor):
    """An executor that counts what it is given to do."""

    def __init__(self) -> None:
        super().__init__(max_workers=1)
        self.tasks: list[object] = []

    @override
    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        self.tasks.append(fn)
        return super().submit(fn, *args, **kwargs)


async def test_a_thousand_flushes_at_once_share_one_sync(file: Path) -> None:
    executor = Counting()
    asyncio.get_running_loop().set_default_executor(executor)
    session = JsonlSession.create(file, header())
    flushes = []
    for number in range(1000):
        session.append(prompt(number, None))
        flushes.append(asyncio.ensure_future(session.flush()))

    await asyncio.gather(*flushes)

    assert (session.dirty, len(executor.tasks)) == (False, 1)
    session.close()


async def test_a_message_appended_while_another_flush_runs_is_flushed_by_its_own(file: Path) -> None:
    session = JsonlSession.create(file, header())
    session.append(prompt(1, None))
    first = asyncio.ensure_future(session.flush())
    await asyncio.wait((first,), timeout=0)
    session.append(prompt(2, 1))

    await session.flush()

    await first
    assert not session.dirty
    session.close()


async def test_a_cancelled_flush_does_not_disturb_the_others(file: Path) -> None:
    session = JsonlSession.create(file, header())
    session.append(prompt(1, None))
    one, other = (asyncio.ensure_future(session.flush()) for _ in range(2))
    await asyncio.wait((one, other), timeout=0)

    one.cancel()

    await other
    assert not session.dirty
    session.close()


async def test_closing_while_a_flush_runs_is_safe(file: Path) -> None:
    session = JsonlSession.create(file, header())
    session.append(prompt(1, None))
    running = asyncio.ensure_future(session.flush())
    await asyncio.wait((running,), timeout=0)

    session.close()

    await running
    assert kept(file) == (prompt(1, None),)


def test_a_session_outlives_its_event_loop(file: Path) -> None:
    session = JsonlSession.create(file, header())

    for number in (1, 2):
        session.append(prompt(number, None))
        asyncio.run(session.flush())

    assert not session.dirty
    session.close()


async def test_an_event_loop_that_ends_and_has_no_threads_any_more_flushes_as_well(file: Path) -> None:
    session = JsonlSession.create(file, header())
    session.append(prompt(1, None))
    await asyncio.get_running_loop().shutdown_default_executor()

    await session.flush()

    assert not session.dirty
    session.close()


async def test_a_disk_that_will_not_sync_is_reported_and_nothing_more_is_taken(file: Path) -> None:
    session = JsonlSession.create(file, header())
    picture = Blob.of(PICTURE)
    session.append(prompt(1, None, Image(descriptor="image/png", content=picture)))
    (file.parent / "blobs" / picture.digest).unlink()

    with pytest.raises(SessionError, match="may not have reached the disk"):
        await session.flush()

    with pytest.raises(SessionError, match="may not have reached the disk"):
        session.append(prompt(2, 1))
    session.close()


def test_a_file_that_somebody_made_shorter_is_noticed(file: Path) -> None:
    session = JsonlSession.create(file, header())
    session.append(prompt(1, None))
    os.truncate(file, 10)

    with pytest.raises(SessionError, match="made shorter by somebody else"):
        session.path()

    session.close()


async def test_without_fsync_nothing_waits_for_the_disk(file: Path) -> None:
    session = JsonlSession.create(file, header(), fsync=False)
    session.append(prompt(1, None))
    os.close(session._journal.descriptor)  # a sync would now fail

    await session.flush()

    assert not session.dirty
    session._journal.descriptor = os.open(file, os.O_RDONLY)
    session.close()
