"""The door bell: what needs nothing is answered here, before anything is loaded."""

import sys


def main() -> int:
    """Run the command line on what was typed, and return the exit code."""
    try:
        from sagent.cli.standard import open_streams, settle_streams, unheard

        open_streams()
        try:
            code = _answer(sys.argv[1:])
        except OSError as error:
            return unheard(error)
        return settle_streams(code)
    except KeyboardInterrupt:
        return 130


def _answer(arguments: list[str]) -> int:
    match arguments:
        case ["--version", *_]:
            import sagent

            sys.stdout.write(f"sagent {sagent.__version__}\n")
            return 0
        case ["--help" | "-h"]:
            from pathlib import Path

            page = Path(__file__).with_name("cli").joinpath("help.txt")
            sys.stdout.write(page.read_text(encoding="utf-8"))
            return 0
        case _:
            import gc

            # Nearly all that a start makes stays: looking for garbage in it costs a tenth of its time.
            gc.set_threshold(200_000, 20, 20)
            from sagent.cli.app import run

            return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
