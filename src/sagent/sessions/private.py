"""Directories and files that nobody else may read, and how they reach the disk."""

import os
import sys
from pathlib import Path


def private_directory(path: Path) -> None:
    """Make a directory and those above it, where they are missing, readable by their owner only.

    Raises:
        OSError: one of them cannot be made.
    """
    if path.is_dir():
        return
    private_directory(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)


def sync(descriptor: int) -> None:
    """Return when the data of an open file would survive a power cut.

    Raises:
        OSError: it would not.
    """
    if sys.platform == "darwin":
        os.fsync(descriptor)  # macOS has no fdatasync
    else:
        os.fdatasync(descriptor)


def sync_path(path: Path) -> None:
    """The same for a closed file, or for the names in a directory.

    Raises:
        OSError: it cannot be.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
