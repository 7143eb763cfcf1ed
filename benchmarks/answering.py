"""A provider in a process of its own, whose work is not counted: some rounds of calls, then the answer."""

import asyncio
import json
import sys

ROUNDS = 3
LATENCY = 0.2
"""Seconds that each answer takes."""


async def main() -> None:
    """Serve on any port, which is printed, until stdin is closed."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await asyncio.to_thread(sys.stdin.read)


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one client."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            body = await reader.readexactly(int(length.split(b":")[1]))
            await asyncio.sleep(LATENCY)
            data = answer(body.count(b'"role":"tool"'))
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(data), data))
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def answer(done: int) -> bytes:
    """What is said after so many calls."""
    # Without spaces, as OpenAI writes them: what is written otherwise is kept beside the call, in 2.5 KB.
    arguments = json.dumps({"a": done, "b": 1}, separators=(",", ":"))
    function = {"name": "add", "arguments": arguments}
    call = {"id": f"call_{done}", "type": "function", "function": function}
    message = {"role": "assistant", "content": "done" if done >= ROUNDS else None}
    if done < ROUNDS:
        message["tool_calls"] = [call]
    choice = {"index": 0, "message": message, "finish_reason": "stop" if done >= ROUNDS else "tool_calls"}
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    return json.dumps(
        {"id": "c", "object": "chat.completion", "model": "m", "choices": [choice], "usage": usage}
    ).encode()


if __name__ == "__main__":
    asyncio.run(main())
