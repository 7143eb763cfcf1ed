"""A headless run from flags to exit code."""

import asyncio
import json
import os
import sys
from pathlib import Path

from sagent.cli.assembly import Assembled, assemble
from sagent.cli.faults import FAILED, INTERRUPTED, complain, exit_code, write_line
from sagent.cli.headless import Run, blamed, run
from sagent.cli.paint import paint_for, printable
from sagent.cli.screen import Screen
from sagent.cli.settings import Settings
from sagent.cli.signals import leave
from sagent.cli.standard import drop
from sagent.errors import ProviderError
from sagent.schema.codec import encode_result


def once(settings: Settings, prompt: str, *, as_json: bool, debug: bool) -> int:
    """Ask once, print the answer, and return the exit code.

    Raises:
        SagentError: it could not even be asked.
    """
    assembled = assemble(settings, Path.cwd())
    return asyncio.run(_ask(assembled, prompt, as_json=as_json, debug=debug))


async def _ask(assembled: Assembled, prompt: str, *, as_json: bool, debug: bool) -> int:
    for note in assembled.notes:
        write_line(note)
    terminal = sys.stdout.isatty()
    screen = Screen(
        sys.stdout, sys.stderr, paint_for(sys.stderr, os.environ), streams=terminal and not as_json
    )
    done = await run(assembled.agent, prompt, screen)
    # A session that only failed is nothing to go on with; one that was interrupted holds what was asked.
    gone = done.error is not None and not done.signal and assembled.discard()
    hint = f"go on with: sagent --session {assembled.agent.session_id}" if assembled.kept and not gone else ""
    try:
        if as_json:
            _print_result(done, None if gone else assembled.agent.session_id)
        elif done.error is None and done.answer is not None:
            screen.answer(printable(done.answer))
    except BrokenPipeError:
        raise
    except OSError as error:
        drop(1)
        write_line(f"sagent: the answer cannot be written: {error.strerror}")
        if hint:
            write_line(hint)
        return FAILED
    if done.signal:
        write_line("interrupted" if done.signal == INTERRUPTED else f"ended by signal {done.signal - 128}")
        if hint:
            write_line(hint)
        leave(done.signal)
    if done.error is not None:
        code = exit_code(done.error)
        cause = blamed(done.error)
        if isinstance(cause, ProviderError) and cause.status == 404:
            hint = ", and ".join(filter(None, ["`sagent models` lists what is on offer", hint]))
        complain(done.error, debug=debug, hint=hint)
        return code
    return 0


def _print_result(done: Run, session_id: str | None) -> None:
    sys.stdout.write(json.dumps(encode_result(done.result(session_id))) + "\n")
    sys.stdout.flush()
