"""A run that other programs follow, line by line, and steer while it lasts."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import TextIO

import sagent
from sagent.agent import Agent
from sagent.agent.asking import letter_of
from sagent.agent.output import Output
from sagent.atoms import ToolName
from sagent.cli.approval import Approval
from sagent.cli.attachment import attached
from sagent.cli.headless import Run, Tally, formed
from sagent.cli.intake import Intake
from sagent.cli.signals import heeding
from sagent.errors import AgentClosed, AgentHalted, OutputError, SagentError, UsageError
from sagent.lib.feed import Feed
from sagent.messages.words import backed, letter
from sagent.schema.cli import Asked, Begun, Misread, Say, StreamLine, Verdict
from sagent.schema.codec import decode_stream_input, encode_stream_line
from sagent.schema.message import Message, ToolCall
from sagent.schema.part import Text
from sagent.schema.signal import Halt, Letter, Quit


class Stream:
    """One agent, and the program at the other end."""

    def __init__(
        self,
        agent: Agent,
        tools: Sequence[ToolName],
        lines: Feed[StreamLine],
        *,
        intake: Intake | None = None,
        approval: Approval | None = None,
        form: Output | None = None,
    ) -> None:
        """`lines` are written as they come; without `intake` there is only what `run` is given."""
        self._agent = agent
        self._tools = tools
        self._lines = lines
        self._intake = intake
        self._approval = approval
        self._form = form
        self._done = Run(tally=Tally(before=agent.spent))
        self._asked: list[asyncio.Task[None]] = []
        self._stopping: asyncio.Task[None] | None = None
        self._heard = False
        if approval is not None:
            approval.attach(agent, self._ask_leave)

    async def run(self, opening: Letter | None, out: TextIO) -> Run:
        """Talk to the end of the input, then until all is answered, and end the agent.

        Raises:
            OSError: the output takes no more.
        """
        self._lines.put(self._begun())
        self._agent.watch(self._see)
        writing = asyncio.create_task(_write(self._lines, out))
        with heeding(self._stop) as heard:
            talking = asyncio.create_task(self._talk(opening))
            try:
                await asyncio.wait((talking, writing), return_when=asyncio.FIRST_COMPLETED)
            finally:
                talking.cancel()
                with suppress(asyncio.CancelledError):
                    await talking
                await self._agent.aclose()
                await asyncio.gather(*self._asked, return_exceptions=True)
                self._lines.close()
            self._done.tally.settle(self._agent)
            await writing
            self._done.signal = heard.exit_code
        if not self._heard and not self._done.signal:
            self._done.error = UsageError("there was no prompt in the input")
        return self._done

    def _begun(self) -> Begun:
        spec = self._agent.model.spec
        return Begun(
            version=sagent.__version__,
            session_id=self._agent.session_id,
            workspace=str(self._agent.workspace),
            provider=spec.provider,
            model=spec.model,
            tools=self._tools,
        )

    def _see(self, message: Message) -> None:
        self._done.tally.take(message)
        self._lines.put(message)

    async def _talk(self, opening: Letter | None) -> None:
        if opening is not None:
            await self._say(opening)
        if self._intake is not None:
            self._intake.open()
            number = 0
            async for line in self._intake:
                number += 1
                try:
                    if line.strip():
                        await self._take(line)
                except AgentClosed:
                    break
                except SagentError as error:
                    self._lines.put(Misread(line=number, content=str(error)))
        if self._approval is not None:
            self._approval.close()
        while self._asked:
            await asyncio.wait(self._asked)

    async def _take(self, line: bytes) -> None:
        """Do what a line says.

        Raises:
            SagentError: it says nothing that can be done.
        """
        match decode_stream_input(_json(line)):
            case Text() as text:
                await self._say(letter(text))
            case Say() as said:
                files = [part for name in said.files for part in attached(name, self._agent.workspace)]
                await self._say(letter(said.content, *files))
            case Letter() as mail:
                await self._say(mail)
            case Verdict() as verdict:
                self._decide(verdict)
            case Halt() as mail:
                self._note_cost()
                self._agent.inbox.post(mail)
            case Quit() as mail:
                self._agent.inbox.post(mail)
                self._end_input()
            case mail:
                self._agent.inbox.post(mail)

    def _ask_leave(self, call: ToolCall) -> None:
        reason = self._agent.judge(call).reason
        self._lines.put(Asked(call_id=call.call_id, tool=call.tool, content=call.content, reason=reason))

    def _decide(self, verdict: Verdict) -> None:
        approval, call_id = self._approval, verdict.call_id
        if approval is not None and verdict.allow and verdict.always and approval.allow_always(call_id):
            return
        refusal = None if verdict.allow else verdict.reason or "leave was not given"
        if approval is None or not approval.decide(call_id, refusal):
            raise UsageError(f"no call {call_id} waits for leave")

    async def _say(self, said: Letter) -> None:
        task = asyncio.create_task(self._ask(backed(letter_of(said))))
        self._heard = True
        self._asked.append(task)
        task.add_done_callback(self._asked.remove)
        await asyncio.sleep(0)  # it is in the agent's hands before the next line is looked at

    async def _ask(self, said: Letter) -> None:
        done = self._done
        try:
            answer = await self._agent.run(formed(said, self._form))
        except AgentHalted as error:
            if error.reason not in {"withdrawn", "cleared"}:  # those were asked for
                done.answer, done.error = error.partial or None, error
        except OutputError as error:
            done.answer, done.error = error.answer, error
        except SagentError as error:
            done.answer, done.error = None, error
        else:
            done.error = None
            done.take(answer.content, None if said.output else self._form)
        if self._agent.status == "closed":
            self._end_input()

    def _stop(self) -> None:
        """Take no more, and stop."""
        self._note_cost()
        self._end_input()
        self._stopping = asyncio.create_task(self._halt())

    async def _halt(self) -> None:
        later = self._asked[1:]
        for task in later:
            task.cancel()  # else the agent would go on with what was said meanwhile
        if later:
            await asyncio.wait(later)
        self._agent.halt()

    def _end_input(self) -> None:
        if self._intake is not None:
            self._intake.close()

    def _note_cost(self) -> None:
        if self._agent.status == "calling":
            self._done.tally.broken = True


async def _write(lines: Feed[StreamLine], out: TextIO) -> None:
    async for line in lines:
        # In ASCII: some readers take more characters for the end of a line than JSON does.
        out.write(json.dumps(encode_stream_line(line)) + "\n")
        out.flush()


def _json(line: bytes) -> object:
    try:
        value: object = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"this is no JSON: {error}") from error
    return value
