"""The colours of training runs and of loss terms in plots, for both themes."""

from srviewer.gui.appearance import theme
from srviewer.gui.appearance.colours import LIGHT

# Distinct to the red-green colour blind (after Okabe and Ito); contrast of at least 3 on base.
ON_DARK = ("#4cc3d9", "#f2b45c", "#c39bff", "#6bd38b", "#ff7b72", "#e6df72", "#8fb4ff")
ON_LIGHT = ("#0a6577", "#a65a00", "#6a3fb5", "#18723a", "#a8201a", "#716600", "#2456b3")


def run_colour(number: int) -> str:
    """The colour of a training run or a loss term.

    Args:
        number: Of the run; after the last colour the first follows.

    Returns:
        As #rrggbb, for the present theme.
    """
    colours = ON_LIGHT if theme.colours() is LIGHT else ON_DARK
    return colours[number % len(colours)]
