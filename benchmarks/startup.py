"""What starting costs: as a ratio to `python -c pass`, and to importing the libraries that it stands on."""

import os
import pty
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.clock import process, spent

RUNS = 9

PROMPT = re.compile(rb"\x1b\[\?2004h.*>", re.DOTALL)
"""What a terminal is told when there is a prompt: to paste in brackets, and the sign."""


def report() -> Iterator[tuple[str, str, str]]:
    """What, the figure, and the goal."""
    bare = process("-c", "pass")
    yield "python -c pass", f"{bare * 1000:.1f} ms", ""
    for what, arguments, goal in (
        ("import sagent", ("-c", "import sagent"), "goal 4 x"),
        ("sagent --version", ("-m", "sagent", "--version"), "goal 3 x"),
        ("sagent --help", ("-m", "sagent", "--help"), "goal 4 x"),
        ("from sagent.agent import Agent", ("-c", "from sagent.agent import Agent"), ""),
        ("import cyclopts, httpx2, for comparison", ("-c", "import cyclopts, httpx2"), ""),
    ):
        yield what, f"{process(*arguments) / bare:.1f} x", goal
    if Path("/proc/self/schedstat").exists():
        client = process("-c", "import cyclopts, httpx2; httpx2.AsyncClient()")
        yield (
            "a prompt from the command line, until the request is sent",
            f"{asked('https') / client:.2f} x",
            ("importing cyclopts and httpx2 and making a client; goal 1.6 x"),
        )
        yield "the same to a server without TLS", f"{asked('http') / client:.2f} x", ""
        libraries = process("-c", "import cyclopts, prompt_toolkit")
        yield (
            "sagent, until it can be typed to",
            f"{best(typed) / libraries:.2f} x",
            ("importing cyclopts and prompt_toolkit; goal 1.4 x"),
        )


def best(measured: Callable[[Path], float]) -> float:
    """The best of several runs, each in a home of its own."""
    took = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as home:
            took.append(measured(Path(home)))
    return min(took)


def asked(scheme: str) -> float:
    """Processor seconds until the first byte reaches the provider."""

    def once(home: Path) -> float:
        with socket.create_server(("127.0.0.1", 0)) as server:
            url = f"{scheme}://127.0.0.1:{server.getsockname()[1]}/v1"
            child = subprocess.Popen(
                [sys.executable, "-m", "sagent", "-p", "hello"],
                env=surroundings(home, url),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=home,
            )
            with server.accept()[0] as line:
                line.recv(1)
                seconds = spent(child.pid)
                child.kill()
                child.wait()
        return seconds

    return best(once)


def typed(home: Path) -> float:
    """Processor seconds until the prompt stands on the terminal."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(home)
        os.execve(
            sys.executable, [sys.executable, "-m", "sagent"], surroundings(home, "http://127.0.0.1:1/v1")
        )
    shown = b""
    while not PROMPT.search(shown):
        shown += os.read(terminal, 1 << 16)
    seconds = spent(pid)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(terminal)
    return seconds


def surroundings(home: Path, url: str) -> dict[str, str]:
    """Variables under which there is one provider, and nothing that was set up before."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TERM": "xterm-256color",
        "OPENAI_API_KEY": "bench",
        "OPENAI_BASE_URL": url,
    }
