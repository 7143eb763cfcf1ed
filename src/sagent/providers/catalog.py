"""What is known of models beforehand: what they take, give and can be asked, and what they cost.

Sources of what comes along, in models.json: platform.claude.com/docs/en/about-claude/models, OpenAI's pages,
ai.google.dev/gemini-api/docs, platform.moonshot.ai, api-docs.deepseek.com/guides/thinking_mode,
platform.minimax.io/docs/api-reference/text-anthropic-api, alibabacloud.com/help/en/model-studio (2026-11).
"""

import json
import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sagent.errors import Malformed, UsageError
from sagent.protocols import ModelLimits
from sagent.providers.accounts import parted
from sagent.providers.anthropic.catalog import plain
from sagent.providers.tolerance import Tolerance

if TYPE_CHECKING:
    from sagent.schema.settings.models import ModelCatalog, ModelPrices, ModelRow

_log = logging.getLogger("sagent.providers")

CAUTIOUS: Final = 128_000
"""The window that is assumed where that of a model is unknown: few that call tools have a smaller one."""


def known(model: str, *providers: str) -> "ModelRow":
    """All that is known of a model under the names of whoever serves it and whoever made it.

    Each member is that of the first row which fits and has it; those of the user come first.

    Raises:
        UsageError: the user's own catalog cannot be read.
    """
    return _joined(user_file(), model, providers)


def limits(provider: str, model: str) -> ModelLimits:
    """What a model can take and give, as far as it is known.

    Raises:
        UsageError: the user's own catalog cannot be read.
    """
    row = known(model, provider)
    return ModelLimits(context_window=row.get("context_window"), max_output=row.get("max_output"))


def sized(provider: str, model: str) -> ModelLimits:
    """The same, with a cautious window where none is known; the first time that is logged as a warning.

    Of providers whose models nobody lists, such as servers of one's own, nothing is taken for granted.

    Raises:
        UsageError: the user's own catalog cannot be read.
    """
    found = limits(provider, model)
    warning = unsized(provider, model)
    if not warning:
        return found
    if (provider, model) not in _TOLD:
        _TOLD.add((provider, model))
        _log.warning("%s", warning)
    return replace(found, context_window=CAUTIOUS)


def unsized(provider: str, model: str) -> str:
    """In words, that the size of a model is unknown though that of its provider's others is; else nothing."""
    if limits(provider, model).context_window is not None or not _is_charted(provider):
        return ""
    return (
        f"how much {model} takes is not known here, so {CAUTIOUS:,} tokens are taken for granted; "
        f"{user_file()} can say it"
    )


def tolerated(files: Tolerance, provider: str, model: str) -> Tolerance:
    """What a model takes of the files that its vendor takes: no pictures, where it is known to see none."""
    return files if known(model, provider).get("images", True) else replace(files, pictures=())


def prices(provider: str, model: str) -> "Sequence[ModelPrices]":
    """What a model's tokens cost, by the size of requests; nothing where no catalog of ours says it."""
    return known(model, provider).get("prices", ())


def user_file() -> Path:
    """Where a user's own catalog is, whose rows come first."""
    from platformdirs import user_config_path

    return user_config_path("sagent") / "models.json"


_TOLD: Final[set[tuple[str, str]]] = set()
"""The models that were warned of in this process."""


@cache
def _joined(own: Path, model: str, providers: Sequence[str]) -> "ModelRow":
    name = model.rpartition("/")[2]
    names = {model, name, plain(name)}
    whose = {name.lower() for each in providers for name in (each, parted(each)[0])}
    found: ModelRow = {"provider": providers[0], "model": model}
    for row in (*_own(own), *_shipped()["models"]):
        if row["provider"].lower() in whose and any(re.fullmatch(row["model"], each) for each in names):
            found = {**row, **found}
    return found


def _is_charted(provider: str) -> bool:
    name, _ = parted(provider)
    return any(row["provider"] == name and "context_window" in row for row in _shipped()["models"])


@cache
def _shipped() -> "ModelCatalog":
    from importlib.resources import files

    # A test holds the file against its schema: what comes along need not be checked at each start.
    text = files("sagent.providers").joinpath("models.json").read_text(encoding="utf-8")
    catalog: ModelCatalog = json.loads(text)
    return catalog


@cache
def _own(path: Path) -> "Sequence[ModelRow]":
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    from sagent.schema.catalog import MODEL_CATALOG

    try:
        rows = MODEL_CATALOG.parse(text)["models"]
    except Malformed as error:
        raise UsageError(f"{path}: {error}") from error
    for row in rows:
        if not _is_pattern(row["model"]):
            raise UsageError(
                f"{path}: {row['model']!r} is no regular expression: mask what is meant literally"
            )
    return rows


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True
