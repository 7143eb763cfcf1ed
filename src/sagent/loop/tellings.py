"""What calls have told since they began, for whoever asks before the model reads their results."""

import time
from collections.abc import Collection

from sagent.atoms import CallId
from sagent.lib.tail import Tail
from sagent.loop.work import Hand, label
from sagent.schema.event import Progress, ToolLabel
from sagent.schema.message import ToolCall
from sagent.tasks import Output


class Telling:
    """What one call has told."""

    __slots__ = ("_call", "_file", "_hand", "_label", "_news", "began")

    def __init__(self, hand: Hand, call: ToolCall) -> None:
        self._hand = hand
        self._call = call
        self._label: ToolLabel | None = None
        self._news: Tail | None = None
        self._file = ""
        self.began: float = time.monotonic()

    @property
    def label(self) -> ToolLabel:
        """What is shown of the call; its tool is asked once."""
        if self._label is None:
            self._label = label(self._hand, self._call)
        return self._label

    @property
    def output(self) -> Output:
        """What it has told so far."""
        if self._news is None:
            return Output(file=self._file)
        return Output(text=self._news.text, skipped=self._news.skipped, file=self._file)

    def hear(self, progress: Progress) -> None:
        """One piece more."""
        if self._news is None:
            self._news = Tail()
        elif not progress.continues and not self._news.empty:
            self._news.add("\n")
        self._news.add(progress.content)
        self._file = progress.file or self._file

    def end(self) -> None:
        """What it has told stands in its result."""
        self._news = None


class Tellings:
    """What the calls of one agent have told that run, or whose results wait to be read."""

    __slots__ = ("_told",)

    def __init__(self) -> None:
        self._told: dict[CallId, Telling] = {}

    def begin(self, hand: Hand, call: ToolCall) -> Telling:
        """A call runs from now on."""
        telling = self._told[call.call_id] = Telling(hand, call)
        return telling

    def hear(self, progress: Progress) -> None:
        """A call tells something."""
        if progress.call_id in self._told:
            self._told[progress.call_id].hear(progress)

    def find(self, call_id: CallId) -> Telling | None:
        """What this call has told."""
        return self._told.get(call_id)

    def end(self, call_id: CallId, *, waits: bool) -> None:
        """A call has a result, which waits to be read or stands in the conversation."""
        if not waits:
            self._told.pop(call_id, None)
        elif call_id in self._told:
            self._told[call_id].end()

    def keep(self, call_ids: Collection[CallId]) -> None:
        """Forget all but these."""
        self._told = {call_id: told for call_id, told in self._told.items() if call_id in call_ids}

    def __bool__(self) -> bool:
        return bool(self._told)
