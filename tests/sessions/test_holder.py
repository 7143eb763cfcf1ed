"""Who holds the lock of a file, in words."""

import os
from pathlib import Path

import pytest

from sagent.sessions.holder import holder

GONE = 4_194_305  # beyond the largest number that a process can have


@pytest.mark.parametrize(
    ("process", "said"),
    [
        (os.getpid(), "another agent of this process"),
        (GONE, f"another agent (process {GONE})"),
        (0, "another agent"),
    ],
    ids=["this process", "one that has gone", "one of another container"],
)
def test_the_process_that_is_listed_with_the_file_is_named(tmp_path: Path, process: int, said: str) -> None:
    log, locks = tmp_path / "s1.jsonl", tmp_path / "locks"
    log.touch()
    at = log.stat()
    place = f"{os.major(at.st_dev):02x}:{os.minor(at.st_dev):02x}"
    locks.write_text(
        f"1: POSIX  ADVISORY  WRITE 7 {place}:{at.st_ino} 0 EOF\n"
        f"2: FLOCK  ADVISORY  WRITE 8 {place}:{at.st_ino}1 0 EOF\n"
        f"3: FLOCK  ADVISORY  WRITE {process} {place}:{at.st_ino} 0 EOF\n"
    )

    with log.open() as file:
        assert holder(file.fileno(), locks) == said


def test_where_nobody_lists_locks_it_is_another_agent_without_a_name(tmp_path: Path) -> None:
    with (tmp_path / "s1.jsonl").open("w") as file:
        assert holder(file.fileno(), tmp_path / "none") == "another agent"
