"""`python -m sagent.testing`: a wire server as a program of its own."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.testing.asking import FLASH, HELLO


def test_the_program_serves_a_script_until_it_is_interrupted(tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text('["hello from a file"]')

    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "sagent.testing", "--script", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        environment = json.loads(server.stdout.readline())
        request = urllib.request.Request(
            f"{environment['GOOGLE_GEMINI_BASE_URL']}{FLASH}:generateContent",
            json.dumps(HELLO).encode(),
            {"x-goog-api-key": environment["GOOGLE_API_KEY"]},
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            answer = response.read()
        server.send_signal(signal.SIGINT)
        complaints = server.stderr.read()

    assert (b"hello from a file" in answer, complaints, server.returncode) == (True, b"", 0)


def test_a_script_that_cannot_be_read_ends_the_program_with_the_reason(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "sagent.testing", "--script", tmp_path / "none.json"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (run.returncode, run.stderr) == (
        2,
        f"{tmp_path}/none.json cannot be read (No such file or directory); name a file that holds a script\n",
    )
