"""What a child that serves its inbox still owes its parent, by what both logs say: pure."""

from collections.abc import Iterable, Set

from sagent.atoms import MessageId
from sagent.lib.value import frozen
from sagent.loop.turn import answer_text
from sagent.messages.words import calls_of, says_anything
from sagent.schema.message import Cleared, Drained, Kept, ModelResponse, Prompt, Quarantined, Withdrawn


@frozen(kw_only=True)
class Owed:
    """The answer to what a child was asked last, of which its parent has not heard."""

    errand: str
    answer: str | None
    """None where it has not been given."""


def owed(path: Iterable[Kept], replied: Set[str]) -> Owed | None:
    """What the child of this log owes a parent who has heard of these errands; None for nothing."""
    asked: Prompt | None = None
    heard, fresh, answer = False, False, None
    for kept in path:
        if isinstance(kept, Prompt) and kept.errand and kept.author != "peer":
            asked, heard, answer = kept, False, None
        elif asked is None:
            continue
        elif _is_taken_back(kept, asked.id) or (
            isinstance(kept, Cleared) and heard and answer is None and not kept.continues
        ):
            asked = None
        elif isinstance(kept, Drained):
            heard = heard or asked.id in kept.content
        elif isinstance(kept, ModelResponse) and heard and answer is None and _is_answer(kept):
            fresh, answer = True, answer_text(kept.content, kept.stop)
            continue
        elif isinstance(kept, Prompt) and fresh and kept.author == "system" and not kept.sender:
            answer = None  # it was asked for another one at once
        fresh = False
    if asked is None or asked.errand in replied:
        return None
    return Owed(errand=asked.errand, answer=answer)


def was_told(path: Iterable[Kept], above: Iterable[Kept]) -> bool:
    """Whether anybody has said anything to the child of this log; what it has of its parent's is nothing."""
    theirs = {kept.id for kept in above if isinstance(kept, Prompt)}
    return any(isinstance(kept, Prompt) and kept.id not in theirs for kept in path)


def _is_taken_back(kept: Kept, prompt: MessageId) -> bool:
    if isinstance(kept, Withdrawn):
        return kept.content == prompt
    return isinstance(kept, Quarantined) and prompt in kept.content


def _is_answer(response: ModelResponse) -> bool:
    match response.stop:
        case "end":
            return says_anything(response.content) and not calls_of(response)
        case "length" | "refusal" | "filter":
            return not calls_of(response)
        case "tool_calls" | "pause" | "malformed_call" | "interrupted" | "failed":
            return False
