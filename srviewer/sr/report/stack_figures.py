"""Figures of the stacks of a join: where they were found, and how the others predict them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.slices.planes import Plane, slice_at
from srviewer.core.stacks.rigid import moved
from srviewer.core.volumes.volume import Volume
from srviewer.sr.report.page import Figure
from srviewer.sr.report.parts import levels
from srviewer.sr.stacks.joined import Joined, JoinedStack
from srviewer.sr.stacks.left_out import LeftOut

Tested = tuple[Volume, JoinedStack, LeftOut]


def stack_figures(stacks: Sequence[Volume], joined: Joined) -> list[Figure]:
    """One place in every stack, and the residual of each stack that was left out.

    Args:
        stacks: The stacks in the order in which they were joined.
        joined: The join.

    Returns:
        The figures; one only where no stack was left out.
    """
    pairs = list(zip(stacks, joined.stacks, strict=True))
    figures = [_one_place([_placed(*pair) for pair in pairs], joined.volume)]
    tested = [(scan, s, s.left_out) for scan, s in pairs if s.left_out is not None]
    return [*figures, _residuals(tested)] if tested else figures


def _placed(scan: Volume, stack: JoinedStack) -> Volume:
    """A stack where it was found, in the unit of the reference."""
    voxels = np.asarray(stack.gain * scan.voxels + stack.offset, np.float32)
    geometry = moved(scan.geometry, stack.moved)
    header = replace(scan.header, geometry=geometry, planes=None, padding=None)
    return header.with_voxels(voxels)


def _one_place(placed: Sequence[Volume], volume: Volume) -> Figure:
    """Each plane through the middle of the foreground: the stacks, then the joined volume."""
    from srviewer.sr.report.figures import MontageSlice, montage  # matplotlib takes a second

    low, high = levels(volume)
    seen = np.argwhere(volume_intensity(volume).foreground(volume.voxels))
    middle = volume.geometry.world(seen.mean(axis=0) if len(seen) else np.zeros(3))
    shown = [*((stack.name, stack) for stack in placed), ("joined", volume)]
    rows = []
    for plane in Plane:
        frame = slice_at(volume, plane, middle).extent_mm
        pictures = [
            MontageSlice(name, slice_at(image, plane, middle), low, high, frame_mm=frame)
            for name, image in shown
        ]
        rows.append((plane.title.lower(), pictures))
    caption = (
        "One place in three planes: each stack where it was found, then the joined volume, in the "
        "grey levels of the joined volume. Each image is cut along its own axes and shown as far "
        "as the joined volume reaches."
    )
    return Figure("stacks", caption, montage(rows))


def _residuals(tested: Sequence[Tested]) -> Figure:
    from srviewer.sr.report.figures import MontageSlice, montage

    rows = []
    for scan, stack, scores in tested:
        axis = scan.geometry.slice_axis
        plane = next(plane for plane in Plane if plane.normal_axis(scan.geometry) == axis)
        middle = scan.geometry.world((np.array(scan.geometry.shape) - 1) / 2)
        most = float(np.percentile(np.abs(scores.residual.voxels), 99.9)) or 1.0
        residual = slice_at(scores.residual, plane, middle)
        pictures = [
            MontageSlice("measured", slice_at(scan, plane, middle), *levels(scan)),
            MontageSlice("predicted minus measured", residual, -most, most, "RdBu_r"),
        ]
        rows.append((stack.name, pictures))
    caption = (
        "The middle slice of each stack, and how far the others, joined without it, miss it: "
        "motion and unequal contrast are in it as well as what they could not know."
    )
    return Figure("left-out", caption, montage(rows))
