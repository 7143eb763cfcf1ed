"""Which rules to write down where somebody allows a call for good."""

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from sagent.permissions.harmless import LOOKING
from sagent.permissions.rule import SHELLS, WRAPPERS
from sagent.permissions.touch import Changing, Reading, Running, Touch, Using
from sagent.permissions.whereabouts import KEPT, is_secret, real

FAMILIES: Final = frozenset(
    str.split(
        "apt apt-get brew bundle cargo composer conda docker dotnet gh git go gradle helm hg just "
        "kubectl mvn nox npm pip pnpm podman poetry rake ruff rustup svn systemctl terraform tox uv "
        "yarn"
    )
)
"""Programs whose first argument says what they do."""

UNBOUNDED: Final = frozenset(
    str.split(
        ". awk bun chmod chown curl dd deno gawk kill lua make node npx perl php pipx pkill rm ruby "
        "sed source ssh uvx wget"
    )
)
"""Programs that do anything they are told to, so that only the very same call is allowed; as with those that
only look, since the one that is asked about looks where it should not."""

LOSING: Final = frozenset(
    str.split("branch checkout clean config filter-branch push rebase reset restore rm stash switch worktree")
)
"""What git is asked to do that can lose work, likewise."""

_PYTHON: Final = re.compile(r"(?:python|pypy)[0-9.]*")
_PLAIN: Final = re.compile(r"[a-z][a-z0-9-]*")
_LITERAL: Final = re.compile(r"[^*?\[\]{}\\]+")
"""What stands for itself in a pattern."""


def lasting(tool: str, touch: Touch) -> Iterator[str]:
    """The rules that would allow what a call does here; none where no rule should."""
    match touch:
        case Using(known=False):
            yield tool
        case Using():
            pass
        case Reading(path=path):
            if not is_secret(path):
                yield from _folder("Read", path)
        case Changing(path=path):
            if not KEPT.intersection(real(path).parts):
                yield from _folder("Edit", path)
        case Running():
            yield from _command(touch)


def _folder(name: str, path: Path) -> Iterator[str]:
    """Everything beside the path, unless that is everything there is."""
    folder = real(path).parent
    if folder != folder.parent and _LITERAL.fullmatch(str(folder)):
        yield f"{name}({folder}/**)"


def _command(running: Running) -> Iterator[str]:
    if running.script.opaque:
        return
    for command in running.script.commands:
        certain = all(word.certain for word in command.words)
        pattern = _pattern([word.text for word in command.words], certain=certain)
        if pattern and not command.sets:
            yield f"Bash({pattern})"


def _pattern(names: Sequence[str], *, certain: bool) -> str:
    """A pattern for this command and those like it; empty where there should be none."""
    whole = shlex.join(names) if certain and all(map(_LITERAL.fullmatch, names)) else ""
    if not names or not _LITERAL.fullmatch(names[0]):
        return ""
    name = names[0].rpartition("/")[2]
    if name in UNBOUNDED | SHELLS | WRAPPERS | LOOKING or name == "cd" or _PYTHON.fullmatch(name):
        return whole
    if name in FAMILIES and len(names) > 1:
        loses = name == "git" and names[1] in LOSING
        return whole if loses or not _PLAIN.fullmatch(names[1]) else f"{names[0]} {names[1]}:*"
    return f"{shlex.quote(names[0])}:*"
