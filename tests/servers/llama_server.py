"""llama.cpp's own HTTP server as a program: `python -m tests.servers.llama_server MODEL SLOTS`.

It prints its address when it listens, and ends when its standard input does: it never outlives its parent.
"""

import os
import sys
from typing import Final

WINDOW: Final = 4096
"""How many tokens one conversation may have."""

CANNOT: Final = 3
"""The exit status of a machine that it cannot run on."""


def main(path: str, slots: int) -> None:
    """Serve the model, so many conversations at a time."""
    try:
        from xllamacpp import CommonParams, Server
    except ImportError as error:
        print(error)
        sys.exit(CANNOT)
    params = CommonParams()
    params.model.path = path
    params.model_alias = {"bigram"}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_parallel = slots
    params.n_ctx = WINDOW * slots
    params.ctx_shift = True  # who counts without end may go on when the window is full
    params.use_jinja = True
    params.endpoint_slots = True
    params.warmup = False
    # It waits by spinning: on a busy machine a second thread costs more than it does.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    server = Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()
    os._exit(0)  # no farewell: clients may still be hanging on it


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
