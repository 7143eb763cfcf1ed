"""Files that no log refers to any more."""

import os
from pathlib import Path

import pytest

from sagent.errors import SessionError
from sagent.lib.blob import Blob
from sagent.schema.part import Image
from sagent.sessions.shelf import Shelf
from sagent.sessions.sweeping import FRESH
from tests.sessions.samples import prompt


def picture(data: bytes) -> Image:
    return Image(descriptor="image/png", content=Blob.of(data))


def test_with_a_session_go_the_files_that_only_it_refers_to(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    one, two = shelf.create(tmp_path, session_id="one"), shelf.create(tmp_path, session_id="two")
    one.append(prompt(1, None, picture(b"shared"), picture(b"own")))
    two.append(prompt(1, None, picture(b"shared")))
    one.close()
    two.close()
    for blob in (tmp_path / "blobs").iterdir():
        os.utime(blob, (1.0, 1.0))
    fresh = tmp_path / "blobs" / Blob.of(b"not yet named").digest
    fresh.write_bytes(b"not yet named")

    shelf.delete(one.file)

    left = {path.name for path in (tmp_path / "blobs").iterdir()}
    assert left == {Blob.of(b"shared").digest, fresh.name}, f"what is younger than {FRESH} s stays"
    assert [listing.session_id for listing in shelf.list()] == ["two"]


def test_a_session_that_is_in_use_is_not_deleted(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    session = shelf.create(tmp_path, session_id="one")

    with pytest.raises(SessionError, match="in use by another agent"):
        shelf.delete(session.file)
    session.close()

    assert session.file.exists()
