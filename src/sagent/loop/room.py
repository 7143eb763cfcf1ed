"""When a conversation is condensed, and what of it (LOOP R13)."""

from collections.abc import Callable, Set
from dataclasses import replace
from typing import Final, TypeAlias

from sagent.atoms import CallId, ToolName
from sagent.compaction.compactor import Shortening
from sagent.compaction.thinning import old_results, thinned
from sagent.loop.allowance import allowance
from sagent.loop.desk import Desk
from sagent.loop.extent import Window, expected_tokens, is_overfull, narrowest
from sagent.loop.traffic import Emit
from sagent.messages.size import USUAL, Gauge
from sagent.messages.view import View
from sagent.schema.event import Notice
from sagent.schema.signal import Compact, Restore

Cut: TypeAlias = Callable[[View, int | None], int]
"""The index in the view before which to condense it for a window of so many tokens; 0 for not at all."""

MOST_IN_A_ROW: Final = 2
"""How often a conversation is condensed before a request because it is too long."""

TOO_LONG: Final = (
    "the conversation is too long for the model's window even when it is condensed: "
    "swap to a model with a larger one, compact it with other guidance, or clear it"
)


class Room:
    """Watches over the room that is left in the window; may be lost with the process."""

    def __init__(self, desk: Desk, window: Window, cut: Cut | None, renewable: Set[ToolName]) -> None:
        self._desk = desk
        self._window = window
        self._cut = cut
        self._renewable = renewable
        self._gauge = Gauge(USUAL)
        self._wish: Compact | Restore | None = None
        self._in_a_row = 0
        self._unable = False

    @property
    def condenses(self) -> bool:
        """Whether there is anybody to condense a conversation."""
        return self._cut is not None

    def wish(self, wish: Compact | Restore) -> None:
        """Somebody wants the conversation to be condensed, or a summary to be taken back."""
        self._wish, self._unable = wish, False

    def need(self) -> None:
        """It was too long for the provider, whatever is known of its window."""
        self._wish, self._unable = self._wish or Compact(), False

    def shortening(self, *, asks: bool) -> Shortening | str | None:
        """What is to be condensed now, or why that is no use; `asks` is whether the model is to be asked."""
        wish = self._restored()
        if self._cut is None:
            self._wish = None
            if wish is not None:
                self._desk.do(Emit(Notice(content="nobody is there to compact the conversation")))
            return None
        if self._unable or not (wish or asks):
            return None
        state = self._desk.state
        tokens, window = expected_tokens(state, self._gauge), narrowest(state, self._window)
        if wish is None and not is_overfull(tokens, window):
            return None
        old = old_results(state.view, self._renewable)
        cut = self._cut(View(thinned(state.view, old)), window) or self._cut(state.view, window)
        if not cut:
            self._wish = None
            if wish is not None:
                self._desk.do(Emit(Notice(content="the conversation is too short to be compacted")))
            return None
        if wish is None and self._in_a_row == MOST_IN_A_ROW:
            return TOO_LONG
        self._desk.do(Emit(Notice(content=f"compacting the conversation of about {tokens:,} tokens")))
        return Shortening(cut=cut, tokens=tokens, window=window, guidance=wish.content if wish else "")

    def result(self, call_id: CallId) -> int:
        """How many bytes of text the result of a call may have now."""
        return allowance(self._desk.state, call_id, narrowest(self._desk.state, self._window))

    def condensed(self) -> None:
        """It has been condensed: of what is kept, old results that can be had again are a line since."""
        view = self._desk.state.view
        old = old_results(view, self._renewable)
        if old:
            self._desk.thinned([entry.id for entry in view if entry.id in old])
        self._wish = None
        self._in_a_row += 1

    def give_up(self) -> None:
        """It cannot, or shall not, be condensed: do without until a model has answered."""
        self._wish, self._unable = None, True

    def forget(self) -> None:
        """The model is asked: how often it was condensed before does not count any more."""
        self._in_a_row = 0

    def hope(self) -> None:
        """What could not be condensed may be tried again."""
        self._unable = False

    def halt(self) -> None:
        """Nothing is wished any more."""
        self._wish, self._in_a_row, self._unable = None, 0, False

    def _restored(self) -> Compact | None:
        """Take the last summary back, if that is wished; return what else is."""
        wish = self._wish
        if isinstance(wish, Restore) or (wish is not None and wish.again):
            if self._desk.state.summary is None:
                what = "take back" if isinstance(wish, Restore) else "write again"
                self._desk.do(Emit(Notice(content=f"there is no summary to {what}")))
                self._wish = None
            else:
                self._desk.restored(self._desk.state.summary)
                self._wish = replace(wish, again=False) if isinstance(wish, Compact) else None
        return self._wish if isinstance(self._wish, Compact) else None
