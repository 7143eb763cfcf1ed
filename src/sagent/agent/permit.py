"""The policy in force, and what it says of the tools at hand."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sagent.abilities import Reach, Reaching
from sagent.atoms import ToolName
from sagent.errors import SagentError, UsageError
from sagent.permissions.ruling import ALLOWED, Ruling, strictest
from sagent.protocols import Tool
from sagent.schema.message import ToolCall

if TYPE_CHECKING:
    from sagent.permissions.policy import Policy

_log = logging.getLogger("sagent.agent")


class Permit:
    """Judges calls by a policy, which may be replaced at any moment."""

    __slots__ = ("_above", "_bound", "_policy", "_tools", "_workspace")

    def __init__(
        self,
        policy: "Policy | None",
        tools: Mapping[ToolName, Tool],
        workspace: Path,
        *,
        asks: bool,
        above: "Permit | None" = None,
        bound: bool = False,
    ) -> None:
        """Without a policy that of `above` holds; without both all run or, with `asks`, are asked about.

        With `bound` the policy allows nothing that `above` does not.

        Raises:
            UsageError: it is no policy.
        """
        self._policy = _checked(policy)
        self._above = above if policy is None else None
        self._bound = above if bound and policy is not None else None
        if policy is None and above is None and asks:
            from sagent.permissions.policy import Policy

            self._policy = Policy(mode="full", ask=("*",))
        self._tools = tools
        self._workspace = workspace

    @property
    def policy(self) -> "Policy":
        """What holds from the next call on."""
        if self._above is not None:
            return self._above.policy
        if self._policy is None:
            from sagent.permissions.policy import Policy  # who allows everything need not load it before

            self._policy = Policy(mode="full")
        return self._policy

    @policy.setter
    def policy(self, policy: "Policy") -> None:
        self._policy, self._above, self._bound = _checked(policy), None, None

    @property
    def own(self) -> "Policy | None":
        """The same where it is not that of `above`, or of nobody."""
        return self._policy

    @property
    def is_open(self) -> bool:
        """Whether whatever is called runs."""
        if self._above is not None:
            return self._above.is_open
        is_open = self._policy is None or self._policy.is_open
        return is_open and (self._bound is None or self._bound.is_open)

    def judge(self, call: ToolCall) -> Ruling:
        """Whether a call may run, and why not."""
        if self.is_open:
            return ALLOWED
        try:
            return self.weigh(call, self._reach(call), self._workspace)
        except SagentError as error:
            return Ruling("deny", str(error))  # the tool itself says that it cannot be done
        except Exception as error:
            # Whatever it is (there is no home directory, ...): what cannot be judged does not run.
            _log.exception("a call of %s could not be judged", call.tool)
            return Ruling("deny", f"it cannot be judged: {type(error).__name__}: {error}")

    def weigh(self, call: ToolCall, reach: Reach | None, workspace: Path) -> Ruling:
        """What is to be heeded of what it says, and of what is said above it."""
        if self._above is not None:
            return self._above.weigh(call, reach, workspace)
        ruling = self.policy.judge(call, reach, workspace)
        return (
            ruling if self._bound is None else strictest([ruling, self._bound.weigh(call, reach, workspace)])
        )

    def lasting(self, call: ToolCall) -> Sequence[str]:
        """The rules that would allow this call and those like it from now on; none where none should."""
        try:
            return self.policy.lasting(call, self._reach(call), self._workspace)
        except SagentError:
            return ()
        except Exception:
            # As in `judge`: where nobody knows what a call touches, no rule should allow it.
            _log.exception("no rule could be found for a call of %s", call.tool)
            return ()

    def _reach(self, call: ToolCall) -> Reach | None:
        tool = self._tools.get(call.tool)
        if tool is None or not isinstance(tool, Reaching):
            return None
        try:
            return tool.reach(call)
        except SagentError:
            raise
        except Exception:
            # A tool may be anybody's; if it cannot say what it touches, nobody knows.
            _log.exception("the reach of the tool %s raised", call.tool)
            return None


def _checked(given: object) -> "Policy | None":
    """Whoever makes an agent may not have been type-checked: the name of a mode is no policy."""
    if given is None:
        return None
    from sagent.permissions.policy import Policy

    if isinstance(given, Policy):
        return given
    raise UsageError(f"permissions is {given!r}: give a policy, as in Policy(mode='read-only')")
