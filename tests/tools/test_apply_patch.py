"""Patches of several files."""

from pathlib import Path

import pytest

from sagent.errors import ToolError
from sagent.tools import ApplyPatch, Read, Write
from tests.tools.calls import Desk, call_of, names, said
from tests.tools.cases import Case, cases, tree, words

CASES = cases("patches")


@pytest.fixture
def patch(tmp_path: Path) -> ApplyPatch:
    return ApplyPatch(tmp_path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_patch_makes_of_the_files_what_its_case_says(
    patch: ApplyPatch, tmp_path: Path, case: Case
) -> None:
    for name, text in words(case.rest["before"]).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(text.encode())

    try:
        answer, failed = await said(patch, patch=case.text("patch")), False
    except ToolError as error:
        answer, failed = str(error), True

    assert (tree(tmp_path), failed) == (words(case.rest["after"]), "refused" in case.rest)
    assert case.text("refused") in answer
    assert case.text("says") in answer


async def test_a_patch_that_cannot_go_on_keeps_what_came_before_and_says_so(
    patch: ApplyPatch, tmp_path: Path
) -> None:
    text = "*** Begin Patch\n*** Add File: a\n+x\n*** Delete File: b\n*** Add File: c\n+x\n*** End Patch"

    with pytest.raises(ToolError, match=r"b does not exist(.|\n)*Done before that:\nA a \(1 line\)"):
        await said(patch, patch=text)

    assert tree(tmp_path) == {"a": "x\n"}


async def test_a_patch_that_must_be_whole_changes_nothing_where_a_later_file_fails(tmp_path: Path) -> None:
    text = "*** Begin Patch\n*** Add File: a\n+x\n*** Delete File: b\n*** End Patch"

    with pytest.raises(ToolError, match=r"b does not exist(.|\n)*Nothing was changed"):
        await said(ApplyPatch(tmp_path, whole=True), patch=text)

    assert tree(tmp_path) == {}


async def test_a_write_that_fails_gives_the_other_files_back_what_they_had(
    patch: ApplyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a").write_text("old\n")
    (tmp_path / "gone").write_text("kept\n")
    text = (
        "*** Begin Patch\n*** Update File: a\n@@\n-old\n+new\n*** Delete File: gone\n*** Add File: made\n+x\n"
        "*** Add File: a/b\n+y\n*** End Patch"
    )

    with pytest.raises(ToolError, match="cannot make the directory of a/b"):
        await said(patch, patch=text)

    assert tree(tmp_path) == {"a": "old\n", "gone": "kept\n"}


async def test_modes_links_and_encodings_are_kept(patch: ApplyPatch, tmp_path: Path) -> None:
    (tmp_path / "target.sh").write_bytes("\ufeffü\r\n".encode("utf-16-le"))
    (tmp_path / "target.sh").chmod(0o750)
    (tmp_path / "link").symlink_to("target.sh")
    begin, end = "*** Begin Patch\n*** Update File: ", "\n*** End Patch"

    await said(patch, patch=f"{begin}link\n@@\n-ü\n+é{end}")
    await said(patch, patch=f"{begin}target.sh\n*** Move to: moved.sh{end}")

    moved = tmp_path / "moved.sh"
    assert moved.read_bytes() == "\ufeffé\r\n".encode("utf-16-le")
    assert moved.stat().st_mode & 0o7777 == 0o750
    assert names(tmp_path) == ["link", "moved.sh"]


async def test_a_link_is_deleted_and_not_what_it_leads_to(patch: ApplyPatch, tmp_path: Path) -> None:
    (tmp_path / "target").write_text("x")
    (tmp_path / "link").symlink_to("target")

    await said(patch, patch="*** Begin Patch\n*** Delete File: link\n*** End Patch")

    assert names(tmp_path) == ["target"]


async def test_what_a_patch_adds_is_known_and_what_it_changes_unread_is_not(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    patch, write, read = (tool.hosted_by(desk) for tool in (ApplyPatch(), Write(), Read()))
    (tmp_path / "b").write_text("1\n2\n")
    text = "*** Begin Patch\n*** Add File: a\n+x\n*** Update File: b\n@@\n-1\n+one\n*** End Patch"

    await said(patch, patch=text)
    added = await said(write, file_path="a", content="y\n")
    with pytest.raises(ToolError, match="b exists, and it has not been read"):
        await said(write, file_path="b", content="y\n")
    await said(read, file_path="b")
    changed = await said(write, file_path="b", content="y\n")

    assert (added, changed) == ("Replaced a (1 line for 1).", "Replaced b (1 line for 2).")


async def test_the_answer_is_the_difference_of_each_file(patch: ApplyPatch, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1\n2\n")
    text = "*** Begin Patch\n*** Update File: a\n@@\n-2\n+two\n*** Add File: b\n+x\n*** End Patch"

    answer = await said(patch, patch=text)

    assert answer == "Applied the patch:\nM a\n@@ -1,2 +1,2 @@\n 1\n-2\n+two\nA b (1 line)"


def test_a_summary_names_the_files(patch: ApplyPatch) -> None:
    files = "*** Add File: a\n*** Delete File: b\n*** Update File: c\n*** Move to: d\n"
    text = f"*** Begin Patch\n{files}*** End Patch"

    assert patch.summary(call_of(patch, patch=text)) == "ApplyPatch +a, -b, c -> d"
    assert patch.summary(call_of(patch, patch="?")) == "ApplyPatch"
