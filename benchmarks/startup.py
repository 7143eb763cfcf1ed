"""What starting costs, as a ratio to `python -c pass`."""

from collections.abc import Iterator

from benchmarks.clock import process


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
