"""A headless run from flags to exit code."""

import asyncio
import json
import logging
import os
import sys
from pathlib import Path
from typing import Literal

from sagent.agent.output import Output
from sagent.cli.approval import Approval
from sagent.cli.assembly import Assembled, assemble
from sagent.cli.faults import FAILED, complain, exit_code, write_ending, write_line
from sagent.cli.headless import Run, run
from sagent.cli.intake import Intake
from sagent.cli.paint import paint_for, printable
from sagent.cli.permissions import policy_for
from sagent.cli.screen import Screen
from sagent.cli.settings import Settings
from sagent.cli.signals import leave
from sagent.cli.standard import drop
from sagent.cli.stream import Stream
from sagent.lib.feed import Feed
from sagent.lib.value import frozen
from sagent.schema.cli import StreamLine
from sagent.schema.codec import encode_result
from sagent.schema.signal import Letter

_log = logging.getLogger("sagent.cli")


@frozen(kw_only=True)
class Manner:
    """How a headless run is read and written."""

    output: Literal["text", "json", "stream-json"] = "text"
    form: Output | None = None
    """What the answer has to fit, where it is to be JSON."""
    reads: bool = False
    """Whether lines come in while the agent works."""
    asks: bool = False
    """Whether whoever writes these lines is asked for leave."""
    debug: bool = False


def once(settings: Settings, prompt: Letter | None, manner: Manner) -> int:
    """Ask, print the answer, and return the exit code; without a prompt it comes by stream.

    Raises:
        SagentError: it could not even be asked.
    """
    lines: Feed[StreamLine] = Feed()
    approval = Approval() if manner.asks else None
    policy = policy_for(settings, "full", asks_all=manner.asks and settings.permission_mode is None)
    assembled = assemble(settings, Path.cwd(), approval, policy)
    stream = Stream(
        assembled.agent,
        assembled.tools,
        lines,
        intake=Intake(sys.stdin.fileno()) if manner.reads else None,
        approval=approval,
        form=manner.form,
    )
    return asyncio.run(_ask(assembled, prompt, stream, manner))


async def _ask(assembled: Assembled, prompt: Letter | None, stream: Stream, manner: Manner) -> int:
    agent = assembled.agent
    spec = agent.model.spec
    _log.info("session %s: %s %s in %s", agent.session_id, spec.provider, spec.model, agent.workspace)
    for note in assembled.notes:
        write_line(note)
    screen = Screen(
        sys.stdout,
        sys.stderr,
        paint_for(sys.stderr, os.environ),
        # JSON may have to be asked for twice: only what fits is printed.
        streams=sys.stdout.isatty() and manner.output == "text" and manner.form is None,
    )
    if prompt is None or manner.output == "stream-json":
        try:
            done = await stream.run(prompt, sys.stdout)
        except BrokenPipeError:
            raise
        except OSError as error:
            return _unwritten(error, assembled.hint)
    else:
        done = await run(assembled.agent, prompt, screen, manner.form)
    _log.info("it ended with %s, for %s dollars", done.tally.stop, done.tally.cost_usd)
    # A session that only failed is nothing to go on with; one that was interrupted holds what was asked.
    gone = done.error is not None and not done.signal and assembled.discard()
    hint = "" if gone else assembled.hint
    try:
        if manner.output != "text":
            _print_result(done, None if gone else assembled.agent.session_id)
        elif done.error is None and done.answer is not None:
            screen.answer(printable(done.answer))
    except BrokenPipeError:
        raise
    except OSError as error:
        return _unwritten(error, hint)
    if done.signal:
        write_ending(done.signal)
        if hint:
            write_line(hint)
        leave(done.signal)
    if done.error is not None:
        code = exit_code(done.error)
        complain(done.error, debug=manner.debug, hint=hint)
        return code
    return 0


def _unwritten(error: OSError, hint: str) -> int:
    drop(1)
    write_line(f"sagent: the answer cannot be written: {error.strerror}")
    if hint:
        write_line(hint)
    return FAILED


def _print_result(done: Run, session_id: str | None) -> None:
    sys.stdout.write(json.dumps(encode_result(done.result(session_id))) + "\n")
    sys.stdout.flush()
