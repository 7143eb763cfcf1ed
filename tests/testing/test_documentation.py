"""docs/testing.md: what it shows is run."""

import inspect
import json
import re
from collections.abc import Sequence
from pathlib import Path
from types import FunctionType

import pytest

from sagent.testing.script_file import script

PAGE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text(encoding="utf-8")


def blocks(language: str) -> Sequence[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


def name_of(block: str) -> str:
    found = re.search(r"def (test_\w+)", block)
    return found[1] if found else "nothing"


@pytest.mark.parametrize("block", [pytest.param(block, id=name_of(block)) for block in blocks("python")])
async def test_every_python_example_of_the_page_passes(block: str, tmp_path: Path) -> None:
    module: dict[str, object] = {"__name__": "example"}

    exec(compile(block, "docs/testing.md", "exec"), module)

    tests = [
        value for key, value in module.items() if key.startswith("test_") and isinstance(value, FunctionType)
    ]
    for test in tests:
        outcome = test(tmp_path) if inspect.signature(test).parameters else test()
        if inspect.isawaitable(outcome):
            await outcome
    assert len(tests) == 1


def test_the_script_in_json_of_the_page_is_one() -> None:
    (block,) = blocks("json")

    items = script(json.loads(block))

    assert len(items) == 9
