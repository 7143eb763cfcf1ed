"""Reading one regular expression, of Rust's kind or of PCRE2's, and writing it as one of Python's."""

import re
from dataclasses import dataclass, field, replace
from typing import Final

from sagent.lib.value import frozen
from sagent.tools.class_parser import Classes
from sagent.tools.repetition import SPACE, is_repetition, repetition
from sagent.tools.unreadable import Unreadable

__all__ = ["Parser", "Reading", "Unreadable"]

_EDGES: Final = {
    "\\b{start}": r"(?:\b(?=\w))",
    "\\b{end}": r"(?:\b(?<=\w))",
    "\\b{start-half}": r"(?:(?<!\w)(?<![\udc80-\udcff]))",
    "\\b{end-half}": r"(?:(?!\w)(?![\udc80-\udcff]))",
    "\\<": r"(?:\b(?=\w))",
    "\\>": r"(?:\b(?<=\w))",
}


@frozen(kw_only=True)
class Reading:
    """What a pattern comes to."""

    source: str
    """The same for Python."""
    runs: tuple[tuple[str, ...], ...]
    """For each alternative, strings that every match of it has."""
    edges: bool = False
    """Whether it is about the ends of the whole text."""
    gaps: bool = False
    """Whether it is about places that may be no edge of a word, as the one within `\\r\\n` is none."""
    folds: bool
    """Whether it takes upper and lower case as the same somewhere."""


@frozen()
class _Flags:
    m: bool = True
    s: bool = False
    x: bool = False
    U: bool = False


@dataclass(slots=True)
class _Branch:
    """What has been read of one alternative."""

    pieces: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    open: bool = False
    """Whether the last run may be made longer."""


class Parser:
    """Reads a pattern once.

    Atoms are written so that none matches a line's end, unless the search is over several lines: so a whole
    text may be searched at once, and each line is still searched by itself.
    """

    def __init__(self, pattern: str, *, rust: bool, wide: bool, multiline: bool, crlf: bool) -> None:
        self._pattern = pattern
        self._at = 0
        self._rust = rust
        self._wide = wide
        self._multiline = multiline
        self._crlf = crlf
        self._folds = False
        self._edges = False
        self._gaps = False
        self._classes = Classes(pattern, rust=rust, wide=wide, multiline=multiline, crlf=crlf)

    def reading(self) -> Reading:
        """The whole pattern.

        Raises:
            Unreadable: it is no regular expression of this kind, or there is no like of it in Python.
        """
        source, runs = self._alternatives(_Flags(s=self._multiline), depth=0)
        if self._at < len(self._pattern):
            raise Unreadable("unopened )")
        return Reading(source=source, runs=runs, edges=self._edges, gaps=self._gaps, folds=self._folds)

    def _alternatives(self, flags: _Flags, depth: int) -> tuple[str, tuple[tuple[str, ...], ...]]:
        if depth > 100:
            raise Unreadable("it is nested too deeply")
        branches = [_Branch()]
        openers = ""
        while self._at < len(self._pattern) and self._pattern[self._at] != ")":
            if self._pattern[self._at] == "|":
                self._at += 1
                # A flag that was set in passing holds in the alternatives that follow, too.
                branches[-1].pieces.append(")" * openers.count("("))
                branches.append(_Branch(pieces=[openers]))
            elif bare := self._bare_flags():
                flags, opener = self._set(flags, *bare)
                branches[-1].pieces.append(opener)
                branches[-1].open = False
                openers += opener
            else:
                self._item(branches[-1], flags, depth)
        branches[-1].pieces.append(")" * openers.count("("))
        source = "|".join("".join(branch.pieces) for branch in branches)
        return source, tuple(tuple(branch.runs) for branch in branches)

    def _bare_flags(self) -> tuple[str, str] | None:
        found = re.compile(r"\(\?([a-zA-Z]*)(?:-([a-zA-Z]+))?\)").match(self._pattern, self._at)
        if found is None or not (found[1] or found[2]):
            return None
        self._at = found.end()
        return found[1], found[2] or ""

    def _set(self, flags: _Flags, on: str, off: str) -> tuple[_Flags, str]:
        """The flags after a change, and what opens a group of Python's in which case is treated so."""
        if set(on + off) - set("imsxUu") or "u" in off:
            raise Unreadable(f"the flags (?{on}{'-' * bool(off)}{off}) are not known here")
        for sign, letters in ((True, on), (False, off)):
            for letter in letters:
                if letter in "msxU":
                    flags = replace(flags, **{letter: sign})
        self._folds = self._folds or "i" in on
        return flags, "(?i:" if "i" in on else "(?-i:" if "i" in off else ""

    def _item(self, branch: _Branch, flags: _Flags, depth: int) -> None:
        if flags.x and (skip := SPACE.match(self._pattern, self._at)):
            self._at = skip.end()
            return
        atom, literal = self._atom(flags, depth)
        if not atom:
            return
        often = repetition(self._pattern, self._at, rust=self._rust, spaced=flags.x, swapped=flags.U)
        self._at = often.end
        branch.pieces.append(often.around(atom))
        if literal and often.least:
            if branch.open:
                branch.runs[-1] += literal
            else:
                branch.runs.append(literal)
        branch.open = bool(literal) and not often.suffixes

    def _atom(self, flags: _Flags, depth: int) -> tuple[str, str]:
        """The next atom for Python, and the character that it is, if it is one."""
        char = self._pattern[self._at]
        if char == "(":
            return self._group(flags, depth), ""
        if char == "[":
            source, self._at = self._classes.bracketed(self._at, flags.x)
            return source, ""
        if char == "\\":
            return self._escape(flags)
        self._at += 1
        if char == ".":
            return self._classes.dot(flags.s), ""
        if char in "^$":
            return self._anchor(char, flags.m), ""
        if char in "*+?":
            raise Unreadable(f"nothing to repeat before {char}")
        if char == "{" and (self._rust or is_repetition(self._pattern, self._at - 1)):
            raise Unreadable("nothing to repeat before {, or a { that is no repetition")
        return self._literal(char)

    def _literal(self, char: str) -> tuple[str, str]:
        if char == "\n" and not self._multiline:
            raise Unreadable("it has a line break in it, and lines are searched one by one: set multiline")
        if char == "\0":
            raise Unreadable("a NUL is in no text, and files with one are not searched")
        return re.escape(char), char

    def _anchor(self, char: str, lines: bool) -> str:
        if not lines:
            return self._edge(char == "^")
        if self._wide and self._crlf:
            return (
                r"(?:(?<=\n)|(?<=\r)(?!\n)|(?<![\s\S]))"
                if char == "^"
                else r"(?:(?=\r)|(?<!\r)(?=\n)|(?![\s\S]))"
            )
        return char

    def _edge(self, first: bool) -> str:
        self._edges = True
        if self._multiline:
            return r"(?:\A)" if first else r"(?:\Z)"
        return r"(?:(?<=\n)|(?<![\s\S]))" if first else r"(?:(?=\n)|(?![\s\S]))"

    def _group(self, flags: _Flags, depth: int) -> str:
        begun = self._at
        rest = self._pattern[begun : begun + 80]
        if rest.startswith("(?#") and not self._rust:
            self._at = self._pattern.find(")", begun) + 1 or len(self._pattern)
            return ""
        if named := re.match(r"\(\?(?:P?<([^\W\d]\w*)>|'([^\W\d]\w*)')", rest):
            opener = f"(?P<{named[1] or named[2]}>"
            if named[2] and self._rust:
                raise Unreadable("a name in quotation marks")
        elif flagged := re.match(r"\(\?([a-zA-Z]*)(?:-([a-zA-Z]+))?:", rest):
            named, opener = flagged, "(?:"
            flags, cased = self._set(flags, flagged[1], flagged[2] or "")
            opener = cased or opener
        elif not self._rust and (named := re.match(r"\(\?(?:=|!|<=|<!|>)", rest)):
            opener = named[0]
        elif not self._rust and (back := re.match(r"\(\?P=([^\W\d]\w*)\)", rest)):
            self._at += back.end()
            return back[0]
        elif named := re.match(r"\((?![?*])", rest):
            opener = "("
        else:
            raise Unreadable(f"a group that begins {rest[:4]} is not known here")
        self._at = begun + named.end()
        inside, _ = self._alternatives(flags, depth + 1)
        if not self._pattern.startswith(")", self._at):
            raise Unreadable("unclosed group")
        self._at += 1
        return f"{opener}{inside})"

    def _escape(self, flags: _Flags) -> tuple[str, str]:
        rest = self._pattern[self._at : self._at + 40]
        if len(rest) < 2:
            raise Unreadable("it ends in a backslash")
        if self._rust and (edge := re.match(r"\\b\{[a-z-]+\}|\\[<>]", rest)):
            if edge[0] not in _EDGES:
                raise Unreadable(f"{edge[0]} is not known")
            self._at += edge.end()
            self._gaps = self._gaps or "half" in edge[0]
            return _EDGES[edge[0]], ""
        letter = rest[1]
        if letter in "bB":
            self._at += 2
            self._gaps = self._gaps or letter == "B"
            return f"(?:\\{letter}{self._classes.unbroken if letter == 'B' else ''})", ""
        if letter in "AzZ" and (letter != "Z" or not self._rust):
            self._at += 2
            return r"(?:\n?\Z)" if letter == "Z" and self._multiline else self._edge(letter == "A"), ""
        if letter == "N" and not self._rust:
            self._at += 2
            return self._classes.dot(False), ""
        if not self._rust and (back := re.match(r"\\([1-9]\d?)|\\k(?:<(\w+)>|\{(\w+)\}|'(\w+)')", rest)):
            self._at += back.end()
            return (f"(?:\\{back[1]})" if back[1] else f"(?P={back[2] or back[3] or back[4]})"), ""
        if letter in "dDwWsSpPhHvV":
            source, self._at = self._classes.escaped(self._at)
            return source, ""
        char, self._at = self._classes.character(self._at)
        return self._literal(char)
