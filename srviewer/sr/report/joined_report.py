"""The report of a joined volume: slices, what was found of each stack, leave one stack out."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.intensity.window import robust_window
from srviewer.core.slices.planes import Plane, slice_at
from srviewer.core.stacks.rigid import moved
from srviewer.core.volumes.volume import Volume
from srviewer.job import Job, Progress
from srviewer.sr.report.joined_tables import (
    FOUND_HEAD,
    FOUND_NOTE,
    LEFT_OUT_HEAD,
    LEFT_OUT_NOTE,
    found_rows,
    left_out_rows,
)
from srviewer.sr.report.page import Figure, Page, Table
from srviewer.sr.report.report import card_tables, grid_text
from srviewer.sr.report.settings import settings_table
from srviewer.sr.stacks.joined import Joined, JoinedStack
from srviewer.sr.stacks.left_out import LeftOut

DRAWING = "Drawing the report"


def joined_report(stacks: Sequence[Volume], joined: Joined) -> Job[Page]:
    """The report of a joined volume.

    Args:
        stacks: The stacks, in the order in which they were joined.
        joined: The result.

    Returns:
        A job whose result is the page.
    """
    yield Progress(0.0, DRAWING)
    placed = [_placed(scan, stack) for scan, stack in zip(stacks, joined.stacks, strict=True)]
    figures = [_slices(placed, joined.volume)]
    tested = [
        (scan, stack, stack.left_out)
        for scan, stack in zip(stacks, joined.stacks, strict=True)
        if stack.left_out is not None
    ]
    if tested:
        yield Progress(0.5, DRAWING)
        figures.append(_residuals(tested))
        figures.append(_curves(tested))
    yield Progress(0.9, DRAWING)
    provenance = {key: value for key, value in joined.provenance().items() if key != "stacks"}
    found, left_out = tuple(found_rows(joined)), tuple(left_out_rows(joined))
    tables = [_summary(joined), Table("Each stack", FOUND_HEAD, found, f"{FOUND_NOTE}.")]
    if left_out:
        tables.append(Table("Leave one stack out", LEFT_OUT_HEAD, left_out, LEFT_OUT_NOTE))
    tables += [settings_table(provenance), *card_tables(joined.model)]
    reference = joined.stacks[joined.request.reference].name
    title = f"{len(stacks)} stacks joined onto {reference}"
    return Page(title, joined.warnings, tuple(tables), tuple(figures))


def _summary(joined: Joined) -> Table:
    made = "the reference's own result: joining gained nothing" if joined.is_single else "joined"
    rows = [
        ("result", made),
        ("grid", grid_text(joined.volume)),
        ("reference", joined.stacks[joined.request.reference].name),
        ("read with care", "detail that no stack measured is estimated, as in a single result"),
    ]
    return Table("In short", ("", ""), tuple(rows))


def _placed(scan: Volume, stack: JoinedStack) -> Volume:
    """A stack where it was found, in the unit of the reference."""
    voxels = np.asarray(stack.gain * scan.voxels + stack.offset, np.float32)
    header = replace(scan.header, geometry=moved(scan.geometry, stack.moved), padding=None)
    return replace(header, planes=None).with_voxels(voxels)


def _slices(placed: Sequence[Volume], volume: Volume) -> Figure:
    """Each plane through the middle of the foreground: the stacks, then the joined volume."""
    from srviewer.sr.report.figures import MontageSlice, montage  # matplotlib takes a second

    window = robust_window(volume.voxels, volume.padding)
    seen = np.argwhere(volume_intensity(volume).foreground(volume.voxels))
    middle = volume.geometry.world(seen.mean(axis=0) if len(seen) else np.zeros(3))
    shown = [*((stack.name, stack) for stack in placed), ("joined", volume)]
    rows = []
    for plane in Plane:
        frame = slice_at(volume, plane, middle).extent_mm
        pictures = [
            MontageSlice(
                name, slice_at(image, plane, middle), window.low, window.high, frame_mm=frame
            )
            for name, image in shown
        ]
        rows.append((plane.title.lower(), pictures))
    caption = (
        "One place in three planes: each stack where it was found, then the joined volume, in the "
        "grey levels of the joined volume. Each image is cut along its own axes and shown as far "
        "as the joined volume reaches."
    )
    return Figure("montage", caption, montage(rows))


def _residuals(tested: Sequence[tuple[Volume, JoinedStack, LeftOut]]) -> Figure:
    from srviewer.sr.report.figures import MontageSlice, montage

    rows = []
    for scan, stack, scores in tested:
        plane = next(p for p in Plane if p.normal_axis(scan.geometry) == scan.geometry.slice_axis)
        middle = scan.geometry.world((np.array(scan.geometry.shape) - 1) / 2)
        window = robust_window(scan.voxels, scan.padding)
        most = max(float(np.percentile(np.abs(scores.residual.voxels), 99.9)), 1e-6)
        measured = slice_at(scan, plane, middle)
        residual = slice_at(scores.residual, plane, middle)
        pictures = [
            MontageSlice("measured", measured, window.low, window.high),
            MontageSlice("predicted minus measured", residual, -most, most, "RdBu_r"),
        ]
        rows.append((stack.name, pictures))
    caption = (
        "The middle slice of each stack, and how far the others, joined without it, miss it: "
        "motion and unequal contrast are in it as well as what they could not know."
    )
    return Figure("left-out", caption, montage(rows))


def _curves(tested: Sequence[tuple[Volume, JoinedStack, LeftOut]]) -> Figure:
    from srviewer.sr.report.figures import Curve, Panel, line_panels

    panels = []
    for _, stack, scores in tested:
        numbers = list(range(len(scores.slices)))
        panels.append(
            Panel(
                f"{stack.name} left out",
                "slice",
                "PSNR, dB",
                (
                    Curve("the others joined", numbers, _gaps(r.joined for r in scores.slices)),
                    Curve("cubic", numbers, _gaps(r.cubic for r in scores.slices)),
                    Curve("best other alone", numbers, _gaps(r.single for r in scores.slices)),
                ),
            )
        )
        bands = [band.per_mm for band in scores.coherence]
        panels.append(
            Panel(
                f"{stack.name} left out",
                "cycles per mm",
                "coherence",
                (
                    Curve("the others joined", bands, [b.joined for b in scores.coherence]),
                    Curve("cubic", bands, [b.cubic for b in scores.coherence]),
                    Curve("best other alone", bands, [b.single for b in scores.coherence]),
                ),
            )
        )
    caption = (
        "Left: PSNR of each slice. Right: how far prediction and measurement agree by spatial "
        "frequency within the slices (1: they agree, 0: they have nothing in common)."
    )
    return Figure("left-out-curves", caption, line_panels(panels, columns=2))


def _gaps(values: Iterable[float | None]) -> list[float]:
    """NaN where there is no value, which leaves a gap in the curve."""
    return [float("nan") if value is None else value for value in values]
