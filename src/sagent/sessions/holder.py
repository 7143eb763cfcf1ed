"""Who holds the lock of a file, in words, as far as the system tells."""

import os
import re
from pathlib import Path
from typing import Final

LOCKS: Final = Path("/proc/locks")
"""The locks of all processes, where there is such a list (Linux, proc_locks(5))."""


def holder(descriptor: int, locks: Path = LOCKS) -> str:
    """The agent that has locked this file: its process, by number and program, if it is in the list."""
    number = _process(descriptor, locks)
    if number <= 0:  # not listed, or in a container of its own, where it has no number for us
        return "another agent"
    if number == os.getpid():
        return "another agent of this process"
    try:
        program = Path(f"/proc/{number}/comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        # It has ended meanwhile, or is not ours to look at.
        return f"another agent (process {number})"
    return f"another agent (process {number}, {program})"


def _process(descriptor: int, locks: Path) -> int:
    try:
        listed = locks.read_text(encoding="utf-8", errors="replace")
    except OSError:
        # There is no such list here.
        return 0
    file = os.fstat(descriptor)
    place = f"{os.major(file.st_dev):02x}:{os.minor(file.st_dev):02x}:{file.st_ino}"
    found = re.search(rf"^\d+: FLOCK +ADVISORY +WRITE +(\d+) +{place} ", listed, re.MULTILINE)
    return int(found[1]) if found else 0
