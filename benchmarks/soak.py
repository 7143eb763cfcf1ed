"""A conversation of 10,000 turns, condensed again and again: what grows with it, and what does not."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import linear_regression, median
from tempfile import TemporaryDirectory

TURNS = int(os.environ.get("SAGENT_TURNS", "10000"))

WINDOW = 16_000
"""The tokens that every model is said to have room for, so that a conversation is condensed often."""

WARM = 0.25
"""The part of the turns after which every dialect has been spoken."""

MEMORY = Path("/dev/shm")
"""Where there is a disk in memory, it is used: a busy one makes this last for hours."""


def report() -> Iterator[tuple[str, str, str]]:
    """What, the figure, and the goal."""
    place = MEMORY if MEMORY.is_dir() else None
    with TemporaryDirectory(dir=place) as folder, _serving() as environment:
        samples = _lived(Path(folder), environment)
    yield f"{TURNS:,} turns: compactions", f"{len(samples) - 1}", ""
    warm = [sample for sample in samples if sample["turn"] > WARM * TURNS]
    yield (
        "memory after the first that counts, after the last",
        f"{warm[0]['memory'] / 1e6:.1f}, {warm[-1]['memory'] / 1e6:.1f} MB",
        "",
    )
    yield "the same, grown in 1,000 turns", f"{_slope(warm, 'memory') / 1e3:.1f} KB", "flat"
    yield "blocks of memory of Python, grown in 1,000 turns", f"{_slope(warm, 'blocks'):.0f}", "flat"
    yield "the same, of", f"{warm[0]['blocks']:,}", ""
    for what, scale, unit in (("processor", 1e3, "ms"), ("log", 1e-3, "KB")):
        first, *later = _tenths(samples, what)[1:]
        yield f"{what} a turn, in the second tenth", f"{first * scale:.2f} {unit}", ""
        yield "the same, in the later ones to it", " ".join(f"{each / first:.2f}" for each in later), "1"
    for what in ("descriptors", "threads", "tasks"):
        counts = [sample[what] for sample in warm]
        yield f"{what}: least, median, most", f"{min(counts)}, {median(counts):.0f}, {max(counts)}", "one"


def _slope(samples: Sequence[Mapping[str, float]], what: str) -> float:
    turns = [sample["turn"] for sample in samples]
    return 1_000 * linear_regression(turns, [sample[what] for sample in samples]).slope


def _tenths(samples: Sequence[Mapping[str, float]], what: str) -> Sequence[float]:
    """How much there came of something in a turn, in each tenth of the turns."""
    ends = [
        {"turn": 0.0, what: 0.0},
        *(next(each for each in samples if each["turn"] >= TURNS * tenth / 10) for tenth in range(1, 11)),
    ]
    return [(end[what] - begin[what]) / (end["turn"] - begin["turn"]) for begin, end in pairwise(ends)]


def _lived(folder: Path, environment: Mapping[str, str]) -> Sequence[Mapping[str, float]]:
    settings = folder / "settings" / "sagent"
    settings.mkdir(parents=True)
    rows = [
        {"provider": provider, "model": ".*", "context_window": WINDOW, "max_output": 2_000}
        for provider in ("Anthropic", "Google", "OpenAI")
    ]
    (settings / "models.json").write_text(json.dumps({"models": rows}))
    command = [sys.executable, "-m", "benchmarks.lifetime", str(folder), str(TURNS)]
    variables = {**os.environ, **environment, "XDG_CONFIG_HOME": str(settings.parent)}
    done = subprocess.run(command, env=variables, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


@contextmanager
def _serving() -> Iterator[Mapping[str, str]]:
    command = [sys.executable, "-m", "benchmarks.telling"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())
        server.stdin.close()
