"""Changing parts of files."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sagent.errors import ToolError
from sagent.schema.tools.edit import Replacement
from sagent.tools import Edit
from sagent.tools.replacement import located
from sagent.tools.spans import spliced
from tests.tools.calls import names, said


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    return Edit(tmp_path)


async def refused(edit: Edit, **directive: object) -> str:
    with pytest.raises(ToolError) as caught:
        await said(edit, **directive)
    return str(caught.value)


async def test_an_edit_replaces_one_place_and_shows_the_difference(edit: Edit, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("".join(f"line {number}\n" for number in range(1, 11)))

    answer = await said(edit, file_path="a.py", old_string="line 6", new_string="line six\nand a half")

    assert answer == (
        "Made 1 replacement in a.py:\n@@ -3,7 +3,8 @@\n line 3\n line 4\n line 5\n-line 6\n+line six\n"
        "+and a half\n line 7\n line 8\n line 9"
    )
    assert "line 5\nline six\nand a half\nline 7\n" in (tmp_path / "a.py").read_text()


@pytest.mark.parametrize(
    ("before", "old", "new", "shown"),
    [
        ("a\nb\n", "b", "c", "@@ -1,2 +1,2 @@\n a\n-b\n+c"),
        ("a\nb\n", "b\n", "", "@@ -1,2 +1 @@\n a\n-b"),
        ("a\n", "a\n", "", "@@ -1 +0,0 @@\n-a"),
        ("a\r\nb\r\n", "a", "x", "@@ -1,2 +1,2 @@\n-a\n+x\n b"),
        ("a", "a", "a\n\n", "@@ -1 +1,2 @@\n a\n+"),
        ("a\nb", "b", "b\nc", "@@ -1,2 +1,3 @@\n a\n b\n+c"),
    ],
)
async def test_what_is_shown_is_a_unified_diff_of_the_lines(
    edit: Edit, tmp_path: Path, before: str, old: str, new: str, shown: str
) -> None:
    (tmp_path / "a").write_bytes(before.encode())

    answer = await said(edit, file_path="a", old_string=old, new_string=new)

    assert answer == f"Made 1 replacement in a:\n{shown}"


async def test_a_large_change_is_shown_in_part(edit: Edit, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x\nend\n")

    answer = await said(edit, file_path="a", old_string="x\n", new_string="y\n" * 150)

    assert answer.endswith("+y\n+y\n… [52 more lines of this change]")


async def test_changes_far_apart_are_shown_as_two_regions(edit: Edit, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x\n" + "-\n" * 20 + "x")
    edit.note(tmp_path / "a", (tmp_path / "a").read_bytes())

    answer = await said(edit, file_path="a", old_string="x", new_string="y", replace_all=True)

    assert answer == (
        "Made 2 replacements in a:\n@@ -1,4 +1,4 @@\n-x\n+y\n -\n -\n -\n"
        "@@ -19,4 +19,4 @@\n -\n -\n -\n-x\n+y"
    )


async def test_a_text_that_occurs_twice_is_refused_with_its_lines(edit: Edit, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x = 1\ny = 2\nx = 1\n")

    message = await refused(edit, file_path="a", old_string="x = 1", new_string="x = 3")

    assert message == (
        "old_string occurs 2 times in a, on lines 1, 3: "
        "add surrounding lines until it is unique, or set replace_all"
    )
    assert (tmp_path / "a").read_text() == "x = 1\ny = 2\nx = 1\n"


async def test_a_missing_text_is_answered_with_the_place_that_differs_in_white_space(
    edit: Edit, tmp_path: Path
) -> None:
    (tmp_path / "a.py").write_text("def f():\n\treturn 1\n")

    message = await refused(edit, file_path="a.py", old_string="def f():\n    return 1", new_string="")

    assert message == (
        "old_string does not occur in a.py. Lines 1-2 differ from it in white space only. Line 2:\n"
        "  file has '\\treturn 1'\n  you gave '    return 1'\n"
        "The file has there:\n     1\tdef f():\n     2\t\treturn 1"
    )


async def test_a_missing_text_is_answered_with_the_most_similar_line(edit: Edit, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import os\n\ntotal = compute(values, 3)\n")

    message = await refused(edit, file_path="a.py", old_string="total = compute(value, 3)", new_string="x")

    assert message == (
        "old_string does not occur in a.py. The most similar place begins on line 3. Line 3:\n"
        "  file has 'total = compute(values, 3)'\n  you gave 'total = compute(value, 3)'"
    )


async def test_an_edit_that_was_made_before_is_recognised(edit: Edit, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one\nnew words\n")

    message = await refused(edit, file_path="a", old_string="old phrase", new_string="new words")

    assert message == (
        "old_string does not occur in a, but new_string does, on line 2: perhaps it was changed already"
    )


@pytest.mark.parametrize(
    ("directive", "message"),
    [
        (
            {"old_string": "x", "new_string": "x"},
            "old_string and new_string are the same: there is nothing to change",
        ),
        (
            {"old_string": "", "new_string": "x"},
            "old_string is empty, and a is not: give the text to replace",
        ),
        ({"old_string": "x"}, "give old_string and new_string, or edits"),
        (
            {"edits": [{"old_string": "x", "new_string": "y"}], "old_string": "x"},
            "give either edits, or old_string",
        ),
        ({"old_string": "zebra", "new_string": "y"}, "nor anything like it: read the file again"),
    ],
)
async def test_a_call_that_cannot_be_meant_is_refused_with_a_reason(
    edit: Edit, tmp_path: Path, directive: dict[str, object], message: str
) -> None:
    (tmp_path / "a").write_text("xx")

    assert message in await refused(edit, file_path="a", **directive)
    assert (tmp_path / "a").read_text() == "xx"


async def test_several_edits_are_all_found_in_the_file_as_it_was(edit: Edit, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one two three")
    edits = [{"old_string": "one", "new_string": "two"}, {"old_string": "two", "new_string": "one"}]

    await said(edit, file_path="a", edits=edits)

    assert (tmp_path / "a").read_text() == "two one three"


async def test_of_several_edits_none_is_made_if_one_fails(edit: Edit, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one two")
    edits = [{"old_string": "one", "new_string": "1"}, {"old_string": "six", "new_string": "6"}]

    message = await refused(edit, file_path="a", edits=edits)

    assert message.startswith("edit 2: old_string does not occur in a")
    assert (tmp_path / "a").read_text() == "one two"


async def test_edits_that_overlap_are_refused(edit: Edit, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("abc")
    edits = [{"old_string": "ab", "new_string": "x"}, {"old_string": "bc", "new_string": "y"}]

    message = await refused(edit, file_path="a", edits=edits)

    assert message == "two edits overlap on line 1 of a: make one of them. Nothing was changed"


async def test_edits_may_share_lines_that_neither_changes(edit: Edit, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1\n2\n3\n")
    edits = [
        {"old_string": "1\n2\n", "new_string": "one\n2\n"},
        {"old_string": "2\n3\n", "new_string": "2\nthree\n"},
    ]

    await said(edit, file_path="a", edits=edits)

    assert (tmp_path / "a").read_text() == "one\n2\nthree\n"


@pytest.mark.parametrize("new", ["\\1 $1 \\n {x}", "\\g<0>", "%s"])
async def test_signs_that_mean_something_elsewhere_are_taken_literally(
    edit: Edit, tmp_path: Path, new: str
) -> None:
    (tmp_path / "a").write_text("[x]+")

    await said(edit, file_path="a", old_string="[x]+", new_string=new)

    assert (tmp_path / "a").read_text() == new


@pytest.mark.parametrize(
    ("before", "old", "new", "after"),
    [
        (b"a\r\nb\r\nc\r\n", "a\nb", "a\nx\nb", b"a\r\nx\r\nb\r\nc\r\n"),
        (b"a\r\nb\r\n", "a\r\nb", "a\r\nx", b"a\r\nx\r\n"),
        (b"a\nb\n", "a\r\nb", "x\r\ny", b"x\ny\n"),
        (b"a\r\nb\nc\r\nd\n", "b\nc", "B\nC", b"a\r\nB\nC\r\nd\n"),
        (b"a\r\nb\nc\n", "a\nb\nc", "a\nb\nx\nc", b"a\r\nb\nx\nc\n"),
        (b"a\nb", "a\n", "a\r\n", b"a\r\nb"),
        (b"a\r\n", "\n", "", b"a"),
        (b"a\rb\r\n", "a\rb", "c\rd", b"c\rd\r\n"),
        (b"\xef\xbb\xbfa\n", "a", "b", b"\xef\xbb\xbfb\n"),
        ("é = 1\n".encode("utf-16"), "1", "é", "é = é\n".encode("utf-16")),
        (
            "größe straße für über schön\n".encode("latin-1"),
            "für",
            "für ü",
            "größe straße für ü über schön\n".encode("latin-1"),
        ),
    ],
)
async def test_encoding_mark_and_line_endings_of_the_file_are_kept(
    edit: Edit, tmp_path: Path, before: bytes, old: str, new: str, after: bytes
) -> None:
    (tmp_path / "a").write_bytes(before)

    await said(edit, file_path="a", old_string=old, new_string=new)

    assert (tmp_path / "a").read_bytes() == after


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x00\x01x", "is a binary file"),
        (b"x\xff\xfe\x00", "is a binary file"),
        (bytes(range(128, 256)) * 8 + b"\x81\x8d\x8f x", "is in an encoding that cannot be told"),
    ],
)
async def test_what_is_no_text_is_refused_and_stays_as_it_is(
    edit: Edit, tmp_path: Path, data: bytes, kind: str
) -> None:
    (tmp_path / "a").write_bytes(data)

    message = await refused(edit, file_path="a", old_string="x", new_string="y")

    assert message == f"a {kind}: it is left as it is. Convert it to UTF-8 first if it is text"
    assert (tmp_path / "a").read_bytes() == data


async def test_a_character_that_the_encoding_lacks_is_refused(edit: Edit, tmp_path: Path) -> None:
    data = "größe straße für über schön\n".encode("latin-1")
    (tmp_path / "a").write_bytes(data)

    message = await refused(edit, file_path="a", old_string="für", new_string="日本")

    assert "which has no '日'" in message
    assert (tmp_path / "a").read_bytes() == data


async def test_half_a_surrogate_pair_is_refused(edit: Edit, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")

    message = await refused(edit, file_path="a", old_string="x", new_string="\ud800")

    assert message == "the text contains half a surrogate pair: give it as valid Unicode"


async def test_mode_and_links_are_kept(edit: Edit, tmp_path: Path) -> None:
    target = tmp_path / "target.sh"
    target.write_text("echo a\n")
    target.chmod(0o750)
    (tmp_path / "link").symlink_to("target.sh")

    await said(edit, file_path="link", old_string="a", new_string="b")

    assert (tmp_path / "link").is_symlink()
    assert target.read_text() == "echo b\n"
    assert target.stat().st_mode & 0o7777 == 0o750
    assert names(tmp_path) == ["link", "target.sh"]


async def test_a_read_only_file_is_not_replaced(edit: Edit, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "a").chmod(0o444)

    message = await refused(edit, file_path="a", old_string="x", new_string="y")

    assert message == "a is read-only: if it shall be changed, give it write permission first"


async def test_edits_of_one_file_at_the_same_time_are_all_made(edit: Edit, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("".join(f"<{number}>\n" for number in range(20)))

    await asyncio.gather(
        *(
            said(edit, file_path="a", old_string=f"<{number}>", new_string=f"[{number}]")
            for number in range(20)
        )
    )

    assert (tmp_path / "a").read_text() == "".join(f"[{number}]\n" for number in range(20))


LINES = st.lists(
    st.tuples(
        st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=6),
        st.sampled_from(["\n", "\r\n", "\r"]),
    ),
    min_size=1,
    max_size=12,
)


@given(lines=LINES, data=st.data())
def test_every_byte_outside_of_the_edit_is_the_same_afterwards(
    lines: list[tuple[str, str]], data: st.DataObject
) -> None:
    text = "".join(line + ending for line, ending in lines)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assume("\r\n" not in (text[start - 1 : start + 1], text[end - 1 : end + 1]))
    new = data.draw(st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=8))
    replacement: Replacement = {"old_string": text[start:end], "new_string": new}
    try:
        spans = located(text, [replacement], "a").spans
    except ToolError:
        return

    after = spliced(text, spans)

    assert all(start <= span.start <= span.end <= end for span in spans)
    assert (after[:start], after[len(after) - len(text) + end :]) == (text[:start], text[end:])
    assert after[start : len(after) - len(text) + end].replace("\r\n", "\n") == new
