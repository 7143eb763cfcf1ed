"""A conversation on a terminal: what is typed while the agent works steers it."""

import asyncio
import logging
import math
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from prompt_toolkit.application import get_app_or_none
from prompt_toolkit.key_binding import KeyPressEvent
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.utils import is_dumb_terminal

from sagent.cli.approval import Approval
from sagent.cli.faults import FAILED, complain, exit_code
from sagent.cli.line import prompt_line
from sagent.cli.live import Live, Teller, print_line
from sagent.cli.manual import HELP
from sagent.cli.orders import mail_for, permit, swap
from sagent.cli.paint import paint_for, printable
from sagent.cli.permissions import policy_for
from sagent.cli.questions import REFLEX, Questions
from sagent.cli.settings import Settings
from sagent.cli.undo import undo_in
from sagent.errors import SagentError

if TYPE_CHECKING:
    from sagent.agent import Agent
    from sagent.cli.assembly import Assembled
    from sagent.schema.signal import Mail

TWICE: Final = 2.0
"""Within how many seconds a second Ctrl-C quits; later it is a first one again."""


def talk(settings: Settings) -> int:
    """Talk until the user has enough, and return the exit code."""
    live = Live(print_line, paint_for(sys.__stdout__ or sys.stdout, os.environ))
    with patch_stdout(raw=True):
        return asyncio.run(Conversation(settings, live).run())


def _begin(settings: Settings, approve: Approval) -> "Assembled":
    from sagent.cli.assembly import assemble
    from sagent.permissions.policy import Policy

    # Also where all is allowed now: another mode may be chosen later.
    return assemble(settings, Path.cwd(), approve, policy_for(settings, "default") or Policy(mode="full"))


def _check(settings: Settings) -> str:
    from sagent.cli.choice import chosen_model
    from sagent.cli.toolbox import chosen_tools, ready

    ready(chosen_tools(settings.tools, settings.tool_dirs))
    return chosen_model(settings, None).spec.model


class Conversation:
    """The prompt line, and the agent behind it, which is made for the first prompt."""

    def __init__(
        self,
        settings: Settings,
        live: Live,
        *,
        begin: Callable[[Settings, Approval], "Assembled"] = _begin,
        check: Callable[[Settings], str] = _check,
        reflex: float = REFLEX,
    ) -> None:
        """`begin` makes the agent; `check` says which model it would have, or why it cannot be made.

        Nobody has read a question within `reflex` seconds.
        """
        self._settings = settings
        self._begin_with = begin
        self._check = check
        self._live = live
        self._agent: Agent | None = None
        self._serving: asyncio.Task[None] | None = None
        self._shown = asyncio.Event()
        self._assembled: Assembled | None = None
        self._warned_at = -math.inf
        self._code = 0
        self._line = prompt_line(self._interrupt, self._stop, lambda: live.begun, self._toolbar)
        self._questions = Questions(live.write, live.paint, reflex=reflex)
        self._line.default_buffer.on_text_changed += lambda buffer: self._questions.typed(buffer.text)

    async def run(self) -> int:
        """Take lines until the end; return the exit code."""
        self._live.attach(self._line.app.invalidate)
        teller = Teller(self._live)
        logging.getLogger("sagent").addHandler(teller)
        self._line.app.after_render += lambda _: self._shown.set()
        if is_dumb_terminal():
            self._shown.set()  # nothing is ever rendered there
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._end, 128 + number)
        # The agent's modules are loaded while the user looks at the prompt.
        loading = loop.create_task(self._load())
        try:
            while True:
                line = (await self._line.prompt_async()).strip()
                await loading
                self._warned_at = -math.inf
                if line and not await self._take(line):
                    break
        except (EOFError, KeyboardInterrupt):
            pass
        finally:
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.remove_signal_handler(number)
            self._shown.set()
            await loading
            await self._leave()
            logging.getLogger("sagent").removeHandler(teller)
        return self._code

    async def _load(self) -> None:
        """Say at once what is wrong with the flags; a new session begins with a name or a first prompt."""
        await self._shown.wait()
        try:
            if self._settings.session or self._settings.latest or self._settings.name:
                await self._begin()
            else:
                self._live.model = self._check(self._settings)
                self._live.refresh()
        except SagentError as error:
            complain(error, debug=False)
            self._end(exit_code(error))

    async def _take(self, line: str) -> bool:
        """Do what a line says; false if it says to quit."""
        if self._questions.answers(line):
            return True
        word, _, rest = line.partition(" ")
        from sagent.cli import tasks

        try:
            match word:
                case "/quit" | "/exit":
                    return False
                case "/help":
                    self._live.write(HELP)
                case "/model":
                    self._settings = swap(rest.strip(), self._settings, self._agent, self._live, self._check)
                case "/permissions":
                    name, approval = rest.strip(), self._questions.approval
                    self._settings = permit(name, self._settings, self._agent, approval, self._live.write)
                case "/compact" | "/recompact" | "/uncompact" | "/clear":
                    self._post(mail_for(word, rest.strip()))
                case "/tasks":
                    for told in tasks.listing(self._agent):
                        self._live.write(told)
                case "/kill":
                    self._live.write(await tasks.kill(self._agent, rest.strip()))
                case "/undo":
                    for told in await undo_in(self._agent, rest.strip()):
                        self._live.write(printable(told))
                case _ if word.startswith("/") and word[1:].isalpha():
                    self._live.write(f"there is no command {printable(word)}; /help lists them")
                case _:
                    await self._say(line)
        except SagentError as error:
            complain(error, debug=False, elsewhere="/model PROVIDER/ID")
        return True

    async def _say(self, words: str) -> None:
        from sagent.cli.mentions import mentioned
        from sagent.messages.words import letter

        said = letter(words, *mentioned(words, Path.cwd()))
        agent = self._agent or await self._begin()
        agent.inbox.post(said)

    async def _begin(self) -> "Agent":
        assembled = self._begin_with(self._settings, self._questions.approval)
        self._live.open(assembled.recap, assembled.notes)
        agent = assembled.agent
        serving = asyncio.get_running_loop().create_task(agent.run_forever())
        await asyncio.sleep(0)  # an agent is bound to the loop first, and watched then
        if serving.done():
            serving.result()
        self._live.follow(agent)
        self._questions.attach(agent)
        serving.add_done_callback(lambda _: self._end(FAILED))
        self._agent, self._serving, self._assembled = agent, serving, assembled
        return agent

    def _post(self, mail: "Mail") -> None:
        if self._agent is not None:
            self._agent.inbox.post(mail)
        elif mail.descriptor != "application/x-clear":
            self._live.write("nothing has been said yet")

    @property
    def _warned(self) -> bool:
        """Whether a Ctrl-C now is the second."""
        return time.monotonic() - self._warned_at < TWICE

    def _interrupt(self, event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        elif self._warned:
            self._end(0)
        else:
            self._warned_at = time.monotonic()
            self._stop()
            asyncio.get_running_loop().call_later(TWICE, self._live.refresh)

    def _stop(self) -> None:
        self._live.stop()
        self._questions.stop()
        self._live.refresh()

    def _toolbar(self) -> str:
        width = self._line.app.output.get_size().columns - 1
        return self._live.toolbar(width, warned=self._warned, asked=self._questions.hint)

    def _end(self, code: int) -> None:
        """Leave the prompt line."""
        self._code = self._code or code
        app = get_app_or_none()  # on a dumb terminal it is not that of the line
        if app is not None and app.is_running and not app.is_done:
            app.exit(exception=EOFError)

    async def _leave(self) -> None:
        if self._agent is None or self._serving is None or self._assembled is None:
            return
        code = self._code
        failed = self._live.failed
        await self._agent.aclose()
        await self._serving
        self._code = code
        self._live.end_line()
        for line in self._live.spent():
            self._live.write(line)
        gone = (failed or self._assembled.unused) and self._assembled.discard()
        if self._assembled.kept and not gone:
            self._live.write(printable(self._assembled.hint))
