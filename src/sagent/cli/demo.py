"""A demonstration without a key: the real loop, tools and wire, and a script for the model's side only."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from typing import Final

from sagent.agent import Agent
from sagent.agent.prompting import system_prompt
from sagent.cli.demo_project import PROJECT, PROMPT, TESTS, script
from sagent.cli.faults import FAILED, write_ending
from sagent.cli.headless import Tally
from sagent.cli.paint import Paint, paint_for
from sagent.cli.render import bill, diff
from sagent.cli.screen import Screen
from sagent.cli.signals import heeding
from sagent.errors import AgentHalted, UsageError
from sagent.protocols import Model
from sagent.providers import Anthropic, Google, OpenAI
from sagent.schema.event import Done
from sagent.schema.message import Drained, ModelResponse
from sagent.schema.values import ModelSpec
from sagent.testing import WireServer
from sagent.tools import builtin

RELAY: Final = (1, 3)
"""After which of its responses the conversation goes on with the next vendor."""


def demo() -> int:
    """Mend a failing test before the user's eyes; return 0 only if the tests pass in the end.

    Raises:
        UsageError: git is missing, or there is no room for a temporary directory.
        AgentHalted: the agent stopped on the way.
    """
    try:
        # The directory is gone before the program ends, also where a signal ends it.
        with tempfile.TemporaryDirectory(prefix="sagent-demo-") as folder:
            code = asyncio.run(_show(Path(folder).resolve()))
    except FileNotFoundError as error:
        raise UsageError(f"the demo needs {error.filename}, which is not installed here") from error
    if code > 128:
        write_ending(code)
    return code


async def _show(folder: Path) -> int:
    paint = paint_for(sys.stdout, os.environ)
    screen = Screen(sys.stdout, sys.stdout, paint, streams=True)
    screen.note(
        paint.dim(f"A git repository in {folder}, with a test that fails. The model's part is scripted;")
    )
    screen.note(paint.dim("the loop, the tools, the files, the tests and the HTTP in between are real."))
    screen.note(paint.dim("Three providers share the work, each on its own wire, in one conversation.\n"))
    _lay_out(folder)
    if _tests_pass(folder):
        screen.note("the test passes before anything was done: this demonstration shows nothing")
        return FAILED
    screen.note(f"{paint.bold('>')} {PROMPT}\n")
    tally = Tally()
    if code := await _work(folder, screen, tally, paint):
        return code
    _git(folder, "add", "--intent-to-add", ".")  # else a diff is silent about new files
    screen.note(f"\n{paint.bold('What was changed')}\n{diff(_git(folder, 'diff'), paint)}\n")
    passed = _tests_pass(folder)
    screen.note(_verdict(paint, passed=passed))
    screen.note(
        paint.dim(f"{bill(tally.usage, tally.cost_usd)} (at the vendors' prices; the script was free)")
    )
    return 0 if passed else FAILED


async def _work(folder: Path, screen: Screen, tally: Tally, paint: Paint) -> int:
    """Let the agent work; return the exit code that a signal asks for, or 0."""
    # The server is on this machine, and no proxy leads there.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join(filter(None, [_no_proxy(), "127.0.0.1"]))
    tools = builtin()
    async with WireServer(*script(_command())) as server:
        first, *others = _models(server.environment)
        relay = dict(zip(RELAY, others, strict=True))
        answers = 0
        taking_over: ModelSpec | None = first.spec
        agent = Agent(
            model=first,
            system=system_prompt(folder, tools, datetime.now().astimezone().date()),
            tools=tools,
            workspace=folder,
        )
        async with agent:
            with heeding(agent.halt) as heard:
                try:
                    async with aclosing(agent.stream(PROMPT)) as messages:
                        async for message in messages:
                            tally.take(message)
                            if not isinstance(message, Done):
                                screen.show(message)
                            if isinstance(message, ModelResponse):
                                answers += 1
                                if answers in relay:
                                    taking_over = relay[answers].spec
                                    agent.swap_model(relay[answers])
                            if isinstance(message, Drained) and taking_over is not None:
                                screen.note(paint.dim(f"[{taking_over.provider} {taking_over.model}]"))
                                taking_over = None
                except AgentHalted:
                    if not heard.exit_code:
                        raise
        tally.settle(agent)
    return heard.exit_code


def _models(environment: Mapping[str, str]) -> Sequence[Model]:
    """One model of each vendor, in the order in which they work."""
    vendors = (Anthropic, Google, OpenAI)
    return [vendor.from_env(environment).model() for vendor in vendors]


def _lay_out(folder: Path) -> None:
    for name, text in PROJECT.items():
        (folder / name).write_text(text, encoding="utf-8")
    _git(folder, "init", "--quiet", "--initial-branch=main")
    _git(folder, "add", ".")
    who = ("-c", "user.name=sagent demo", "-c", "user.email=demo@sagent.invalid")
    _git(folder, *who, "commit", "--quiet", "--message=A basket and its test")


def _git(folder: Path, *arguments: str) -> str:
    # The user's own settings (hooks, signing, pagers) stay out of it.
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**os.environ, **alone},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise UsageError(f"git {arguments[0]} failed in {folder}: {done.stderr.strip()}")
    return done.stdout


def _tests_pass(folder: Path) -> bool:
    command = [sys.executable, "-B", *TESTS]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def _command() -> str:
    from shlex import join

    return join([sys.executable, "-B", *TESTS])


def _no_proxy() -> str:
    return os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""


def _verdict(paint: Paint, *, passed: bool) -> str:
    return paint.green("The tests pass.") if passed else paint.red("The tests still fail.")
