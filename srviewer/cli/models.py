"""srviewer models: the trained networks at hand."""

import argparse

from srviewer.cli.console import Outcome
from srviewer.errors import UserError
from srviewer.sr.model_card import card_markdown
from srviewer.sr.models import ModelCard, available_models


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """All models, or the card of one."""
    parser.add_argument("--card", metavar="NAME", help="the card of one model, as Markdown")


def execute(args: argparse.Namespace) -> Outcome:
    """List the shipped models, then the user's own."""
    cards = available_models()
    if args.card is not None:
        cards = tuple(card for card in cards if card.name == args.card)
        if not cards:
            raise UserError(f"There is no model '{args.card}'. See srviewer models.")
    values = {
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
            for card in cards
        ]
    }
    text = _text if args.card is None else card_markdown
    return Outcome("\n\n".join(map(text, cards)), values)


def _text(card: ModelCard) -> str:
    return "\n".join(
        [
            f"{card.name}: factors {', '.join(map(str, card.factors))}; "
            f"{card.parameters:,} parameters; preset {card.preset}"
            + (f"; the sharper pair of {card.texture_of}" if card.texture_of else ""),
            f"   trained on: {', '.join(card.trained_on)}",
            f"   licences: {card.licence or 'not stated'}",
            *(
                f"   {row['file']}, axis {row['axis']}, factor {row['factor']}: "
                f"{row['psnr']:.2f} dB (cubic {row['psnr_cubic']:.2f}), "
                f"SSIM {row['ssim']:.4f} (cubic {row['ssim_cubic']:.4f})"
                for row in card.known_scores
            ),
        ]
    )
