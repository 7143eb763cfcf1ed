"""How much a model is asked to think, in each of the ways in which servers are told."""

from collections.abc import Sequence

from sagent.lib.json import EMPTY, JsonObject
from sagent.providers.effort import EFFORTS, Effort
from sagent.providers.openai_chat.manners import Manners


def thinking(effort: Effort | None, manners: Manners) -> JsonObject:
    """What to put into a request; nothing where the model is left to itself, or has no word for it."""
    if effort is None or manners.effort == "unsaid":
        return EMPTY
    if effort == "none" and manners.always_thinks:
        effort = manners.efforts[0] if manners.efforts else "minimal"
    word = nearest(effort, manners.efforts)
    match manners.effort:
        case "reasoning_effort":
            return {"reasoning_effort": word} if word else EMPTY
        case "reasoning":
            return {"reasoning": {"effort": word}} if word else EMPTY
        case "thinking" if manners.always_thinks:
            return {"reasoning_effort": word} if word else EMPTY
        case "thinking":
            return _switched(
                {"thinking": {"type": "disabled" if effort == "none" else "enabled"}}, effort, word
            )
        case "enable_thinking":
            if tokens := manners.budgets.get(effort):
                return {"enable_thinking": True, "thinking_budget": tokens}
            return _switched({"enable_thinking": effort != "none"}, effort, word)


def nearest(effort: Effort, known: Sequence[Effort]) -> Effort | None:
    """The word that is nearest, the lesser of two.

    Not to think at all can be asked only of those that have a word for it: a server that has none refuses the
    request, and most that have none do not think.
    """
    if effort == "none" and "none" not in known:
        return None
    thinks: Sequence[Effort] = [word for word in known if effort == "none" or word != "none"]
    place = EFFORTS.index(effort)
    return min(thinks, key=lambda word: abs(EFFORTS.index(word) - place), default=None)


def _switched(switch: JsonObject, effort: Effort, word: Effort | None) -> JsonObject:
    """A switch, and behind it the word, where the model knows words too."""
    return {**switch, "reasoning_effort": word} if word and effort != "none" else switch
