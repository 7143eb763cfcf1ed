"""A program that runs another one, and ends it when its own standard input does: `guard.py COMMAND...`.

It is run as a file, by a bare interpreter. Whoever began it holds the other end of its standard input, and
the kernel closes that whatever becomes of them, on any system. Linux also ends the command with this program,
whatever becomes of it; elsewhere whoever began it does, if they are still there.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

GRACE = 3.0
"""Seconds that the command has to end by itself."""

PR_SET_PDEATHSIG = 1
"""Of `prctl`: the signal that a process is sent when the thread that began it ends."""


def main(command: list[str]) -> int:
    """Run the command to its end; give what it exited with, or 128 and the number of its signal."""
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=tie())  # no threads yet
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        return 126
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: process.terminate())
    threading.Thread(target=end_with_input, args=(process,), daemon=True).start()
    code = process.wait()
    return code if code >= 0 else 128 - code


def tie() -> "Callable[[], None] | None":
    """What a command does before it begins, to be ended with this thread, the main one; None if it cannot."""
    if sys.platform != "linux":
        return None
    try:
        import ctypes

        prctl = ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError):
        return None
    guard = os.getpid()

    def tied() -> None:
        prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != guard:
            os._exit(1)  # it was gone before it could be tied to

    return tied


def end_with_input(process: "subprocess.Popen[bytes]") -> None:
    """Wait for the end of standard input, and end the process then."""
    while os.read(0, 1024):
        pass
    process.terminate()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
