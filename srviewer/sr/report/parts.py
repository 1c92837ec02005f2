"""Parts that reports of several kinds have: tables, slices to show, grey levels."""

import numpy as np

from srviewer.core.comparison.comparison import Scores
from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.window import automatic_window
from srviewer.core.percentage import percentage
from srviewer.core.scores.metrics import METRICS, ranking_metric
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.nn.models.model_file import Model
from srviewer.sr.models.available_models import mean_gains
from srviewer.sr.report.page import Table

SIDES = {
    Plane.AXIAL: "The patient's right is on the left.",
    Plane.CORONAL: "The patient's right is on the left.",
    Plane.SAGITTAL: "The patient's front is on the left.",
}


def cutting_plane(volume: ScanHeader, thick: Axis) -> Plane:
    """The first plane whose slices hold the thick axis.

    Args:
        volume: The image.
        thick: Its array axis.

    Returns:
        The plane.
    """
    return next(plane for plane in Plane if plane.normal_axis(volume.geometry) != thick)


def middle_of(volume: ScanHeader, axis: Axis, number: int) -> np.ndarray:
    """The middle of a slice.

    Args:
        volume: The image.
        axis: The array axis across the slices.
        number: Of the slice, from 0.

    Returns:
        (3,) RAS+ mm.
    """
    index = (np.array(volume.geometry.shape) - 1) / 2.0
    index[axis] = number
    return volume.geometry.world(index)


def levels(volume: Volume) -> tuple[float, float]:
    """The grey levels of the slices of a volume.

    Args:
        volume: The volume.

    Returns:
        The values that are drawn black and white.
    """
    window = automatic_window(volume)
    return window.low, window.high


def share_words(value: float) -> str:
    """A share as a percentage.

    Args:
        value: 0..1.

    Returns:
        Such as "0.123 %".
    """
    return percentage(value, 3) if value >= 1e-5 or value == 0 else "under 0.001 %"


def grid_words(volume: ScanHeader) -> str:
    """Describe a grid.

    Args:
        volume: The image.

    Returns:
        Its shape and the size of its voxels.
    """
    shape = " x ".join(map(str, volume.geometry.shape))
    return f"{shape} voxels of {' x '.join(f'{mm:.3g}' for mm in volume.geometry.spacing)} mm"


def scores_table(scores: Scores, cubic: Scores | None) -> Table:
    """The scores of a volume beside those of cubic interpolation.

    Args:
        scores: Of the volume.
        cubic: Of the interpolation; None without it.

    Returns:
        The table.
    """
    head = ("", "candidate") + (() if cubic is None else ("cubic B-spline",))
    rows = []
    for metric in METRICS:
        cells = [metric.text(scores.whole[metric.id])]
        if cubic is not None:
            cells.append(metric.text(cubic.whole[metric.id]))
        rows.append((metric.heading, *cells))
    return Table(f"Scores against {scores.meaning}", head, tuple(rows))


def model_card(model: Model | None) -> tuple[Table, ...]:
    """The card of a model.

    Args:
        model: The model; None for interpolation.

    Returns:
        One table, or none.
    """
    if model is None:
        return ()
    rows = [
        ("name", model.name),
        ("network", f"{model.spec.title}, {model.parameters:,} parameters"),
        ("factors", ", ".join(map(str, model.factors))),
        ("trained on", ", ".join(model.plan.train) or "not said"),
        ("licences", "; ".join(f"{n}: {text}" for n, text in model.licences.items()) or "not said"),
        ("file", f"sha256 {model.sha256}"),
    ]
    for factor, gain in mean_gains(model.scores).items():
        shown = ranking_metric().gain_text(gain)
        rows.append((f"gain at factor {factor}", f"{shown} over cubic, other subjects' scans"))
    return (Table("Model card", ("", ""), tuple(rows)),)
