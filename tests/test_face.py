"""The public face: what the package promises, and nothing else."""

import ast
import subprocess
import sys
from pathlib import Path

import sagent
from sagent import agent, tools

FACE = Path(sagent.__file__)


def typed_names() -> set[str]:
    """The names that a type checker sees."""
    tree = ast.parse(FACE.read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    return {alias.name for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}


def test_what_is_promised_is_what_checkers_see_and_what_can_be_imported() -> None:
    importable = {name for name in sagent.__all__ if getattr(sagent, name) is not None}

    assert importable == set(sagent.__all__) == typed_names()
    assert sagent.__all__ == sorted(sagent.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(sagent, "Manager")


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = (
        "asyncio httptools httpx2 jsonschema pydantic genai_prices cyclopts prompt_toolkit typing_extensions"
    )
    script = f"import sys, sagent; print([name for name in {heavy.split()!r} if name in sys.modules])"

    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert loaded == "[]\n"


def test_importing_agents_providers_and_tools_loads_no_network_and_no_validator() -> None:
    heavy = (
        "httptools httpx2 jsonschema pydantic genai_prices cyclopts prompt_toolkit google.genai "
        "charset_normalizer PIL pypdfium2 botocore google.auth azure.identity pathspec"
    )
    imports = "import sagent.agent, sagent.providers, sagent.tools, sys"
    script = f"{imports}; print([name for name in {heavy.split()!r} if name in sys.modules])"

    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert loaded == "[]\n"


def test_a_server_without_tls_is_asked_without_the_client_for_proxies() -> None:
    script = """
import asyncio, sys
from sagent.errors import Unreachable
from sagent.providers.direct import Direct
from sagent.providers.transport import Call

async def main():
    try:
        await anext(Direct(proxied=False).stream(Call(url="http://127.0.0.1:1", headers={})))
    except Unreachable:
        print([name for name in ("httpcore2", "httpx2") if name in sys.modules])

asyncio.run(main())
"""

    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert loaded == "[]\n"


def test_tools_that_are_seldom_used_are_loaded_when_they_are_asked_for() -> None:
    seldom = ["function", "external_tool", "terminal", "search", "plain_search", "ripgrep", "plan"]
    script = (
        "import sys, sagent.tools as tools; tools.builtin(); "
        f"print([name for name in {seldom!r} if f'sagent.tools.{{name}}' in sys.modules])"
    )

    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert loaded == "[]\n"


def test_every_name_that_tools_promise_can_be_imported() -> None:
    missing = [name for name in tools.__all__ if getattr(tools, name, None) is None]

    assert missing == []
    assert not hasattr(tools, "Manager")


def test_every_name_that_the_room_of_agents_promises_can_be_imported() -> None:
    missing = [name for name in agent.__all__ if getattr(agent, name, None) is None]

    assert missing == []
    assert not hasattr(agent, "Manager")
