"""The door bell: what needs nothing is answered here, before anything is loaded."""

import sys


def main() -> int:
    """Run the command line on what was typed, and return the exit code."""
    arguments = sys.argv[1:]
    match arguments:
        case ["--version", *_]:
            import sagent

            print(f"sagent {sagent.__version__}")
            return 0
        case ["--help" | "-h"]:
            from pathlib import Path

            print(Path(__file__).with_name("cli").joinpath("help.txt").read_text(encoding="utf-8"), end="")
            return 0
        case _:
            pass
    try:
        from sagent.cli.app import run
    except KeyboardInterrupt:
        return 130
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
