"""What the README and the examples show runs, against a provider on loopback."""

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest

from sagent.providers.cards import CARDS
from sagent.testing import Served, call, serve

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def as_program(snippet: str) -> str:
    """A snippet with a top-level await, as a file that Python and type checkers take."""
    imports, _, rest = snippet.partition("\n\n")
    body = textwrap.indent(rest, "    ")
    return f"import asyncio\n{imports}\n\n\nasync def main() -> None:\n{body}\nasyncio.run(main())\n"


def run(program: Path, folder: Path, server: Served, **variables: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, **server.environment, **variables}
    return subprocess.run(
        [sys.executable, str(program)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_first_snippet_runs_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "stars.csv").write_text("name,light\nSirius,-1.46\n", encoding="utf-8")
    program = tmp_path / "snippet.py"
    program.write_text(as_program(SNIPPETS[0]), encoding="utf-8")

    with serve(
        [call("Glob", pattern="data/*.csv"), call("Read", file_path="data/stars.csv")], "One star."
    ) as server:
        done = run(program, tmp_path, server)

    assert (done.returncode, done.stdout, done.stderr) == (0, "One star.\n", "")


def test_the_first_snippet_satisfies_mypy_strict(tmp_path: Path) -> None:
    program = tmp_path / "snippet.py"
    program.write_text(as_program(SNIPPETS[0]), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}", str(program)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "Success: no issues found in 1 source file\n"


def test_a_function_becomes_a_tool_as_the_readme_shows() -> None:
    names: dict[str, object] = {}
    exec(SNIPPETS[1], names)

    population = names["population"]

    assert callable(population)
    assert population("Bern") == 137_000


@pytest.mark.parametrize(
    ("example", "said", "shown"),
    [
        ("analyze.py", "It holds one star.", "It holds one star.\n"),
        ("dialogue.py", "", "Guest: What is on the menu?\nChef: Soup or pie.\nGuest: Pie, please.\n"),
        ("function_tool.py", "", "[population answered]\nBern has about 137,000 inhabitants.\n"),
        (
            "map_reduce.py",
            "",
            "basket.py: total\nmean.py: mean\nshop.py: sell\nThere are 3 files.\n",
        ),
        (
            "permissions.py",
            "",
            (
                "? Write {'file_path': 'poem.lock', 'content': ''}\n"
                "● Write: Created poem.txt (2 lines). (the formatter has run)\n"
                "✗ Write: not run: the lock file is made by a program\n"
                "✗ Bash: not run: the rule Bash(rm:*) denies it\n"
                "✗ Bash: not run: commands take one line here\n"
                "● Bash: 2\n"
                "✗ Read: not run: the rule Read(.env) denies it\n"
                "There are two lines.\n"
            ),
        ),
        (
            "reviewer.py",
            "",
            """\
Write: Created mean.py (2 lines).
AgentSpawn: Line 2: an empty list is divided by zero.
Write: Replaced mean.py (2 lines for 2).
`mean` is in mean.py; a review found that it failed for no numbers, which is mended.
""",
        ),
        (
            "self_swap.py",
            "",
            """\
Anthropic claude-sonnet-5-5
Google gemini-3.5-flash
OpenAICompat local-model
Anthropic claude-sonnet-5-5
The number is 4711.
""",
        ),
        ("watcher.py", "", "watcher: There is a new file, report.csv.\nat work: watcher\n"),
        ("steer.py", "", "There are very many, and Sirius is the brightest.\n"),
        (
            "structured_output.py",
            '{"answer": [{"path": "a.py", "purpose": "adds", "quality": "good"}]}',
            "good  a.py: adds\n",
        ),
    ],
)
def test_every_example_runs(example: str, said: str, shown: str, tmp_path: Path) -> None:
    with serve(said) as server:
        done = run(ROOT / "examples" / example, tmp_path, server)

    assert (done.returncode, done.stdout, done.stderr) == (0, shown, "")


def test_no_example_is_left_out() -> None:
    assert {path.name for path in (ROOT / "examples").glob("*.py")} == {
        "analyze.py",
        "dialogue.py",
        "function_tool.py",
        "map_reduce.py",
        "permissions.py",
        "reviewer.py",
        "self_swap.py",
        "steer.py",
        "structured_output.py",
        "watcher.py",
    }


def test_what_the_page_on_providers_shows_can_be_built(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")
    program = tmp_path / "snippets.py"
    program.write_text("\n".join(re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)))
    (tmp_path / "qwen3-8b.gguf").write_bytes(b"GGUF")
    (tmp_path / "llama-server").touch(mode=0o755)

    with serve() as server:
        done = run(program, tmp_path, server, **accounts(server, tmp_path))

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    lines = program.read_text(encoding="utf-8").splitlines()
    assert [name for name in CARDS if f"providers.{name}.from_env().model()" not in lines] == []


def accounts(server: Served, folder: Path) -> Mapping[str, str]:
    """The environment of somebody who has set all that the page names."""
    return {
        **{key: server.key for card in CARDS.values() for key in card.keys},
        **{card.place: server.base_url for card in CARDS.values() if card.place},
        "AWS_REGION": "eu-west-1",
        "ANTHROPIC_VERTEX_PROJECT_ID": "project",
        "OPENAI_COMPAT_MODEL": "local-model",
        "LLAMA_ARG_MODEL": str(folder / "qwen3-8b.gguf"),
        "LLAMA_SERVER": str(folder / "llama-server"),
    }


def test_the_page_on_providers_names_every_provider_with_its_variables_and_models() -> None:
    page = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")

    for card in CARDS.values():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{card.name}` |"))
        assert all(
            f"`{word}`" in row for word in (*card.keys, card.place, card.default, card.utility) if word
        )


def test_what_the_page_on_agents_shows_runs(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "agents.md").read_text(encoding="utf-8")
    snippets = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    program, shown = tmp_path / "snippet.py", list[str]()

    with serve() as server:
        for snippet in snippets:
            program.write_text(as_program(snippet), encoding="utf-8")
            done = run(program, tmp_path, server)
            assert (done.returncode, done.stderr) == (0, "")
            shown.append(done.stdout)

    assert shown == ["which branch?\n", "accepted\nunknown\n", "0\na.py\na.py\n2\n"]


def test_what_the_page_on_the_library_shows_runs_and_prints_what_it_says(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    snippets = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    program, shown = tmp_path / "snippet.py", list[str]()

    with serve() as server:
        for snippet in snippets:
            program.write_text(as_program(snippet), encoding="utf-8")
            done = run(program, tmp_path, server)
            assert (done.returncode, done.stderr) == (0, "")
            shown.append(done.stdout)

    assert shown == [
        "It is a poem.\nit rhymes\nA circle.\nerror\n",
        'calls population {"city":"Bern"}\npopulation answered\nAbout 137,000. (None)\n',
        "['I am Ada.']\nAda.\n",
    ]


def test_the_tools_that_the_page_on_tools_writes_run(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "tools.md").read_text(encoding="utf-8")
    (snippet,) = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    program = tmp_path / "snippet.py"
    program.write_text(as_program(snippet), encoding="utf-8")

    with serve() as server:
        done = run(program, tmp_path, server)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "All is done. 54 °F\n"


def test_what_the_page_on_budgets_shows_runs(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "budgets.md").read_text(encoding="utf-8")
    (snippet,) = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    program = tmp_path / "snippet.py"
    program.write_text(as_program(snippet), encoding="utf-8")

    with serve() as server:
        done = run(program, tmp_path, server)

    assert (done.returncode, done.stdout, done.stderr) == (0, "Line 12. 3\n", "")
