"""Marks on blocks up to which all is to be cached, for servers that do not see to it themselves."""

from collections.abc import Sequence
from typing import Final

from sagent.schema.wire import anthropic as wire

MARK: Final = b',"cache_control":{"type":"ephemeral"}}'
"""How a marked block ends."""


def marked(messages: bytearray, before: int) -> Sequence[bytes | bytearray]:
    """The messages with a mark on their last block, and on the one that ended at `before`, if there is one.

    From one mark a server looks only some 20 blocks back for what it knows, so that a round of many calls
    would be written anew; four marks are taken at most (Anthropic's page on prompt caching). A mark is no
    part of what is cached: that it moves on costs nothing.
    """
    if not 0 < before < len(messages):
        return messages[:-1], MARK
    return messages[: before - 1], MARK, messages[before:-1], MARK


def marked_text(words: str) -> Sequence[wire.TextBlock]:
    """A system prompt that is cached with the tools before it, whatever follows."""
    return ({"type": "text", "text": words, "cache_control": {"type": "ephemeral"}},)
