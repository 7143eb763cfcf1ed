"""sagent as one of the frameworks that the peers' harness measures."""

from adapters.base import Base, aadd, asleep


class A(Base):
    """The harness's interface: a new conversation per session, whole turns with and without streaming."""

    VENV = "sagent"
    DISTS = ("sagent",)
    IMPORT = "import sagent"
    APIS = ("chat", "responses", "anthropic", "google")

    def __init__(self, api, base):
        from sagent.tools import tool

        self.whole, self.streamed = models(api, base)

        @tool
        async def add(a: int, b: int) -> int:
            """Add two numbers."""
            return await aadd(a, b)

        @tool
        async def sleep(i: int) -> str:
            """Sleep for a moment."""
            return await asleep(i)

        self.tools = {"add": add, "sleep": sleep}

    def session(self, tools=("add",)):
        from sagent.agent import Agent

        return Agent(model=self.whole, tools=[self.tools[name] for name in tools])

    async def run(self, s, prompt):
        return (await s.run(prompt)).content

    async def stream(self, s, prompt, on_delta):
        from sagent.schema.event import TextDelta
        from sagent.schema.part import Text

        s.swap_model(self.streamed)
        last = ""
        async for message in s.stream(prompt):
            if isinstance(message, TextDelta):
                on_delta(message.content)
            elif isinstance(message, Text):
                last = message.content
        return last

    async def persist(self, path, n):
        import asyncio
        import time
        from pathlib import Path

        from sagent.atoms import MessageId
        from sagent.schema.message import Prompt
        from sagent.schema.part import Text
        from sagent.sessions.shelf import Shelf

        shelf = Shelf(Path(path))
        session = shelf.create(Path(path))
        parent = None
        started = time.perf_counter()
        for index in range(n):
            message = Prompt(
                id=MessageId(f"m{index:08d}"),
                parent_id=parent,
                timestamp=1.0,
                content=(Text(content=f"message {index} " + "x" * 200),),
                author="user",
                sender="",
            )
            session.append(message)
            parent = message.id
        appended = time.perf_counter() - started
        await session.flush()
        session.close()
        started = time.perf_counter()
        again = shelf.open(session.session_id)
        assert len(again.path()) == n
        resumed = time.perf_counter() - started
        again.close()
        size = sum(file.stat().st_size for file in Path(path).rglob("*") if file.is_file())
        await asyncio.sleep(0)
        return {"append_s": appended, "resume_s": resumed, "bytes": size}


def models(api, base):
    """A model of the API without streaming, and one with."""
    from sagent.providers import Anthropic, Google, OpenAI

    match api:
        case "google":
            provider, name, options = Google.from_key("bench", base_url=base), "gemini-2.5-flash", {}
        case "anthropic":
            provider, name, options = Anthropic.from_key("bench", base_url=base), "claude-sonnet-4-5", {}
        case "responses":
            provider, name, options = OpenAI.from_key("bench", base_url=f"{base}/v1"), "gpt-5.2", {}
        case "chat":
            provider, name = OpenAI.from_key("bench", base_url=f"{base}/v1"), "gpt-5.2"
            options = {"dialect": "openai_chat"}
    return tuple(provider.model(name, stream=stream, **options) for stream in (False, True))
