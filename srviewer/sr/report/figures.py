"""The figures of a report, as PNG: montages of slices, curves of scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from srviewer.core.comparison.comparison import Scores
from srviewer.core.geometry.grid import AXIS_NAMES, Axis
from srviewer.core.slices.planes import SliceImage

DOTS_PER_INCH = 110
CELL = 2.6  # inches: the width of a slice, and the most of its height
LETTERS = "#f0a030"  # seen on black, on grey and on the white of a map
TITLE = 0.35  # inches above each slice


@dataclass(frozen=True, eq=False)
class MontageSlice:
    """One slice of a montage.

    Attributes:
        title: Above the slice.
        image: The slice.
        low: The value that is drawn in the first colour.
        high: The value that is drawn in the last colour.
        colours: The name of a colour map of matplotlib; other than "gray", a scale is drawn beside
            it.
        frame_mm: (left, bottom, width, height) of the part that is shown, as ``extent_mm`` of the
            image; None for all of it.
    """

    title: str
    image: SliceImage
    low: float
    high: float
    colours: str = "gray"
    frame_mm: tuple[float, float, float, float] | None = None

    @property
    def shown_mm(self) -> tuple[float, float, float, float]:
        """The part that is shown."""
        return self.image.extent_mm if self.frame_mm is None else self.frame_mm


def montage(rows: Sequence[tuple[str, Sequence[MontageSlice]]]) -> bytes:
    """Draw rows of slices, to scale in mm.

    Args:
        rows: (title, slices) of each row.

    Returns:
        The bytes of a PNG file.
    """
    columns = max(len(pictures) for _, pictures in rows)
    heights = [CELL * min(_shape(pictures), 1.3) + TITLE for _, pictures in rows]
    size = CELL * columns + 0.6, sum(heights) + 0.1
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(
        len(rows), columns, squeeze=False, gridspec_kw={"height_ratios": heights}
    )
    for line, (title, pictures) in zip(grid, rows, strict=True):
        for axes in line:
            axes.set_axis_off()
        for axes, picture in zip(line, pictures, strict=False):
            left, bottom, width, height = picture.image.extent_mm
            drawn = axes.imshow(
                picture.image.pixels,
                cmap=picture.colours,
                vmin=picture.low,
                vmax=max(picture.high, np.nextafter(picture.low, np.inf)),
                origin="lower",
                extent=(left, left + width, bottom, bottom + height),
                interpolation="nearest",
            )
            left, bottom, width, height = picture.shown_mm
            axes.set_xlim(left + width, left)  # radiological, as the window is by default
            axes.set_ylim(bottom, bottom + height)
            axes.set_facecolor("black")
            _letter(axes, picture.image)
            axes.set_title(picture.title, fontsize=8)
            if picture.colours != "gray":
                scale = figure.colorbar(drawn, ax=axes, shrink=0.7)
                scale.ax.tick_params(labelsize=6)
        line[0].annotate(
            title,
            (0, 0.5),
            xycoords="axes fraction",
            xytext=(-4, 0),
            textcoords="offset points",
            rotation=90,
            va="center",
            ha="right",
            fontsize=8,
        )
    return _png(figure)


def _letter(axes: Axes, image: SliceImage) -> None:
    """Write the orientation letters at the left and the right of a slice."""
    right, left, _, _ = image.letters
    for letter, place, side in ((left, 0.02, "left"), (right, 0.98, "right")):
        axes.text(
            place,
            0.5,
            letter,
            color=LETTERS,
            fontsize=7,
            ha=side,
            va="center",
            transform=axes.transAxes,
        )


def _shape(pictures: Sequence[MontageSlice]) -> float:
    """Height over width of the tallest slice."""
    return max(picture.shown_mm[3] / picture.shown_mm[2] for picture in pictures)


@dataclass(frozen=True)
class Panel:
    """A panel of lines.

    Attributes:
        title: Above it.
        across: The title of the axis of positions.
        up: The title of the axis of values.
        positions: Along the axis.
        lines: (name, values) of each line; None leaves a gap.
    """

    title: str
    across: str
    up: str
    positions: Sequence[float]
    lines: Sequence[tuple[str, Sequence[float | None]]]


LINES = (("#1f77b4", 1.4), ("0.5", 0.8), ("#d08a2e", 1.0))  # colour and width, by their order


def panels(rows: Sequence[Panel]) -> bytes:
    """Draw panels of lines beside each other.

    Args:
        rows: The panels, three in a row.

    Returns:
        The bytes of a PNG file.
    """
    columns = min(len(rows), 3)
    height = -(-len(rows) // columns)
    figure = Figure(figsize=(2.9 * columns, 2.4 * height), layout="constrained")
    every = figure.subplots(height, columns, squeeze=False).ravel()
    for axes in every:
        axes.set_axis_off()
    for axes, panel in zip(every, rows, strict=False):
        axes.set_axis_on()
        for (name, values), (colour, width) in zip(panel.lines, LINES, strict=False):
            shown = [float("nan") if value is None else value for value in values]
            axes.plot(panel.positions, shown, linewidth=width, color=colour, label=name)
        axes.set_title(panel.title, fontsize=8)
        axes.set_xlabel(panel.across, fontsize=8)
        axes.set_ylabel(panel.up, fontsize=8)
        axes.tick_params(labelsize=7)
        axes.grid(alpha=0.3)
        axes.legend(fontsize=7, frameon=False)
    return _png(figure)


def curves(scores: Scores, cubic: Scores | None, metric: str, title: str) -> bytes:
    """Draw a metric over the slices of each array axis.

    Args:
        scores: Of the candidate.
        cubic: Of the baseline, as a thin line; None without one.
        metric: The id of the metric.
        title: The title of the axis of values.

    Returns:
        The bytes of a PNG file.
    """
    figure = Figure(figsize=(8.6, 2.4), layout="constrained")
    panels = figure.subplots(1, 3, sharey=True)
    for axis, axes in enumerate(panels):
        axes.plot(_values(scores, axis, metric), linewidth=1.4, color="#1f77b4", label="candidate")
        if cubic is not None:
            axes.plot(
                _values(cubic, axis, metric), linewidth=0.8, color="0.5", label="cubic B-spline"
            )
        axes.set_xlabel(f"slice along {AXIS_NAMES[axis]}", fontsize=8)
        axes.tick_params(labelsize=7)
        axes.grid(alpha=0.3)
    panels[0].set_ylabel(title, fontsize=8)
    panels[0].legend(fontsize=7, frameon=False)
    return _png(figure)


def _values(scores: Scores, axis: Axis, metric: str) -> list[float]:
    """The score of each slice; NaN where there is none, which leaves a gap in the curve."""
    values = (row[metric] for row in scores.per_slice[axis])
    return [float("nan") if v is None or np.isinf(v) else v for v in values]


def _png(figure: Figure) -> bytes:
    out = BytesIO()
    figure.savefig(out, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    return out.getvalue()
