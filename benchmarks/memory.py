"""How much memory this process has had."""

import resource
import sys
from pathlib import Path


def peak() -> int:
    """The most bytes that the process ever had in memory.

    Linux says it in /proc; what getrusage says there begins with what the parent had when it started us.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
