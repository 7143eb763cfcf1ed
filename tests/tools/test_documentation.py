"""docs/tools.md: what it shows is what happens."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from sagent.errors import ToolError
from sagent.protocols import Tool
from sagent.tools import ApplyPatch, Bash, Edit, Glob, Grep, List, Read, Terminal, Write
from tests.tools.calls import Desk, said

PAGE = Path(__file__).parent.parent.parent / "docs" / "tools.md"

TOOLS = (ApplyPatch(), Edit(), Glob(), Grep(), List(), Read(), Write())

SPACES = "   "
"""An editor would take them away at the end of a line."""

BASKET = f"""\
\"\"\"A shopping basket.\"\"\"


def total(prices, discount=0):{SPACES}
    \"\"\"The sum of the prices, less a discount in per cent.\"\"\"
    return round(sum(prices) * (1 - discount), 2)
"""


LOG = "".join(f"09:{minute:02} request {minute} took {minute % 7} ms\n" for minute in range(60))

NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "source": ["# Sums"]},
        {
            "cell_type": "code",
            "execution_count": 1,
            "source": ["sum([1, 2, 3])"],
            "outputs": [{"output_type": "execute_result", "data": {"text/plain": ["6"]}}],
        },
    ]
}


async def test_the_calls_of_the_page_are_answered_as_it_says(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    terminal = Terminal().hosted_by(desk)
    files = {str(tool.name): tool.hosted_by(desk) for tool in TOOLS}
    tools: Mapping[str, Tool] = {**files, "Bash": Bash().hosted_by(desk), "Terminal": terminal}
    (tmp_path / "basket.py").write_text(BASKET)
    (tmp_path / ".env").write_text("rest=key\n")
    (tmp_path / ".gitignore").write_text("build/\n")
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "basket.py").write_text(BASKET)
    (tmp_path / "server.log").write_text(LOG)
    (tmp_path / "sums.ipynb").write_text(json.dumps(NOTEBOOK))
    (tmp_path / "shop.wasm").write_bytes(b"\0asm\1\0\0\0")
    blocks = re.findall(r"(?s)```text\n(.*?)\n```", PAGE.read_text(encoding="utf-8"))
    shown = [call for block in blocks for call in re.split(r"\n\n(?=[A-Z]\w+ \{)", block)]

    for call in shown:
        head, _, answer = call.partition("\n")
        name, _, directive = head.partition(" ")
        try:
            told = await said(tools[name], **json.loads(directive))
        except ToolError as error:
            told = f"error: {error}"
        assert told.replace(os.path.realpath(tmp_path), "/home/you/project") == answer
    await terminal.sweep()

    assert len(shown) == 23
