"""A session as Markdown: to read, to send, to show on a terminal."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from sagent.cli.history.record import Record
from sagent.cli.history.steps import Answered, Deed, Noted, Said, Step
from sagent.cli.render import bill
from sagent.lib.json import json_text
from sagent.messages.words import plain
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Part, Text, Thinking


def markdown(record: Record, *, longest: int | None = None) -> str:
    """The whole conversation; of each result and directive at most `longest` characters."""
    head = [f"# {record.title}", "", record.facts]
    return "\n".join([*head, *(line for step in record.steps for line in _step(step, longest))]) + "\n"


def _step(step: Step, longest: int | None) -> Iterable[str]:
    match step:
        case Said():
            yield from ("", f"## {step.who} · {_time(step.at)} · {step.id}", "", *map(_part, step.content))
        case Answered():
            yield from ("", f"## {step.model} · {_time(step.at)} · {step.id}", "")
            for part in step.content:
                yield from _deed(part, longest) if isinstance(part, Deed) else (_part(part), "")
            stop = "" if step.stop in {"end", "tool_calls"} else f" · {step.stop}"
            yield f"*{bill(step.usage, step.cost_usd)}{stop}*"
        case Deed():
            yield from ("", "## in the background", "", *_deed(step, longest))
        case Noted():
            yield from ("", f"*— {step.text} —*")
            if step.body:
                yield from ("", *_fenced(step.body, longest))


def _deed(deed: Deed, longest: int | None) -> Iterable[str]:
    yield f"**{deed.call.tool}**"
    directive = deed.call.raw or _directive(deed)
    yield from _fenced(directive, longest) if directive else ("",)
    if deed.result is None:
        yield from ("no result", "")
        return
    yield "failed:" if deed.result.failed else "gave:"
    yield from _fenced("\n".join(map(plain, deed.result.content)), longest)


def _directive(deed: Deed) -> str:
    return "\n".join(
        f"{key}: {value if isinstance(value, str) else json_text(value)}"
        for key, value in deed.call.content.items()
    )


def _part(part: Part) -> str:
    match part:
        case Text():
            return part.content
        case Thinking():
            return "\n".join(f"> {line}".rstrip() for line in part.content.splitlines())
        case ErrorText() | Data():
            return "\n".join(_fenced(plain(part), None))
        case Image() | Document() | Audio() | Foreign():
            return f"`{plain(part)}`"


def _fenced(text: str, longest: int | None) -> Sequence[str]:
    """The text between fences that nothing in it can close."""
    if longest is not None and len(text) > longest:
        text = f"{text[:longest]}\n… {len(text) - longest:,} more characters"
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return (fence, text.rstrip("\n"), fence, "")


def _time(at: float) -> str:
    return f"{datetime.fromtimestamp(at).astimezone():%H:%M:%S}"
