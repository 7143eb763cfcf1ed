"""Random trees of files, such as search tools meet, and patterns to look for in them."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

NAMES = (
    "a",
    "b.py",
    "c.txt",
    ".h",
    "é",
    "build",
    "x y",
    "d.log",
    "-n",
    "k.env",
    ".env",
    "key.pem",
    "n\nl",
    "A.PY",
)
FOLDERS = ("src", "lib", "build", ".hid", "é", "src/lib", "lib/build", "src/.hid", "a b")
RULES = (
    *(
        "*.log",
        "!d.log",
        "build",
        "build/",
        "/build",
        "!build/",
        "src/*",
        "!src/lib",
        "**/lib",
        "lib/**",
        "/src/lib",
    ),
    *(
        "*.py",
        "!*.py",
        "[ab]*",
        "?",
        "é",
        "x\\ y",
        "a b/",
        "#c",
        "\\#c",
        "!",
        "/",
        "c.txt  ",
        "*",
        "!*/",
        "!.h",
    ),
    *(
        "src/**/build",
        "{a,b}*",
        "[b",
        "*.{py,txt}",
        ".hid/",
        "!.hid",
        "*.P[XY]",
        "lib/b*",
        "a/**",
        "**",
        "/*",
        "b\\",
    ),
)
PIECES = (
    *(b"foo", b"bar", b"Foo", b" ", b"\n", b"\n\n", b"\r\n", b"\r", b"\t", b"_x1", b"(", b"[a]", b"-", b"42"),
    *("äö".encode(), b"\xff", b"foo bar\n", b"a.b\n", "ſ".encode(), b"\\", b"{}", b"x" * 40, b"\xe2\x82"),
)
FORMS = ("{}", "\ufeff{}", "utf-16", "utf-16-be", "nul", "late nul")

FILLER = b"<a NUL, late>"

LITERALS = ("foo", "bar", "Foo", "a", "b", "x1", "4", " ", "\\.", "\\(", "ä", "_", "-", "s", "k")
CLASSES = (
    *(
        "\\w",
        "\\W",
        "\\d",
        "\\D",
        "\\s",
        "\\S",
        ".",
        "[a-f]",
        "[^a-f]",
        "[^\\n]",
        "[\\s\\d]",
        "[^\\s]",
        "\\p{L}",
    ),
    *(
        "\\P{L}",
        "\\pN",
        "[[:alpha:]]",
        "[^[:space:]]",
        "[a-z&&[^aeo]]",
        "[\\w--o]",
        "[^\\W\\d_]",
        "[]a]",
        "[a\\]]",
    ),
    *(
        "\\x41",
        "\\x{66}",
        "\\u{6f}",
        "[\\x00-\\x20]",
        "\\t",
        "[a[bo]]",
        "[^a-z&&[^o]]",
        "[-a]",
        "[a-]",
        "\\p{Lu}",
    ),
)
ANCHORS = (
    "^",
    "$",
    "\\b",
    "\\B",
    "\\A",
    "\\z",
    "(?i)",
    "(?-i)",
    "\\<",
    "\\>",
    "(?m)",
    "(?s)",
    "(?x)",
    "\\b{start}",
    "\\b{start-half}",
    "\\b{end-half}",
)
BEYOND = (
    *(
        "(?=o)",
        "(?!o)",
        "(?<=f)",
        "(?<!f)",
        "(o)\\1",
        "\\h",
        "\\Z",
        "{",
        "}",
        "o++",
        "(?>fo)",
        "x{,2}",
        "{}",
        "]",
    ),
    *(
        "(?P<n>o)(?P=n)",
        "\\Qa.b\\E",
        "\\K",
        "(?:",
        ")",
        "[",
        "*",
        "\\",
        "(?<n>o)",
        "\\e",
        "(?#c)",
        "\\R",
        "[[a]",
    ),
)


@dataclass(frozen=True)
class Forest:
    """Files by their paths, below a directory that may be part of a repository."""

    files: Mapping[str, bytes]
    place: str = "."

    def grow(self, root: Path) -> Path:
        """Make them, and give the directory that is to be searched."""
        for name, content in self.files.items():
            path = root / name
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.replace(FILLER, b"foo filler\n" * 12_000 + b"\0"))
            except (FileExistsError, NotADirectoryError, IsADirectoryError):
                # Of two that cannot both be, the first one is.
                continue
        (root / "loop").symlink_to(root)
        (root / "link.py").symlink_to("b.py")
        place = root / self.place
        return place if place.is_dir() else root


def _content(pieces: Sequence[bytes], form: str) -> bytes:
    content = b"".join(pieces)
    if form.startswith("utf-16"):
        return (
            content.decode(errors="replace").encode(form)
            if form == "utf-16"
            else b"\xfe\xff" + content.decode(errors="replace").encode(form)
        )
    if form == "nul":
        return content + b"\0" + content
    if form == "late nul":
        return content + FILLER
    return form.format("").encode() + content


texts = st.builds(
    _content, st.lists(st.sampled_from(PIECES), max_size=14), st.sampled_from([*(FORMS[:1] * 8), *FORMS])
)
rules = st.lists(st.sampled_from(RULES), min_size=1, max_size=4).map(lambda lines: "\n".join(lines).encode())
places = st.sampled_from((".", ".", *FOLDERS))
paths = st.tuples(places, st.sampled_from(NAMES)).map(os.sep.join)
ignores = st.tuples(
    places,
    st.sampled_from((".gitignore", ".gitignore", ".gitignore", ".ignore", ".rgignore", ".git/info/exclude")),
).map(os.sep.join)
forests = st.builds(
    lambda rules, texts, place: Forest({**rules, **texts}, place),
    st.dictionaries(ignores, rules, max_size=4),
    st.dictionaries(paths, texts, min_size=1, max_size=8),
    st.sampled_from((".", ".", ".", "src", "build", "src/lib")),
)

_repeated = st.tuples(
    st.sampled_from((*LITERALS, *CLASSES)),
    st.sampled_from(("", "", "", "", "*", "+", "?", "{2}", "{1,3}", "+?", "**")),
).map("".join)
_sequence = st.lists(
    st.one_of(_repeated, _repeated, _repeated, st.sampled_from(ANCHORS)), min_size=1, max_size=4
).map("".join)
_wrapped = st.one_of(
    _sequence,
    _sequence,
    st.builds("({})".format, _sequence),
    st.builds("(?i:{})".format, _sequence),
    st.builds("{}|{}".format, _sequence, _sequence),
    st.builds("{}({}|{})".format, _sequence, _sequence, _sequence),
    st.builds("(?:{})+".format, _repeated),
)
patterns = st.one_of(
    _wrapped,
    _wrapped,
    st.tuples(_wrapped, st.sampled_from(BEYOND), st.one_of(st.just(""), _sequence)).map("".join),
)
