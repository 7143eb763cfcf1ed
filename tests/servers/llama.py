"""llama.cpp's own server on this machine, with a model that says what is known beforehand."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.servers.bigram import bigram_model
from tests.servers.llama_server import CANNOT

ROOT: Final = Path(__file__).parent.parent.parent

SLOTS: Final = 4
"""How many conversations it can have at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Llama:
    """A server that listens."""

    url: str
    log: Path
    process: "subprocess.Popen[str]"

    def kill(self) -> None:
        """End it without a farewell, and all that it may have begun."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@contextmanager
def serving_llama(folder: Path) -> Iterator[Llama]:
    """A server of its own; who cannot have one here skips the test."""
    model, log = folder / "bigram.gguf", folder / "llama.log"
    model.write_bytes(bigram_model())
    with (
        log.open("w") as heard,
        subprocess.Popen(
            [sys.executable, "-m", "tests.servers.llama_server", str(model), str(SLOTS)],
            cwd=ROOT,
            # Its crashes would otherwise start a debugger.
            env={**os.environ, "GGML_NO_BACKTRACE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=heard,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        llama = Llama(url=said, log=log, process=process)
        try:
            if not said.startswith("http"):
                if process.wait() == CANNOT:
                    pytest.skip(f"xllamacpp cannot be imported here: {said}")
                pytest.fail(f"llama.cpp's server did not begin:\n{log.read_text()[-2000:]}")
            yield llama
        finally:
            llama.kill()
