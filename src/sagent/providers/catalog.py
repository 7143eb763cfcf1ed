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
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sagent.errors import Malformed, UsageError
from sagent.protocols import ModelLimits
from sagent.providers.accounts import parted
from sagent.providers.anthropic.catalog import plain
from sagent.providers.roster import card_of
from sagent.providers.tolerance import Tolerance

if TYPE_CHECKING:
    from sagent.schema.settings.models import ModelCatalog, ModelPrices, ModelRow

_log = logging.getLogger("sagent.providers.sizes")

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
    if not is_unsized(provider, model):
        return found
    warn(provider, model)
    return replace(found, context_window=CAUTIOUS)


def is_unsized(provider: str, model: str) -> bool:
    """Whether the size of a model is unknown though that of its provider's others is not."""
    return limits(provider, model).context_window is None and _is_charted(provider)


def warn(provider: str, model: str) -> None:
    """Log, once in a process, that nobody knows the size of a model."""
    if (provider, model) not in _TOLD:
        _TOLD.add((provider, model))
        _log.warning(
            "how much %s takes is not known here, so %s tokens are taken for granted; %s can say it",
            model,
            f"{CAUTIOUS:,}",
            user_file(),
        )


def ids(provider: str) -> Sequence[str]:
    """The models that our own catalog names by their ids, and not only by how these begin."""
    # Rows without a size are of all models that are asked in one way, of those that are gone too.
    rows = [row for row in _shipped()["models"] if row["provider"] == provider and "context_window" in row]
    return tuple(name for row in rows for name in _spelled(row["model"]))


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
    whose = {name.lower() for each in providers for name in (each, *_charts(each))}
    found: ModelRow = {"provider": providers[0], "model": model}
    for row in (*_own(own), *_shipped()["models"]):
        if row["provider"].lower() in whose and any(re.fullmatch(row["model"], each) for each in names):
            found = {**row, **found}
    return found


def _is_charted(provider: str) -> bool:
    charts = _charts(provider)
    return any(row["provider"] in charts and "context_window" in row for row in _shipped()["models"])


def _charts(provider: str) -> Sequence[str]:
    """The names under which models of a provider are known: its own, and that of the vendor it serves."""
    name, _ = parted(provider)
    card = card_of(name)
    return (name, card.vendor) if card and card.vendor else (name,)


def _spelled(pattern: str) -> Sequence[str]:
    """The ids that a pattern spells out, without what may stand behind them; none if it leaves them open."""
    pieces = re.split(r"\(([^()]*)\)", re.sub(r"\([^()]*\)\?", "", pattern))
    spelled = ["".join(chosen) for chosen in product(*(piece.split("|") for piece in pieces))]
    return [name.replace("\\.", ".") for name in spelled if re.fullmatch(r"([\w-]|\\\.)+", name)]


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
