"""Say what an agent may do: a policy, somebody to ask, and hooks (the model is scripted: no key needed)."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from sagent import Agent, Policy, ToolCall, ToolResult, tools
from sagent.testing import Scripted, call

POLICY = Policy(
    mode="default",  # reading, and changing files in the workspace, is allowed
    allow=["Bash(wc:*)"],
    ask=["Edit(*.lock)"],
    deny=["Read(.env)", "Bash(rm:*)"],
)


async def ask(question: ToolCall) -> str | None:
    """Somebody at a screen would be asked here; None is leave, words are the reason why not."""
    print(f"? {question.tool} {dict(question.content)}")
    return "the lock file is made by a program" if question.tool == "Write" else None


async def before(question: ToolCall) -> str | None:
    """Refuse what no rule can say."""
    return "commands take one line here" if "\n" in str(question.content.get("command")) else None


async def after(question: ToolCall, result: ToolResult) -> str | None:
    """Add words that the model reads behind a result."""
    return "(the formatter has run)" if question.tool == "Write" and not result.failed else None


async def main() -> None:
    model = Scripted(
        [
            call("Write", file_path="poem.txt", content="roses\nviolets\n"),
            call("Write", file_path="poem.lock", content=""),
            call("Bash", command="rm -rf ."),
            call("Bash", command="ls\nls"),
        ],
        call("Bash", command="wc -l < poem.txt"),
        call("Read", file_path=".env"),
        "There are two lines.",
    )
    with TemporaryDirectory() as folder:
        agent = Agent(
            model,
            tools=tools.builtin(),
            workspace=Path(folder),
            permissions=POLICY,
            approve=ask,
            before_tool=before,
            after_tool=after,
        )
        answer = await agent.run("Write a poem, and count its lines.")
        results = [message for message in agent.messages if isinstance(message, ToolResult)]
        for result in sorted(results, key=lambda result: result.call_id):  # in the order of the calls
            words = " ".join(str(part.content).strip() for part in result.content)
            print(f"{'✗' if result.failed else '●'} {result.tool}: {words}")
    print(answer.content)


if __name__ == "__main__":
    asyncio.run(main())
