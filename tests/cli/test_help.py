"""What is answered before anything is loaded."""

import io
import subprocess
import sys
from typing import Annotated, Literal

import pytest
from cyclopts import App, Parameter
from rich.console import Console

import sagent
from sagent.cli.columns import Columns
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


def test_what_is_said_of_a_flag_stays_in_its_column() -> None:
    def say(words: Annotated[str, Parameter(help="What is said, in as many words as it takes.")], /) -> None:
        """Say it."""

    def choose(*, how: Annotated[Literal["a", "b"], Parameter(name=["--how-it-is-to-be-done"])]) -> None:
        """Choose one."""

    page = io.StringIO()
    app = App(name="it", help_format="plaintext", help_formatter=Columns(), version_flags=[], help_flags=[])
    app.command(say)
    app.command(choose)
    for tokens in ([], ["say"], ["choose"]):
        app.help_print(tokens, console=Console(file=page, width=48, color_system=None))

    assert [line for line in page.getvalue().splitlines() if line.startswith("  ")] == [
        "  choose  Choose one.",
        "  say     Say it.",
        "  WORDS  What is said, in as many words as it",
        "         takes. [required]",
        "  --how-it-is-to-be-done CHOICE",
        "                              [a, b] [required]",
    ]


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
