"""What holds for all tests of sockets."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path) -> Iterator[None]:
    """A meeting place of the test's own."""
    before = os.environ["XDG_RUNTIME_DIR"]
    place = tmp_path / "run"
    place.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(place)
    yield
    os.environ["XDG_RUNTIME_DIR"] = before
