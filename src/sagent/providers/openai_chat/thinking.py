"""How much a model is asked to think, in each of the ways in which servers are told."""

import re
from collections.abc import Mapping, Sequence

from sagent.lib.json import EMPTY, JsonObject
from sagent.providers.effort import EFFORTS, Effort
from sagent.providers.openai_chat.manners import Manners

GPT: Mapping[str, Sequence[Effort]] = {
    r"gpt-6(\.1-sol|-astra|\.2-astra)": ("low", "medium", "high", "xhigh", "max"),
    r"gpt-(6|5\.6-(luna|sol|terra))": ("none", "low", "medium", "high", "xhigh", "max"),
    r"gpt-5\.6-cyber": ("low", "medium", "high", "xhigh", "max"),
    r"gpt-5\.[2-5](\.\d)?-pro": ("medium", "high", "xhigh"),
    r"gpt-5\.[2-5]": ("none", "low", "medium", "high", "xhigh"),
    r"gpt-5\.1": ("none", "low", "medium", "high"),
    r"gpt-5": ("minimal", "low", "medium", "high"),
    r"o\d|gpt-oss": ("low", "medium", "high"),
    r"gpt-[34]|chatgpt": (),
}
"""The words that OpenAI's models know, the most particular name first (OpenAI's model pages)."""


def thinking(model: str, effort: Effort | None, manners: Manners) -> JsonObject:
    """What to put into a request; nothing where the model is left to itself, or has no word for it."""
    if effort is None or manners.effort == "unsaid":
        return EMPTY
    known = efforts(model)
    if effort == "none" and manners.always_thinks:
        effort = manners.efforts[0] if manners.efforts else "minimal"
    # Not to think at all can be asked only of those that are known to have a word for it: a server that
    # has none refuses the request, and most that have none do not think.
    word = nearest(effort, manners.efforts if known is None else known, at_least=known is not None)
    match manners.effort:
        case "reasoning_effort":
            return {"reasoning_effort": word} if word else EMPTY
        case "reasoning":
            return {"reasoning": {"effort": word}} if word else EMPTY
        case "thinking":
            return _switched(
                {"thinking": {"type": "disabled" if effort == "none" else "enabled"}}, effort, word
            )
        case "enable_thinking":
            if tokens := manners.budgets.get(effort):
                return {"enable_thinking": True, "thinking_budget": tokens}
            return _switched({"enable_thinking": effort != "none"}, effort, word)


def efforts(model: str) -> Sequence[Effort] | None:
    """The words that a model of OpenAI's knows, wherever it is served; None for any other model."""
    name = model.rpartition("/")[2]
    return next((words for pattern, words in GPT.items() if re.match(pattern, name)), None)


def nearest(effort: Effort, known: Sequence[Effort], *, at_least: bool) -> Effort | None:
    """The word that is nearest, the lesser of two; for none at all the least, if there must be one."""
    if effort == "none" and "none" not in known and not at_least:
        return None
    thinks: Sequence[Effort] = [word for word in known if effort == "none" or word != "none"]
    place = EFFORTS.index(effort)
    return min(thinks, key=lambda word: abs(EFFORTS.index(word) - place), default=None)


def _switched(switch: JsonObject, effort: Effort, word: Effort | None) -> JsonObject:
    """A switch, and behind it the word, where the model knows words too."""
    return {**switch, "reasoning_effort": word} if word and effort != "none" else switch
