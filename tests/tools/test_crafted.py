"""What every built-in tool owes."""

import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from sagent import tools
from sagent.abilities import Detachable, Hosted, Instructed, Summarized
from sagent.protocols import Tool
from sagent.tools.crafted import Crafted
from sagent.validation import schema_complaint
from tests.tools.calls import Desk

BUILTIN = {tool.name: tool for tool in tools.builtin()}


@pytest.fixture(params=list(BUILTIN))
def tool(request: pytest.FixtureRequest) -> Tool:
    return BUILTIN[request.param]


def test_the_built_in_tools_have_the_names_that_models_know() -> None:
    names = [
        "Read",
        "Write",
        "Edit",
        "ApplyPatch",
        "Glob",
        "Grep",
        "List",
        "Bash",
        "BackgroundTask",
        "AgentSelf",
        "AgentSend",
        "AgentSpawn",
    ]
    assert list(BUILTIN) == names


def test_a_tool_is_named_after_its_schema(tool: Tool) -> None:
    assert isinstance(tool, Crafted)
    assert tool.schema.title == f"{tool.name}Directive"
    assert tool.tool_id == f"application/x-tool-{tool.name}"


def test_a_schema_describes_every_property_and_is_one(tool: Tool) -> None:
    properties = tool.directive_schema["properties"]

    assert schema_complaint(tool.directive_schema) is None
    assert isinstance(properties, dict)
    assert [name for name, node in properties.items() if not node.get("description")] == []
    assert tool.directive_schema.keys() | {"required"} == {
        "type",
        "additionalProperties",
        "required",
        "properties",
    }
    assert len(tool.description) > 80


def test_a_tool_has_all_that_an_agent_asks_of_it(tool: Tool) -> None:
    assert isinstance(tool, Hosted)
    assert isinstance(tool, Summarized)
    assert isinstance(tool, Instructed)
    assert isinstance(tool, Detachable) is (tool.name in {"Bash", "AgentSpawn"})


def test_the_prompt_of_a_tool_is_a_page_of_the_package(tool: Tool) -> None:
    assert isinstance(tool, Instructed)
    page = files("sagent.tools") / "prompts" / f"{tool.name.lower()}.md"

    assert tool.prompt() == page.read_text(encoding="utf-8").strip()
    assert tool.prompt().startswith(f"## {tool.name}\n")


def test_a_host_gives_a_tool_its_workspace_and_the_tool_stays_as_it_was(tool: Tool, tmp_path: Path) -> None:
    assert isinstance(tool, Crafted)

    hosted = tool.hosted_by(Desk(tmp_path))

    assert (hosted.workspace, tool.workspace) == (tmp_path, Path.cwd())
    assert type(hosted) is type(tool)


def test_importing_the_tools_loads_nothing_heavy() -> None:
    heavy = "{'asyncio', 'jsonschema', 'charset_normalizer', 'pathspec', 'subprocess', 'tempfile', 'shutil'}"
    program = f"import sys; from sagent.tools import builtin; builtin(); print({heavy} & set(sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert loaded.stdout == "set()\n"
