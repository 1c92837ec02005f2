"""Reading of an overlay with the list of its labels."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from srviewer.core.regions.labels import LabelName, labels_of, named
from srviewer.core.volumes.volume import Volume
from srviewer.io import formats
from srviewer.io.files.content import stamp_of
from srviewer.io.labels.colour_tables import read_label_table
from srviewer.io.labels.label_names import names_with
from srviewer.job import Job, Progress, within
from srviewer.study.state.held_file import held_in
from srviewer.study.state.overlay import Overlay, overlay_of


def read_overlays(path: Path) -> Job[tuple[Overlay, ...]]:
    """Read a volume as an overlay, with the names and colours of labels that come with its file.

    Args:
        path: A file in one of the formats that can be opened.

    Returns:
        A job with the overlay; of a segmentation whose segments overlap, with several in each of
        which no two segments do.

    Raises:
        UserError: The file cannot be read.
    """
    volumes, names = yield from within(read_volumes(path), 0.0, 0.6)
    overlays = []
    for layer, volume in enumerate(volumes):
        span = 0.6 + 0.4 * layer / len(volumes), 0.6 + 0.4 * (layer + 1) / len(volumes)
        labelled = with_labels(overlay_of(volume), path, names)
        overlays.append((yield from within(labelled, *span)))
    return tuple(overlays)


def read_volumes(path: Path) -> Job[tuple[tuple[Volume, ...], tuple[LabelName, ...] | None]]:
    """Read the volumes of an overlay, and note that the file holds them.

    Args:
        path: A file in one of the formats that can be opened.

    Returns:
        A job with the volume, or the label maps of a segmentation; and the names of its segments,
        None where the file has none of its own.

    Raises:
        UserError: The file cannot be read.
    """
    stamp = stamp_of(path)
    listing = yield from within(formats.scan([path]), 0.0, 0.3)
    series = listing.series[0]
    if series.segments is None:
        volume = yield from within(series.read(0), 0.3, 1.0)
        return (held_in(path, volume, stamp),), None
    volumes = yield from within(series.segments.read(series.segments.values), 0.3, 1.0)
    for layer, label_map in enumerate(volumes):
        held_in(path, label_map, stamp, layer)
    return volumes, series.segments.names


def read_names(path: Path) -> Job[tuple[LabelName, ...]]:
    """Read a table of label names.

    Args:
        path: A table as ``read_label_table`` reads it.

    Returns:
        A job with at least one name.

    Raises:
        UserError: The file cannot be read, or holds no label.
    """
    yield Progress(0.0, f"Reading {path.name}")
    return read_label_table(path)


def with_labels(
    overlay: Overlay, path: Path, names: Sequence[LabelName] | None = None
) -> Job[Overlay]:
    """List the labels of an overlay.

    Args:
        overlay: An overlay; a map of values stays as it is.
        path: Its file.
        names: The names of its labels; None for those that come with the file.

    Returns:
        A job with the same overlay and its labels.
    """
    if not overlay.labelled:
        return overlay
    labels = yield from labels_of(overlay.volume.voxels, overlay.volume.geometry.spacing)
    known = names_with(path) if names is None else names
    return replace(overlay, labels=named(labels, known))
