"""Whoever sets one vendor's key, and nothing else, has that vendor's default model."""

import json
from collections.abc import Mapping
from typing import Final

import pytest

from sagent.providers.cards import CARDS, Card
from sagent.testing import Served, serve
from tests.cli.command import Place

KEYED: Final = [card for card in CARDS.values() if card.keys and not card.keyless]

WIRES: Final[Mapping[str, str]] = {
    "google": "GOOGLE_GEMINI_BASE_URL",
    "anthropic": "ANTHROPIC_BASE_URL",
    "openai_responses": "OPENAI_BASE_URL",
    "openai_chat": "OPENAI_COMPAT_BASE_URL",
}
"""By dialect, the variable that says where the loopback server speaks it."""


def keyed(card: Card, served: Served) -> Mapping[str, str]:
    """One key, and the place of the loopback server where the vendor's would be."""
    return {card.keys[0]: served.key, card.place: served.environment[WIRES[card.dialects[0]]]}


def origin(place: Place) -> tuple[str, str]:
    """Who answered in the one session that was kept."""
    (log,) = place.logs()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    (origin,) = [line["origin"] for line in lines if "origin" in line]
    return origin["provider"], origin["model"]


@pytest.mark.parametrize("card", KEYED, ids=lambda card: card.name)
def test_one_key_alone_is_enough_to_be_answered_by_the_default_model(inside: Place, card: Card) -> None:
    with serve("Hello.", models=[card.default]) as served:
        ended = inside.run(None, "hi", **keyed(card, served))

        assert (ended.code, ended.out, served.complaints) == (0, "Hello.\n", ())
    assert origin(inside) == (card.name, card.default)


@pytest.mark.parametrize("card", KEYED, ids=lambda card: card.name)
def test_a_model_by_its_provider_and_id_is_that_providers_whatever_other_keys_are_set(
    inside: Place, card: Card
) -> None:
    others = {other.keys[0]: "another-key" for other in KEYED}
    with serve("Hello.", models=[card.utility]) as served:
        ended = inside.run(
            None, "hi", "--model", f"{card.name}/{card.utility}", **{**others, **keyed(card, served)}
        )

        assert (ended.code, ended.out, served.complaints) == (0, "Hello.\n", ())
    assert origin(inside) == (card.name, card.utility)
