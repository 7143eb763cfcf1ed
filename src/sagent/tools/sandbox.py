"""A sandbox for commands, made by bubblewrap: what they may change, see and reach."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import lru_cache
from pathlib import Path
from typing import Final

from sagent.errors import UsageError
from sagent.lib.value import frozen
from sagent.tools.shell import START

SECRETS: Final = (
    ".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".oci", ".password-store", ".netrc", ".pgpass",
    ".git-credentials", ".npmrc", ".pypirc", ".vault-token", ".terraform.d", ".mozilla", ".thunderbird",
    ".bash_history", ".zsh_history", ".python_history", ".config/gcloud", ".config/gh", ".config/op",
    ".config/sagent", ".config/google-chrome", ".config/chromium", ".cargo/credentials.toml",
    ".gem/credentials", ".local/share/keyrings", ".local/share/sagent", ".local/state/sagent",
)  # fmt: skip
"""What of a home directory holds keys, passwords or conversations."""

SECRETIVE: Final = re.compile(r"(?i)(key|token|secret|passw(or)?d|credentials?|auth_sock)$")
"""The names of variables that hold them, or lead to them."""

SOCKETS: Final = ("/run/user", "/run/docker.sock", "/run/podman", "/run/containerd", "/run/dbus")
"""Where services listen that do things outside for whoever asks; a read-only file can be connected to."""


@frozen()
class Sandbox:
    """Lets commands write to the workspace and to a directory for temporary files of their own only."""

    network: bool = True
    """Whether they reach the network."""
    writable: Sequence[Path] = ()
    """What else they may write to, if it is there."""
    home: Path = field(default_factory=Path.home)
    """Whose secrets are hidden."""

    def check(self) -> None:
        """See whether commands can be run so.

        Raises:
            UsageError: there is no bubblewrap, or the system does not let it.
        """
        if (fault := _fault(self.network)) is not None:
            raise UsageError(f"commands cannot be run in a sandbox: {fault}; or leave the sandbox out")

    def around(
        self, command: Sequence[str], *, folder: Path, workspace: Path, report: Path | None = None
    ) -> Sequence[str]:
        """The command, as it is started in a sandbox, there in a folder; it may write to the report."""
        mounts: list[tuple[str, Sequence[str]]] = [(path, ("--bind", _temporary())) for path in _shared()]
        mounts += [(str(path), ("--tmpfs",)) for path in self._hidden() if path.is_dir()]
        mounts += [(str(path), ("--dev-bind", os.devnull)) for path in self._hidden() if not path.is_dir()]
        if report is not None:
            report.touch(mode=0o600)
            # What was told of earlier output stays readable, though it lies among others' temporary files.
            mounts.append((str(report.parent), ("--ro-bind", str(report.parent))))
            mounts.append((str(report), ("--bind", str(report))))
            # It may lie among the temporary files, where an environment is tried out.
            mounts.append((os.path.realpath(START), ("--ro-bind", str(START))))
        mounts += [
            (os.path.realpath(path), ("--bind-try", str(path))) for path in (workspace, *self.writable)
        ]
        # What is mounted hides what is below it; of two in one place the later holds.
        mounts.sort(key=lambda mount: mount[0].count("/") if mount[0] != "/" else 0)
        words = [word for place, how in mounts for word in (*how, place)]
        return [*_walls(self.network), *words, "--chdir", os.path.realpath(folder), "--", *command]

    def outside(self, folder: Path, workspace: Path) -> Path | None:
        """Where a directory that a command knows by this path is outside; None where it is hidden from it."""
        mounts: dict[Path, Path | None] = {Path(path): Path(_temporary()) for path in _shared()}
        mounts |= dict.fromkeys(self._hidden())
        mounts |= {
            path: path for path in (Path(os.path.realpath(each)) for each in (workspace, *self.writable))
        }
        folder = Path(os.path.realpath(folder))
        mount = next((parent for parent in (folder, *folder.parents) if parent in mounts), None)
        place = None if mount is None else mounts[mount]
        if mount is None or place is None:
            return folder if mount is None else None
        return place / folder.relative_to(mount)

    def known(self, environment: Mapping[str, str]) -> Mapping[str, str]:
        """The environment without what is secret by its name."""
        return {name: value for name, value in environment.items() if not SECRETIVE.search(name)}

    def _hidden(self) -> Sequence[Path]:
        paths = [*(self.home / name for name in SECRETS), *map(Path, SOCKETS)]
        return [path.resolve() for path in paths if path.exists()]


def starts_in(folder: Path, workspace: Path, sandbox: Sandbox | None) -> bool:
    """Whether a command can be started there."""
    place = folder if sandbox is None else sandbox.outside(folder, workspace)
    return place is not None and place.is_dir()


def _shared() -> Sequence[str]:
    """Where everybody's temporary files are."""
    from tempfile import gettempdir

    shared = (gettempdir(), "/tmp", "/var/tmp")  # noqa: S108
    return [os.path.realpath(path) for path in shared if Path(path).is_dir()]


def _walls(network: bool) -> Sequence[str]:
    """All is to be seen and nothing to be changed, and what has no name in the file system is not shared.

    The processes outside are: a namespace of their own would end what a command
    leaves running as soon as its shell ends.
    """
    walls = ("bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--unshare-ipc")
    return walls if network else (*walls, "--unshare-net")


@lru_cache(maxsize=1)
def _temporary() -> str:
    """The directory for temporary files of all commands in sandboxes; it goes with the process."""
    import atexit
    import shutil
    import tempfile

    folder = tempfile.mkdtemp(prefix="sagent-sandbox-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@lru_cache(maxsize=2)
def _fault(network: bool) -> str | None:
    """Why commands cannot be run in a sandbox; None if they can."""
    import subprocess
    from shutil import which

    if which("bwrap") is None:
        return "there is no bwrap; install bubblewrap"
    try:
        tried = subprocess.run(
            [*_walls(network), "--", "true"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        return f"bwrap does not run: {error}"
    said = " ".join(tried.stderr.split())[:200]
    return None if tried.returncode == 0 else f"the system does not let bwrap work ({said})"
