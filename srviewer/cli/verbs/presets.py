"""srviewer presets: the training plans with a name."""

import argparse

from srviewer.cli.console.verb_output import VerbOutput, table
from srviewer.nn.catalogue import PRESETS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare nothing: the verb has no arguments of its own.

    Args:
        parser: The parser of the verb.
    """


def execute(args: argparse.Namespace) -> VerbOutput:
    """List the rows of PRESETS.

    Args:
        args: The parsed arguments.

    Returns:
        One row for each preset.
    """
    rows = [
        (row.name, row.title, row.generator, row.adversarial, ", ".join(row.losses))
        for row in PRESETS
    ]
    values = {
        "presets": [
            {
                "name": row.name,
                "title": row.title,
                "paper": row.paper,
                "generator": row.generator,
                "adversarial": row.adversarial,
                "losses": list(row.losses),
            }
            for row in PRESETS
        ]
    }
    return VerbOutput(
        table(("preset", "title", "generator", "adversarial", "losses"), rows), values
    )
