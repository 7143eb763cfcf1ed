# Generated from schemas/tools/agent_send.json by `python -m codegen`. Change the schema and run that again.
"""What a call of the tool AgentSend holds."""

from typing import Literal, NotRequired, TypedDict

from typing_extensions import ReadOnly


class AgentSendDirective(TypedDict):
    """
    Write to other agents. A receipt says whether a letter was accepted (it stands in the receiver's
    log), refused or expired; answers come to you by themselves as later messages. list shows the live
    agents. notify tells you once, by a later message, when an agent is idle or has ended.
    """

    action: NotRequired[ReadOnly[Literal["send", "list", "notify"]]]
    """What to do."""
    to: NotRequired[ReadOnly[str]]
    """An agent's name or id, several with commas between, or a group's name."""
    message: NotRequired[ReadOnly[str]]
    """For send: what to say."""
    delay: NotRequired[ReadOnly[float]]
    """For send: in how many seconds it is to be read."""
    wait: NotRequired[ReadOnly[float]]
    """For send: the most seconds to wait for an answer, where you cannot go on without it."""
    timeout: NotRequired[ReadOnly[float]]
    """The most seconds to wait for receipts."""
