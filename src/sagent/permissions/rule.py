"""One rule: `Tool`, `Tool(pattern)` or `*`, and what it means."""

import re
import shlex
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Final

from sagent.errors import UsageError
from sagent.lib.value import frozen
from sagent.permissions.command import Script, Simple, script
from sagent.permissions.touch import Changing, Reading, Running, Touch, Using
from sagent.permissions.whereabouts import matches

_RULE: Final = re.compile(r"([A-Za-z_*?][\w*?-]*)(?:\((.+)\))?", re.DOTALL)

WRAPPERS: Final = frozenset(
    str.split(
        "busybox builtin chroot command doas env exec find ionice nice nohup parallel setsid stdbuf "
        "sudo time timeout watch xargs"
    )
)
"""Programs that run another one, which stands somewhere behind them."""

SHELLS: Final = frozenset(str.split("ash bash dash eval ksh sh zsh"))
"""Programs that run what they are told in words."""


@frozen()
class Rule:
    """Which calls, or which part of what they touch, somebody has decided about."""

    tool: str
    """Which tools, as a pattern of names without regard to case."""
    pattern: str = ""
    """Which paths or commands; all if empty."""

    def fits(self, tool: str, touch: Touch, workspace: Path, *, loosely: bool) -> bool:
        """Whether the rule is about this.

        What is to be allowed must be exactly what the rule says; what is to be held back is also found
        behind other names (`loosely`).
        """
        if not self.pattern:
            return fnmatchcase(tool.casefold(), self.tool.casefold())
        match touch:
            case Reading(path=path):
                # Who may change a file may look at it.
                named = self._names(tool, "read") or (not loosely and self._names(tool, "edit"))
                return named and matches(self.pattern, path, workspace, loosely=loosely)
            case Changing(path=path):
                return self._names(tool, "edit") and matches(self.pattern, path, workspace, loosely=loosely)
            case Running(script=ran):
                return self._names(tool, "bash") and _runs(self.pattern, ran, loosely=loosely)
            case Using(known=True):
                return False
            case Using(words=words):
                # What a word of an unknown tool means is not known: that is no ground to allow anything.
                own = fnmatchcase(tool.casefold(), self.tool.casefold())
                return loosely and own and any(fnmatchcase(word, self.pattern) for word in words)

    def _names(self, tool: str, kind: str) -> bool:
        """Whether it is about this tool, or about all that do what the tool called `kind` does."""
        return any(fnmatchcase(name, self.tool.casefold()) for name in (tool.casefold(), kind))


@lru_cache(maxsize=512)
def rule(text: str) -> Rule:
    """The rule that is written so.

    Raises:
        UsageError: it is none.
    """
    found = _RULE.fullmatch(text.strip())
    if found is None:
        raise UsageError(
            f"{text!r} is no permission rule: write a tool, as in Read, or a tool and a pattern, as in "
            "Bash(git status:*) or Edit(src/**), or * for all tools"
        )
    return Rule(found[1], (found[2] or "").strip())


def _runs(pattern: str, ran: Script, *, loosely: bool) -> bool:
    wanted, open_end = _wanted(pattern)
    if not wanted and open_end:
        return True
    if loosely:
        return any(_begins(words, wanted, open_end) for each in ran.commands for words in _guises(each))
    if ran.opaque:
        return False
    return all(
        not each.sets
        and all(word.certain for word in each.words[: len(wanted)])
        and _begins([word.text for word in each.words], wanted, open_end and bool(each.words))
        and (open_end or all(word.certain for word in each.words))
        for each in ran.commands
    )


@lru_cache(maxsize=512)
def _wanted(pattern: str) -> tuple[Sequence[str], bool]:
    """The words that a command has to begin with, and whether more may follow."""
    body = pattern.removesuffix(":*")
    open_end = body != pattern
    try:
        words = shlex.split(body)
    except ValueError:
        words = body.split()
    if words[-1:] == ["*"]:
        return tuple(words[:-1]), True
    return tuple(words), open_end


def _begins(words: Sequence[str], wanted: Sequence[str], open_end: bool) -> bool:
    if len(words) < len(wanted) or (len(words) > len(wanted) and not open_end):
        return False
    return all(fnmatchcase(word, want) for word, want in zip(words, wanted, strict=False))


def _guises(command: Simple, depth: int = 0) -> Iterator[Sequence[str]]:
    """The command, and those that it may be a guise of."""
    words = [word.text for word in command.words]
    if not words:
        return
    name = words[0].rpartition("/")[2]
    yield [name, *words[1:]]
    if name in WRAPPERS:
        for at in range(1, len(words)):
            yield [words[at].rpartition("/")[2], *words[at + 1 :]]
    if depth < 3 and (name in SHELLS or (name in WRAPPERS and SHELLS.intersection(words))):
        told = [" ".join(words[1:])] if name == "eval" else [word for word in words[1:] if " " in word]
        for each in told:
            for inner in script(each).commands:
                yield from _guises(inner, depth + 1)
