"""Searching the contents of files: every engine gives the same answers."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from threading import Event

import pytest

from sagent.errors import ToolError
from sagent.tools import Grep
from sagent.tools.plain_search import plain_search
from sagent.tools.ripgrep import ripgrep
from sagent.tools.search import Engine, Query
from tests.tools.calls import said

PROGRAM = shutil.which("rg")
ENGINES: Mapping[str, Engine] = {"python": plain_search} | (
    {} if PROGRAM is None else {"ripgrep": ripgrep(PROGRAM)}
)


@pytest.fixture(params=list(ENGINES))
def grep(request: pytest.FixtureRequest, tmp_path: Path) -> Grep:
    engine = ENGINES[str(request.param)]
    return Grep(tmp_path, engines=lambda: (engine,))


def grow(root: Path, **contents: str | bytes) -> None:
    for name, content in contents.items():
        path = root / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


async def test_the_files_that_match_are_named_in_order(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, b__x="a needle\n", a="needle", c="hay", b_dot_txt="needle\nneedle")

    assert await said(grep, pattern="needle") == "a\nb/x\nb.txt"


async def test_matching_lines_are_given_with_path_and_number(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a="x1\r\ny\r\nx2\r\n", d__b="no\nx3")

    assert await said(grep, pattern=r"x\d$", output_mode="content") == "a:1:x1\na:3:x2\nd/b:2:x3"


async def test_matching_lines_are_counted_by_file(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a="x x\nx\n", b="x", c="y")

    assert await said(grep, pattern="x", output_mode="count") == "a:2\nb:1"


async def test_context_is_marked_and_gaps_are_shown(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a="1\n2\nX\n4\n5\n6\n7\nX\nX\n10\n", b="X\n")

    answer = await said(grep, pattern="X", output_mode="content", context=1)

    assert answer == "a-2-2\na:3:X\na-4-4\n--\na-7-7\na:8:X\na:9:X\na-10-10\n--\nb:1:X"


async def test_a_limit_ends_the_answer_and_the_rest_is_counted(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a="x\nx\nx\n", b="x\n")

    assert await said(grep, pattern="x", output_mode="content", limit=2) == (
        "a:1:x\na:2:x\n[2 more matching lines omitted; narrow the search, or raise the limit]"
    )
    assert (
        await said(grep, pattern="x", limit=1)
        == "a\n[1 more files omitted; narrow the search, or raise the limit]"
    )


async def test_context_of_what_is_omitted_is_omitted_too(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a="1\nX\n3\n4\nX\n6\n")

    answer = await said(grep, pattern="X", output_mode="content", context=1, limit=1)

    assert answer == (
        "a-1-1\na:2:X\na-3-3\n[1 more matching lines omitted; narrow the search, or raise the limit]"
    )


async def test_case_is_ignored_on_demand(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a="Straße\n", b="straße\n")

    assert await said(grep, pattern="straße") == "b"
    assert await said(grep, pattern="STRAßE", ignore_case=True) == "a\nb"


@pytest.mark.parametrize(
    ("glob", "files"),
    [
        ("*.py", "a.py\nd/b.py"),
        ("d/*.py", "d/b.py"),
        ("**/*.{py,ts}", "a.py\nd/b.py\nd/c.ts"),
        ("!*.py", "d/c.ts"),
    ],
)
async def test_a_glob_chooses_the_files(grep: Grep, tmp_path: Path, glob: str, files: str) -> None:
    grow(tmp_path, a_dot_py="x", d__b_dot_py="x", d__c_dot_ts="x")

    assert await said(grep, pattern="x", glob=glob) == files


async def test_a_glob_does_not_bring_back_what_git_ignores(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, _dot_gitignore="*.log\n", a_dot_log="x", b_dot_txt="x")

    assert await said(grep, pattern="x", glob="*.log") == "No matches."


async def test_ignored_binary_and_secret_files_are_left_out(grep: Grep, tmp_path: Path) -> None:
    grow(
        tmp_path,
        _dot_git__config="x",
        _dot_gitignore="ignored\n",
        ignored="x",
        binary=b"x\n\0\n",
        late=b"x\n" * 100_000 + b"\0",
        _dot_env="x=1",
        _dot_github__ci="x",
        key_dot_pem="x",
        text="x",
    )
    (tmp_path / ".env.example").write_text("x=")

    assert await said(grep, pattern="x", output_mode="count") == ".env.example:1\n.github/ci:1\ntext:1"


async def test_rules_from_above_hold_unless_they_exclude_the_place_itself(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, _dot_git__HEAD="x", _dot_gitignore="*.log\nout/\n", out__a_dot_log="x", src__a_dot_log="x")
    grow(tmp_path, src__a="x", out__b="x", out__b_dot_txt="x", out___dot_gitignore="*.txt")

    assert await said(grep, pattern="x", path="src") == "src/a"
    assert await said(grep, pattern="x", path="out") == "out/.gitignore\nout/a.log\nout/b"
    assert await said(grep, pattern="x") == "src/a"


async def test_a_file_that_is_named_is_searched_whatever_it_is_called(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, _dot_gitignore=".env\n", _dot_env="x=1\n")

    assert await said(grep, pattern="x", path=".env", output_mode="content") == ".env:1:x=1"


async def test_wide_encodings_with_a_mark_are_searched(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a="größe\n".encode("utf-16"), b=b"\xef\xbb\xbfx\n", c="größe\n".encode("latin-1"))

    assert await said(grep, pattern="größe|^x", output_mode="content") == "a:1:größe\nb:1:x"


async def test_bytes_that_are_not_utf_8_are_shown_as_such(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a=b"x \xff y\n")

    assert await said(grep, pattern="x", output_mode="content") == "a:1:x � y"


async def test_long_lines_are_clipped(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a="x" * 3_000_000)

    assert await said(grep, pattern="x+", output_mode="content") == f"a:1:{'x' * 500}… [clipped]"


async def test_links_are_not_followed(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, d__a="x")
    (tmp_path / "d" / "loop").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to("d/a")

    assert await said(grep, pattern="x") == "d/a"


async def test_nothing_found_is_said(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a="x")

    assert await said(grep, pattern="y") == "No matches."


async def test_a_pattern_that_cannot_be_read_is_refused_with_the_reason(grep: Grep, tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"(?s)not a regular expression: .*Escape what is meant literally"):
        await said(grep, pattern="f(")


async def test_a_place_that_cannot_be_searched_is_refused(grep: Grep, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(ToolError, match="nowhere does not exist"):
        await said(grep, pattern="x", path="nowhere")
    with pytest.raises(ToolError, match="pipe is not a regular file"):
        await said(grep, pattern="x", path="pipe")
    assert await said(grep, pattern="x") == "No matches."


@pytest.mark.parametrize("engine", list(ENGINES.values()), ids=list(ENGINES))
def test_a_search_that_is_called_off_ends(engine: Engine, tmp_path: Path) -> None:
    grow(tmp_path, a="x\n", b="x\n")
    stop = Event()
    stop.set()

    assert list(engine(Query(pattern="x", place=tmp_path), stop)) == []


async def test_the_next_engine_is_asked_where_one_does_not_understand(tmp_path: Path) -> None:
    grow(tmp_path, a="xyx")

    assert await said(Grep(tmp_path), pattern=r"(x)y\1") == "a"
