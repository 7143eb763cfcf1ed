"""What is answered before anything is loaded."""

import subprocess
import sys

import pytest

import sagent
from sagent.cli.help import PAGE, help_text
from sagent.cli.manual import HELP


def program(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "sagent", *arguments], capture_output=True, text=True, check=True
    )


def test_the_help_page_is_what_the_flags_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == help_text(), "run `python -m sagent.cli.help`"


def test_no_line_of_help_is_wider_than_a_terminal() -> None:
    lines = [*help_text().splitlines(), *HELP.splitlines()]

    assert [line for line in lines if len(line) > 80] == []


def test_help_and_version_are_answered() -> None:
    assert program("--help").stdout == program("-h").stdout == PAGE.read_text(encoding="utf-8")
    assert program("--version").stdout == f"sagent {sagent.__version__}\n"


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_nothing_heavy_is_loaded_for_them(flag: str) -> None:
    heavy = "cyclopts rich asyncio prompt_toolkit httpx2 typing_extensions sagent.cli.app"
    script = (
        f"import sys; sys.argv = ['sagent', {flag!r}]; from sagent.__main__ import main; main();"
        f"print([name for name in {heavy.split()!r} if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


def test_a_prompt_line_is_ready_without_the_network_and_the_agent() -> None:
    heavy = "httpx2 genai_prices pydantic jsonschema sagent.agent sagent.providers sagent.loop"
    imports = "import sagent.cli.app, sagent.cli.repl, sys"
    script = f"{imports}; print([name for name in {heavy.split()!r} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
