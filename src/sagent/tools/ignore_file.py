"""The rules of one ignore file, read as ripgrep reads them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple

from sagent.lib.value import frozen
from sagent.tools.wildcard import MAGIC, split_base, strict_source

_LARGEST: Final = 1_000_000
"""How much of an ignore file is read, in bytes."""


_ENDING: Final = re.compile(r"\*([^*?\[\]{}\\]*)(?:\[([0-9A-Za-z]+)\])?([^*?\[\]{}\\]*)")
"""A pattern of how names end, such as `*.py[co]`."""


@frozen(kw_only=True)
class _Rule:
    """One line: where it matches, and what follows."""

    name: str = ""
    """The one name it is for, in any directory."""
    ending: str = ""
    """How the names end that it is for, in any directory."""
    shape: str = ""
    """A regular expression for the names that it is for, in any directory."""
    source: str = ""
    """A regular expression for the paths that it is for."""
    keeps: bool
    folders: bool
    """Whether it is for directories only."""
    last: str = ""
    """The name that it ends in, if it is for paths and ends in one."""
    lead: tuple[str, int] | None = None
    """Else where it begins to hold, and how deep it reaches, -1 for ever."""


@frozen(kw_only=True)
class _Rules:
    """Neighbouring lines that come to the same, so that one look answers for all."""

    names: frozenset[str]
    endings: tuple[str, ...]
    shapes: re.Pattern[str] | None
    paths: re.Pattern[str] | None

    def match(self, name: str, prefix: str) -> bool:
        return (
            name in self.names
            or (self.endings != () and name.endswith(self.endings))
            or (self.shapes is not None and self.shapes.fullmatch(name) is not None)
            or (self.paths is not None and self.paths.fullmatch(prefix + name) is not None)
        )


@frozen(kw_only=True, eq=False)
class IgnoreFile:
    """What one ignore file says."""

    blocks: tuple[tuple[bool, _Rules, _Rules], ...]
    """Whether it ignores, and the rules for files and for directories; the last of the file first."""
    marks: "Marks"
    """By which names any of the rules is known, at any place."""
    leads: tuple[tuple[str, int], ...]
    """Of the other rules: where they begin to hold, and how deep they reach, -1 for ever."""

    def verdict(self, name: str, prefix: str, is_directory: bool) -> bool | None:
        """Whether a path is ignored; None if nothing is said about it.

        Names are bytes as `legible` makes them; the prefix is the path of the name's directory
        below the ignore file, with a slash behind it.
        """
        for ignores, files, folders in self.blocks:
            if (folders if is_directory else files).match(name, prefix):
                return ignores
        return None

    def reaches(self, prefix: str) -> bool:
        """Whether a rule that no name is known by may hold in a directory."""
        return any(
            prefix.startswith(lead) and (depth < 0 or prefix.count("/") == depth)
            for lead, depth in self.leads
        )


class Marks(NamedTuple):
    """Names that have to be looked at more closely; a quick look at the others is enough."""

    names: frozenset[str] = frozenset()
    endings: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    """Regular expressions for names."""


def legible(name: bytes) -> str:
    """One character a byte, since ripgrep's `?` in an ignore file stands for one byte."""
    return name.decode("latin-1")


def ignore_file(path: bytes) -> IgnoreFile | None:
    """Read an ignore file; None if there is none, or nothing in it."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            content = file.read(_LARGEST)
    except OSError:
        # ripgrep goes on without the rules that it may not read, too.
        return None
    return rules_of(content)


@lru_cache(maxsize=1024)
def rules_of(content: bytes) -> IgnoreFile | None:
    """The rules of an ignore file with this content; None if there are none."""
    # Projects have many ignore files that are alike.
    rules = [rule for line in _lines(content) for rule in _rule(line)]
    blocks = [
        (not keeps, _united(rule for rule in block if not rule.folders), _united(block))
        for keeps, block in ((keeps, list(group)) for keeps, group in groupby(rules, lambda rule: rule.keeps))
    ]
    if not rules:
        return None
    return IgnoreFile(
        blocks=tuple(reversed(blocks)),
        marks=Marks(
            names=frozenset(rule.name or rule.last for rule in rules if rule.name or rule.last),
            endings=tuple(dict.fromkeys(rule.ending for rule in rules if rule.ending)),
            shapes=tuple(dict.fromkeys(rule.shape for rule in rules if rule.shape)),
        ),
        leads=tuple(rule.lead for rule in rules if rule.lead),
    )


def _lines(content: bytes) -> Iterator[str]:
    for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        try:
            yield line.decode()
        except UnicodeDecodeError:
            # ripgrep reads no further either.
            return


def _rule(line: str) -> Iterator[_Rule]:
    """The rule of a line; none if it is a comment, empty, or no pattern."""
    if line.startswith("#"):
        return
    text = line if line.endswith("\\ ") else line.rstrip()
    keeps = text.startswith("!")
    escaped = text.startswith(("\\!", "\\#"))
    text = text[1:] if keeps or escaped else text
    rooted = text.startswith("/")
    if rooted and not escaped:
        text = text[1:]
    folders = text.endswith("/")
    if folders:
        text = text[:-1].removesuffix("\\")
    if not text:
        if keeps and not rooted and not folders:
            # A lone exclamation mark keeps everything, for ripgrep.
            yield _Rule(shape=".*", keeps=True, folders=False)
        return
    yield from _read(legible(text.encode()), not rooted and "/" not in text, keeps, folders)


def _read(pattern: str, anywhere: bool, keeps: bool, folders: bool) -> Iterator[_Rule]:
    if anywhere and not MAGIC.search(pattern):
        yield _Rule(name=pattern, keeps=keeps, folders=folders)
        return
    if anywhere and (ending := _ENDING.fullmatch(pattern)) and pattern != "*":
        for letter in ending[2] or ("",):
            yield _Rule(ending=ending[1] + letter + ending[3], keeps=keeps, folders=folders)
        return
    try:
        source = strict_source(_closed(pattern))
        re.compile(source)
    except (ValueError, re.error):
        # No pattern: for ripgrep such a line says nothing.
        return
    base, rest = split_base(pattern)
    if anywhere:
        yield _Rule(shape=source, keeps=keeps, folders=folders)
    elif not MAGIC.search(rest.rpartition("/")[2]):
        yield _Rule(source=source, last=rest.rpartition("/")[2], keeps=keeps, folders=folders)
    else:
        depth = -1 if "**" in rest or "{" in rest else pattern.count("/")
        yield _Rule(source=source, lead=(base + "/" * bool(base), depth), keeps=keeps, folders=folders)


def _closed(pattern: str) -> str:
    """The pattern with a bracket that never closes escaped: git and ripgrep take it literally."""
    at = 0
    while at < len(pattern):
        if pattern[at] == "\\":
            at += 2
        elif pattern[at] == "[":
            first = at + 2 if pattern.startswith(("[!", "[^"), at) else at + 1
            end = pattern.find("]", first + 1)
            if end < 0:
                return f"{pattern[:at]}\\{pattern[at:]}"
            at = end + 1
        else:
            at += 1
    return pattern


def _united(rules: Iterable[_Rule]) -> _Rules:
    taken: Sequence[_Rule] = list(rules)
    return _Rules(
        names=frozenset(rule.name for rule in taken if rule.name),
        endings=tuple(dict.fromkeys(rule.ending for rule in taken if rule.ending)),
        shapes=either(rule.shape for rule in taken if rule.shape),
        paths=either(rule.source for rule in taken if rule.source),
    )


def either(sources: Iterable[str]) -> re.Pattern[str] | None:
    """One expression for several; None for none."""
    joined = "|".join(f"(?:{source})" for source in sources)
    return re.compile(joined, re.DOTALL) if joined else None
