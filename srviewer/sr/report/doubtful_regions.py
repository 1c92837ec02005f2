"""The regions most likely wrong in a report: a table, and the scan beside the result in each."""

from dataclasses import replace
from typing import Any

from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.percentage import percentage
from srviewer.core.slices.planes import Plane, SliceImage, pane_position, slice_at
from srviewer.core.volumes.volume import Volume
from srviewer.sr.report.page import Figure, Table
from srviewer.sr.results.doubts import REGIONS_NOTE, DoubtfulRegion, Doubts
from srviewer.sr.results.reconstruction import Reconstruction

HALF_MM = 20.0  # of the picture of a region, around its middle
IN_A_ROW = 2  # regions, each with two pictures
HEAD = ("", "position, mm (RAS+)", "slices", "of the scan", "the planes differ by")


def regions_table(doubts: Doubts, result: Reconstruction) -> Table:
    """The table of the regions most likely wrong.

    Args:
        doubts: Of the result.
        result: The result.

    Returns:
        A row for each region.
    """
    unit = f" {result.volume.unit}".rstrip()
    rows = (
        (
            str(number),
            ", ".join(f"{mm:.1f}" for mm in region.position_mm),
            ", ".join(f"{p.value} {n}" for p, n in zip(Plane, region.slices, strict=True)),
            f"{AXIS_NAMES[result.request.axis]} {region.scan_slice}",
            f"{percentage(region.share, 1)} of R ({region.disagreement:.4g}{unit})",
        )
        for number, region in enumerate(doubts.regions, 1)
    )
    return Table("Regions most likely wrong", HEAD, tuple(rows))


def regions_figure(
    scan: Volume,
    result: Reconstruction,
    doubts: Doubts,
    plane: Plane,
    levels: tuple[float, float],
) -> Figure:
    """The scan beside the result in each region.

    Args:
        scan: The scan.
        result: The result.
        doubts: Of the result, with a region at least.
        plane: Of the pictures; it holds the thick axis.
        levels: The values that are drawn black and white.

    Returns:
        The figure.
    """
    from srviewer.sr.report.figures import MontageSlice, montage  # matplotlib loads for a second

    def pictures(number: int, region: DoubtfulRegion) -> list[MontageSlice]:
        volumes = (f"{number}: scan", scan), (f"{number}: result", result.volume)
        return [MontageSlice(title, _around(v, plane, region), *levels) for title, v in volumes]

    numbered = list(enumerate(doubts.regions, 1))
    rows: list[tuple[str, list[Any]]] = []
    for start in range(0, len(numbered), IN_A_ROW):
        of_row = numbered[start : start + IN_A_ROW]
        rows.append(("", [picture for entry in of_row for picture in pictures(*entry)]))
    caption = (
        f"The regions most likely wrong, scan beside result, {2 * HALF_MM:.0f} mm around each "
        f"({plane.value}). {REGIONS_NOTE}"
    )
    return Figure("regions", caption, montage(rows))


def _around(volume: Volume, plane: Plane, region: DoubtfulRegion) -> SliceImage:
    """The part of a slice around a region."""
    image = slice_at(volume, plane, region.position_mm)
    left, bottom, width, height = image.extent_mm
    rows, columns = image.pixels.shape
    x, y = pane_position(volume.geometry, plane, region.position_mm)
    across, up = width / columns, height / rows
    first, last = _span(x - left, across, columns)
    low, high = _span(y - bottom, up, rows)
    return replace(
        image,
        pixels=image.pixels[low:high, first:last],
        extent_mm=(
            left + first * across,
            bottom + low * up,
            (last - first) * across,
            (high - low) * up,
        ),
    )


def _span(middle_mm: float, spacing: float, count: int) -> tuple[int, int]:
    """The first pixel and the one after the last within ``HALF_MM`` of a point."""
    first = max(0, round((middle_mm - HALF_MM) / spacing))
    return first, min(count, max(first + 1, round((middle_mm + HALF_MM) / spacing)))
