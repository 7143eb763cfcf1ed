"""With ripgrep and without it, the search tools give the same answers."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sagent.errors import ToolError
from sagent.tools import Glob, Grep
from sagent.tools.plain_search import PlainSearch
from sagent.tools.ripgrep import RipgrepSearch, installed
from sagent.tools.search import Engine
from tests.tools.calls import said
from tests.tools.forest import Forest, forests, patterns

PROGRAM = installed()
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="ripgrep is not installed")
SLOW = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))

MODES = st.fixed_dictionaries(
    {},
    optional={
        "ignore_case": st.booleans(),
        "multiline": st.booleans(),
        "hidden": st.booleans(),
        "output_mode": st.sampled_from(("content", "content", "count", "files_with_matches")),
        "before": st.integers(0, 2),
        "context": st.integers(0, 3),
        "limit": st.integers(1, 5),
        "offset": st.integers(0, 4),
        "glob": st.sampled_from(
            ("*.py", "!*.py", "src/**", "**/lib/*", "*.{py,txt}", ".h*", "[", "é", "lib/*")
        ),
        "type": st.sampled_from(("py", "txt", "log")),
    },
)


async def answers(
    root: Path, tool: Callable[[Path, Engine], Grep | Glob], directive: Mapping[str, object]
) -> Sequence[str]:
    """What is said with each engine, or the reason why nothing is."""
    assert PROGRAM is not None
    told = []
    for engine in (PlainSearch, partial(RipgrepSearch, PROGRAM)):
        try:
            told.append(await said(tool(root, engine), **directive))
        except ToolError as error:
            told.append(f"error: {error}")
    return told


def grep(root: Path, engine: Engine) -> Grep:
    return Grep(root, engines=lambda: (engine,))


def glob(root: Path, engine: Engine) -> Glob:
    return Glob(root, engines=lambda: (engine,))


@SLOW
# A place between the two characters of a line's end is no edge of a word, nor does it end a line.
@example(Forest({"a": b"_\r\nb", "b": b"\r\n\xc3\xa9\r\n\ra"}), "\\B", {"output_mode": "content"})
@example(Forest({"a": b"ab\r\nc"}), "\\b{end-half}\\b{start-half}", {"output_mode": "content"})
# Beside a byte that is no text nothing is known, so there is neither an edge of a word nor none.
@example(Forest({"a": b"_\xe2\x80", "b": b"K\r\xff", "c": b"-\xff"}), "\\B", {"output_mode": "content"})
@example(Forest({"a": b"a\xff", "b": b"\xffa"}), "\\b{start-half}a|a\\b{end-half}", {})
@example(Forest({"a": b"a{2}"}), "(?x) {2}", {})
@example(Forest({"a": b"a{2}{a}"}), "a|{2}", {})
@example(Forest({"a": b"a{2}{a}"}), "{a}", {})
@given(forests, patterns, MODES)
async def test_what_is_found_in_files_is_the_same_with_and_without_ripgrep(
    forest: Forest, pattern: str, mode: Mapping[str, object]
) -> None:
    with TemporaryDirectory() as folder:
        place = forest.grow(Path(folder))

        plain, fast = await answers(place, grep, {"pattern": pattern, **mode})

    assert plain == fast


@SLOW
@example(Forest({"a/b/c.py": b"", ".gitignore": b"a/*\n!a/b"}), "**/*.py", {})
@given(
    forests,
    st.sampled_from(
        ("**", "*", "**/*.py", "src/**", "*.{py,txt}", "**/lib/**/*", "?", "**/.h*", "{src,lib}/*", "[a-c]*")
    ),
    st.fixed_dictionaries(
        {}, optional={"hidden": st.booleans(), "limit": st.integers(1, 4), "offset": st.integers(0, 3)}
    ),
)
async def test_the_files_that_are_found_are_the_same_with_and_without_ripgrep(
    forest: Forest, pattern: str, mode: Mapping[str, object]
) -> None:
    with TemporaryDirectory() as folder:
        place = forest.grow(Path(folder))

        plain, fast = await answers(place, glob, {"pattern": pattern, **mode})

    assert plain == fast
