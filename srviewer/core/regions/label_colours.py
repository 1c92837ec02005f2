"""Colours of labels that have none of their own."""

from collections.abc import Mapping, Sequence

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
LEAST = (110, 30, 0)  # sums of the differences of red, green and blue, the best first
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


def distinct_colours(
    values: Sequence[int], known: Mapping[int, Colour] | None = None
) -> dict[int, Colour]:
    """A colour for each label, all different as long as there are enough.

    Args:
        values: The labels, each once.
        known: Labels with colours of their own; None for none.

    Returns:
        Label -> its own colour, else its ``default_colour``, or the next one that no other label
        has or nearly has.
    """
    given = dict(known or {})
    nearest = dict.fromkeys(EVERY_COLOUR, LEAST[0] + 1)  # their distances to what is used
    used: set[Colour] = set()

    def use(colour: Colour) -> None:
        if colour not in used:
            used.add(colour)
            for other in nearest:
                nearest[other] = min(nearest[other], _distance(colour, other))

    for colour in given.values():
        use(colour)
    colours: dict[int, Colour] = {}
    for value in values:
        start = (value - 1) % len(EVERY_COLOUR)
        ordered = EVERY_COLOUR[start:] + EVERY_COLOUR[:start]
        colours[value] = given.get(value) or _free(ordered, nearest)
        use(colours[value])
    return colours


def _free(ordered: Sequence[Colour], nearest: Mapping[Colour, int]) -> Colour:
    """The first colour that differs much, or at least a little, from all that are used."""
    for least in LEAST:
        for colour in ordered:
            if nearest[colour] > least:
                return colour
    return ordered[0]


def _distance(colour: Colour, other: Colour) -> int:
    return sum(abs(a - b) for a, b in zip(colour, other, strict=True))
