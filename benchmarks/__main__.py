"""Benchmarks: `python -m benchmarks [startup] [log] [wire] [fleet] [files] [mail]`; the others by name."""

import sys

from benchmarks import files, fleet, idle, interrupt, log, mail, search, shell, soak, startup, tree, wire

BENCHMARKS = {
    "startup": startup.report,
    "log": log.report,
    "wire": wire.report,
    "fleet": fleet.report,
    "files": files.report,
    "mail": mail.report,
}
BY_NAME = {
    "idle": idle.report,
    "interrupt": interrupt.report,
    "search": search.report,
    "shell": shell.report,
    "soak": soak.report,
    "tree": tree.report,
}
"""What takes minutes."""


def main(names: list[str]) -> int:
    """Run the named ones, or all."""
    known = BENCHMARKS | BY_NAME
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    for name in names or BENCHMARKS:
        print(f"\n{name}")
        for what, figure, goal in known[name]():
            print(f"  {what:58} {figure:>14}   {goal}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
