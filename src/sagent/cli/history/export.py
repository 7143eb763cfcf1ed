"""Sessions shown on the terminal, and written to be read elsewhere."""

import json
import sys
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from cyclopts import Parameter

from sagent.cli.faults import write_line
from sagent.cli.paint import printable
from sagent.errors import SessionError, UsageError

if TYPE_CHECKING:
    from sagent.cli.history.record import Record
    from sagent.sessions.reading import Log

SHOWN: Final = 2_000
"""How many characters of a directive or a result are shown on a terminal; `--full` shows all."""

Form = Literal["markdown", "html", "json"]
FORMS: Final[dict[str, Form]] = {".md": "markdown", ".html": "html", ".htm": "html", ".json": "json"}

Name = Annotated[
    str, Parameter(help="The session's id, the beginning of it, or its log; else the latest here.")
]


def show(
    session: Name = "",
    /,
    *,
    full: Annotated[
        bool, Parameter(negative="", help="Results and directives at their full length.")
    ] = False,
) -> int:
    """Print a session to read: what was said, each call and what it gave, and what that cost.

    Raises:
        SagentError: there is no such session, or it cannot be read.
    """
    from sagent.cli.history.markdown import markdown
    from sagent.cli.history.record import Record

    log = named(session)
    sys.stdout.write(printable(markdown(Record.of(log), longest=None if full else SHOWN)))
    return 0


def export(
    session: Name = "",
    /,
    *,
    out: Annotated[Path | None, Parameter(help="The file that is written; else standard output.")] = None,
    form: Annotated[
        Form | None,
        Parameter(name="--format", help="What is written; else by the file's name, or Markdown."),
    ] = None,
    keep_secrets: Annotated[
        bool, Parameter(negative="", help="Leave in what looks like a key, a token or a password.")
    ] = False,
) -> int:
    """Write a session as Markdown, as JSON, or as one HTML page with its pictures; without secrets.

    Raises:
        SagentError: there is no such session, it cannot be read, or the file cannot be written.
    """
    from sagent.cli.history.record import Record
    from sagent.cli.redaction import Redaction, own_secrets

    if out is not None and form is None and out.suffix.lower() not in FORMS:
        raise UsageError(f"{out}: say with --format what it shall be, or call it .md, .html or .json")
    chosen = form or (FORMS[out.suffix.lower()] if out is not None else "markdown")
    redaction = None if keep_secrets else Redaction(own_secrets())
    log = named(session)
    text = _written(Record.of(log, redaction), chosen)
    if out is None:
        sys.stdout.write(printable(text) if sys.stdout.isatty() else text)
    else:
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{out} cannot be written: {error.strerror}; name another place") from error
        write_line(f"{log.header.session_id} is in {out}")
    if redaction is not None:
        count = redaction.count
        found = f"{count} secret{'' if count == 1 else 's'} taken out" if count else "no secrets were found"
        write_line(
            f"{found}; nobody finds all of them, and pictures are as they were: look before you share it"
        )
    return 0


def named(session: str) -> "Log":
    """A session by its id, or the latest one of this directory; what is broken in it is told.

    Raises:
        SagentError: there is none, or it cannot be read.
    """
    from sagent.cli.resumption import log_of
    from sagent.sessions.reading import read_log
    from sagent.sessions.shelf import Shelf

    try:
        log = read_log(log_of(session) if session else Shelf().newest(Path.cwd()))
    except SessionError as error:
        raise UsageError(str(error)) from error
    for fault in log.faults:
        write_line(f"{log.file}:{fault.line}: {fault.text}")
    return log


def _written(record: "Record", form: Form) -> str:
    from sagent.cli.history.markdown import markdown
    from sagent.cli.history.page import page

    match form:
        case "markdown":
            return markdown(record)
        case "html":
            return page(record)
        case "json":
            return _document(record)


def _document(record: "Record") -> str:
    from sagent.schema.codec import encode_kept, encode_line
    from sagent.sessions.blobs import blobs_of

    blobs = [blob for message in record.messages for blob in blobs_of(message)]
    document = {
        "session": encode_line(record.header),
        "messages": [encode_kept(message) for message in record.messages],
        "blobs": {blob.digest: b64encode(record.bytes_of(blob)).decode() for blob in blobs},
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
