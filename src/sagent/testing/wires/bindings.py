"""The proofs that the Anthropic wire puts on thoughts: each is bound to its model and all before it."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from sagent.providers.anthropic.manners import ANTHROPIC, known

History: TypeAlias = Sequence[object]
"""What stands before a thought: system prompt, tools, and each block with its role."""

_MARK: Final = b"sagent-loopback:"
_SIZE: Final = hashlib.sha256().digest_size


def history(body: Mapping[str, object]) -> History:
    """All that a request says."""
    said: list[object] = [body.get("system"), body.get("tools")]
    for message in _objects(body.get("messages")):
        said += _configured(message)
        said += [(message.get("role"), block) for block in _blocks(message)]
    return said


def bound(model: str, thinking: str, before: History) -> str:
    """The proof of a thought; MiniMax's has 64 hexadecimal digits."""
    if model.startswith("MiniMax-"):
        return _digest((model, thinking)).hex()
    return base64.b64encode(_MARK + _digest((model, thinking)) + _digest(before)).decode()


def forgeries(body: Mapping[str, object], model: str) -> Iterator[str]:
    """A complaint for each of our proofs on a thought that it was not made for; others are not judged."""
    strict = known(model, ANTHROPIC).bound and "drop_block" not in str(body.get("thinking"))
    before: list[object] = [body.get("system"), body.get("tools")]
    for index, message in enumerate(_objects(body.get("messages"))):
        before += _configured(message)
        for number, block in enumerate(_blocks(message)):
            proof = _opened(block.get("signature"))
            place = f"messages.{index}.content.{number}: Invalid `signature` in `thinking` block"
            if proof and proof[:_SIZE] != _digest((model, block.get("thinking"))):
                yield place
            elif proof and strict and proof[_SIZE:] != _digest(before):
                yield (
                    f"{place}. The block is bound to a different conversation. Remove the block, or set "
                    '`thinking.block_binding.prefix_mismatch_behavior` to "drop_block".'
                )
            before.append((message.get("role"), block))


def _configured(message: Mapping[str, object]) -> History:
    """What a message says beside its blocks."""
    return [(message.get("role"), message["output_config"])] if "output_config" in message else []


def _opened(signature: object) -> bytes:
    """What a proof of ours proves; nothing if it is not ours."""
    try:
        opened = base64.b64decode(str(signature), validate=True)
    except ValueError:
        return b""
    return opened.removeprefix(_MARK) if opened.startswith(_MARK) else b""


def _digest(value: object) -> bytes:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).digest()


def _blocks(message: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    content = message.get("content")
    return ({"type": "text", "text": content},) if isinstance(content, str) else _objects(content)


def _objects(value: object) -> Sequence[Mapping[str, object]]:
    items = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return [item for item in items if isinstance(item, Mapping)]
