"""One prompt, one answer, and the end."""

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Final

from sagent.agent import Agent
from sagent.agent.output import Output
from sagent.cli.screen import Screen
from sagent.cli.signals import heeding
from sagent.cli.spending import by_model, cache_use, spent_lines
from sagent.errors import AgentHalted, OutputError, SagentError
from sagent.lib.json import JsonValue, json_freeze, json_text, read_json
from sagent.loop.spending import UNSPENT, Spending
from sagent.schema.cli import Problem, Result
from sagent.schema.message import Message, ModelResponse, Summary
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
    """What a prompt came to, with all agents that worked for it."""

    model: str | None = None
    stop: StopReason | None = None
    broken: bool = False
    """Whether a call was broken off: what that costs is never told."""
    before: Spending = UNSPENT
    """What had been spent before."""
    spending: Spending = UNSPENT
    """What was spent since."""
    own: int = 0
    """How many of the requests were the agent's own."""

    @property
    def usage(self) -> Usage:
        """The tokens of all requests."""
        return self.spending.usage

    @property
    def cost_usd(self) -> float | None:
        """What they cost; None where that is not known of each."""
        return None if self.broken else self.spending.cost_usd

    def take(self, message: Message) -> None:
        """Count a message in."""
        if isinstance(message, ModelResponse | Summary):
            self.own += 1
        if isinstance(message, ModelResponse):
            self.model = message.model
            self.stop = message.stop

    def settle(self, agent: Agent) -> None:
        """Nothing more is asked: see what it was."""
        self.spending = agent.spent.plus(self.before, -1)


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
            usage_by_model=by_model(self.tally.spending),
            cache=cache_use(self.tally.spending),
            error=None if cause is None else Problem(kind=kind_of(cause), message=str(cause)),
            output=self.output,
        )


def formed(prompt: Letter, form: Output | None) -> Letter:
    """The prompt, which asks for this form unless it asks for one itself."""
    return prompt if form is None or prompt.output is not None else replace(prompt, output=form.schema)


async def run(agent: Agent, prompt: Letter, screen: Screen, form: Output | None = None) -> Run:
    """Ask, show what happens, and end the agent; an error of ours is told in what is returned."""
    done = Run(tally=Tally(before=agent.spent))

    def stop() -> None:
        if agent.status == "calling":
            done.tally.broken = True
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
            done.tally.settle(agent)
            for line in spent_lines(done.tally.spending, done.tally.own):
                screen.aside(line)
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
