"""A program that runs another one, and ends it when its own standard input does: `guard.py COMMAND...`.

It is run as a file, by a bare interpreter. Whoever began it holds the other end of its standard input, and
the kernel closes that whatever becomes of them: so the command is never left behind, on any system.
"""

import os
import signal
import subprocess
import sys
import threading

GRACE = 3.0
"""Seconds that the command has to end by itself."""


def main(command: list[str]) -> int:
    """Run the command to its end; give what it exited with, or 128 and the number of its signal."""
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        return 126
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: process.terminate())
    threading.Thread(target=end_with_input, args=(process,), daemon=True).start()
    code = process.wait()
    return code if code >= 0 else 128 - code


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
