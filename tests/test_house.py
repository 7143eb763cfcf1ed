"""The house rules that a reader can see: captions, sizes, and doors for unchecked values."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GENERATED = ROOT / "src" / "sagent" / "schema"
HAND_WRITTEN = [
    path
    for folder in ("src", "codegen")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if GENERATED not in path.parents
]

LONG = {
    "src/sagent/loop/core.py": "the state machine: rules, table and transitions belong on one page",
    "src/sagent/loop/desk.py": "a method for each kind that is kept: the kinds, not the idea, are many",
    "src/sagent/loop/driver.py": "every effect is performed in one place",
    "src/sagent/loop/state.py": "the fold: each kind of message changes it in one place",
    "src/sagent/loop/traffic.py": "all that goes into the core and comes out of it, a few lines each",
    "src/sagent/agent/agent.py": "all that an agent can be asked is its one face",
    "src/sagent/providers/vendor.py": "what all providers do alike is inherited from one class",
}
"""Modules of more than 250 lines, each with its reason."""


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=name)
def test_every_module_begins_with_one_line_that_says_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""

    first, _, rest = docstring.partition("\n")

    assert re.fullmatch(r"[^\n]{10,110}[.:]", first), docstring
    assert rest == "" or rest.startswith("\n")


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=name)
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())

    assert lines <= 250 or name(path) in LONG


def test_every_exception_to_the_size_rule_is_still_needed() -> None:
    long = {name(path) for path in HAND_WRITTEN if len(path.read_text(encoding="utf-8").splitlines()) > 250}

    assert set(LONG) == long


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=name)
def test_no_value_is_any_and_no_error_is_ignored(path: Path) -> None:
    source = path.read_text(encoding="utf-8")

    assert re.findall(r"\bAny\b(?=[\],\s|)])(?<!\")|# type: ignore|except:", source) == []


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=name)
def test_no_module_has_a_name_that_says_nothing(path: Path) -> None:
    assert re.search(r"util|helper|manager|common|base|misc|handler", path.stem) is None


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=name)
def test_frozen_values_with_slots_are_finished_when_they_are_used(path: Path) -> None:
    source = path.read_text(encoding="utf-8")

    eager = re.findall(r"^ *@dataclass\(.*frozen=True.*slots=True", source, re.MULTILINE)

    assert eager == [] or name(path).startswith("codegen/")  # what never runs at a start has no need of it


KINDS = {
    node.name
    for path in GENERATED.glob("*.py")
    for node in ast.parse(path.read_text(encoding="utf-8")).body
    if isinstance(node, ast.ClassDef)
}
"""The classes that our unions are made of."""


def patterns(case: ast.match_case) -> set[str]:
    """The classes that a case names."""
    return {
        node.cls.id
        for node in ast.walk(case.pattern)
        if isinstance(node, ast.MatchClass) and isinstance(node.cls, ast.Name)
    }


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=name)
def test_every_match_over_kinds_of_ours_names_them_all(path: Path) -> None:
    matches = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Match)]

    catching_all = [
        match.lineno
        for match in matches
        if any(ast.unparse(case.pattern) == "_" and case.guard is None for case in match.cases)
        and any(patterns(case) & KINDS for case in match.cases)
    ]

    assert catching_all == []
