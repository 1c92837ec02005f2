"""Label map transfer: a label map or mask on the grid of its scan's result."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from srviewer.core.comparison.belonging import check_belongs
from srviewer.core.comparison.grid_difference import grid_difference
from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.percentage import percentage
from srviewer.core.regions.label_maps import TOLERANCE, refined_labels, volume_error
from srviewer.core.resampling.extended import extended
from srviewer.core.resampling.reorient import on_grid
from srviewer.core.volumes.volume import ScanHeader, Volume, is_segmentation
from srviewer.errors import UserError
from srviewer.job import Job, within
from srviewer.sr.requests.request import Request

LARGEST_LABEL = 2**24  # beyond it, whole numbers do not fit into float32


def label_map(labels: Volume, scan: ScanHeader, request: Request) -> Job[Volume]:
    """Transfer a label map to the grid that a request leads to, each label with its volume.

    Args:
        labels: Drawn on the grid of the scan; it may be stored along other axes, and a segmentation
            may leave empty slices out.
        scan: The scan.
        request: The reconstruction; its steps refine the labels, too.

    Returns:
        A job whose result is the label map on the refined grid, along the axes of the scan; whole
        numbers as float32.

    Raises:
        UserError: The labels are of another person, lie on another grid, are no whole numbers or
            too large, the request resamples its result, the scan has missing slices, or volumes
            change by more than ``TOLERANCE``.
    """
    check_belongs(labels, scan)
    placed = yield from within(on_grid(labels, scan.geometry), 0.0, 0.05)
    placed = extended(labels, scan.geometry) if placed is None else placed
    if placed is None:
        raise UserError(
            f"'{labels.name}' does not lie on the grid of '{scan.name}': "
            f"{grid_difference(labels.geometry, scan.geometry)}. Give labels that were drawn on "
            "this scan."
        )
    _check(placed, scan, request)
    result = placed
    for number, (axis, factor) in enumerate(request.steps):
        before = np.rint(result.voxels).astype(np.int32)
        job = refined_labels(before, axis, factor, result.geometry.spacing)
        span = (0.05 + 0.95 * (number + n) / len(request.steps) for n in (0, 1))
        after = yield from within(job, *span)
        error = volume_error(before, after, factor)
        step = (
            f"labels refined by {factor} along {AXIS_NAMES[axis]}, shape-based; volumes kept "
            f"within {percentage(max(error, 0), 2)}"
        )
        geometry = result.geometry.refined(axis, factor)
        result = result.derived(after.astype(np.float32), geometry, step)
        if error > TOLERANCE:
            raise UserError(
                f"{_doubt(labels)}The volumes of '{labels.name}' could not be kept within "
                f"{percentage(TOLERANCE)} ({percentage(error, 1)}): a label has too little room "
                "among its neighbours. Use --method nearest for it."
            )
    name = f"{labels.name} (thin)"
    return replace(result, name=name, slice_thickness=None, space=scan.space)


def label_provenance(result: Mapping[str, Any], labels: ScanHeader) -> dict[str, Any]:
    """The provenance of transferred labels.

    Args:
        result: The provenance of the scan's result.
        labels: The label map as it was read.

    Returns:
        The provenance of the result, with the file of the labels as source and the scan's as
        ``scan_sources`` and ``scan_sha256``.
    """
    scan = {"scan_sources": result.get("sources"), "scan_sha256": result.get("source_sha256")}
    return {**result, **({} if labels.source is None else labels.source.described()), **scan}


def _doubt(labels: ScanHeader) -> str:
    """A sentence for what is no label map by its voxels, "" for one that is."""
    if is_segmentation(labels.warnings):
        return ""
    return f"'{labels.name}' looks like a scan and not like a label map. "


def _check(labels: Volume, scan: ScanHeader, request: Request) -> None:
    if scan.planes is not None:
        raise UserError("Labels cannot go along with a scan that has missing or uneven slices.")
    if request.isotropic:
        raise UserError("Labels go along onto the refined grid. Leave out --isotropic.")
    voxels = labels.voxels
    if np.any(voxels != np.rint(voxels)) or np.abs(voxels).max() > LARGEST_LABEL:
        raise UserError(f"'{labels.name}' holds values that are no whole numbers: no label map.")
