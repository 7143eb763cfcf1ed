"""Lives of a swarm, each in a process of its own: most of them are killed, and the next goes on."""

import asyncio
import json
import logging
import os
import random
import signal
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias

from tests.agent.swarm import Swarm
from tests.agent.swarm_logs import Logs

LIVES: Final = 6
"""How many lives the same trees have; then others begin, since logs that grow take time to check."""

CUT: Final = (1, 4)
"""Those of them that have two event loops."""

LONGEST: Final = 60.0
"""Seconds after which a life hangs."""

End: TypeAlias = Literal["calm", "wrong", "killed"]


def tell_tasks(swarm: Swarm) -> None:
    """Show where everybody waits."""
    for agent in swarm.everybody():
        print(agent.session_id, agent._driver.core.phase, file=sys.stderr)
    for loop in swarm.loops:
        for task in asyncio.all_tasks(loop):
            print(task, file=sys.stderr)
            awaited: object = task.get_coro()
            while awaited is not None:
                print("  in", getattr(awaited, "__qualname__", awaited), file=sys.stderr)
                awaited = getattr(awaited, "cr_await", getattr(awaited, "ag_await", None))


def lived(folder: Path, seed: int) -> None:
    """One life, in this process, which ends with it: by status 0 if all went well."""
    logging.disable(logging.WARNING)  # what is logged as an error is one
    logging.getLogger("sagent").setLevel(logging.CRITICAL)
    try:
        swarm = Swarm(folder, seed)
        watch = threading.Timer(LONGEST - 5, tell_tasks, [swarm])
        watch.daemon = True
        watch.start()
        if seed % LIVES in CUT:
            asyncio.run(swarm.storm())  # an event loop ends in the midst of things, and they go on in another
        asyncio.run(swarm.live())
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def end_of(folder: Path, seed: int, patience: float) -> End:
    """Live in a process that is killed when patience is at its end; say how it ended."""
    child = os.fork()
    if child == 0:
        lived(folder, seed)
    until = time.monotonic() + patience
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return "calm" if status == 0 else "wrong"
        threading.Event().wait(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "killed"


def live_on(folder: Path, seed: int, counts: Counter[str]) -> Sequence[str]:
    """Have the same trees live several lives; return what is wrong after the first that leaves any wrong."""
    chance = random.Random(seed)
    usual, logs, diary, old = 2.0, Logs(folder), list[list[str]](), set[str]()
    for life in range(LIVES):
        hasty = chance.random() < 0.7
        patience = chance.uniform(0.05, usual) if hasty else LONGEST
        began = time.monotonic()
        end = end_of(folder, seed * LIVES + life, patience)
        if end == "calm":
            usual = time.monotonic() - began
        logs = Logs(folder)
        diary = [line.split(" ") for line in (folder / "diary.txt").read_text().splitlines()]
        wrong = [*logs.wrong, *logs.untold(diary)]
        if end == "calm" and life not in CUT:
            wrong += logs.unended(old)
        else:  # only the first of a tree goes on, and notes what has become of its children
            old |= {session for session in logs.kept if not session.startswith("root")}
        if end == "wrong" or (end == "killed" and not hasty):
            wrong.append(f"the life ended {end}")
        counts[end] += 1
        if wrong:
            return [f"seed {seed}, life {life}, {folder}: {each}" for each in wrong]
    counts.update(line[0] for line in diary)
    counts["messages"] += sum(map(len, logs.kept.values()))
    counts["agents"] += len(logs.kept)
    return ()


def main(place: Path, seed: int, seconds: float) -> None:
    """Live for so many seconds; print what was counted, and what is wrong, as JSON."""
    counts = Counter[str]()
    until = time.monotonic() + seconds
    wrong: Sequence[str] = ()
    while time.monotonic() < until and not wrong:
        folder = place / str(seed)
        folder.mkdir()
        wrong = live_on(folder, seed, counts)
        seed += 1
    print(json.dumps({"counts": counts, "wrong": wrong}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
