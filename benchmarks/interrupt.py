"""From Ctrl-C until the command has gone: while a model speaks, on each wire, and while a command runs."""

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sagent.testing import Stall, call, serve

RUNS = 9

MODELS: Mapping[str, str] = {
    "Messages": "anthropic/claude-sonnet-4-5",
    "Responses": "openai/gpt-5.2",
    "Chat Completions": "openaicompat/qwen3",
    "generateContent": "google/gemini-2.5-flash",
}
"""A model of each wire."""


def report() -> Iterator[tuple[str, str, str]]:
    """What, the figure, and the goal."""
    for wire, model in MODELS.items():
        yield _row(f"while a model speaks: {wire}", lambda place, model=model: spoken(place, model))
    yield _row("while a command runs, with its group", run)


def _row(what: str, measured: Callable[[Path], float]) -> tuple[str, str, str]:
    took: list[float] = []
    for _ in range(RUNS):
        with TemporaryDirectory() as place:
            took.append(measured(Path(place)))
    return (
        f"Ctrl-C {what}",
        f"{median(took) * 1000:.0f} ms",
        f"at most {max(took) * 1000:.0f} ms; goal 150 ms",
    )


def spoken(place: Path, model: str) -> float:
    """Seconds from the signal to the end, when half an answer has come."""
    with serve(["Half an answer ", Stall()], models=[model.rpartition("/")[2]]) as served:
        primary, secondary = pty.openpty()  # to whom does not watch an answer is written when it is whole
        command = started(place, served.environment, secondary, "--model", model, "hello")
        os.close(secondary)  # so that a command that ends too early ends the wait, too
        shown = b""
        while b"Half" not in shown:
            shown += os.read(primary, 1000)
        seconds = ended(command)
        os.close(primary)
        return seconds


def run(place: Path) -> float:
    """The same, when a command runs that has started another."""
    os.mkfifo(place / "ready")
    with serve([call("Bash", command="sleep 600 & echo $! > ready; wait")]) as served:
        command = started(place, served.environment, subprocess.DEVNULL, "--yes", "hello")
        child = int((place / "ready").read_text())
        seconds = ended(command)
    stat = Path(f"/proc/{child}/stat")
    if stat.exists() and stat.read_text().rpartition(") ")[2][0] != "Z":
        raise RuntimeError("what the command has started still runs")
    return seconds


def started(place: Path, provider: Mapping[str, str], out: int, *arguments: str) -> "subprocess.Popen[bytes]":
    """The command at work there."""
    return subprocess.Popen(
        [sys.executable, "-m", "sagent", *arguments],
        cwd=place,
        env={"PATH": os.environ["PATH"], "HOME": str(place), "NO_PROXY": "127.0.0.1", **provider},
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.DEVNULL,
    )


def ended(command: "subprocess.Popen[bytes]") -> float:
    """Seconds from the signal to the end of the process."""
    began = time.perf_counter()
    command.send_signal(signal.SIGINT)
    code = command.wait()
    seconds = time.perf_counter() - began
    if code != 130:
        raise RuntimeError(f"it exited with {code}")
    return seconds
