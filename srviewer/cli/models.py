"""srviewer models: the trained networks at hand."""

import argparse

from srviewer.cli.console import Outcome
from srviewer.sr.models import ModelCard, available_models


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def execute(args: argparse.Namespace) -> Outcome:
    """List the shipped models, then the user's own."""
    cards = available_models()
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
                "file": str(card.path),
            }
            for card in cards
        ]
    }
    return Outcome("\n\n".join(map(_text, cards)), values)


def _text(card: ModelCard) -> str:
    return "\n".join(
        [
            f"{card.name}: factors {', '.join(map(str, card.factors))}; "
            f"{card.parameters:,} parameters; preset {card.preset}",
            f"   trained on: {', '.join(card.trained_on)}",
            f"   licences: {card.licence or 'not stated'}",
            *(
                f"   {row['file']}, axis {row['axis']}, factor {row['factor']}: "
                f"{row['psnr']:.2f} dB (cubic {row['psnr_cubic']:.2f}), "
                f"SSIM {row['ssim']:.4f} (cubic {row['ssim_cubic']:.4f})"
                for row in card.scores
            ),
        ]
    )
