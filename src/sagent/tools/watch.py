"""A command that runs, watched: what it writes, how long it takes, and how it ends."""

import re
from collections.abc import AsyncGenerator, Callable
from time import monotonic
from typing import Final

from sagent.tools.process import Group
from sagent.tools.spool import LARGEST, Spool

PULSE: Final = 0.1
"""How many seconds lie between two looks at the output, and so between two pieces of news."""

SILENCE: Final = 10.0
"""After how many seconds without output a person is told that the command still runs."""

IDLE: Final = 10.0
"""For how many seconds at the end of its time a command must have done nothing to look as if it waits."""

WAITS: Final = (
    "It looks as if it waits for input, which nobody can give it: "
    "end it, and run it with a flag or an argument that answers."
)
"""What is said of a command that seems to ask something."""

QUESTION: Final = re.compile(r"(?i)[?:>)\]]\s*$|\b(y/n|yes/no|password|passphrase|press|enter)\b")
"""How the end of a line looks behind which somebody is to type."""


class Watch:
    """One command from its start to its end."""

    def __init__(
        self,
        group: Group,
        spool: Spool,
        timeout: int,
        *,
        moves: Callable[[str], bool] | None,
        silence: float = SILENCE,
    ) -> None:
        """`moves` is told what there is so far, and says whether it may go on in the background."""
        self._group = group
        self._spool = spool
        self._timeout = timeout
        self._moves = moves
        self._silence = silence
        self._started = monotonic()
        self._resting: tuple[int, int | None] | None = None
        self.stopped: bool = False
        """Whether it was ended."""
        self.failure: str = ""
        """How it ended; empty if well."""

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return monotonic() - self._started

    async def news(self) -> AsyncGenerator[str, None]:
        """Its last lines now and then, until it ends; it is ended if whoever listens stops."""
        group, spool, end = self._group, self._spool, self._timeout / 1000
        seen, heard = 0, 0.0
        code: int | None = None
        try:
            while code is None:
                left = end - self.seconds
                if left <= 0:
                    if not self._goes_on():
                        self.failure = f"stopped after the timeout of {self._timeout} ms"
                        break
                    end = left = float("inf")
                elif self._resting is None and left <= min(IDLE, end / 2):
                    self._resting = spool.size, group.work
                code = await group.ended(min(left, PULSE))
                size, now = spool.size, self.seconds
                if code is None and size > LARGEST:
                    self.failure = f"stopped because it wrote more than {LARGEST} bytes"
                    break
                if code is None and size > seen:
                    news = spool.news(seen)
                    seen, heard = size, now
                    if news:
                        yield news
                elif code is None and now - heard >= self._silence:
                    heard = now
                    yield f"still running after {now:.0f} s"
        finally:
            if code is None:
                self.stopped = True
                await group.kill()
        if code:
            self.failure = f"exit code {code}" if code > 0 else f"killed by signal {-code}"

    def _goes_on(self) -> bool:
        if self._moves is None:
            return False
        went = f"still running after {self._timeout / 1000:g} s, so it goes on in the background"
        told = f"{went}; its result arrives in a later message. `kill -- -{self._group.number}` ends it."
        hint = f"{WAITS}\n" if self._waits() else ""
        return self._moves(f"{told}\n{hint}{self._spool.so_far()}")

    def _waits(self) -> bool:
        """Whether nothing was written and nothing done for a while, behind what looks like a question."""
        rests = self._resting == (self._spool.size, self._group.work)
        return rests and QUESTION.search(self._spool.last_line) is not None
