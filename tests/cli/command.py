"""The real command, run as a program against a server of the test's own."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sagent.testing import Served

PATIENCE = 30.0
"""Seconds after which a command that should have ended is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A working directory and a home of its own, and the environment that goes with them."""

    home: Path
    work: Path

    def environ(self, served: Served | None, **others: str) -> Mapping[str, str]:
        """The variables of a command; nothing of the one who runs the tests leads to a provider."""
        own = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_RUNTIME_DIR": os.environ["XDG_RUNTIME_DIR"],
        }
        return {
            **own,
            **(served.environment if served is not None else {}),
            "NO_PROXY": "127.0.0.1",
            **others,
        }

    def run(self, served: Served | None, *arguments: str, stdin: str = "", **others: str) -> Ended:
        """Run the command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "sagent", *arguments],
            cwd=self.work,
            env=self.environ(served, **others),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Ended(code=done.returncode, out=done.stdout, err=done.stderr)

    def start(
        self,
        served: Served | None,
        *arguments: str,
        environ: Mapping[str, str] | None = None,
    ) -> "subprocess.Popen[str]":
        """Start the command; standard input is a pipe where no prompt is named."""
        return subprocess.Popen(
            [sys.executable, "-m", "sagent", *arguments],
            cwd=self.work,
            env={**self.environ(served), **(environ or {})},
            stdin=subprocess.DEVNULL if arguments else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def logs(self) -> list[Path]:
        """The sessions that were kept."""
        return sorted(self.home.rglob("*.jsonl"))


def interrupted(command: "subprocess.Popen[str]", number: int = signal.SIGINT) -> Ended:
    """Send a signal, and wait for the end."""
    command.send_signal(number)
    out, err = command.communicate(timeout=PATIENCE)
    return Ended(code=command.returncode, out=out, err=err)
