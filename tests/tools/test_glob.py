"""Finding files by their names."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sagent.errors import ToolError
from sagent.tools import Glob, List
from sagent.tools.wildcard import split_base, wildcard
from tests.tools.calls import said


def grow(root: Path, *names: str) -> None:
    """Make files, each a second newer than the one before."""
    for age, name in enumerate(names):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (1_000_000 + age, 1_000_000 + age))


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("*.py", "a.py", True),
        ("*.py", "b/a.py", False),
        ("**/*.py", "a.py", True),
        ("**/*.py", "b/c/a.py", True),
        ("src/**", "src/a/b", True),
        ("src/**", "src", False),
        ("src/**/x", "src/x", True),
        ("**/**/x", "x", True),
        ("a**b", "a/b", False),
        ("*.{ts,tsx}", "a.tsx", True),
        ("{a,b/**}/x", "b/c/x", True),
        ("{a,b/**/}x", "b/c/x", True),
        ("{a", "{a", True),
        ("[!a]x", "bx", True),
        ("[a-c]x", "bx", True),
        ("[c-a]x", "bx", False),
        ("[]]x", "]x", True),
        ("[ax", "[ax", True),
        ("?", "/", False),
        ("\\*", "*", True),
        ("\\*", "a", False),
        ("*", ".hidden", True),
        ("a+b.c", "a+b.c", True),
        ("a.c", "abc", False),
    ],
)
def test_a_pattern_matches_what_shells_let_it_match(pattern: str, path: str, matches: bool) -> None:
    assert (wildcard(pattern).fullmatch(path) is not None) is matches


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("*.py", ("", "*.py")),
        ("src/app/*.py", ("src/app", "*.py")),
        ("/usr/lib/**/x", ("/usr/lib", "**/x")),
        ("/*.py", ("/", "*.py")),
        ("../x/a.py", ("../x", "a.py")),
        ("src/", ("src", "**")),
    ],
)
def test_the_literal_beginning_of_a_pattern_is_where_the_search_begins(
    pattern: str, parts: tuple[str, str]
) -> None:
    assert split_base(pattern) == parts


async def test_the_most_recently_changed_files_come_first(tmp_path: Path) -> None:
    grow(tmp_path, "old.py", "src/middle.py", "new.py", "other.txt")

    assert await said(Glob(tmp_path), pattern="**/*.py") == "new.py\nsrc/middle.py\nold.py"


async def test_what_git_ignores_is_left_out_by_the_nearest_rule(tmp_path: Path) -> None:
    grow(
        tmp_path,
        "a.log",
        "keep.log",
        "build/x.txt",
        "src/b.log",
        "src/c.txt",
        ".git/config",
        ".github/ci.yml",
    )
    (tmp_path / ".gitignore").write_text("*.log\n/build/\n!keep.log\n")
    (tmp_path / "src" / ".gitignore").write_text("!b.log\n")

    found = (await said(Glob(tmp_path), pattern="**")).split("\n")

    assert sorted(found) == [
        ".github/ci.yml",
        ".gitignore",
        "keep.log",
        "src/.gitignore",
        "src/b.log",
        "src/c.txt",
    ]


async def test_a_line_that_is_no_rule_leaves_the_others_in_force(tmp_path: Path) -> None:
    grow(tmp_path, "a.log", "b.txt")
    (tmp_path / ".gitignore").write_text("x\\\n*.log\n")

    assert await said(Glob(tmp_path), pattern="*.*") == ".gitignore\nb.txt"


@example("[---]")
@example("{[}]")
@example("{\\}")
@example("[&&~]")
@given(st.text(st.sampled_from("ab/*?[]{}!,^-\\. #&~|"), max_size=12))
def test_every_pattern_can_be_read(pattern: str) -> None:
    _, rest = split_base(pattern)

    assert isinstance(wildcard(rest), re.Pattern)


async def test_rules_of_the_repository_hold_in_its_directories(tmp_path: Path) -> None:
    grow(tmp_path, ".git/HEAD", "src/a.log", "src/a.txt", "src/private/x")
    (tmp_path / ".gitignore").write_text("*.log\n")
    (tmp_path / ".git" / "info").mkdir()
    (tmp_path / ".git" / "info" / "exclude").write_text("private\n")

    assert await said(Glob(tmp_path / "src"), pattern="**") == "a.txt"


async def test_an_ignored_directory_that_is_named_is_looked_into(tmp_path: Path) -> None:
    grow(tmp_path, ".git/HEAD", "node_modules/x/a.js")
    (tmp_path / ".gitignore").write_text("node_modules/\n")

    assert await said(Glob(tmp_path), pattern="node_modules/**/*.js") == "node_modules/x/a.js"
    assert await said(Glob(tmp_path), pattern="**/*.js") == "No files match **/*.js in .."


async def test_links_are_named_and_never_followed_in_circles(tmp_path: Path) -> None:
    grow(tmp_path, "d/a.py")
    (tmp_path / "d" / "loop").symlink_to(tmp_path)
    (tmp_path / "d" / "b.py").symlink_to("nowhere")

    assert await said(Glob(tmp_path), pattern="**/*.py") == "d/a.py\nd/b.py"


async def test_only_the_newest_are_given_and_the_others_counted(tmp_path: Path) -> None:
    grow(tmp_path, *(f"{number:03}.txt" for number in range(203)))

    lines = (await said(Glob(tmp_path), pattern="*.txt")).split("\n")

    assert (len(lines), lines[0], lines[199]) == (201, "202.txt", "003.txt")
    assert lines[200] == "[3 more omitted; give a narrower pattern or a path]"


async def test_a_path_changes_where_is_looked_but_not_how_files_are_named(tmp_path: Path) -> None:
    grow(tmp_path, "src/app/a.py")

    assert await said(Glob(tmp_path), pattern="app/*.py", path="src") == "src/app/a.py"
    assert await said(Glob(tmp_path), pattern=f"{tmp_path}/src/**/*.py") == "src/app/a.py"


async def test_a_place_that_is_no_directory_is_refused(tmp_path: Path) -> None:
    grow(tmp_path, "a")

    with pytest.raises(ToolError, match="a is a file, not a directory"):
        await said(Glob(tmp_path), pattern="*", path="a")


async def test_a_directory_is_listed_by_name_with_its_kinds(tmp_path: Path) -> None:
    grow(tmp_path, "b.txt", "a/x", ".git/HEAD", "c.log")
    (tmp_path / "link").symlink_to("b.txt")
    (tmp_path / ".gitignore").write_text("*.log")

    assert await said(List(tmp_path)) == ".gitignore\na/\nb.txt\nlink -> b.txt\n[1 more, ignored by git]"


async def test_an_empty_directory_is_said_to_be_empty(tmp_path: Path) -> None:
    assert await said(List(tmp_path)) == ". is empty."


async def test_a_large_directory_is_listed_up_to_a_limit(tmp_path: Path) -> None:
    grow(tmp_path, *(f"{number:04}" for number in range(1001)))

    assert (await said(List(tmp_path))).endswith("\n0999\n[1 more omitted; use Glob with a pattern]")
