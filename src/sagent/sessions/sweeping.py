"""Files that no log refers to any more, taken away."""

import re
import time
from pathlib import Path
from typing import Final

DIGEST: Final = re.compile(rb"[0-9a-f]{64}")

FRESH: Final = 3600.0
"""For how many seconds a file may be there before the line that refers to it."""


def sweep(folder: Path) -> None:
    """Take away the blobs of a folder that none of its logs names.

    Raises:
        OSError: the folder cannot be read, or a file not be taken away.
    """
    blobs = folder / "blobs"
    if not blobs.is_dir():
        return
    named: set[bytes] = set()
    for log in folder.glob("*.jsonl*"):  # those that were set aside too
        with log.open("rb") as lines:
            for line in lines:
                named.update(DIGEST.findall(line))
    for blob in blobs.iterdir():
        if blob.name.encode() not in named and time.time() - blob.stat().st_mtime > FRESH:
            blob.unlink(missing_ok=True)
