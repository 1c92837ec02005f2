"""srviewer models: the trained networks that can be used."""

import argparse

from srviewer.cli.console.verb_output import VerbOutput
from srviewer.core.scores.metrics import ranking_metric
from srviewer.sr.models.available_models import (
    ModelCard,
    ModelsAtHand,
    find_card,
    find_model,
    models_at_hand,
)
from srviewer.sr.models.model_card import card_markdown
from srviewer.sr.trust.gain_card import gain_card

MORE = "srviewer models --card NAME prints one in full, with every score."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the option for the card of one model.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument(
        "--card", metavar="NAME|FILE", help="one model in full, as Markdown: data, plan, scores"
    )


def execute(args: argparse.Namespace) -> VerbOutput:
    """List the shipped models, the user's own, and files among these that are no models.

    Args:
        args: The parsed arguments.

    Returns:
        One entry for each model, or the card of one.
    """
    if args.card is not None:
        card = find_card(args.card)
        text = f"{card_markdown(card)}\n\n{gain_card(find_model(args.card))}"
        return VerbOutput(text, _values(ModelsAtHand((card,), ())))
    models = models_at_hand(thorough=True)
    unreadable = [f"cannot be used: {file.path}\n   {file.reason}" for file in models.unreadable]
    return VerbOutput("\n\n".join([*map(_text, models.cards), *unreadable, MORE]), _values(models))


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
        "unreadable": [
            {"file": str(file.path), "reason": file.reason} for file in models.unreadable
        ],
    }


def _text(card: ModelCard) -> str:
    volumes = (
        f"{name}: {card.licences.get(name, 'licence not stated')}" for name in card.trained_on
    )
    return "\n".join(
        [
            f"{card.name}: factors {', '.join(map(str, card.factors))}; "
            f"{card.parameters:,} parameters; preset {card.preset}"
            + (f"; the texture model of {card.texture_of}" if card.texture_of else ""),
            f"   {gain_line(card)}",
            f"   trained on {'; '.join(volumes)}",
        ]
    )


def gain_line(card: ModelCard) -> str:
    """The gain over cubic interpolation on held-out subjects, in one line.

    Args:
        card: The card of the model.

    Returns:
        The mean gain at each factor, or that none was measured.
    """
    shown = ranking_metric().gain_text
    gains = (f"{shown(gain)} at factor {factor}" for factor, gain in card.mean_gains.items())
    return f"gain over cubic on held-out subjects: {', '.join(gains) or 'not measured'}"
