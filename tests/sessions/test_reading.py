"""A log as it lies on the disk, for whoever only looks."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.errors import SessionError
from sagent.lib.blob import Blob
from sagent.schema.part import Image
from sagent.sessions.jsonl import JsonlSession
from sagent.sessions.reading import Fault, Log, read_log, readable
from sagent.sessions.records import written
from tests.sessions.samples import conversation, header, prompt


def test_a_log_is_read_while_another_agent_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "s1.jsonl"
    writer = JsonlSession.create(file, header())
    picture = Image(descriptor="image/png", content=Blob.of(b"pixels"))
    writer.append(prompt(1, None, picture))
    with file.open("ab") as end:
        end.write(b'{"descriptor":"multipart/x-pro')

    log = read_log(file)
    writer.close()

    assert log == Log(file=file, header=header(), messages=(prompt(1, None, picture),), faults=())
    assert log.bytes_of(picture.content) == b"pixels"


def test_a_file_that_holds_no_session_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.jsonl").write_text("my notes\n")

    with pytest.raises(SessionError, match="this is no session of sagent's"):
        read_log(tmp_path / "notes.jsonl")
    with pytest.raises(SessionError, match="cannot be read"):
        read_log(tmp_path / "missing.jsonl")


def test_a_message_that_stands_there_twice_counts_once() -> None:
    lines = [written(prompt(1, None, "one"))[:-1], written(prompt(1, None, "two"))[:-1]]

    messages, faults = readable([lines])

    assert messages == (prompt(1, None, "one"),)
    assert faults == (Fault(line=3, text="it is left out: there is a message m1 above it"),)


@given(lost=st.sets(st.integers(0, len(conversation()) - 1)), noise=st.binary(max_size=20))
def test_whatever_lines_are_lost_the_others_are_one_way_from_first_to_last(
    lost: set[int], noise: bytes
) -> None:
    whole = conversation()
    lines = [
        noise.replace(b"\n", b"") if number in lost else written(message)[:-1]
        for number, message in enumerate(whole)
    ]

    messages, faults = readable([[line] for line in lines])
    log = Log(file=Path("s1.jsonl"), header=header(), messages=messages, faults=faults)

    assert [message.id for message in log.path()] == [
        message.id for number, message in enumerate(whole) if number not in lost
    ]
    assert {fault.line - 2 for fault in faults} >= lost
