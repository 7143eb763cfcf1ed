"""What is too long to be shown is kept for a week, under a name that tells its content."""

import os
from pathlib import Path

import pytest

from sagent.lib.outputs import KEPT, folder, hold, keep, prune


def test_a_text_is_kept_under_the_same_name_each_time_for_its_owner_only() -> None:
    first, second = keep("größe\n"), keep("größe\n")

    assert first == second
    assert first.parent == folder()
    assert first.read_bytes() == "größe\n".encode()
    assert (first.stat().st_mode & 0o777, first.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_half_a_surrogate_pair_is_no_reason_to_lose_a_text() -> None:
    assert keep("a\ud800b").read_bytes() == b"a?b"


def test_what_nobody_has_used_for_a_week_is_removed_but_what_is_held(tmp_path: Path) -> None:
    for name in ("old", "held", "new", "elsewhere"):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (0, KEPT if name == "new" else 0))
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")

    with (tmp_path / "held").open() as file:
        hold(file.fileno())
        prune(tmp_path, KEPT + 1)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "held", "link", "new"]


def test_telling_of_a_text_once_more_keeps_it_longer(tmp_path: Path) -> None:
    path = keep("told again\n")
    os.utime(path, (0, 0))

    keep("told again\n")
    prune(path.parent, KEPT + 1)

    assert path.exists()


def test_where_somebody_else_has_taken_the_name_all_of_a_process_is_in_one_other_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / f"sagent-{os.getuid()}").touch()

    kept = keep("put aside\n")

    assert kept.parent == folder()
    assert len(list(tmp_path.iterdir())) == 2
