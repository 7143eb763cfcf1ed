"""From flags and settings to a policy, and back to words."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sagent.cli.paint import printable
from sagent.errors import UsageError

if TYPE_CHECKING:
    from sagent.cli.settings import Settings
    from sagent.permissions.mode import Mode
    from sagent.permissions.policy import Policy
    from sagent.schema.settings.user import UserPermissions


def policy_for(settings: "Settings", otherwise: "Mode", *, asks_all: bool = False) -> "Policy | None":
    """What tool calls may do; `otherwise` is the mode where nobody has named one. None is everything.

    Raises:
        UsageError: a rule is none.
    """
    said = settings.permissions
    mode = "full" if settings.yes else settings.permission_mode or said.get("default_mode", otherwise)
    asked = () if settings.yes else (*said.get("ask", ()), *(("*",) if asks_all else ()))
    if mode == "full" and not asked and not said.get("deny"):
        return None
    from sagent.permissions.policy import Policy

    return Policy(mode=mode, allow=said.get("allow", ()), ask=asked, deny=said.get("deny", ()))


def joined(user: "UserPermissions", project: Mapping[str, object]) -> "UserPermissions":
    """What both files say: a project adds to what is asked about and denied."""
    from sagent.schema import catalog

    added = catalog.PROJECT_SETTINGS.check({"permissions": project}).get("permissions", {})
    return {
        **user,
        "ask": [*user.get("ask", ()), *added.get("ask", ())],
        "deny": [*user.get("deny", ()), *added.get("deny", ())],
    }


def check_rules(path: Path, said: Mapping[str, object]) -> None:
    """Look at the rules in a settings file.

    Raises:
        UsageError: one of them is none; file and key are named.
    """
    from sagent.permissions.rule import rule

    permissions = said.get("permissions")
    for key, rules in permissions.items() if isinstance(permissions, Mapping) else ():
        for text in rules if isinstance(rules, list) else ():
            try:
                rule(str(text))
            except UsageError as error:
                raise UsageError(f"{path}: permissions.{key}: {error}") from error


def told(policy: "Policy") -> str:
    """A policy in words, for a person."""
    lines = [f"mode: {policy.mode}"]
    for name, rules in (("deny", policy.deny), ("ask", policy.ask), ("allow", policy.allow)):
        lines += [f"{name}: {printable(text)}" for text in rules]
    return "\n".join(lines)
