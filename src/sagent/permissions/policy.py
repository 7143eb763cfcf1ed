"""The policy: from a call and what it touches to allow, ask or deny, by rules and, behind them, a mode."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from sagent.abilities import Reach
from sagent.errors import UsageError
from sagent.lib.value import frozen
from sagent.permissions.harmless import deeds
from sagent.permissions.lasting import lasting
from sagent.permissions.mode import MODES, Mode, ordinary
from sagent.permissions.rule import rule
from sagent.permissions.ruling import ALLOWED, Ruling, strictest
from sagent.permissions.touch import Reading, Running, Touch, touches
from sagent.schema.message import ToolCall


@frozen(kw_only=True)
class Policy:
    """What tool calls may do: a rule that denies comes first, then one that asks, then one that allows.

    Where no rule says anything the mode does. A call is judged by each thing that it touches, and the
    strictest of these judgements holds.
    """

    mode: Mode = "default"
    allow: Sequence[str] = ()
    ask: Sequence[str] = ()
    deny: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Refuse what is no rule and no mode.

        Raises:
            UsageError: one of them is none.
        """
        if self.mode not in MODES:
            raise UsageError(f"{self.mode!r} is no permission mode; there are {', '.join(MODES)}")
        for name in ("allow", "ask", "deny"):
            rules: Sequence[str] = getattr(self, name)
            if isinstance(rules, str):
                raise UsageError(
                    f"permissions: {name} is one string: give a list of rules, as in [{rules!r}]"
                )
            object.__setattr__(self, name, tuple(rules))
            for text in rules:
                rule(text)

    @property
    def is_open(self) -> bool:
        """Whether it allows everything, so that nothing has to be looked at."""
        return self.mode == "full" and not (self.ask or self.deny)

    def judge(self, call: ToolCall, reach: Reach | None, workspace: Path) -> Ruling:
        """Whether the call may run; `reach` is what its tool says it touches, None where it cannot say.

        The disk is asked where paths lead, and nothing else.
        """
        if self.is_open:
            return ALLOWED
        found = touches(call, reach, workspace)
        return strictest([_judged(self, call.tool, touch, workspace) for touch in found])

    def lasting(self, call: ToolCall, reach: Reach | None, workspace: Path) -> Sequence[str]:
        """The rules that would allow this call and those like it from now on; none where none can."""
        rules: tuple[str, ...] = ()
        # What may be changed may be read, so that the rules for changes come first.
        for touch in sorted(touches(call, reach, workspace), key=lambda each: isinstance(each, Reading)):
            if _judged(self.allowing(*rules), call.tool, touch, workspace).effect != "allow":
                rules += tuple(lasting(call.tool, touch))
        return rules if self.allowing(*rules).judge(call, reach, workspace) == ALLOWED else ()

    def allowing(self, *rules: str) -> Self:
        """The same with more that is allowed.

        Raises:
            UsageError: one of these is no rule.
        """
        return replace(self, allow=(*self.allow, *rules))


def _judged(policy: Policy, tool: str, touch: Touch, workspace: Path) -> Ruling:
    """What the policy says of one thing that a call does."""
    # A file that may not be looked at may not be looked at by a command either, where it is known to.
    known = (deeds(touch, tidies=True) or ()) if isinstance(touch, Running) else ()
    for text in policy.deny:
        if any(rule(text).fits(tool, each, workspace, loosely=True) for each in (touch, *known)):
            return Ruling("deny", f"the rule {text} denies it")
    allowed = any(rule(text).fits(tool, touch, workspace, loosely=False) for text in policy.allow)
    otherwise = ALLOWED if allowed else ordinary(policy.mode, touch, workspace)
    for text in policy.ask:
        if any(rule(text).fits(tool, each, workspace, loosely=True) for each in (touch, *known)):
            # Whoever wants to be asked does not allow by that what the mode refuses.
            return strictest([Ruling("ask", f"the rule {text} says to ask"), otherwise])
    return otherwise
