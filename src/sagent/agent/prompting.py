"""The default system prompt: who the agent is, where it is, what its tools want, what the project wants."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from sagent.abilities import Instructed
from sagent.protocols import Tool

PAGES: Final = Path(__file__).parent / "prompts"

SECTIONS: Final = ("identity", "work", "answer")
"""The sections that are the same everywhere, each a file in `prompts/`."""

INSTRUCTIONS: Final = "AGENTS.md"
"""The file in which projects tell agents what to know and how to behave (agents.md)."""

LARGEST: Final = 64 * 1024
"""How many bytes of one such file are shown: more is no instruction any more."""

GIT_PATIENCE: Final = 2.0
"""How many seconds git may take to say how things stand; in huge repositories it takes longer."""


def system_prompt(workspace: Path, tools: Sequence[Tool], today: date) -> str:
    """What an agent is told before anything else.

    It is made once, when a session begins: the log keeps it as it was sent.
    """
    sections = [
        *(_page(name) for name in SECTIONS),
        environment(workspace, today),
        *(tool.prompt() for tool in tools if isinstance(tool, Instructed)),
        *project_instructions(workspace),
    ]
    return "\n\n".join(section.strip() for section in sections if section.strip())


def is_default(system: str) -> bool:
    """Whether a system prompt is one of these, of whatever day and place."""
    return system.startswith(_page(SECTIONS[0]).strip())


def environment(workspace: Path, today: date) -> str:
    """The section on where the agent is: to the day, so that the prompt of one day stays cached."""
    place = workspace.resolve()
    machine = os.uname()
    lines = [
        "# Where you are",
        "",
        f"- Working directory: {place}",
        f"- Platform: {machine.sysname} {machine.release}, {machine.machine}",
        f"- Today: {today.isoformat()}",
        f"- Git: {_git_state(place)}",
    ]
    return "\n".join(lines)


def project_instructions(workspace: Path) -> Iterator[str]:
    """The sections that the project wrote: each `AGENTS.md` from the repository's root down to here."""
    for folder in _from_the_root(workspace.resolve()):
        text = _instructions(folder / INSTRUCTIONS)
        if text:
            yield f"# Instructions from {folder / INSTRUCTIONS}\n\n{text}"


def _page(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def _from_the_root(place: Path) -> Sequence[Path]:
    """The directories from the repository's root down to this one; outside of a repository only this one."""
    chain = (place, *place.parents)
    for index, folder in enumerate(chain):
        # In a worktree and in a submodule `.git` is a file.
        if (folder / ".git").exists():
            return tuple(reversed(chain[: index + 1]))
    return (place,)


def _instructions(path: Path) -> str:
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        return f"[{path} cannot be read: {error.strerror}]"
    text = data[:LARGEST].decode("utf-8-sig", errors="replace").strip()
    if len(data) > LARGEST:
        text += f"\n\n[cut after {LARGEST} bytes: read the rest of {path} before you rely on it]"
    return text


def _git_state(place: Path) -> str:
    """The branch and whether anything is uncommitted, on one line."""
    if not any((folder / ".git").exists() for folder in (place, *place.parents)):
        return "not a repository"
    command = (
        # A repository may name a program that git is to run for this: not for ours.
        *("git", "-c", "core.fsmonitor=false"),
        *("status", "--porcelain", "--branch", "--ignore-submodules=all"),
    )
    try:
        done = subprocess.run(
            command,
            cwd=place,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=GIT_PATIENCE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return "a repository whose state could not be read"
    head, *changes = done.stdout.decode(errors="replace").splitlines() or ["##"]
    branch = head.removeprefix("## ").partition("...")[0].removeprefix("No commits yet on ") or "unknown"
    where = "detached HEAD" if branch == "HEAD (no branch)" else f"branch {branch}"
    match len(changes):
        case 0:
            return f"{where}, clean"
        case 1:
            return f"{where}, 1 uncommitted change"
        case count:
            return f"{where}, {count} uncommitted changes"
