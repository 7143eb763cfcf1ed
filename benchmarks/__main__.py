"""Run the micro-benchmarks: `python -m benchmarks [startup] [log] [wire] [fleet]`."""

import sys

from benchmarks import fleet, log, startup, wire

BENCHMARKS = {"startup": startup.report, "log": log.report, "wire": wire.report, "fleet": fleet.report}


def main(names: list[str]) -> int:
    """Run the named ones, or all."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in names or BENCHMARKS:
        print(f"\n{name}")
        for what, figure, goal in BENCHMARKS[name]():
            print(f"  {what:58} {figure:>14}   {goal}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
