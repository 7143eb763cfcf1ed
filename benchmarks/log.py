"""What the log costs: a message appended, a session resumed, a message through the codec."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.clock import best
from sagent.atoms import MessageId
from sagent.loop.state import fold
from sagent.schema.codec import decode_kept, encode_kept
from sagent.schema.message import Prompt
from sagent.schema.part import Text
from sagent.sessions.shelf import Shelf

COUNT = 10_000


def report() -> Iterator[tuple[str, str, str]]:
    """What, the figure, and the goal."""
    messages = [_prompt(index) for index in range(COUNT)]
    lines = [json.dumps(encode_kept(message)) for message in messages]
    parse = best(lambda: [json.loads(line) for line in lines], rounds=3)
    decode = best(lambda: [decode_kept(json.loads(line)) for line in lines], rounds=3)
    yield "a line to a message, to json.loads alone", f"{decode / parse:.1f} x", ""
    with tempfile.TemporaryDirectory() as folder:
        shelf = Shelf(Path(folder))
        session = shelf.create(Path(folder))

        def append() -> None:
            for message in messages:
                session.append(message)

        yield "append a message", f"{best(append, rounds=1) / COUNT * 1e6:.1f} us", "goal 20 us"
        name = session.session_id
        session.close()

        def resume() -> None:
            again = shelf.open(name)
            fold(again.path())
            again.close()

        yield f"resume {COUNT:,} messages", f"{best(resume, rounds=3):.2f} s", "goal 0.2 s"
        for _ in range(999):
            other = shelf.create(Path(folder))
            other.append(messages[0])
            other.close()

        def latest() -> None:
            shelf.latest(Path(folder)).close()

        yield "open the latest of 1,000 sessions", f"{best(latest, rounds=3) * 1e3:.0f} ms", "goal 50 ms"


def _prompt(index: int) -> Prompt:
    return Prompt(
        id=MessageId(f"m{index:08d}"),
        parent_id=MessageId(f"m{index - 1:08d}") if index else None,
        timestamp=1.0,
        content=(Text(content=f"message {index} " + "x" * 200),),
        author="user",
        sender="",
    )
