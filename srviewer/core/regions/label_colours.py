"""Colours of labels that have none of their own."""

from collections.abc import Sequence

Colour = tuple[int, int, int]

# Okabe and Ito's colours, which the colour blind can distinguish, then lighter and darker ones.
LABEL_COLOURS: tuple[Colour, ...] = (
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (240, 228, 66),
    (0, 114, 178),
    (213, 94, 0),
    (204, 121, 167),
    (170, 220, 120),
    (255, 190, 190),
    (120, 94, 240),
    (0, 220, 200),
    (160, 110, 60),
)
# The same, darker and paler: shares of the colour and of white.
SHADES = ((1.0, 0.0), (0.62, 0.0), (0.5, 0.5))
EVERY_COLOUR: tuple[Colour, ...] = tuple(
    (
        round(share * red + 255 * white),
        round(share * green + 255 * white),
        round(share * blue + 255 * white),
    )
    for share, white in SHADES
    for red, green, blue in LABEL_COLOURS
)


def default_colour(value: int) -> Colour:
    """The colour of a label by its value alone.

    Args:
        value: The label, 1 or more.

    Returns:
        RGB, 0..255; after 36 labels the colours begin again.
    """
    return EVERY_COLOUR[(value - 1) % len(EVERY_COLOUR)]


def distinct_colours(values: Sequence[int]) -> dict[int, Colour]:
    """A colour for each label, all different as long as there are enough.

    Args:
        values: The labels, each once.

    Returns:
        Label -> its ``default_colour``; the next that is free where another label has that.
    """
    taken: dict[int, Colour] = {}
    for value in values:
        start = (value - 1) % len(EVERY_COLOUR)
        ordered = EVERY_COLOUR[start:] + EVERY_COLOUR[:start]
        used = set(taken.values())
        taken[value] = next((colour for colour in ordered if colour not in used), ordered[0])
    return taken
