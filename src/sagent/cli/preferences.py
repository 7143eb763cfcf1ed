"""The settings files of the user and of the project, which hold wherever no flag says otherwise."""

import json
from collections.abc import Callable, Mapping, Set
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from sagent.cli.permissions import check_rules, joined
from sagent.errors import UsageError
from sagent.lib.json import freeze_object

if TYPE_CHECKING:
    from sagent.cli.settings import Settings
    from sagent.schema.settings.project import ProjectSettings
    from sagent.schema.settings.user import UserSettings
    from sagent.validation import Schema

T = TypeVar("T")

CONFINES: Final = ("off", "network", "offline")
"""How commands may be confined, ever more."""

SECRETIVE: Final = frozenset({"headers", "extra_body", "endpoint", "base_url", "key", "api_key"})
"""What a project must not say: it comes with other people's code, and could send secrets elsewhere."""

DARING: Final = frozenset({"hooks", "permissions.allow", "permissions.default_mode"})
"""Likewise, as it could run that code."""


def user_file() -> Path:
    """Where the user's settings are."""
    from platformdirs import user_config_path

    return user_config_path("sagent") / "settings.json"


def project_file(workspace: Path) -> Path:
    """Where a project's settings are: at the root of the repository, or here where there is none."""
    for folder in (workspace, *workspace.parents):
        if (folder / ".git").exists():
            return folder / ".sagent" / "settings.json"
    return workspace / ".sagent" / "settings.json"


def preferences(workspace: Path) -> "UserSettings":
    """What both files say: the project over the user, but it cannot raise a budget or add tools.

    Raises:
        UsageError: a file cannot be read, or says something that cannot be; both are named.
    """
    at_home, here = user_file(), project_file(workspace)
    user, project = _read(at_home), _read(here)
    if not user and not project:
        return {}
    from sagent.schema import catalog

    _check(at_home, user, catalog.USER_SETTINGS)
    allowed = project.get("permissions")
    dared = {f"permissions.{key}" for key in allowed} if isinstance(allowed, Mapping) else frozenset()
    for key in [*(project.keys() & SECRETIVE), *((project.keys() | dared) & DARING)]:
        harm = "run what came with it" if key in DARING else "send secrets elsewhere"
        raise UsageError(
            f"{here}: {key}: a project cannot say this, as it could {harm}; "
            f"say it in your own settings, {at_home}"
        )
    _check(here, project, catalog.PROJECT_SETTINGS)
    theirs, own = catalog.PROJECT_SETTINGS.check(project), catalog.USER_SETTINGS.check(user)
    _check_payer(here, at_home, theirs)
    said = {**user, **project}
    if "provider" in theirs and _same(theirs["provider"], own.get("provider", "")):
        said["provider"] = user["provider"]  # by the account that the user says
    elif "provider" in theirs and "model" not in theirs:
        said.pop("model", None)  # it is one of another provider
    if isinstance(allowed, Mapping):
        said["permissions"] = joined(own.get("permissions", {}), allowed)
    checked: UserSettings = catalog.USER_SETTINGS.check(said)
    if "max_budget_usd" in own and "max_budget_usd" in checked:
        checked = {**checked, "max_budget_usd": min(own["max_budget_usd"], checked["max_budget_usd"])}
    if "max_budget_tokens" in own and "max_budget_tokens" in checked:
        fewest = min(own["max_budget_tokens"], checked["max_budget_tokens"])
        checked = {**checked, "max_budget_tokens": fewest}
    if "tools" in project and "tools" in checked:
        checked = {**checked, "tools": _both(own.get("tools", "all"), checked["tools"])}
    if "sandbox" in own and "sandbox" in checked:
        mine, wanted = own["sandbox"], checked["sandbox"]
        strict = mine if CONFINES.index(mine) > CONFINES.index(wanted) else wanted
        checked = {**checked, "sandbox": strict}
    return checked


def preferred(settings: "Settings", said: "UserSettings") -> "Settings":
    """The flags, and what the files say where there are none; a session keeps what it began with."""
    settings = replace(
        settings,
        sandbox=_first(settings.sandbox, said.get("sandbox")),
        headers={**said.get("headers", {}), **settings.headers},
        max_tool_call_rounds=_first(settings.max_tool_call_rounds, said.get("max_tool_call_rounds")),
        max_budget_usd=_first(settings.max_budget_usd, said.get("max_budget_usd")),
        max_budget_tokens=_first(settings.max_budget_tokens, said.get("max_budget_tokens")),
        fsync=said.get("fsync", True),
        permissions=said.get("permissions", {}),
        hooks=said.get("hooks", {}),
    )
    if settings.resumes:
        return settings
    # A model goes with its provider: that of a file is not asked of another one.
    elsewhere = not _same(settings.provider, said.get("provider"))
    return replace(
        settings,
        provider=_first(settings.provider, None if _leads_away(settings, said) else said.get("provider")),
        model=_first(settings.model, None if elsewhere else said.get("model")),
        effort=_first(settings.effort, said.get("effort")),
        max_response_tokens=_first(settings.max_response_tokens, said.get("max_response_tokens")),
        extra_body=freeze_object({**said.get("extra_body", {}), **settings.extra_body}),
        system=_first(settings.system, said.get("system")),
        tools=_first(settings.tools, said.get("tools")),
    )


def _check(path: Path, document: Mapping[str, object], schema: "Schema[object]") -> None:
    known = _properties(schema)
    if strange := sorted(document.keys() - known):
        raise UsageError(f"{path}: {strange[0]}: there is no such setting; there are {', '.join(known)}")
    if (fault := schema.fault(document)) is not None:
        raise UsageError(f"{path}: {fault[0].removeprefix('$').removeprefix('.')}: {fault[1]}")
    check_rules(path, document)
    for key, named in _NAMES.items():
        try:
            named(str(document[key])) if key in document else None
        except UsageError as error:
            raise UsageError(f"{path}: {key}: {error}") from error


def _provider(name: str) -> None:
    from sagent.providers.table import card_named

    card_named(name)


def _tools(names: str) -> None:
    from sagent.cli.toolbox import chosen_tools

    chosen_tools(names)


_NAMES: Final[Mapping[str, Callable[[str], None]]] = {"provider": _provider, "tools": _tools}
"""What a schema cannot know: whether something of this name exists."""


def _both(some: str, others: str) -> str:
    """The tools that both lists name."""
    from sagent.cli.toolbox import chosen_tools

    if some.strip().lower() == others.strip().lower() == "all":
        return "all"
    ours, theirs = ([tool.name.lower() for tool in chosen_tools(each)] for each in (some, others))
    return ",".join(name for name in ours if name in theirs) or "none"


def _properties(schema: "Schema[object]") -> Set[str]:
    properties = schema.document["properties"]
    return properties.keys() if isinstance(properties, Mapping) else frozenset()


def _read(path: Path) -> Mapping[str, object]:
    """What a file says; nothing if there is none."""
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"{path} is no regular file: settings are read from one")
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise UsageError(f"{path} cannot be read: {why}") from error
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is no JSON: {error}") from error
    if not isinstance(document, dict):
        raise UsageError(f'{path} holds no JSON object: settings look like {{"model": "..."}}')
    return document


def _check_payer(here: Path, at_home: Path, project: "ProjectSettings") -> None:
    """Whose key pays is the user's to say."""
    named = [words for words in (project.get("provider", ""), project.get("model", "")) if "@" in words]
    if not named:
        return
    from sagent.providers.accounts import parted
    from sagent.providers.table import model_named

    for key, whose in (
        ("provider", project.get("provider", "")),
        ("model", model_named(project.get("model", "")).provider or ""),
    ):
        if parted(whose)[1]:
            raise UsageError(
                f"{here}: {key}: a project cannot name an account, as somebody pays for it; "
                f"say it in your own settings, {at_home}"
            )


def _leads_away(settings: "Settings", said: "UserSettings") -> bool:
    """Whether the flags name a model of another provider than the files do."""
    if settings.model is None or "provider" not in said:
        return False
    from sagent.providers.table import model_named

    meant = model_named(settings.model, here=said["provider"])
    return bool(meant.why) and (meant.provider, meant.model) != (said["provider"], settings.model)


def _same(wanted: str | None, known: str | None) -> bool:
    """Whether a provider that is asked for is the one that is known, by whichever account, as far as said."""
    if wanted is None or known is None:
        return True
    from sagent.providers.accounts import parted

    return parted(wanted)[0].lower() == parted(known)[0].lower()


def _first(flag: T | None, said: T | None) -> T | None:
    return said if flag is None else flag
