"""A worktree is removed only where nothing is lost by that."""

from pathlib import Path

import pytest

from sagent.agent.worktree import Worktree
from tests.agent.test_errands import git, repository


@pytest.mark.parametrize("leaving", [("checkout", "--quiet", "--detach", "main"), ("branch", "-m", "mine")])
async def test_a_commit_on_its_branch_keeps_a_worktree_whose_child_has_left_or_renamed_that(
    leaving: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    place = repository(tmp_path)
    tree = await Worktree.made(place, "worker", "20260101-000000-000-abcdef")
    git(tree.root, "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "--allow-empty", "-m", "x")
    git(tree.root, *leaving)

    told = await tree.settle()

    assert told.startswith(f"Its work is in the git worktree {tree.root}, on branch sagent/worker-abcdef: ")
    assert tree.root.is_dir()
    assert sorted(git(place, "log", "--all", "--format=%s").splitlines()) == ["first", "x"]


async def test_a_worktree_is_found_again_as_it_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    place = repository(tmp_path)
    made = await Worktree.made(place, "worker", "20260101-000000-000-abcdef")
    git(made.root, "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "--allow-empty", "-m", "x")

    found = await Worktree.found(made.root)

    assert found == made
