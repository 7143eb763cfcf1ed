"""Searching the contents of files: every engine gives the same answers."""

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from sagent.errors import ToolError
from sagent.tools import Grep
from sagent.tools.dialect import Expression
from sagent.tools.plain_search import PlainSearch
from sagent.tools.ripgrep import RipgrepSearch, installed
from sagent.tools.search import Engine, Query
from tests.tools.calls import said

PROGRAM = installed()
ENGINES: Mapping[str, Engine] = {"python": PlainSearch} | (
    {} if PROGRAM is None else {"ripgrep": partial(RipgrepSearch, PROGRAM)}
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
        "a:1:x\na:2:x\n[2 more matching lines; narrow the search, or go on with offset 2]"
    )
    assert (
        await said(grep, pattern="x", limit=1)
        == "a\n[1 more file; narrow the search, or go on with offset 1]"
    )


async def test_context_of_what_is_omitted_is_omitted_too(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a="1\nX\n3\n4\nX\n6\n")

    answer = await said(grep, pattern="X", output_mode="content", context=1, limit=1)

    assert answer == (
        "a-1-1\na:2:X\na-3-3\n[1 more matching line; narrow the search, or go on with offset 1]"
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

    told = await said(grep, pattern="x", output_mode="count", hidden=True)

    assert told == (
        ".env.example:1\n.github/ci:1\ntext:1\n"
        "[2 files that by the name hold secrets were not searched: .env, key.pem; "
        "name one as path to search it]"
    )


async def test_rules_from_above_hold_unless_they_exclude_the_place_itself(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, _dot_git__HEAD="x", _dot_gitignore="*.log\nout/\n", out__a_dot_log="x", src__a_dot_log="x")
    grow(tmp_path, src__a="x", out__b="x", out__b_dot_txt="x", out___dot_gitignore="*.txt")

    assert await said(grep, pattern="x", path="src") == "src/a"
    assert await said(grep, pattern="x", path="out") == "out/a.log\nout/b"
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
    with pytest.raises(ToolError, match=r"cannot be read: unclosed group\. Escape what is meant literally"):
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

    query = Query(expression=Expression(pattern="x"), place=tmp_path, enough=10)

    assert list(engine(query, stop).counts()) == []


async def test_the_next_engine_is_asked_where_one_cannot_search(tmp_path: Path) -> None:
    grow(tmp_path, a="xyx")
    program = tmp_path / "rg"
    program.write_text("#!/bin/sh\necho rg: out of order >&2\nexit 2\n")
    program.chmod(0o700)
    broken = partial(RipgrepSearch, str(program))

    found = await said(Grep(tmp_path, engines=lambda: (broken, PlainSearch)), pattern=r"(x)y\1")

    assert found == "a"


async def test_a_page_goes_on_where_the_one_before_ended(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a="x1\nx2\nx3\n", b="x4\nx5\n")

    first = await said(grep, pattern="x", output_mode="content", limit=2)
    second = await said(grep, pattern="x", output_mode="content", limit=2, offset=2)
    third = await said(grep, pattern="x", output_mode="content", limit=2, offset=4)
    beyond = await said(grep, pattern="x", output_mode="content", offset=5)

    assert first == "a:1:x1\na:2:x2\n[3 more matching lines; narrow the search, or go on with offset 2]"
    assert second == "a:3:x3\nb:1:x4\n[1 more matching line; narrow the search, or go on with offset 4]"
    assert third == "b:2:x5"
    assert beyond == "[nothing from offset 5 on: there are 5 matching lines]"


async def test_there_may_be_more_lines_before_than_behind(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a="1\n2\nX\n4\n5\n")

    assert await said(grep, pattern="X", output_mode="content", before=2, after=0) == "a-1-1\na-2-2\na:3:X"
    assert await said(grep, pattern="X", output_mode="content", context=1, after=2) == (
        "a-2-2\na:3:X\na-4-4\na-5-5"
    )


async def test_matches_may_span_lines_where_that_is_asked_for(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a="begin\nmiddle\nend\nrest\n", b="begin end\n")

    found = await said(grep, pattern="begin.*end", output_mode="content", multiline=True)

    assert found == "a:1:begin\na:2:middle\na:3:end\nb:1:begin end"


async def test_a_line_break_in_a_pattern_needs_the_search_over_lines(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a="x\ny\n")

    assert await said(grep, pattern=r"x\ny", multiline=True) == "a"
    assert await said(grep, pattern=r"^[^\n]$") == "a"
    with pytest.raises(ToolError, match="set multiline"):
        await said(grep, pattern=r"x\ny")


async def test_a_plain_string_is_searched_for_as_it_is(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a="f(x[0])\n", b="fx0\n")

    assert await said(grep, pattern="f(x[0", fixed_strings=True) == "a"
    assert await said(grep, pattern="F(X[0", fixed_strings=True, ignore_case=True) == "a"


async def test_files_may_be_chosen_by_their_type(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a_dot_py="x", b_dot_pyi="x", c_dot_ts="x", d_dot_txt="x", Makefile="x")

    assert await said(grep, pattern="x", type="py") == "a.py\nb.pyi"
    assert await said(grep, pattern="x", type="make") == "Makefile"
    assert await said(grep, pattern="x", type="py", glob="a*") == "a.py"
    with pytest.raises(ToolError, match=r"no file type is called tsx; did you mean ts or typescript\?"):
        await said(grep, pattern="x", type="tsx")


@pytest.mark.parametrize("glob", ["app/*.py", "src/app/*.py", "**/app/*.py", "/app/*.py"])
async def test_a_glob_with_slashes_is_for_the_place_or_for_the_workspace(
    grep: Grep, tmp_path: Path, glob: str
) -> None:
    grow(tmp_path, src__app__a_dot_py="x", src__b_dot_py="x", app__c_dot_py="x")

    assert await said(grep, pattern="x", path="src", glob=glob) == "src/app/a.py"


async def test_hidden_files_are_searched_if_asked_for_or_named(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, _dot_github__ci_dot_yml="x", _dot_x="x", a="x")

    assert await said(grep, pattern="x") == "a"
    assert await said(grep, pattern="x", hidden=True) == ".github/ci.yml\n.x\na"
    assert await said(grep, pattern="x", glob=".github/**") == ".github/ci.yml"
    assert await said(grep, pattern="x", path=".github") == ".github/ci.yml"


async def test_secrets_are_named_and_not_searched(grep: Grep, tmp_path: Path) -> None:
    grow(
        tmp_path,
        _dot_env="key=1",
        _dot_env_dot_local="key=2",
        id_rsa="key",
        app_dot_py="key",
        d__x_dot_pem="key",
    )
    grow(tmp_path, _dot_aws__credentials="key", d__ignored_dot_key="key", _dot_gitignore="ignored.key\n")

    assert await said(grep, pattern="key=?", output_mode="content") == (
        "app.py:1:key\n[4 files that by the name hold secrets were not searched: "
        ".env, .env.local, d/x.pem, id_rsa; name one as path to search it]"
    )
    assert await said(grep, pattern="key", type="py") == "app.py"
    assert await said(grep, pattern="key", path="id_rsa") == "id_rsa"


async def test_a_binary_file_that_is_named_is_refused(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a=b"x\0y")

    with pytest.raises(ToolError, match="a is binary"):
        await said(grep, pattern="x", path="a")


async def test_of_a_long_line_the_part_with_the_match_is_shown(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a="a" * 2000 + "needle" + "b" * 2000)

    answer = await said(grep, pattern="needle", output_mode="content")

    assert answer == f"a:1:…{'a' * 100}needle{'b' * 394}… [clipped]"


async def test_names_and_lines_cannot_steer_a_terminal(grep: Grep, tmp_path: Path) -> None:
    (tmp_path / "a\n\x1b[2J").write_bytes(b"x\x1b]0;title\x07\ty\x9b")

    answer = await said(grep, pattern="x", output_mode="content")

    assert answer == "a\\n\\e[2J:1:x\\e]0;title\\x07\ty\ufffd"


async def test_a_lone_carriage_return_ends_no_line_but_an_anchor_knows_it(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a=b"one\rtwo\r\nthree\r\n")

    assert await said(grep, pattern="^two$", output_mode="content") == "a:1:one\\rtwo"
    assert await said(grep, pattern="three$", output_mode="content") == "a:2:three"
    assert await said(grep, pattern=r"\r$", output_mode="count") == "a:2"


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (r"\bdef\s+\w+\(", "def f():"),
        (r"[[:upper:]]{2,}", "ABC"),
        (r"\p{Lu}\p{Ll}+$", "Äh"),
        (r"(?i)abc", "ABC"),
        (r"\x41\u{42}C", "ABC"),
        (r"[a-z&&[^abd]]=", "c=1"),
        (r"(?P<one>d)ef", "def f():"),
        (r"(?<=A)B(?=C)", "ABC"),
        (r"\Adef", "def f():"),
        (r"1\z", "c=1"),
        (r"f(?=\(\))", "def f():"),
        (r"\<f\>", "def f():"),
        (r"c=\d++", "c=1"),
        (r"interface{}", "interface{}"),
    ],
)
async def test_patterns_mean_what_ripgrep_says(grep: Grep, tmp_path: Path, pattern: str, line: str) -> None:
    grow(tmp_path, a="def f():\nABC\nÄh\nc=1\ninterface{}\n")

    answer = await said(grep, pattern=pattern, output_mode="content")

    assert answer.partition(":")[2].partition(":")[2] == line


@pytest.mark.parametrize("pattern", [r"a\Kb", r"\p{Greek}", r"(?R)", r"(?|a|b)", r"\X", "[z-a]", "*a", "a\\"])
async def test_a_pattern_that_not_all_engines_know_is_refused_by_all(
    grep: Grep, tmp_path: Path, pattern: str
) -> None:
    with pytest.raises(ToolError, match="the pattern cannot be read: "):
        await said(grep, pattern=pattern)


async def test_a_huge_file_is_counted_and_shown_in_little_memory(grep: Grep, tmp_path: Path) -> None:
    import tracemalloc

    with (tmp_path / "huge.log").open("wb") as file:
        for _ in range(64):
            file.write(b"filler filler filler\n" * 50_000)
        file.write(b"needle\n")
    tracemalloc.start()

    answer = await said(grep, pattern="needle", output_mode="content")

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer == "huge.log:3200001:needle"
    assert peak < 16 * 1024 * 1024


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_what_cannot_be_read_is_said(grep: Grep, tmp_path: Path) -> None:
    grow(tmp_path, a="x", closed__b="x")
    (tmp_path / "closed").chmod(0)

    answer = await said(grep, pattern="x")

    (tmp_path / "closed").chmod(0o700)
    assert answer == "a\n[1 place could not be read: closed]"
