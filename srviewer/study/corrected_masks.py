"""Masks that are corrected by hand: begun, written, read again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from srviewer import __version__
from srviewer.core.masks.correction import Correction, stored_type
from srviewer.core.masks.editable_mask import MOST_LABELS, editable
from srviewer.core.masks.label_volumes import label_volumes
from srviewer.core.regions.label_colours import default_colour
from srviewer.core.regions.labels import Label, LabelName, labels_of, named
from srviewer.core.volumes.volume import ScanHeader, Volume, Voxels
from srviewer.errors import UserError
from srviewer.io.export.image import write_image
from srviewer.io.labels.nifti_extensions import with_label_names
from srviewer.io.sidecars.exported_image import described, own_document
from srviewer.job import Job, within
from srviewer.sr.requests.label_maps import label_map
from srviewer.sr.requests.request import Request
from srviewer.study.state.held_file import also_held, held_in
from srviewer.study.state.overlay import FIRST, Overlay

BY_HAND = f"mask corrected by hand with srviewer {__version__}"


def begun(overlay: Overlay) -> Job[Overlay]:
    """Begin the correction of a mask or label map.

    Args:
        overlay: Its labels are listed; it may be under correction already.

    Returns:
        A job with the same overlay, its voxels in memory of their own.

    Raises:
        UserError: It is a map of values, or its values are no labels.
    """
    if overlay.correction is not None:
        return overlay
    if not overlay.labelled:
        raise UserError(f"'{overlay.volume.name}' is a map of values. Only masks are corrected.")
    try:
        mask = yield from editable(overlay.volume.voxels)
    except ValueError as error:
        raise UserError(
            f"'{overlay.volume.name}' holds other values than labels from 0 to {MOST_LABELS}. "
            "Only masks and label maps are corrected."
        ) from error
    volume = also_held(overlay.volume, replace(overlay.volume, voxels=mask.voxels))
    labels = overlay.labels or (FIRST,)
    correction = Correction(mask, 0, dict(mask.counts))
    return replace(overlay, volume=volume, labels=labels, correction=correction)


def empty_mask(header: ScanHeader, name: str) -> Job[Overlay]:
    """A new mask without any voxel set.

    Args:
        header: Of the volume on whose grid the mask lies.
        name: The name of the mask.

    Returns:
        A job with an overlay under correction that has one label.
    """
    voxels = np.zeros(header.geometry.shape, np.float32, order="F")
    plain = replace(
        header.derived_header(header.geometry, f"new mask on the grid of '{header.name}'", name),
        unit="",
        stored_as="uint8",
        warnings=(),
        padding=None,
        outside=None,
        origin=None,
        extensions=(),
    )
    return (yield from begun(Overlay(plain.with_voxels(voxels))))


def written_mask(overlay: Overlay, path: Path, overwrite: bool = False) -> Job[Path]:
    """Write a mask that is corrected, as it is after the last finished stroke.

    Its sidecar says that it was corrected by hand, and the volumes before and after.

    Args:
        overlay: Under correction. Its volume is noted as held in the file, unless strokes were
            finished or taken back meanwhile: the file has them.
        path: The image to write; its ending decides the format.
        overwrite: As in ``write_image``.

    Returns:
        A job with the path.

    Raises:
        UserError: As in ``write_image``.
        WouldReplace: As in ``write_image``.
    """
    assert overlay.correction is not None
    correction, held = overlay.correction, overlay.volume
    version, voxels = correction.mask.snapshot()
    if version != correction.version:
        overlay = yield from within(_recounted(overlay, voxels), 0.0, 0.1)
    volume = overlay.volume
    names = [LabelName(each.value, each.name, each.colour) for each in overlay.labels]
    history = (*(step for step in volume.history if step != BY_HAND), BY_HAND)
    extensions = with_label_names(volume.extensions, names)
    stored = replace(volume, voxels=voxels, history=history, extensions=extensions)
    details = {
        "labels": {str(each.value): each.name for each in overlay.labels if each.name},
        "corrected_by_hand": _volumes(overlay, correction),
    }
    yield from write_image(stored, path, {}, "original", details, overwrite)
    if version == correction.version:
        held_in(path, held)
    return path


def _recounted(overlay: Overlay, voxels: Voxels) -> Job[Overlay]:
    """An overlay with the labels of another version of its mask; those without a voxel stay."""
    volume = overlay.volume
    found = yield from labels_of(voxels, volume.geometry.spacing)
    names = [LabelName(each.value, each.name, each.colour) for each in overlay.labels]
    there = {each.value: each for each in named(found, names)}
    gone = {each.value: replace(each, voxels=0) for each in overlay.labels}
    stored_as = stored_type(volume.stored_as, max(there, default=0))
    labels = tuple(each for _, each in sorted((gone | there).items()))
    return replace(overlay, volume=replace(volume, stored_as=stored_as), labels=labels)


def corrected_again(
    overlay: Overlay, path: Path, before: Mapping[int, int], names: Sequence[LabelName]
) -> Job[Overlay]:
    """Go on with a mask that a session file names.

    Args:
        overlay: As it was read from its file.
        path: The file.
        before: Label -> voxels before the correction.
        names: Names and colours of its labels, of those without a voxel as well.

    Returns:
        A job with the overlay under correction, by the name that it had.
    """
    try:
        named = described(overlay.volume, own_document(path))
    except UserError:  # another program's, as loaded
        named = overlay.volume
    named = also_held(overlay.volume, named)
    labels = {each.value: each for each in (*_without_voxels(names), *overlay.labels)}
    listed = tuple(labels[value] for value in sorted(labels))
    again = yield from within(begun(replace(overlay, volume=named, labels=listed)), 0.0, 1.0)
    assert again.correction is not None
    return replace(again, correction=replace(again.correction, before=dict(before)))


def _without_voxels(names: Sequence[LabelName]) -> Iterator[Label]:
    for each in names:
        if not 0 < each.value <= MOST_LABELS:
            continue
        colour = default_colour(each.value) if each.colour is None else each.colour
        yield Label(each.value, each.name, colour, 0, (0, 0, 0))


def _volumes(overlay: Overlay, correction: Correction) -> list[dict[str, object]]:
    rows = label_volumes(
        overlay.labels,
        correction.before,
        {label.value: label.voxels for label in overlay.labels},
        overlay.volume.geometry.voxel_mm3,
    )
    return [
        {
            "label": row.value,
            "name": row.name,
            "voxels_before": row.before,
            "voxels": row.after,
            "ml_before": row.before_ml,
            "ml": row.after_ml,
        }
        for row in rows
        if row.value
    ]


def carried(overlay: Overlay, scan: Volume, request: Request) -> Job[Overlay]:
    """Carry a mask from the grid of the scan to that of its result, each label with its volume.

    Args:
        overlay: On the grid of the scan, under correction or not.
        scan: The scan.
        request: The reconstruction that leads to the grid of the result.

    Returns:
        A job with a new mask under correction, whose voxels before are those that it begins with.

    Raises:
        UserError: As in ``label_map``.
    """
    volume = overlay.volume
    if overlay.correction is not None:
        volume = replace(volume, voxels=overlay.correction.mask.snapshot()[1])
    thin = yield from within(label_map(volume, scan, request), 0.0, 0.8)
    labels = yield from within(labels_of(thin.voxels, thin.geometry.spacing), 0.8, 0.9)
    names = [LabelName(each.value, each.name, each.colour) for each in overlay.labels]
    drawn = Overlay(
        thin, overlay.opacity or 0.5, labels=named(labels, names), outlined=overlay.outlined
    )
    return (yield from within(begun(drawn), 0.9, 1.0))
