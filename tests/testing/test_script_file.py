"""Scripts of wire servers as JSON."""

from pathlib import Path

import pytest

from sagent.errors import Malformed, UsageError
from sagent.schema.part import Text, Thinking
from sagent.testing import Cut, Garbage, Latency, Stall, Status, always, call
from sagent.testing.script_file import read_script, script


def test_every_kind_of_item_can_be_written_as_json() -> None:
    document = [
        "text",
        {"call": "Bash", "directive": {"command": "ls"}},
        {"call": "List"},
        [{"thinking": "hm"}, "text", {"latency": 0.5}, {"stall": None}],
        {"stall": 2},
        {"cut": 1},
        {"cut": None},
        {"garbage": "{"},
        {"status": 503},
        {"status": 429, "body": {"error": {}}, "headers": {"retry-after": "1"}},
        {"always": [{"call": "Bash"}]},
    ]

    items = script(document)

    assert items == (
        Text(content="text"),
        call("Bash", command="ls"),
        call("List"),
        (Thinking(content="hm"), Text(content="text"), Latency(0.5), Stall()),
        Stall(2),
        Cut(1),
        Cut(),
        Garbage(b"{"),
        Status(503),
        Status(429, {"error": {}}, {"retry-after": "1"}),
        always((call("Bash"),)),
    )


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"call": "Bash"}, r"\$: expected an array"),
        ([7], r"\$\[0\]: no reply: 7"),
        (["a", ["b", {"say": "c"}]], r"\$\[1\]\[1\]: no reply"),
        ([{"call": "Bash", "directive": "ls"}], r"\$\[0\]\.directive: expected an object"),
        ([{"status": 503, "headers": []}], r"\$\[0\]\.headers: expected an object"),
        ([{"always": {"always": "a"}}], r"\$\[0\]\.always: no reply"),
        ([[["a"]]], r"\$\[0\]\[0\]: no reply"),
        ([{"cut": "2"}], r"\$\[0\]: no reply"),
    ],
)
def test_a_document_that_is_no_script_is_refused_by_its_place(document: object, place: str) -> None:
    with pytest.raises(Malformed, match=f"script: at {place}"):
        script(document)


def test_a_script_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "script.json").write_text('["hello"]')

    assert read_script(tmp_path / "script.json") == (Text(content="hello"),)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.json cannot be read"):
        read_script(tmp_path / "none.json")


def test_a_file_that_is_not_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "script.json").write_text("hello")

    with pytest.raises(UsageError, match=r"script\.json is not JSON"):
        read_script(tmp_path / "script.json")
