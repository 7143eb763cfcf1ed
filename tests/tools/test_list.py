"""Listing directories."""

from pathlib import Path

import pytest

from sagent.errors import ToolError
from sagent.tools import List
from tests.tools.calls import said
from tests.tools.test_glob import grow


async def test_directories_come_first_and_files_have_their_sizes(tmp_path: Path) -> None:
    grow(tmp_path, "b.txt", "z/x", ".git/HEAD", "c.log")
    (tmp_path / "b.txt").write_bytes(b"x" * 1234)
    (tmp_path / "link").symlink_to("b.txt")
    (tmp_path / ".gitignore").write_text("*.log")

    assert await said(List(tmp_path)) == (
        ".git/ (not looked into)\nz/\n.gitignore  5 B\nb.txt  1.2 kB\nlink -> b.txt\n(1 ignored file)"
    )


async def test_a_tree_is_as_deep_as_is_asked_and_what_is_ignored_stays_closed(tmp_path: Path) -> None:
    grow(tmp_path, "src/app/a.py", "src/b.py", "node_modules/x/y.js")
    (tmp_path / ".gitignore").write_text("node_modules/\n")

    assert await said(List(tmp_path), depth=3) == (
        "node_modules/ (ignored)\nsrc/\n  app/\n    a.py  0 B\n  b.py  0 B\n.gitignore  14 B"
    )
    assert await said(List(tmp_path), depth=2) == (
        "node_modules/ (ignored)\nsrc/\n  app/\n  b.py  0 B\n.gitignore  14 B"
    )
    assert await said(List(tmp_path), path="node_modules") == "x/"


async def test_an_empty_directory_is_said_to_be_empty(tmp_path: Path) -> None:
    assert await said(List(tmp_path)) == ". is empty."


async def test_a_large_directory_is_listed_page_by_page(tmp_path: Path) -> None:
    grow(tmp_path, *(f"{number:03}" for number in range(501)))

    lines = (await said(List(tmp_path))).split("\n")

    assert lines[499:] == ["499  0 B", "[1 more line; go on with offset 500, or use Glob with a pattern]"]
    assert await said(List(tmp_path), offset=500) == "500  0 B"
    assert await said(List(tmp_path), offset=501) == "[nothing from offset 501 on]"


async def test_links_are_not_followed_and_names_cannot_steer_a_terminal(tmp_path: Path) -> None:
    grow(tmp_path, "a\x1b[2J")
    (tmp_path / "loop").symlink_to(tmp_path)

    assert await said(List(tmp_path), depth=10) == f"a\\e[2J  0 B\nloop -> {tmp_path}"


async def test_a_place_that_is_no_directory_cannot_be_listed(tmp_path: Path) -> None:
    grow(tmp_path, "a")

    with pytest.raises(ToolError, match="a is a file, not a directory"):
        await said(List(tmp_path), path="a")
