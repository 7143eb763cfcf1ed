"""llama.cpp's own server with the command line of `llama-server`, as far as we use it: a program for tests.

`program(folder)` puts it into a folder, under that name. With `--fault load` it ends while it loads, with
`--fault never` it loads for ever. When it serves, a file beside the model has its process id for a name.
"""

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent.parent


def program(folder: Path) -> Path:
    """The program as an executable file."""
    file = folder / "llama-server"
    file.write_text(
        f"#!/bin/sh\nPYTHONPATH='{ROOT}' exec '{sys.executable}' -m tests.servers.llama_program \"$@\"\n"
    )
    file.chmod(0o755)
    return file


def main() -> None:
    """Serve as the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-m", "--model", required=True)
    parser.add_argument("--alias", required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--jinja", action="store_true", required=True)
    parser.add_argument("-c", "--ctx-size", type=int, default=8192)
    parser.add_argument("-np", "--parallel", type=int, default=2)
    parser.add_argument("--fault", default="")
    asked = parser.parse_args()
    sys.stderr.write(f"loading {asked.model}\n")
    sys.stderr.flush()
    if asked.fault == "load":
        sys.exit("error: there is not enough memory for this model")
    while asked.fault == "never":
        signal.pause()
    from xllamacpp import CommonParams, Server

    params = CommonParams()
    params.model.path = asked.model
    params.model_alias = {asked.alias}
    params.hostnames = [asked.host]
    params.port = asked.port
    params.n_parallel = asked.parallel
    params.n_ctx = asked.ctx_size
    params.api_keys = [os.environ["LLAMA_API_KEY"]]
    params.ctx_shift = True
    params.use_jinja = asked.jinja
    params.endpoint_slots = True
    params.warmup = False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    server = Server(params)
    (Path(asked.model).parent / f"{os.getpid()}.pid").touch()
    sys.stderr.write(f"serving on {server.listening_address}\n")
    sys.stderr.flush()
    signal.pause()


if __name__ == "__main__":
    main()
