"""What can be left out of a history that a provider refuses (LOOP R10): pure.

Rule 1: where there are too many files, the oldest are left out; whoever counted says how many.
Rule 2: where a provider stumbles over a file, the one that it names is left out. If it names none, it is one
    that it has not taken before: what came since its last answer is left out, and then all files are.
Rule 3: what is left out is left out for the model that refused it; others are told all.
Rule 4: anything else may be due to the models' own items; they are left out once.
Rule 5: where it names a parameter beside the history, there is no reason to leave anything out. Who does not
    say what is wrong may mean the history: Google refuses one by no more than "invalid argument".
Rule 6: what did not help is taken back.
"""

import re
from typing import Final, Literal

from sagent.errors import Crowded, Illegal
from sagent.lib.value import frozen
from sagent.loop.state import State
from sagent.messages.files import files_of
from sagent.messages.origin import origin_of
from sagent.schema.message import ModelResponse

FILES: Final = re.compile(
    r"\b(images?|pictures?|documents?|pdf|media|audio|files?|base64|pixels?|dimensions?)\b", re.IGNORECASE
)
"""How providers speak of a file that they cannot use."""

HISTORY: Final = re.compile(
    r"\b(messages?|contents?|input|items?|parts?)( at index |\[|\.)\d|\bmessages?['`]?:"
    r"|signature|thinking.{0,3} blocks?|redacted_thinking|encrypted_content"
    r"|\breasoning(_content|_details|['`]? items?)\b"
    r"|\btool[_ ](use|result|calls?)\b|\bfunction[_ ]?(call|response)s?\b|\bcall_id\b"
    r"|(?<!-)\b(images?|image_url|documents?|pdf|audio)\b",
    re.IGNORECASE,
)
"""How they speak of the history, or of what only stands in one, whatever else they name."""

BESIDE: Final = re.compile(
    r"\b(temperature|top_?[pk]|max_?(completion_?|output_?)?tokens|logprobs|modalities|json mode"
    r"|(reasoning_?)?effort|budget_tokens|thinking_?(config|budget|level)|tool_?(choice|config)"
    r"|parallel_tool_calls|input_?schema|response_?(format|schema)|output_(config|format)|generation_?config"
    r"|system_?instruction|stop_?sequences|stream_options|service_tier|prompt_cache_\w+)\b"
    r"|\bthinking\.\w|\btools?['`]?[\[.:]|\bmodel['`]?:"
    r"|(unsupported|unknown|support) parameter|unrecognized request argument|not supported with th",
    re.IGNORECASE,
)
"""How they name what stands beside it: a parameter, the tools on offer, the model."""


@frozen(kw_only=True)
class Omission:
    """What is left out."""

    omitted: Literal["native", "files", "nothing"]
    """The models' own items, with thoughts and signatures; or these, and files besides; or nothing again."""
    since: int = 0
    """The index in the view of the first entry whose files are left out."""
    until: int = 0
    """The index behind the last one; 0 stands for the end."""
    files: int = 0
    """How many files, the first ones, are left out of the entry there as well."""
    named: str = ""
    """The digest of the one file that is left out instead, where the provider has named it."""
    last: bool = True
    """Whether nothing more can be left out if this does not help."""


def omission(state: State, error: Illegal, *, repaired: bool = False) -> Omission | None:
    """What to leave out, going by what the provider says; None where nothing is left that could be.

    `repaired` says that all was left out that could be, and it did not help.
    """
    unseen = state.unseen
    files = [index for index, entry in enumerate(state.view) if len(files_of(entry)) > unseen.get(index, 0)]
    if isinstance(error, Crowded):
        # A boundary moves only forward, so this ends.
        crowded = any(index < error.since for index in files) or error.files > unseen.get(error.since, 0)
        found = Omission(omitted="files", until=error.since, files=error.files, last=False)
        return found if crowded else None
    if repaired or not is_of_history(error.said):
        return None
    if files and FILES.search(error.said):
        if error.named and error.named not in state.withheld:
            return Omission(omitted="files", named=error.named, last=False)
        fresh = [index for index in files if index > _last_answer(state)]
        if fresh and fresh != files:
            return Omission(omitted="files", since=fresh[0], last=False)
        return Omission(omitted="files")
    native = any(isinstance(entry, ModelResponse) for entry in state.view[state.trusted :])
    return Omission(omitted="native" if native else "files") if native or files else None


def is_of_history(said: str) -> bool:
    """Whether a refusal in these words may be due to what was said before."""
    return HISTORY.search(said) is not None or BESIDE.search(said) is None


def _last_answer(state: State) -> int:
    """The index of the last response of the model in force; it has taken all that stands before."""
    origin = None if state.model is None else origin_of(state.model)
    own = [
        index
        for index, entry in enumerate(state.view)
        if isinstance(entry, ModelResponse) and entry.origin == origin
    ]
    return own[-1] if own else -1
