"""The house has floors: a room may import from below, never from above or beside."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "sagent"

FLOORS = (
    {"atoms", "errors", "lib"},
    {"validation", "inbox"},
    {"schema"},
    {"children", "control", "messages", "post", "tasks"},
    {"protocols", "host"},
    {"abilities"},
    {"compaction"},
    {"loop", "providers", "tools", "sessions"},
    {"exchange", "permissions"},
    {"agent"},
    {"testing"},
    {"cli"},
    {"__init__", "__main__"},
)


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def imported_rooms(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "sagent":
            yield from (alias.name for alias in node.names)
        elif (
            isinstance(node, ast.ImportFrom) and node.module is not None and node.module.startswith("sagent.")
        ):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("sagent."))


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_import_runs_up_or_across(path: Path) -> None:
    room = path.relative_to(PACKAGE).with_suffix("").parts[0]

    others = set(imported_rooms(path.read_text(encoding="utf-8"))) - {room}

    assert {other for other in others if floor_of(other) >= floor_of(room)} == set()


def test_the_code_generator_imports_nothing_of_the_package() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (PACKAGE.parent.parent / "codegen").rglob("*.py")]

    assert [room for source in sources for room in imported_rooms(source)] == []
