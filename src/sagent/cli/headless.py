"""One prompt, one answer, and the end."""

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Final

from sagent.agent import Agent
from sagent.agent.output import Output
from sagent.cli.screen import Screen
from sagent.cli.signals import heeding
from sagent.errors import AgentHalted, OutputError, SagentError
from sagent.lib.json import JsonValue, json_freeze, json_text, read_json
from sagent.messages.usage import NOTHING_SPENT, added, cost_together
from sagent.schema.cli import Problem, Result
from sagent.schema.message import Message, ModelResponse
from sagent.schema.part import Text
from sagent.schema.signal import Letter
from sagent.schema.values import StopReason, Usage

LIMITS: Final[Mapping[str, str]] = {
    "rounds": "RoundsExhausted",
    "budget": "BudgetExhausted",
    "repetition": "Repetition",
}
"""What programs are told where an agent stopped for a reason of its own."""


@dataclass(slots=True)
class Tally:
    """What the responses to one prompt came to."""

    usage: Usage = NOTHING_SPENT
    cost_usd: float | None = 0.0
    model: str | None = None
    stop: StopReason | None = None

    def take(self, message: Message) -> None:
        """Count a message in."""
        if isinstance(message, ModelResponse):
            self.usage = added(self.usage, message.usage)
            self.cost_usd = cost_together(self.cost_usd, message.cost_usd)
            self.model = message.model
            self.stop = message.stop


@dataclass(slots=True)
class Run:
    """What became of a prompt."""

    answer: str | None = None
    output: JsonValue = None
    """The same as JSON, where that was asked for."""
    tally: Tally = field(default_factory=Tally)
    error: SagentError | None = None
    """What ended it without an answer."""
    signal: int = 0
    """The exit code that a signal asks for; 0 if none came."""

    def take(self, text: str, form: Output | None) -> None:
        """The answer has come, as JSON where a form was asked for."""
        self.answer, self.output = text, None
        if form is not None:
            self.output = json_freeze(form.read(read_json(text)))
            self.answer = json_text(self.output)

    def result(self, session_id: str | None) -> Result:
        """The same for other programs."""
        cause = blamed(self.error)
        return Result(
            answer=self.answer,
            session_id=session_id,
            model=self.tally.model,
            stop=self.tally.stop,
            usage=self.tally.usage,
            cost_usd=self.tally.cost_usd,
            error=None if cause is None else Problem(kind=kind_of(cause), message=str(cause)),
            output=self.output,
        )


def formed(prompt: Letter, form: Output | None) -> Letter:
    """The prompt, which asks for this form unless it asks for one itself."""
    return prompt if form is None or prompt.output is not None else replace(prompt, output=form.schema)


async def run(agent: Agent, prompt: Letter, screen: Screen, form: Output | None = None) -> Run:
    """Ask, show what happens, and end the agent; an error of ours is told in what is returned."""
    done = Run()

    def stop() -> None:
        if agent.status == "calling":
            done.tally.cost_usd = None  # what a call that is broken off costs is never told
        agent.halt()

    with heeding(stop) as heard:
        try:
            async with aclosing(agent.stream(formed(prompt, form))) as messages:
                async for message in messages:
                    done.tally.take(message)
                    screen.show(message)
                    if isinstance(message, Text):
                        done.take(message.content, form)
        except SagentError as error:
            done.error = error
            if isinstance(error, OutputError):
                done.answer = error.answer
            if isinstance(error, AgentHalted) and error.partial:
                done.answer = error.partial
        finally:
            agent.watch(screen.show)  # it says what ends with it
            await agent.aclose()
        done.signal = heard.exit_code
    return done


def blamed(error: SagentError | None) -> SagentError | None:
    """The error that is to be told: an agent that halted did so because of another one."""
    if isinstance(error, AgentHalted) and isinstance(error.__cause__, SagentError):
        return error.__cause__
    return error


def kind_of(error: SagentError) -> str:
    """What programs know an error by: its name, or which limit of its own the agent reached."""
    name = type(error).__name__
    return LIMITS.get(error.reason, name) if isinstance(error, AgentHalted) else name
