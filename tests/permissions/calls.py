"""Calls of the built-in tools, judged in a workspace."""

from dataclasses import dataclass
from pathlib import Path

from sagent.abilities import Reaching
from sagent.atoms import CallId
from sagent.lib.json import freeze_object
from sagent.permissions.policy import Policy
from sagent.permissions.ruling import Effect, Ruling
from sagent.schema.message import ToolCall
from sagent.tools import ApplyPatch, Bash, Edit, Glob, Grep, List, Read, Write


@dataclass(frozen=True)
class Desk:
    """A workspace in which calls are judged."""

    workspace: Path

    def ruling(self, policy: Policy, tool: str, **directive: object) -> Ruling:
        call, reacher = self._call(tool, directive)
        return policy.judge(call, reacher.reach(call), self.workspace)

    def effect(self, policy: Policy, tool: str, **directive: object) -> Effect:
        return self.ruling(policy, tool, **directive).effect

    def runs(self, policy: Policy, command: str) -> Effect:
        return self.effect(policy, "Bash", command=command)

    def lasting(self, policy: Policy, tool: str, **directive: object) -> list[str]:
        call, reacher = self._call(tool, directive)
        return list(policy.lasting(call, reacher.reach(call), self.workspace))

    def _call(self, name: str, directive: dict[str, object]) -> tuple[ToolCall, Reaching]:
        kinds = (ApplyPatch, Bash, Edit, Glob, Grep, List, Read, Write)
        tool = next(kind for kind in kinds if kind.__name__ == name)(workspace=self.workspace)
        call = ToolCall(call_id=CallId("c1"), vendor_id="", tool=tool.name, content=freeze_object(directive))
        assert isinstance(tool, Reaching)
        return call, tool
