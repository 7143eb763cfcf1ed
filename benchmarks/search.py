"""What Grep and Glob cost in a tree of 100,000 files, with ripgrep and without, beside ripgrep alone."""

import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from benchmarks.memory import peak
from sagent.atoms import CallId
from sagent.lib.json import freeze_object
from sagent.schema.message import ToolCall
from sagent.tools import Glob, Grep
from sagent.tools.plain_search import PlainSearch
from sagent.tools.ripgrep import RipgrepSearch, installed
from sagent.tools.search import Engine

FILES = 100_000
PROJECTS = 40
ROUNDS = 3
NEEDLE = "needle_in_the_haystack"

CASES = {
    "Grep a rare word": ("grep", {"pattern": NEEDLE}, ("--count", NEEDLE)),
    "Grep a rare word, its lines": ("grep", {"pattern": NEEDLE, "output_mode": "content"}, ("-n", NEEDLE)),
    "Grep a common word, its lines": (
        "grep",
        {"pattern": "read_name", "output_mode": "content"},
        ("-n", "read_name"),
    ),
    "Grep an expression": ("grep", {"pattern": r"needle_\w+_hay\w+$"}, ("--count", r"needle_\w+_hay\w+$")),
    "Glob **/*.py": ("glob", {"pattern": "**/*.py"}, ("--files", "--glob", "**/*.py")),
    "Glob **": ("glob", {"pattern": "**"}, ("--files",)),
}


def report() -> Iterator[tuple[str, str, str]]:
    """What, the figure, and the goal."""
    program = installed()
    if program is None:
        yield "ripgrep is not installed", "-", ""
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        grow(root)
        for what, (name, directive, arguments) in CASES.items():
            alone = fast = plain = float("inf")
            for _ in range(ROUNDS):
                # In turns, so that whatever else the machine does hits all alike.
                alone = min(alone, _ripgrep(program, root, arguments))
                fast = min(fast, _tool(name, root, partial(RipgrepSearch, program), directive))
                plain = min(plain, _tool(name, root, PlainSearch, directive))
            yield f"{what}: ripgrep alone", f"{alone:.2f} s", ""
            yield f"{what}: with ripgrep", f"{fast / alone:.2f} x", "goal 1.5 x"
            yield f"{what}: without", f"{plain / alone:.2f} x", "goal 5 x"
        for what in ("python", "ripgrep"):
            yield f"memory that a Grep and a Glob add, {what}", f"{_memory(what, root):.1f} MB", ""


def _ripgrep(program: str, root: Path, arguments: Sequence[str]) -> float:
    started = time.perf_counter()
    subprocess.run([program, *arguments, "./"], cwd=root, stdout=subprocess.DEVNULL, check=False)
    return time.perf_counter() - started


def _tool(name: str, root: Path, engine: Engine, directive: dict[str, str]) -> float:
    tool = (Grep if name == "grep" else Glob)(root, engines=lambda: (engine,))
    call = ToolCall(call_id=CallId("c1"), vendor_id="", tool=tool.name, content=freeze_object(directive))
    started = time.perf_counter()
    asyncio.run(_answered(tool, call))
    return time.perf_counter() - started


async def _answered(tool: Grep | Glob, call: ToolCall) -> None:
    await tool.run(call)


def _memory(engine: str, root: Path) -> float:
    """Megabytes, measured in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.search", engine, str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def main(name: str, root: Path) -> None:
    """Search a small tree and then the large one, and say how much more memory that has taken."""
    program = installed()
    engine: Engine = PlainSearch if name == "python" or program is None else partial(RipgrepSearch, program)
    small = root / "project00" / "src" / "d0"
    before = 0.0
    for place in (small, root):
        before = peak()
        _tool("grep", place, engine, {"pattern": "read_name", "output_mode": "content"})
        _tool("grep", place, engine, {"pattern": NEEDLE})
        _tool("glob", place, engine, {"pattern": "**"})
    print((peak() - before) / 1e6)


def grow(root: Path, files: int = FILES) -> None:
    """A tree of projects with nested ignore files, of which a fifth is ignored."""
    dice = random.Random(7)
    words = [
        f"{a}_{b}" for a in ("read", "make", "open", "pass", "value") for b in ("name", "line", "state", "x")
    ]
    texts = ["".join(_text(dice, words)) for _ in range(200)]
    (root / ".git").mkdir(parents=True)
    (root / ".gitignore").write_text(
        "node_modules/\n*.log\n/private\n.cache/\n*.py[co]\n__pycache__/\n!keep.log\n"
    )
    share = files // PROJECTS
    for number in range(PROJECTS):
        project = root / f"project{number:02}"
        (project / "src").mkdir(parents=True)
        (project / ".gitignore").write_text("build/\n/dist\n*.tmp\n*.o\ncoverage/**\n.DS_Store\n")
        for at in range(share):
            kind, ending = _kind(at)
            folder = project / kind / f"d{at // 25 % 8}" / f"e{at // 200:03}"
            if at % 25 == 0:
                folder.mkdir(parents=True, exist_ok=True)
                if at % 1000 == 0:
                    (folder / ".gitignore").write_text("*.bak\n!important.bak\ngenerated_*.py\n")
            text = texts[dice.randrange(len(texts))]
            (folder / f"file{at:04}{ending}").write_text(text + (f"{NEEDLE}\n" if at % 997 == 0 else ""))


def _kind(at: int) -> tuple[str, str]:
    group = at // 25 % 10
    if group < 2:
        return ("node_modules", "build")[group], ".js"
    return ("src", "tests", "docs", "lib")[group % 4], (".py", ".ts", ".md", ".json")[group % 4]


def _text(dice: random.Random, words: Sequence[str]) -> Iterator[str]:
    for _ in range(dice.randrange(10, 80)):
        yield "    " * dice.randrange(3) + " ".join(dice.choices(words, k=dice.randrange(1, 9))) + "\n"


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
