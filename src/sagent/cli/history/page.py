"""A session as one HTML page that needs nothing else: no server, no network, and a script for one button."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from sagent.cli.history.chart import chart
from sagent.cli.history.difference import highlighted
from sagent.cli.history.record import Record
from sagent.cli.history.steps import Answered, Deed, Noted, Said, Step
from sagent.cli.render import bill
from sagent.errors import SessionError
from sagent.lib.blob import Blob
from sagent.lib.json import JsonValue, json_text
from sagent.messages.words import plain
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Part, Text, Thinking

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

POLICY: Final = (
    "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'"
)
"""What the page may do: nothing but show what is in it, even if something in it found a way to be more."""

UNFOLD: Final = (
    "for(const each of document.querySelectorAll('details.deed'))each.open=!this.dataset.open;"
    "this.dataset.open=this.dataset.open?'':'yes'"
)


def page(record: Record) -> str:
    """The whole conversation as an HTML document."""
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{_escaped(record.title)}</title>",
            f"<style>{_style()}</style></head><body>",
            f"<header><h1>{_escaped(record.title)}</h1>",
            f'<div class="facts">{_escaped(record.facts)}</div></header>',
            chart(record.ledger),
            '<div class="tools">',
            f'<button type="button" onclick="{escape(UNFOLD)}">fold or unfold all calls</button></div>',
            *(_step(step, record) for step in record.steps),
            "</body></html>\n",
        ]
    )


def _step(step: Step, record: Record) -> str:
    match step:
        case Said():
            return _section("said", step.who, step.at, [_part(part, record) for part in step.content])
        case Answered():
            parts = [
                _deed(part, record) if isinstance(part, Deed) else _part(part, record)
                for part in step.content
            ]
            stop = "" if step.stop in {"end", "tool_calls"} else f" · {step.stop}"
            told = f'<div class="bill">{_escaped(bill(step.usage, step.cost_usd) + stop)}</div>'
            return _section("answered", step.model, step.at, [*parts, told])
        case Deed():
            return _deed(step, record)
        case Noted(body=""):
            return f'<div class="note">{_escaped(step.text)}</div>'
        case Noted():
            return (
                f'<div class="note"><details><summary>{_escaped(step.text)}</summary>'
                f"<pre>{_escaped(step.body)}</pre></details></div>"
            )


def _section(kind: str, who: str, at: float, parts: Iterable[str]) -> str:
    moment = datetime.fromtimestamp(at).astimezone()
    time = f'<time datetime="{moment.isoformat(timespec="seconds")}">{moment:%H:%M:%S}</time>'
    body = "\n".join(parts)
    return (
        f'<section class="{kind}"><div class="who"><b>{_escaped(who)}</b> {time}</div>'
        f'<div class="body">{body}</div></section>'
    )


def _deed(deed: Deed, record: Record) -> str:
    call, result = deed.call, deed.result
    directive = "\n".join(
        f"<div><code>{_escaped(key)}</code>{_value(value)}</div>" for key, value in call.content.items()
    )
    first = next((value for value in call.content.values() if isinstance(value, str)), "")
    took = f" · {result.seconds:.1f} s" if result and result.seconds >= 0.1 else ""
    came = (
        '<div class="note">no result</div>'
        if result is None
        else "".join(_part(part, record, verbatim=True) for part in result.content)
    )
    failed = " failed" if result is None or result.failed else ""
    return (
        f'<details class="deed{failed}"><summary><b>{_escaped(call.tool)}</b>'
        f"<span>{_escaped(' '.join(first.split())[:200])}{took}</span></summary>"
        f"<div>{directive or _value(call.raw)}<hr>{came}</div></details>"
    )


def _value(value: JsonValue) -> str:
    text = value if isinstance(value, str) else json_text(value)
    long = "\n" in text or len(text) > 80
    return f"<pre>{_escaped(text)}</pre>" if long else f" <code>{_escaped(text)}</code>"


def _part(part: Part, record: Record, *, verbatim: bool = False) -> str:
    match part:
        case Text() if verbatim:
            return f"<pre>{highlighted(_printable(part.content))}</pre>"
        case Text():
            return _written(part.content)
        case Thinking():
            return (
                f'<details class="thought"><summary>thought</summary>{_written(part.content)}</details>'
                if part.content
                else ""
            )
        case ErrorText():
            return f'<pre class="error">{_escaped(part.content)}</pre>'
        case Data():
            return f"<pre>{_escaped(json_text(part.content))}</pre>"
        case Image():
            return _shown(
                record, part.content, f'<img alt="" src="data:{escape(part.descriptor)};base64,', '">'
            )
        case Audio():
            return _shown(
                record,
                part.content,
                f'<audio controls src="data:{escape(part.descriptor)};base64,',
                '"></audio>',
            )
        case Document() | Foreign():
            return f'<div class="note">{_escaped(plain(part))}</div>'


def _shown(record: Record, blob: Blob, before: str, behind: str) -> str:
    from base64 import b64encode

    try:
        return f"{before}{b64encode(record.bytes_of(blob)).decode()}{behind}"
    except SessionError as error:
        return f'<div class="note error">{_escaped(str(error))}</div>'


def _written(text: str) -> str:
    """What was written in Markdown, as HTML; HTML in it is shown as written, and nothing is fetched."""
    rendered: object = _reader().render(_printable(text))
    return rendered if isinstance(rendered, str) else ""


@lru_cache(maxsize=1)
def _reader() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


@lru_cache(maxsize=1)
def _style() -> str:
    return files("sagent.cli.history").joinpath("page.css").read_text(encoding="utf-8")


def _escaped(text: str) -> str:
    return escape(_printable(text))


def _printable(text: str) -> str:
    from sagent.cli.paint import printable

    return printable(text)
