"""Every phase of the core meets every input: the table of `core.py`, spelled out."""

from collections.abc import Callable, Iterator, Mapping

import pytest

from sagent.errors import AgentClosed, Refused, SessionError
from sagent.loop.change import Change
from sagent.loop.traffic import (
    Abandoned,
    AppendFailed,
    Broke,
    Fired,
    Input,
    Moved,
    Outcome,
    Responded,
    Stopped,
    Timer,
    Verdict,
)
from sagent.schema.part import Text
from sagent.schema.signal import Clear, Detach, Halt, Kill, Quit, Undetach, Withdraw
from sagent.testing import call
from tests.loop.stage import BUSY, Stage, answer, letter, spec

TABLE = """
user letter
    idle       calling    +Prompt Receipt +Drained CallModel
    calling    calling    +Prompt Receipt
    halting    halting    +Prompt Receipt
    waiting    calling    +Prompt Receipt +Drained CallModel
    gathering  gathering  +Prompt Receipt StartTimer(grace)
    spoken     gathering  +Prompt Receipt
    halted     gathering  +Prompt Receipt StartTimer(grace)
    closed     closed     refused
peer letter
    idle       calling    +Prompt Receipt +Drained CallModel
    calling    calling    +Prompt Receipt
    halting    halting    +Prompt Receipt
    waiting    waiting    +Prompt Receipt
    gathering  gathering  +Prompt Receipt
    spoken     gathering  +Prompt Receipt
    halted     halted     +Prompt Receipt
    closed     closed     refused
change
    idle       idle       +ModelChanged
    calling    calling    +ModelChanged
    halting    halting    +ModelChanged
    waiting    waiting    +ModelChanged
    gathering  gathering  +ModelChanged
    spoken     gathering  +ModelChanged
    halted     halted     +ModelChanged
moved
    idle       idle       +CwdChanged
    calling    calling    +CwdChanged
    halting    halting    +CwdChanged
    waiting    waiting    +CwdChanged
    gathering  gathering  +CwdChanged
    spoken     gathering  +CwdChanged
    halted     halted     +CwdChanged
halt
    idle       halted     Halted
    calling    halting    CancelModel
    waiting    halted     Halted Resolve(HaltedBy)
    gathering  halted     Halted Resolve(HaltedBy)
    spoken     gathering  +Detached +ToolResult StartTimer(patience)
kill open
    idle       idle       CancelTool
    calling    calling    CancelTool
    halting    halting    CancelTool
    waiting    waiting    CancelTool
    gathering  gathering  CancelTool
    spoken     gathering  CancelTool
    halted     halted     CancelTool
kill asking
    idle       idle       CancelTool
    calling    calling    CancelTool
    halting    halting    CancelTool
    waiting    waiting    CancelTool
    gathering  gathering  +ToolResult
    spoken     gathering  +ToolResult
    halted     halted     +ToolResult
detach
    idle       idle       Notice
    calling    calling    Notice
    halting    halting    Notice
    waiting    waiting    Notice
    gathering  gathering  +Detached
    spoken     gathering  +Detached
    halted     halted     +Detached
undetach
withdraw
    idle       idle       Notice
    calling    calling    +Withdrawn Resolve(Dropped)
    halting    halting    +Withdrawn Resolve(Dropped)
    waiting    waiting    +Withdrawn Resolve(Dropped)
    gathering  gathering  +Withdrawn Resolve(Dropped)
    spoken     gathering  +Withdrawn Resolve(Dropped)
    halted     halted     +Withdrawn
clear
    idle       idle       +Cleared Idle
    calling    calling    +ModelResponse +Cleared CancelModel Resolve(Dropped) +Drained CallModel
    halting    calling    +ModelResponse +Cleared CancelModel Resolve(Dropped) +Drained CallModel
    waiting    calling    +Cleared Resolve(Dropped) +Drained CallModel
    gathering  calling    +Cleared CancelTool CancelTool Resolve(Dropped) +Drained CallModel
    spoken     calling    +Cleared CancelTool CancelTool Resolve(Dropped) +Drained CallModel
    halted     halted     +Cleared CancelTool CancelTool
quit
    idle       closed     Notice CancelTool Close
    calling    closed     +ModelResponse CancelModel Notice CancelTool Resolve(Dropped) Close
    halting    closed     +ModelResponse CancelModel Notice CancelTool Resolve(Dropped) Close
    waiting    closed     Notice CancelTool Resolve(Dropped) Close
    gathering  closed     Notice CancelTool CancelTool CancelTool Resolve(Dropped) Close
    spoken     closed     Notice CancelTool CancelTool CancelTool Resolve(Dropped) Close
    halted     closed     Notice CancelTool CancelTool CancelTool Close
responded
    calling    calling    +ModelResponse Done Resolve(Answered) +Drained CallModel
    halting    halted     +ModelResponse Halted Resolve(HaltedBy)
broke
    calling    waiting    +ModelResponse Retry StartTimer(retry)
    halting    halted     +ModelResponse Halted Resolve(HaltedBy)
broke for good
    calling    halted     +ModelResponse Halted Resolve(HaltedBy)
    halting    halted     +ModelResponse Halted Resolve(HaltedBy)
stopped
    calling    halted     +ModelResponse Halted Resolve(HaltedBy)
    halting    halted     +ModelResponse Halted Resolve(HaltedBy)
old stopped
outcome
    idle       calling    +ToolResult +Drained CallModel
    calling    calling    +ToolResult
    halting    halting    +ToolResult
    waiting    waiting    +ToolResult
    gathering  gathering  +ToolResult
    spoken     gathering  +ToolResult
    halted     halted     +ToolResult
outcome of detached
    idle       calling    +ToolResult +Drained CallModel
    calling    calling    +ToolResult
    halting    halting    +ToolResult
    waiting    waiting    +ToolResult
    gathering  gathering  +ToolResult
    spoken     gathering  +ToolResult
    halted     halted     +ToolResult
leave
    gathering  gathering  RunTool
    spoken     gathering  RunTool
    halted     halted     RunTool
refusal
    gathering  gathering  +ToolResult
    spoken     gathering  +ToolResult
    halted     halted     +ToolResult
alarm
    waiting    calling    +Drained CallModel
    spoken     gathering  +Detached +ToolResult StartTimer(patience)
old alarm
abandoned
    calling    halting    CancelModel
    waiting    calling    +Drained CallModel
    gathering  halted     Halted Resolve(HaltedBy) CancelTool CancelTool +ToolResult
    spoken     gathering  +Detached +ToolResult StartTimer(patience) CancelTool CancelTool
abandoned unheard
    calling    calling    +Withdrawn
    halting    halting    +Withdrawn
    waiting    waiting    +Withdrawn
    gathering  gathering  +Withdrawn
    spoken     gathering  +Withdrawn
    halted     halted     +Withdrawn
unwritten
    idle       closed     Notice CancelTool Close
    calling    closed     CancelModel Notice CancelTool Resolve(Dropped) Close
    halting    closed     CancelModel Notice CancelTool Resolve(Dropped) Close
    waiting    closed     Notice CancelTool Resolve(Dropped) Close
    gathering  closed     Notice CancelTool CancelTool CancelTool Resolve(Dropped) Close
    spoken     closed     Notice CancelTool CancelTool CancelTool Resolve(Dropped) Close
    halted     closed     Notice CancelTool CancelTool CancelTool Close
"""
"""For each input and phase: the phase after it, and what is done. In what is not listed, nothing happens."""


def idle() -> Stage:
    """Answered, with a call that goes on by itself."""
    stage = Stage()
    stage.says("begin")
    stage.replies(call("slow"))
    stage.detaches("slow")
    stage.replies("begun")
    return stage


def calling() -> Stage:
    """The model is at work, and a peer has spoken."""
    stage = idle()
    stage.says("go")
    stage.says("psst", "peer")
    return stage


def halting() -> Stage:
    """The user has halted the model, which has not stopped yet."""
    stage = calling()
    stage.take(Halt())
    return stage


def waiting() -> Stage:
    """The model has failed, and will be called again."""
    stage = calling()
    stage.breaks(BUSY)
    return stage


def gathering() -> Stage:
    """One call runs, one waits for leave, and a peer has spoken."""
    stage = idle()
    stage.says("go")
    stage.replies(call("edit"), call("slow"), call("ask"))
    stage.says("psst", "peer")
    return stage


def spoken() -> Stage:
    """The same, and the user has spoken too."""
    stage = gathering()
    stage.says("hm")
    return stage


def halted() -> Stage:
    """The same without the user's words, but halted."""
    stage = gathering()
    stage.take(Halt())
    return stage


def closed() -> Stage:
    """Over."""
    stage = gathering()
    stage.take(Quit())
    return stage


PHASES: Mapping[str, Callable[[], Stage]] = {
    made.__name__: made for made in (idle, calling, halting, waiting, gathering, spoken, halted, closed)
}


def done(stage: Stage, index: int) -> Outcome:
    """The end of a running call."""
    call_id = list(stage.tools)[index]
    return Outcome(call_id=call_id, content=(Text(content="done"),), failed=False, seconds=1.0)


def number(stage: Stage) -> int:
    """The model call that runs, or one that is over."""
    return 0 if stage.model is None else stage.model


def alarm(stage: Stage) -> Timer:
    """The alarm that is set, or one that is not."""
    return stage.timers[-1].timer if stage.timers else Timer("retry", 0)


def prompt(stage: Stage, *, heard: bool) -> Abandoned:
    """Nobody waits any more for the words of the user, or of the peer."""
    prompts = [message.id for message in stage.log if message.descriptor == "multipart/x-prompt"]
    return Abandoned(prompts[1 if heard else -1] if len(prompts) > 1 else prompts[0])


INPUTS: Mapping[str, Callable[[Stage], Input]] = {
    "user letter": lambda stage: letter("hey"),
    "peer letter": lambda stage: letter("hey", "peer"),
    "change": lambda stage: Change(model=spec("two")),
    "moved": lambda stage: Moved("/shop/tests"),
    "halt": lambda stage: Halt(),
    "kill open": lambda stage: Kill(content=list(stage.tools)[-1]),
    "kill asking": lambda stage: Kill(content=next(iter(stage.asked), next(iter(stage.tools)))),
    "detach": lambda stage: Detach(content=list(stage.tools)[-1]),
    "undetach": lambda stage: Undetach(content=next(iter(stage.tools))),
    "withdraw": lambda stage: Withdraw(content=prompt(stage, heard=False).prompt),
    "clear": lambda stage: Clear(),
    "quit": lambda stage: Quit(),
    "responded": lambda stage: Responded(number(stage), answer("hello")),
    "broke": lambda stage: Broke(number(stage), BUSY, "half"),
    "broke for good": lambda stage: Broke(number(stage), Refused("no"), "half"),
    "stopped": lambda stage: Stopped(number(stage), "half"),
    "old stopped": lambda stage: Stopped(0, ""),
    "outcome": lambda stage: done(stage, -1),
    "outcome of detached": lambda stage: done(stage, 0),
    "leave": lambda stage: Verdict(next(iter(stage.asked), next(iter(stage.tools))), None),
    "refusal": lambda stage: Verdict(next(iter(stage.asked), next(iter(stage.tools))), "no"),
    "alarm": lambda stage: Fired(alarm(stage)),
    "old alarm": lambda stage: Fired(Timer("grace", 0)),
    "abandoned": lambda stage: prompt(stage, heard=True),
    "abandoned unheard": lambda stage: prompt(stage, heard=False),
    "unwritten": lambda stage: AppendFailed(SessionError("disk full")),
}


def rows() -> Iterator[tuple[str, str, str]]:
    """Input, phase, and what is expected."""
    expected: dict[tuple[str, str], str] = {}
    arrived = ""
    for row in TABLE.strip().splitlines():
        if row.startswith(" "):
            before, _, after = row.strip().partition(" ")
            expected[arrived, before] = " ".join(after.split())
        else:
            arrived = row
    unknown = {
        (arrived, phase) for arrived, phase in expected if arrived not in INPUTS or phase not in PHASES
    }
    assert unknown == set()
    for arrived in INPUTS:
        for phase in PHASES:
            yield arrived, phase, expected.get((arrived, phase), "")


@pytest.mark.parametrize(("arrived", "before", "expected"), list(rows()))
def test_each_phase_does_with_each_input_what_the_table_says(
    arrived: str, before: str, expected: str
) -> None:
    stage = PHASES[before]()
    phase = stage.phase

    try:
        stage.take(INPUTS[arrived](stage))
    except AgentClosed:
        told = "closed refused"
    else:
        told = f"{stage.phase} {stage.kinds}".strip()

    assert told == (expected or phase)
