"""What a command line asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sagent.lib.json import FrozenObject, JsonObject
from sagent.lib.value import frozen

if TYPE_CHECKING:
    from sagent.cli.confinement import Confines
    from sagent.permissions.mode import Mode
    from sagent.providers.effort import Effort
    from sagent.schema.settings.user import UserHooks, UserPermissions
    from sagent.schema.values import Limits


def _no_rules() -> "UserPermissions":
    return {}


def _no_hooks() -> "UserHooks":
    return {}


@frozen(kw_only=True)
class Settings:
    """The flags, and the settings behind them, that choose an agent; what is None nobody has said."""

    provider: str | None = None
    model: str | None = None
    effort: "Effort | None" = None
    max_response_tokens: int | None = None
    extra_body: JsonObject = field(default_factory=FrozenObject, repr=False)
    """What is added to every request to a model."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What is sent with every request; there may be secrets among them."""
    system: str | None = None
    tools: str | None = None
    tool_dirs: Sequence[Path] = ()
    """Directories that define tools."""
    sandbox: "Confines | None" = None
    """Whether commands run in a sandbox, and whether they reach the network from it."""
    name: str | None = None
    """What the agent is called by others."""
    max_tool_call_rounds: int | None = None
    max_budget_usd: float | None = None
    max_budget_tokens: int | None = None
    permission_mode: "Mode | None" = None
    yes: bool = False
    """Whether everything is allowed that is not denied."""
    permissions: "UserPermissions" = field(default_factory=_no_rules)
    """What the files say about tool calls."""
    hooks: "UserHooks" = field(default_factory=_no_hooks)
    """The commands around tool calls."""
    session: str | None = None
    """A session to go on with: the beginning of its id, or the path of its log, new or not."""
    latest: bool = False
    """Whether to go on with the directory's latest session."""
    anywhere: bool = False
    """Whether that is the latest of all directories."""
    fork: str | None = None
    """From which of its messages on, by its id; `last` is from before the user's last words."""
    persist: bool = True
    fsync: bool = True
    """Whether what is said reaches the disk before it is acted upon."""

    @property
    def resumes(self) -> bool:
        """Whether a session is gone on with, which has a model and tools of its own."""
        return self.latest or self.session is not None

    def within(self, earlier: "Limits") -> "Settings":
        """The same, with the limits that a session had where nothing says others."""
        rounds, usd, tokens = self.max_tool_call_rounds, self.max_budget_usd, self.max_budget_tokens
        return replace(
            self,
            max_tool_call_rounds=earlier.max_tool_call_rounds if rounds is None else rounds,
            max_budget_usd=earlier.max_budget_usd if usd is None else usd,
            max_budget_tokens=earlier.max_budget_tokens if tokens is None else tokens,
        )
