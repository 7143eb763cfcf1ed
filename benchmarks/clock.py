"""Measuring: processor time of a function or of a process, the best of several runs."""

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROUNDS = 7


def best(work: Callable[[], object], *, times: int = 1, rounds: int = ROUNDS) -> float:
    """Processor seconds of one call, the best of several rounds of so many calls."""
    took = []
    for _ in range(rounds):
        gc.collect()
        started = time.process_time()
        for _ in range(times):
            work()
        took.append((time.process_time() - started) / times)
    return min(took)


def process(*arguments: str, rounds: int = 15) -> float:
    """Processor seconds of a fresh Python process with these arguments, the best of several."""
    took = []
    for _ in range(rounds):
        child = subprocess.Popen(
            [sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise RuntimeError(f"python {' '.join(arguments)} exited {child.returncode}")
        took.append(usage.ru_utime + usage.ru_stime)
    return min(took)


def spent(pid: int) -> float:
    """Processor seconds of a process that still runs, as Linux counts them."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9
