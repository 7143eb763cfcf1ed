"""The prompt of a headless run."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sagent.cli.words import prompt_of
from sagent.errors import UsageError


@contextmanager
def piped(text: bytes, *, ends: bool = True) -> Iterator[None]:
    """Standard input as a pipe with this in it, which ends or stays open."""
    reading, writing = os.pipe()
    os.write(writing, text)
    if ends:
        os.close(writing)
    before = sys.stdin
    with os.fdopen(reading, encoding="utf-8") as sys.stdin:
        yield
    sys.stdin = before
    if not ends:
        os.close(writing)


def test_several_words_are_one_prompt() -> None:
    with piped(b""):
        assert prompt_of(["what", "is", "this?"]) == ("what is this?", "what is this?")


def test_what_is_piped_in_goes_behind_the_words_and_is_a_prompt_by_itself() -> None:
    with piped(b"\xef\xbb\xbf1\n2 \xff\n"):
        behind = prompt_of(["what is this?"])
    with piped(b"what is this?\n"):
        alone = prompt_of([])
    with piped(b"a diff\n"):
        awaited = prompt_of(["explain", "-"])

    assert behind == ("what is this?\n\n1\n2 \N{REPLACEMENT CHARACTER}", "what is this?")
    assert (alone, awaited) == (("what is this?", ""), ("explain\n\na diff", "explain"))


def test_a_pipe_that_is_open_by_accident_holds_nothing_up_for_long(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with piped(b"", ends=False):
        prompt = prompt_of(["hello"])

    left_out = "nothing came through the pipe, so it is left out; a `-` behind the prompt waits for it\n"
    assert (prompt, capsys.readouterr().err) == (("hello", "hello"), left_out)


def test_nothing_at_all_is_no_prompt() -> None:
    with piped(b" \n"), pytest.raises(UsageError, match="there is no prompt"):
        prompt_of([])
