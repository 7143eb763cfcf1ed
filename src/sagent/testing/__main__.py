"""`python -m sagent.testing --script FILE.json`: a wire server as a program of its own."""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from sagent.errors import SagentError
from sagent.testing.script_file import read_script
from sagent.testing.server import KEY, WireServer


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; the first line of output is the environment that clients need, as JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m sagent.testing", description="Serve a provider's API from a script."
    )
    parser.add_argument(
        "--script",
        type=Path,
        required=True,
        help="a JSON file; sagent.testing.script_file says what is in it",
    )
    parser.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1; 0 is any")
    parser.add_argument("--key", default=KEY, help=f"the API key that clients must send; {KEY} by default")
    options = parser.parse_args(arguments)
    try:
        script = read_script(options.script)
        # Nobody can ask it for its traffic, which would fill the memory.
        server = WireServer(*script, key=options.key, port=options.port, recall=0)
        asyncio.run(_serve(server))
    except SagentError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


async def _serve(server: WireServer) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with server:
        sys.stdout.write(f"{json.dumps(dict(server.environment))}\n")
        sys.stdout.flush()
        await stop.wait()
    for complaint in server.complaints:
        sys.stderr.write(f"{complaint}\n")


if __name__ == "__main__":
    sys.exit(main())
