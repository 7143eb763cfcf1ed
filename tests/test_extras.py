"""The extras that users are told to install."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_extra_that_users_are_told_of_can_be_installed() -> None:
    texts = [*ROOT.glob("docs/*.md"), *ROOT.glob("*.md"), *ROOT.glob("src/**/*.py")]
    told = {name for path in texts for name in re.findall(r"sagent\[(\w+)\]", path.read_text("utf-8"))}

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert told <= project["optional-dependencies"].keys()
    assert {"pdf", "terminal"} <= told
