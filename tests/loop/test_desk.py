"""The desk: what it makes of what it is given."""

from dataclasses import fields, replace

import pytest

from sagent.atoms import CallId, ToolName
from sagent.lib.json import freeze_object
from sagent.loop.desk import Desk
from sagent.loop.state import State
from sagent.messages.ids import Ids
from sagent.schema.message import ToolCall


@pytest.mark.parametrize("raw", ["", "{"])
def test_a_call_under_a_name_of_ours_is_the_same_in_all_else(raw: str) -> None:
    call = ToolCall(
        call_id=CallId("c1"), vendor_id="v1", tool=ToolName("Read"), content=freeze_object({"a": 1}), raw=raw
    )

    named = Desk(State(), Ids("us")).named(call)

    assert named == replace(call, call_id=CallId("c00000000000-0001-us"))
    known = {"descriptor", "call_id", "vendor_id", "tool", "content", "raw"}
    assert {field.name for field in fields(ToolCall)} == known
