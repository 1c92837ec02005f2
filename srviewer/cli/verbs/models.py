"""srviewer models: the trained networks at hand."""

import argparse

from srviewer.cli.console.verb_output import Outcome
from srviewer.core.scores.metrics import ranking_metric
from srviewer.sr.models.available_models import ModelCard, ModelsAtHand, find_card, models_at_hand
from srviewer.sr.models.model_card import card_markdown

MORE = "srviewer models --card NAME prints one in full, with every score."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """All models, or the card of one."""
    parser.add_argument(
        "--card", metavar="NAME|FILE", help="one model in full, as Markdown: data, plan, scores"
    )


def execute(args: argparse.Namespace) -> Outcome:
    """List the shipped models, then the user's own, then what is no model among these."""
    if args.card is not None:
        card = find_card(args.card)
        return Outcome(card_markdown(card), _values(ModelsAtHand((card,), ())))
    models = models_at_hand(thorough=True)
    unreadable = [f"cannot be used: {one.path}\n   {one.reason}" for one in models.unreadable]
    return Outcome("\n\n".join([*map(_text, models.cards), *unreadable, MORE]), _values(models))


def _values(models: ModelsAtHand) -> dict[str, object]:
    return {
        "models": [
            {
                "name": card.name,
                "preset": card.preset,
                "factors": list(card.factors),
                "parameters": card.parameters,
                "trained_on": list(card.trained_on),
                "licence": card.licence,
                "scores": list(card.scores),
                "texture_of": card.texture_of,
                "file": str(card.path),
            }
            for card in models.cards
        ],
        "unreadable": [{"file": str(one.path), "reason": one.reason} for one in models.unreadable],
    }


def _text(card: ModelCard) -> str:
    people = (
        f"{name}: {card.licences.get(name, 'licence not stated')}" for name in card.trained_on
    )
    return "\n".join(
        [
            f"{card.name}: factors {', '.join(map(str, card.factors))}; "
            f"{card.parameters:,} parameters; preset {card.preset}"
            + (f"; the sharper pair of {card.texture_of}" if card.texture_of else ""),
            f"   {gain_line(card)}",
            f"   trained on {'; '.join(people)}",
        ]
    )


def gain_line(card: ModelCard) -> str:
    """The gain over cubic interpolation on people held out, in one line."""
    shown = ranking_metric().gain_text
    gains = (f"{shown(gain)} at factor {factor}" for factor, gain in card.mean_gains.items())
    return f"gain over cubic on people held out: {', '.join(gains) or 'not measured'}"
