"""Edits as data: what becomes of a file, or why nothing does."""

from pathlib import Path

import pytest

from sagent.errors import ToolError
from sagent.tools import Edit
from tests.tools.calls import said
from tests.tools.cases import Case, cases

CASES = cases("edits")


def test_there_are_cases_enough_and_no_two_of_one_name() -> None:
    assert len(CASES) >= 200
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_an_edit_makes_of_a_file_what_its_case_says(tmp_path: Path, case: Case) -> None:
    path, edit = tmp_path / "a", Edit(tmp_path)
    before = content(case, "before", "hex")
    path.write_bytes(before)
    if case.flag("seen"):
        edit.note(path, before)

    try:
        answer, failed = await said(edit, file_path="a", **directive(case)), False
    except ToolError as error:
        answer, failed = str(error), True

    after = before if "refused" in case.rest else content(case, "after", "after_hex")
    assert (path.read_bytes(), failed) == (after, "refused" in case.rest), answer
    assert case.text("refused") in answer
    assert case.text("says") in answer


def directive(case: Case) -> dict[str, object]:
    """One edit is given without a list, so that both forms are used."""
    edits = case.items("edits")
    return {**edits[0]} if len(edits) == 1 else {"edits": edits}


def content(case: Case, text: str, data: str) -> bytes:
    return bytes.fromhex(case.text(data)) if data in case.rest else case.text(text).encode()
