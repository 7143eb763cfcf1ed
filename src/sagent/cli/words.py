"""The prompt of a headless run: from the command line, from a pipe, or from both."""

import os
import sys
from collections.abc import Sequence
from select import select
from stat import S_ISFIFO, S_ISREG
from typing import Final

from sagent.cli.faults import write_line
from sagent.errors import UsageError

PATIENCE: Final = 1.0
"""How many seconds an open pipe gets to say something, where the command line has a prompt already."""


NOTHING: Final = 'there is no prompt: give one, as in `sagent "explain this project"`, or pipe one in'


def prompt_of(words: Sequence[str]) -> tuple[str, str]:
    """The whole prompt, and the part of it that was typed; what is piped in stands behind that.

    A `-` in the end waits for what is piped in as long as it takes.

    Raises:
        UsageError: nothing is said, or what is said cannot be read.
    """
    waits = not words or words[-1] == "-"
    spoken = spoken_of(words)
    piped = _read() if waits or _has_begun() else ""
    prompt = "\n\n".join(part for part in (spoken, piped) if part)
    if not prompt:
        raise UsageError(NOTHING)
    return prompt, spoken


def spoken_of(words: Sequence[str]) -> str:
    """What was typed, as one prompt."""
    return " ".join(words[:-1] if words and words[-1] == "-" else words).strip()


def _has_begun() -> bool:
    """Whether somebody pipes something in: a pipe that is open by accident may never say or end anything."""
    mode = _mode()
    if S_ISREG(mode):
        return True
    if not S_ISFIFO(mode):
        return False
    ready, _, _ = select([sys.stdin], [], [], PATIENCE)
    if not ready:
        write_line("nothing came through the pipe, so it is left out; a `-` behind the prompt waits for it")
    return bool(ready)


def _mode() -> int:
    descriptor = _descriptor()
    return 0 if descriptor is None else os.fstat(descriptor).st_mode


def _descriptor() -> int | None:
    """Standard input, if there is one."""
    try:
        return sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):
        return None


def _read() -> str:
    descriptor = _descriptor()
    if descriptor is None:
        return ""
    data = bytearray()
    # In pieces: a signal is heard between two reads, and one great read has no between.
    try:
        while piece := os.read(descriptor, 1 << 16):
            data += piece
    except OSError as error:
        raise UsageError(f"standard input cannot be read: {error.strerror}") from error
    return data.decode("utf-8-sig", errors="replace").strip()
