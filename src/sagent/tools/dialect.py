"""Regular expressions as ripgrep reads them, for Python: Rust's, and where they are none, PCRE2's."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sagent.tools.needles import needles
from sagent.tools.regex_parser import Parser, Reading, Unreadable


@dataclass(frozen=True, kw_only=True)
class Expression:
    """What is looked for in a text, as it was written and as Python understands it."""

    pattern: str
    ignore_case: bool = False
    fixed: bool = False
    """Whether the pattern is a plain string."""
    multiline: bool = False
    """Whether a match may span lines; `.` is then any character."""

    @cached_property
    def crlf(self) -> bool:
        """Whether a carriage return may belong to the end of a line.

        It does not where the pattern names it, nor in PCRE2's patterns and those that are about the ends of
        the text: ripgrep would then take lines with their ends.

        Raises:
            Unreadable: nobody can read the pattern, or only PCRE2.
        """
        if self.fixed:
            return "\r" not in self.pattern
        return (
            self.rust
            and not re.search(r"\r|\\r|\\x0[dD]|\\x\{0*[dD]\}", self.pattern)
            and not self._reading.edges
        )

    @cached_property
    def alike(self) -> bool:
        """Whether `\\r\\n` may be read as one character: no match depends on the place within it.

        Raises:
            Unreadable: nobody can read the pattern, or only PCRE2.
        """
        return self.crlf and not self.multiline and not self._reading.gaps

    def check(self) -> None:
        """Read the pattern.

        Raises:
            Unreadable: nobody can, or only some.
        """
        _ = self.plain, self.needles

    @cached_property
    def rust(self) -> bool:
        """Whether Rust's regular expressions are enough.

        Raises:
            Unreadable: nobody can read the pattern, or only PCRE2.
        """
        try:
            self._parsed(rust=True)
        except Unreadable:
            self._parsed(rust=False)
            return False
        return True

    @cached_property
    def plain(self) -> re.Pattern[str]:
        """For texts of ASCII characters without stray carriage returns.

        Raises:
            Unreadable: nobody can read the pattern, or only PCRE2.
        """
        source = self._parsed(rust=self.rust, crlf=self.crlf).source
        return self._compiled(source, re.ASCII if self.pattern.isascii() else 0)

    @cached_property
    def careful(self) -> re.Pattern[str]:
        """For all texts; a byte that is no UTF-8 is a surrogate in them, which only itself would match."""
        return self._compiled(self._parsed(rust=self.rust, wide=True, crlf=self.crlf).source, 0)

    @cached_property
    def needles(self) -> Sequence[bytes]:
        """One of these is in every text that matches; none if that cannot be said."""
        return needles(self._reading.runs, self._folds)

    @cached_property
    def may_match(self) -> Callable[[bytes], bool]:
        """Who tells whether bytes are worth a closer look."""
        wanted = self.needles
        if not wanted:
            return lambda _: True
        if self._folds:
            return lambda data: any(map(data.lower().__contains__, wanted))
        if len(wanted) == 1:
            needle = wanted[0]
            return lambda data: needle in data
        return lambda data: any(map(data.__contains__, wanted))

    @cached_property
    def _folds(self) -> bool:
        return self.ignore_case or self._reading.folds

    def matches(self, text: str) -> Mapping[int, int]:
        """The lines that a match is on, by where they begin, and where in the line the match does."""
        return dict(self._found(text))

    def lines(self, text: str) -> Iterator[int]:
        """Where the lines begin that a match is on."""
        return (line for line, _ in self._found(text))

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        stray = self.crlf and "\r" in text
        search = (self.careful if stray or not text.isascii() else self.plain).search
        at, end, told = 0, len(text), 0
        while at < end and (found := search(text, at)):
            start, stop = found.span()
            if start == end and text[-1] == "\n":
                # Behind the last line's end there is no line.
                return
            line = text.rfind("\n", 0, start) + 1
            if line >= told:
                # Where nothing is matched but the end of a line, ripgrep does not say where.
                yield line, 0 if self.multiline or start == stop else start - line
            line = told = text.find("\n", start) + 1 or end + 1
            while line < stop:
                yield line, 0
                line = told = text.find("\n", line) + 1 or end + 1
            at = max(stop, start + 1) if self.multiline else line

    @cached_property
    def _reading(self) -> Reading:
        return self._parsed(rust=self.rust)

    def _parsed(self, *, rust: bool, wide: bool = False, crlf: bool = False) -> Reading:
        if self.fixed:
            if "\n" in self.pattern and not self.multiline:
                raise Unreadable(
                    "it has a line break in it, and lines are searched one by one: set multiline"
                )
            return Reading(source=re.escape(self.pattern), runs=((self.pattern,),), folds=False)
        return Parser(self.pattern, rust=rust, wide=wide, multiline=self.multiline, crlf=crlf).reading()

    def _compiled(self, source: str, flags: int) -> re.Pattern[str]:
        try:
            return re.compile(source, flags | re.MULTILINE | (re.IGNORECASE if self.ignore_case else 0))
        except (re.error, RecursionError, OverflowError) as error:
            raise Unreadable(str(error)) from error
