"""Bringing a log and its blobs to the disk, beside the event loop."""

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sagent.sessions.private import sync, sync_path

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future


def synced(
    loop: "AbstractEventLoop", descriptor: int, blobs: Sequence[Path], directory: Path | None
) -> "Future[None]":
    """Done when all of these are on the disk, failed if they are not; the descriptor is closed by then."""
    work = partial(_sync, descriptor, blobs, directory)
    try:
        return loop.run_in_executor(None, work)
    except RuntimeError:  # the event loop ends, and has no threads any more
        done = loop.create_future()
    try:
        done.set_result(work())
    except OSError as error:
        done.set_exception(error)
    return done


def _sync(descriptor: int, blobs: Sequence[Path], directory: Path | None) -> None:
    try:
        for blob in blobs:
            sync_path(blob)
        for folder in {blob.parent for blob in blobs}:
            sync_path(folder)
            sync_path(folder.parent)
        sync(descriptor)
        if directory is not None:
            sync_path(directory)
    finally:
        os.close(descriptor)
