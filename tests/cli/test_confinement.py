"""Tools that run commands, as far as the user lets them."""

import pytest

from sagent.cli.confinement import Confines, confined
from sagent.cli.toolbox import chosen_tools
from sagent.errors import UsageError
from sagent.tools import Bash, Sandbox, Terminal
from sagent.tools.sandbox import _fault


@pytest.mark.skipif(_fault(False) is not None, reason=str(_fault(False)))
@pytest.mark.parametrize(("how", "network"), [("network", True), ("offline", False)])
def test_all_tools_that_run_commands_are_confined(how: Confines, *, network: bool) -> None:
    tools = confined(chosen_tools("all,Terminal"), how)

    rooms = [tool.sandbox for tool in tools if isinstance(tool, Bash | Terminal)]
    assert rooms == [Sandbox(network=network)] * 2


@pytest.mark.parametrize("how", [None, "off"])
def test_without_a_word_of_a_sandbox_there_is_none(how: Confines | None) -> None:
    tools = chosen_tools("Bash")

    assert confined(tools, how) == tools


def test_a_terminal_is_there_only_if_it_is_named() -> None:
    usual, named = chosen_tools("all"), chosen_tools("bash,terminal")

    assert "Terminal" not in [tool.name for tool in usual]
    assert [tool.name for tool in named] == ["Bash", "Terminal"]
    assert [tool.name for tool in chosen_tools("all,terminal")] == [
        *(tool.name for tool in usual),
        "Terminal",
    ]


def test_a_tool_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(UsageError, match=r"there is no tool 'shell'; .*Bash, .*Terminal, and `none`"):
        chosen_tools("shell")
