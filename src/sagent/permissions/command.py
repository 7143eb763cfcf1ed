"""A shell command taken apart into simple commands, as far as that can be done without running it.

What only a shell finds out (substitutions, here-documents, control flow) is not guessed at: such a command
is opaque, and what is told of it then is good enough to find what a rule forbids, and for nothing else.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sagent.lib.value import frozen

SEPARATORS: Final = frozenset({";", "&", "&&", "||", "|", "|&", "\n"})
WRITING: Final = frozenset({">", ">>", ">|", "&>", "&>>", "<>"})

RESERVED: Final = frozenset(
    str.split(
        "! [[ { } case coproc do done elif else esac fi for function if in select then time until while"
    )
)
"""Words that are no commands where a command begins (bash(1), RESERVED WORDS)."""

_OPERATOR: Final = re.compile(r"&>>|&&|\|\||\|&|;;|&>|>>|>\||<<|<>|>&|<&|[|&;()<>\n]")
_VARIABLE: Final = re.compile(r"\$(?:[A-Za-z_]\w*|[0-9?@*#$!-]|\{[A-Za-z_]\w*\})")
_ASSIGNMENT: Final = re.compile(r"[A-Za-z_]\w*(\[[^]]*\])?\+?=", re.DOTALL)
_FRAGMENTS: Final = re.compile(r"[;|&\n(){}`<>]+")


@frozen()
class Word:
    """One word of a command."""

    text: str
    """What it says, without its quotes; what is certain of it stands there as it was written."""
    certain: bool = True
    """Whether the shell gives exactly this to the program, and not what it makes of it."""


@frozen(kw_only=True)
class Simple:
    """A program with its arguments, and where its input comes from and its output goes."""

    words: Sequence[Word]
    reads: Sequence[Word] = ()
    writes: Sequence[Word] = ()
    sets: bool = False
    """Whether it is given variables of its own, which can make it another command."""

    @property
    def text(self) -> str:
        """It on one line, for a person."""
        return " ".join(word.text for word in self.words)


@frozen(kw_only=True)
class Script:
    """All that one command line runs."""

    commands: Sequence[Simple]
    opaque: str = ""
    """Why it cannot be told what it runs; empty where `commands` is exactly that."""


class _Opaque(Exception):
    """Only a shell could say what this runs."""


def script(text: str) -> Script:
    """Take a command line apart."""
    try:
        return Script(commands=tuple(_simple(_tokens(text))))
    except _Opaque as why:
        return Script(commands=tuple(_guesses(text)), opaque=str(why))


def _guesses(text: str) -> Iterator[Simple]:
    """What may be commands in a line that cannot be taken apart."""
    for fragment in _FRAGMENTS.split(text):
        words = re.sub(r"[\"'\\$]", " ", fragment).split()
        while words and (words[0] in RESERVED or _ASSIGNMENT.match(words[0])):
            words = words[1:]
        if words:
            yield Simple(words=tuple(map(Word, words)))


@dataclass(slots=True)
class _Pen:
    """The word that is being read."""

    text: str = ""
    begun: bool = False
    certain: bool = True
    quoted: bool = False

    def add(self, text: str, *, certain: bool = True, quoted: bool = False) -> None:
        self.text += text
        self.begun = True
        self.certain = self.certain and certain
        self.quoted = self.quoted or quoted

    def word(self) -> Word:
        if self.certain and self.text.startswith("~") and not self.quoted:
            home = self.text == "~" or self.text.startswith("~/")
            return Word(f"{Path.home()}{self.text[1:]}") if home else Word(self.text, certain=False)
        return Word(self.text, self.certain)


def _tokens(text: str) -> Iterator[Word | str]:
    """Words, and operators as strings."""
    pen, at = _Pen(), 0
    while at < len(text):
        char = text[at]
        if char in " \t":
            if pen.begun:
                yield pen.word()
            pen, at = _Pen(), at + 1
        elif char == "#" and not pen.begun:
            at = _until(text, "\n", at)
        elif operator := _OPERATOR.match(text, at):
            if pen.begun and not (operator[0][0] in "<>" and pen.text.isdigit() and not pen.quoted):
                yield pen.word()
            pen, at = _Pen(), operator.end()
            yield _operator(operator[0], text, at)
        else:
            at = _piece(text, at, pen)
    if pen.begun:
        yield pen.word()


def _operator(operator: str, text: str, end: int) -> str:
    if operator in {"(", ")"} or (operator in {"<", ">"} and text.startswith("(", end)):
        raise _Opaque("it has commands in parentheses")
    if operator == "<<":
        raise _Opaque("it has a here-document")
    if operator == ";;":
        raise _Opaque("it has control flow")
    return operator


def _piece(text: str, at: int, pen: _Pen) -> int:
    """Read what begins here and belongs to a word; return where it ends."""
    char = text[at]
    if char == "\\":
        if text.startswith("\\\n", at):
            return at + 2
        pen.add(text[at + 1 : at + 2], certain=at + 1 < len(text), quoted=True)
        return at + 2
    if char == "'":
        end = text.find("'", at + 1)
        if end < 0:
            raise _Opaque("a quote in it is not closed")
        pen.add(text[at + 1 : end], quoted=True)
        return end + 1
    if char == '"':
        return _quoted(text, at + 1, pen)
    if char in "$`":
        return _expansion(text, at, pen)
    # Patterns and braces become other words, or several.
    lone = char in "{}" and not pen.begun and text[at + 1 : at + 2] in {"", " ", "\t", "\n", ";"}
    pen.add(char, certain=lone or char not in "*?[{}")
    return at + 1


def _quoted(text: str, at: int, pen: _Pen) -> int:
    pen.add("", quoted=True)
    while at < len(text):
        char = text[at]
        if char == '"':
            return at + 1
        if char in "$`":
            at = _expansion(text, at, pen)
        elif char == "\\" and text[at + 1 : at + 2] in {"$", "`", '"', "\\", "\n"}:
            pen.add(text[at + 1].replace("\n", ""))
            at += 2
        else:
            pen.add(char)
            at += 1
    raise _Opaque("a quote in it is not closed")


def _expansion(text: str, at: int, pen: _Pen) -> int:
    """A variable, whose value only the shell knows; anything that could run a command is opaque."""
    if variable := _VARIABLE.match(text, at):
        pen.add(variable[0], certain=False)
        return variable.end()
    if text[at] == "`" or text[at + 1 : at + 2] in {"(", "{", "[", "'", '"'}:
        raise _Opaque("it has a substitution")
    pen.add("$")
    return at + 1


def _until(text: str, char: str, at: int) -> int:
    end = text.find(char, at)
    return len(text) if end < 0 else end


@dataclass(slots=True)
class _Draft:
    """The simple command that is being read."""

    words: list[Word] = field(default_factory=list)
    reads: list[Word] = field(default_factory=list)
    writes: list[Word] = field(default_factory=list)
    sets: bool = False

    @property
    def begun(self) -> bool:
        return bool(self.words or self.reads or self.writes or self.sets)

    def done(self) -> Simple:
        return Simple(
            words=tuple(self.words), reads=tuple(self.reads), writes=tuple(self.writes), sets=self.sets
        )


def _simple(tokens: Iterator[Word | str]) -> Iterator[Simple]:
    draft = _Draft()
    for token in tokens:
        if isinstance(token, Word):
            if not draft.words and _ASSIGNMENT.match(token.text):
                draft.sets = True
            elif not draft.words and token.certain and token.text in RESERVED:
                raise _Opaque("it has control flow")
            else:
                draft.words.append(token)
        elif token in SEPARATORS:
            if draft.begun:
                yield draft.done()
            draft = _Draft()
        else:
            _redirect(token, next(tokens, ""), draft)
    if draft.begun:
        yield draft.done()


def _redirect(operator: str, target: Word | str, draft: _Draft) -> None:
    if isinstance(target, str):
        raise _Opaque(f"nothing stands behind a {operator} in it")
    if operator in {">&", "<&"} and (target.text.isdigit() or target.text == "-"):
        return
    if operator in WRITING or operator == ">&":
        draft.writes.append(target)
    else:
        draft.reads.append(target)
