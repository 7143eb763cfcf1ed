"""Files that are named in a prompt by an `@`."""

from pathlib import Path

import pytest

from sagent.cli.mentions import mentioned
from sagent.errors import UsageError
from sagent.schema.part import Text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("README.md", "src/a.py", "a b.txt", "odd.", "alias/x"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"in {name}")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "files"),
    [
        ("@README.md", ["README.md"]),
        ("compare @README.md, and (@src/a.py).", ["README.md", "src/a.py"]),
        ("twice @README.md @README.md", ["README.md"]),
        ('say @"a b.txt" aloud', ["a b.txt"]),
        ("see\n@odd.", ["odd."]),
        ("see @src or @src/", []),
    ],
)
def test_a_path_behind_an_at_sign_is_a_file_that_goes_along(
    folder: Path, words: str, files: list[str]
) -> None:
    assert mentioned(words, folder) == tuple(Text(content=f"[{name}]\nin {name}") for name in files)


@pytest.mark.parametrize(
    "words",
    [
        "write to bob@README.md",
        "why is @property slow?",
        "@pytest.fixture(scope='x') and @app.get(\"/items/{id}\")",
        "ask @alice, or @org/team; install @types/node",
        'import x from "@/lib/x.js"',
        "@ nothing @, either @@",
        f"@{'x' * 5000}",
        "@nobody~ @~nobody",
    ],
)
def test_addresses_decorators_and_names_are_left_alone(folder: Path, words: str) -> None:
    assert mentioned(words, folder) == ()


@pytest.mark.parametrize("name", ["src/b.py", "./b", "../b", "/nowhere/at/all", "~/no such"])
def test_what_can_only_be_a_path_and_leads_nowhere_is_refused(folder: Path, name: str) -> None:
    name = f'"{name}"' if " " in name else name

    with pytest.raises(UsageError, match="there is no such file"):
        mentioned(f"see @{name}.", folder)
