"""The compactor that comes along: the model itself writes the summary."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from sagent.atoms import MessageId
from sagent.compaction.asking import PIECE, piece, whole
from sagent.compaction.brief import brief, last_round
from sagent.compaction.compactor import Condensing
from sagent.compaction.cut import USUAL_WINDOW, cut_of
from sagent.compaction.transcript import pieces_of
from sagent.errors import BadAnswer, Crowded, Overflow
from sagent.lib.streams import Closing
from sagent.lib.value import frozen
from sagent.messages.size import USUAL
from sagent.messages.view import View
from sagent.messages.words import visible_text
from sagent.protocols import Model, Reply, Request
from sagent.schema.message import Prompt
from sagent.schema.part import Part, Text

MOST_OUTPUT: Final = 16_000
"""The tokens that a summary may have, with what the model thinks before it."""

MOST_HALVINGS: Final = 4
"""How often a piece that is still too long is made half as long."""


@frozen()
class Summarizer:
    """Asks the model with the conversation as it stands, so that the provider's cache is used.

    Where that does not fit its window, or has more files than it takes, it asks with a record of the
    conversation, piece by piece.
    """

    def cut(self, view: View, window: int | None, /) -> int:
        """The index in the view before which it would condense; 0 where little would be gained."""
        return cut_of(view, window)

    async def condense(self, model: Model, work: Condensing, /) -> Sequence[Part]:
        """What is to stand for the entries before the cut, written by the model.

        Raises:
            ProviderError: it could not be asked, or wrote none.
        """
        room = model.limits.context_window
        summary = ""
        if room is None or work.shortening.tokens + _output(room) < room:
            with suppress(Overflow, Crowded):  # it may be longer than was thought, or have too many files
                summary = await _ask(model, _whole(work, room))
        if not summary:
            summary = await _piecewise(model, work, room or USUAL_WINDOW)
        view = work.request.view
        last = last_round(view) if work.shortening.cut == len(view) else ()
        return brief(summary, work.said, work.facts, last, work.shortening.window or USUAL_WINDOW)


SUMMARIZER: Final = Summarizer()
"""The usual one."""


async def _piecewise(model: Model, work: Condensing, room: int) -> str:
    entries = work.request.view[: work.shortening.cut]
    longest = room // 2 * USUAL
    for _ in range(MOST_HALVINGS):
        with suppress(Overflow):
            return await _in_pieces(model, work, room, pieces_of(entries, longest))
        longest //= 2
    return await _in_pieces(model, work, room, pieces_of(entries, longest))


async def _in_pieces(model: Model, work: Condensing, room: int, pieces: Iterable[str]) -> str:
    summary = ""
    for record in pieces:
        summary = await _ask(model, _piece(work, summary, record, room))
        if not summary:  # what came before it would be forgotten
            raise BadAnswer(f"{model.spec.model} wrote no summary of the conversation")
    return summary


async def _ask(model: Model, request: Request) -> str:
    """The text of the answer; none where the model called tools or was cut off."""
    reply: Reply | None = None
    async with Closing(model.stream(request)) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, Reply):
                reply = chunk
    if reply is None:
        raise BadAnswer(f"{model.spec.model} ended its summary without a reply")
    return visible_text(reply.content).strip() if reply.stop == "end" else ""


def _whole(work: Condensing, room: int | None) -> Request:
    """The same system prompt, tools and history as ever, and then the question: a prefix that is cached."""
    asking = _asking(whole(work.shortening.guidance))
    request = work.request
    view = View([*request.view, asking], request.view.base)
    return replace(request, view=view, max_output=_output(room))


def _piece(work: Condensing, summary: str, record: str, room: int) -> Request:
    return Request(
        system=PIECE,
        tools=(),
        view=View([_asking(piece(summary, record, work.shortening.guidance))]),
        trusted=0,
        read=work.request.read,
        max_output=_output(room),
    )


def _output(room: int | None) -> int:
    return min(MOST_OUTPUT, (room or USUAL_WINDOW) // 8)


def _asking(text: str) -> Prompt:
    return Prompt(
        id=MessageId("summary"),
        parent_id=None,
        timestamp=0.0,
        author="user",
        sender="",
        content=(Text(content=text),),
    )
