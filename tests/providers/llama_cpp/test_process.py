"""A program that is begun, heard and ended, whatever it is."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sagent.providers.llama_cpp.process import Process

PATIENCE = 20.0


@contextmanager
def running(*command: str) -> Iterator[Process]:
    process = Process(command, os.environ)
    try:
        yield process
    finally:
        process.end()


@pytest.mark.parametrize(
    ("line", "port"),
    [
        ("0.00.025 I srv init: listening on http://127.0.0.1:38421", 38421),
        ("main: server is listening on http://127.0.0.1:8080 - starting the main loop", 8080),
        ("main: HTTP server is listening, hostname: 127.0.0.1, port: 43210, http threads: 3", 43210),
        ("main: loading model", None),
    ],
)
def test_the_port_is_the_one_that_the_server_says_it_was_given(line: str, port: int | None) -> None:
    with running("echo", line) as process:
        process.wait(PATIENCE)

        assert (process.port, process.ended) == (port, "exited with status 0")


def test_a_program_that_fails_leaves_its_last_words_also_when_it_is_put_away() -> None:
    with running("sh", "-c", "echo one; echo; echo two >&2; echo three; exit 7") as process:
        process.wait(PATIENCE)
        said = process.said(2)

    assert (said, process.said(2), process.ended) == ("two\nthree", "two\nthree", "exited with status 7")


def test_a_program_that_runs_is_ended_with_all_that_waits_for_it() -> None:
    with running("sh", "-c", "echo up; exec sleep 600") as process:
        while not process.said(1):
            pass
        before = process.ended

        process.end()

    assert (before, process.ended) == ("", "was ended by SIGTERM")


def test_a_program_that_does_not_heed_the_request_to_end_is_ended_all_the_same() -> None:
    with running("sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done") as process:
        while not process.said(1):
            pass

        process.end()

    assert process.ended == "was ended by SIGKILL"


def test_a_program_that_cannot_be_run_says_so_in_its_log() -> None:
    with running("/nowhere/llama-server") as process:
        process.wait(PATIENCE)

        assert process.ended == "exited with status 126"
        assert process.said(1) == "/nowhere/llama-server: No such file or directory"
