"""What a person is told of a repair is what was left out, and for whom."""

import pytest

from sagent.atoms import MessageId
from sagent.cli.repairs import left_out
from sagent.schema.message import Repaired


@pytest.mark.parametrize(
    ("omitted", "since", "until", "files", "told"),
    [
        ("native", 0, 0, 0, "the history was refused; thoughts so far are left out for this model"),
        (
            "files",
            0,
            0,
            0,
            "the history was refused; all files and thoughts so far are left out for this model",
        ),
        ("files", 4, 0, 0, "the history was refused; the latest files and thoughts so far are left out for "),
        ("files", 0, 4, 0, "this model takes fewer files; older ones are only named to it, and thoughts so "),
        ("files", 0, 0, 2, "this model takes fewer files; older ones are only named to it, and thoughts so "),
    ],
)
def test_a_repair_is_told_with_what_it_leaves_out(
    omitted: str, since: int, until: int, files: int, told: str
) -> None:
    repaired = Repaired(
        id=MessageId("r"),
        parent_id=None,
        timestamp=0.0,
        content="no",
        omitted="files" if omitted == "files" else "native",
        since=since,
        until=until,
        files=files,
    )

    assert left_out(repaired).startswith(told)


def test_a_file_that_is_named_and_a_repair_in_vain_are_told_as_such() -> None:
    named = Repaired(
        id=MessageId("r"), parent_id=None, timestamp=0.0, content="no", omitted="files", named="ab"
    )
    vain = Repaired(id=MessageId("r"), parent_id=None, timestamp=0.0, content="no", omitted="nothing")

    assert [left_out(named), left_out(vain)] == [
        "the history was refused; the file that is named there is left out for this model",
        "the history was refused all the same; what was left out for that is part of it again",
    ]
