"""What is written down of a session when it leaves: its steps, its figures, its files."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Self

from sagent.cli.history.steps import Step, steps
from sagent.cli.redaction import Redaction
from sagent.cli.render import bill
from sagent.lib.blob import Blob
from sagent.lib.value import frozen
from sagent.schema.codec import decode_kept, encode_kept
from sagent.schema.message import Kept
from sagent.schema.session import SessionHeader
from sagent.sessions.ledger import Ledger, ledger_of
from sagent.sessions.reading import Log
from sagent.sessions.titles import first_words


@frozen(kw_only=True)
class Record:
    """A session to be read elsewhere."""

    header: SessionHeader
    title: str
    messages: Sequence[Kept]
    steps: Sequence[Step]
    ledger: Ledger
    bytes_of: Callable[[Blob], bytes]
    """The bytes of a picture or document; raises SessionError where they are gone."""

    @classmethod
    def of(cls, log: Log, redaction: Redaction | None = None) -> Self:
        """The conversation up to its newest message, without what the redaction takes out.

        Raises:
            SessionError: the log contradicts itself.
        """
        messages = log.path()
        if redaction is not None:
            messages = [decode_kept(redaction.document(encode_kept(message))) for message in messages]
        return cls(
            header=log.header,
            title=first_words(messages) or log.header.session_id,
            messages=messages,
            steps=steps(messages),
            ledger=ledger_of(messages),
            bytes_of=log.bytes_of,
        )

    @property
    def facts(self) -> str:
        """One line on where and when it was, who answered, and what that cost."""
        began = datetime.fromtimestamp(self.header.timestamp).astimezone()
        facts = (
            f"{began:%Y-%m-%d %H:%M}",
            self.header.workspace,
            ", ".join(self.ledger.models),
            bill(self.ledger.usage, self.ledger.cost_usd) if self.ledger.entries else "",
            f"session {self.header.session_id}",
        )
        return " · ".join(fact for fact in facts if fact)
