"""The table of layouts: the ways to show and compare the volumes of a study."""

from dataclasses import dataclass
from typing import Literal

from srviewer.table import find_row

PLANES, COMPARE = "planes", "compare"  # before and after the first result
TWO_STUDIES = "two-studies"
Control = Literal["edge", "flip", "tile", "range"]
Arrangement = Literal["wide", "row", "tall"]


@dataclass(frozen=True)
class Layout:
    """A way to show A and B.

    Attributes:
        id: Its word on the command line, in session files and in settings.
        title: In menus, English.
        tip: A description for the user, English.
        icon: Its icon in the window, a name of Material Design Icons.
        key: Its shortcut.
        rows: Three planes of "A", or of "each" volume that is compared.
        direction: Of the rows of "each": "down" or "across".
        arrangement: Of the three planes of a row: "wide" is the first beside the other two, "row"
            all beside each other, "tall" the first above the other two.
        compares: Whether more than A is shown.
        composite: Whether B is drawn over A in the same panes, by a function with this id.
        sign: Between the names of A and B of a composite.
        second_study: Whether another open study is shown on the right, only to be looked at.
        controls: Its controls beside the panes: the "edge" of the curtain, "flip" while a key
            is held, the side of a "tile", the "range" of the colours of a difference.
    """

    id: str
    title: str
    tip: str
    icon: str
    key: str
    rows: Literal["A", "each"]
    arrangement: Arrangement
    direction: Literal["down", "across"] = "down"
    compares: bool = True
    composite: bool = False
    sign: str = "|"
    second_study: bool = False
    controls: tuple[Control, ...] = ()


LAYOUTS = (
    Layout(
        PLANES,
        "Planes",
        "Three planes of A alone",
        "view-quilt-outline",
        "1",
        rows="A",
        arrangement="wide",
        compares=False,
    ),
    Layout(
        COMPARE,
        "Above and below",
        "A above, B below",
        "view-grid-outline",
        "2",
        rows="each",
        arrangement="row",
    ),
    Layout(
        "side-by-side",
        "Side by side",
        "A left, B right",
        "view-split-vertical",
        "3",
        rows="each",
        arrangement="tall",
        direction="across",
    ),
    Layout(
        "curtain",
        "Curtain",
        "Drag the edge between A and B",
        "arrow-split-vertical",
        "4",
        rows="A",
        arrangement="wide",
        composite=True,
        controls=("edge",),
    ),
    Layout(
        "flip",
        "Flip",
        "Hold F to see B in the place of A",
        "flip-horizontal",
        "5",
        rows="A",
        arrangement="wide",
        controls=("flip",),
    ),
    Layout(
        "checkerboard",
        "Checkerboard",
        "Squares of A and B in turn (mm)",
        "checkerboard",
        "6",
        rows="A",
        arrangement="wide",
        composite=True,
        controls=("tile",),
    ),
    Layout(
        "difference",
        "Difference",
        "A minus B, in the scan's unit",
        "plus-minus-variant",
        "7",
        rows="A",
        arrangement="wide",
        composite=True,
        sign="\u2212",
        controls=("range",),
    ),
    Layout(
        TWO_STUDIES,
        "Two studies",
        "This study left, another open study right, each with its own grey levels",
        "book-open-page-variant-outline",
        "8",
        rows="A",
        arrangement="tall",
        direction="across",
        compares=False,
        second_study=True,
    ),
)


def find_layout(wanted: str) -> Layout:
    """The layout with an id.

    Args:
        wanted: The id.

    Returns:
        Its row.

    Raises:
        UserError: There is none.
    """
    return find_row(LAYOUTS, wanted, "layout")
