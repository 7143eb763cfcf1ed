"""Finding files by their names."""

import os
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sagent.errors import ToolError
from sagent.tools import Glob
from sagent.tools.plain_search import PlainSearch
from sagent.tools.ripgrep import RipgrepSearch, installed
from sagent.tools.search import Engine
from sagent.tools.wildcard import split_base, wildcard
from tests.tools.calls import said

PROGRAM = installed()
ENGINES: Mapping[str, Engine] = {"python": PlainSearch} | (
    {} if PROGRAM is None else {"ripgrep": partial(RipgrepSearch, PROGRAM)}
)


@pytest.fixture(params=list(ENGINES))
def glob(request: pytest.FixtureRequest, tmp_path: Path) -> Glob:
    engine = ENGINES[str(request.param)]
    return Glob(tmp_path, engines=lambda: (engine,))


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


async def test_files_come_by_path_or_the_most_recently_changed_first(glob: Glob, tmp_path: Path) -> None:
    grow(tmp_path, "old.py", "src/middle.py", "new.py", "other.txt")

    assert await said(glob, pattern="**/*.py") == "new.py\nold.py\nsrc/middle.py"
    assert await said(glob, pattern="**/*.py", sort="modified") == "new.py\nsrc/middle.py\nold.py"


async def test_what_git_ignores_is_left_out_by_the_nearest_rule(glob: Glob, tmp_path: Path) -> None:
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

    found = (await said(glob, pattern="**", hidden=True)).split("\n")

    assert sorted(found) == [
        ".github/ci.yml",
        ".gitignore",
        "keep.log",
        "src/.gitignore",
        "src/b.log",
        "src/c.txt",
    ]


async def test_a_line_that_is_no_rule_leaves_the_others_in_force(glob: Glob, tmp_path: Path) -> None:
    grow(tmp_path, "a.log", "b.txt")
    (tmp_path / ".gitignore").write_text("x\\\n*.log\n")

    assert await said(glob, pattern="*.*") == "b.txt"


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


async def test_an_ignored_directory_that_is_named_is_looked_into(glob: Glob, tmp_path: Path) -> None:
    grow(tmp_path, ".git/HEAD", "node_modules/x/a.js")
    (tmp_path / ".gitignore").write_text("node_modules/\n")

    assert await said(glob, pattern="node_modules/**/*.js") == "node_modules/x/a.js"
    assert await said(glob, pattern="**/*.js") == "No files match **/*.js in .."


async def test_links_are_neither_given_nor_followed(glob: Glob, tmp_path: Path) -> None:
    grow(tmp_path, "d/a.py")
    (tmp_path / "d" / "loop").symlink_to(tmp_path)
    (tmp_path / "d" / "b.py").symlink_to("nowhere")

    assert await said(glob, pattern="**/*.py") == "d/a.py"


async def test_a_page_is_given_and_the_others_counted(glob: Glob, tmp_path: Path) -> None:
    grow(tmp_path, *(f"{number:03}.txt" for number in range(203)))

    lines = (await said(glob, pattern="*.txt")).split("\n")

    assert (len(lines), lines[0], lines[199]) == (201, "000.txt", "199.txt")
    assert lines[200] == "[3 more files; narrow the search, or go on with offset 200]"
    assert await said(glob, pattern="*.txt", offset=200) == "200.txt\n201.txt\n202.txt"
    assert await said(glob, pattern="*.txt", offset=1, limit=1) == (
        "001.txt\n[201 more files; narrow the search, or go on with offset 2]"
    )


async def test_hidden_files_are_given_if_asked_for_or_named(glob: Glob, tmp_path: Path) -> None:
    grow(tmp_path, ".github/ci.yml", ".env", "a.yml", "d/.env.local")

    assert await said(glob, pattern="**/*.yml") == "a.yml"
    assert await said(glob, pattern="**/*.yml", hidden=True) == ".github/ci.yml\na.yml"
    assert await said(glob, pattern=".github/**") == ".github/ci.yml"
    assert await said(glob, pattern="**/.env*") == ".env\nd/.env.local"


async def test_all_kinds_of_ignore_files_hold_in_the_order_of_ripgrep(glob: Glob, tmp_path: Path) -> None:
    grow(tmp_path, ".git/HEAD", "a.log", "b.log", "c.log", "d.log", "sub/.git/HEAD", "sub/e.log", "sub/f.tmp")
    (tmp_path / ".gitignore").write_text("*.log\n*.tmp\n")
    (tmp_path / ".ignore").write_text("!a.log\n!b.log\n")
    (tmp_path / ".rgignore").write_text("b.log\n")

    assert await said(glob, pattern="**") == "a.log\nsub/e.log\nsub/f.tmp"


async def test_a_worktree_has_the_exclusions_of_its_repository(glob: Glob, tmp_path: Path) -> None:
    grow(tmp_path, "main/.git/worktrees/w/HEAD", "main/.git/info/exclude", "tree/a.log", "tree/b.txt")
    (tmp_path / "main/.git/info/exclude").write_text("*.log\n")
    (tmp_path / "main/.git/worktrees/w/commondir").write_text("../..\n")
    (tmp_path / "tree/.git").write_text(f"gitdir: {tmp_path}/main/.git/worktrees/w\n")

    assert await said(glob, pattern="tree/**") == "tree/b.txt"


async def test_what_an_outer_directory_ignores_does_not_matter_outside_of_a_repository(
    glob: Glob, tmp_path: Path
) -> None:
    grow(tmp_path, "p/a.log", "p/b.tmp")
    (tmp_path / ".gitignore").write_text("*.log\n")
    (tmp_path / "p" / ".gitignore").write_text("*.tmp\n")

    assert await said(glob, pattern="*", path="p") == "p/a.log"
    assert await said(glob, pattern="p/*") == "p/a.log"


async def test_names_that_would_steer_a_terminal_are_shown_as_escapes(glob: Glob, tmp_path: Path) -> None:
    grow(tmp_path, "a\nb", "c\x1b[2J", os.fsdecode(b"d\xff"))

    assert await said(glob, pattern="*") == "a\\nb\nc\\e[2J\nd\\xff"


async def test_a_path_changes_where_is_looked_but_not_how_files_are_named(glob: Glob, tmp_path: Path) -> None:
    grow(tmp_path, "src/app/a.py")

    assert await said(glob, pattern="app/*.py", path="src") == "src/app/a.py"
    assert await said(glob, pattern=f"{tmp_path}/src/**/*.py") == "src/app/a.py"


async def test_a_place_that_is_no_directory_is_refused(glob: Glob, tmp_path: Path) -> None:
    grow(tmp_path, "a")

    with pytest.raises(ToolError, match="a is a file, not a directory"):
        await said(glob, pattern="*", path="a")
