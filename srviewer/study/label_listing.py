"""Reading of an overlay with the list of its labels."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from srviewer.core.regions.labels import LabelName, labels_of, named
from srviewer.io import formats
from srviewer.io.labels.colour_tables import read_label_table
from srviewer.io.labels.label_names import names_with
from srviewer.job import Job, Progress, within
from srviewer.study.state.held_file import read_from
from srviewer.study.state.overlay import Overlay, overlay_of


def read_overlay(path: Path) -> Job[Overlay]:
    """Read a volume as an overlay, with the names and colours of labels that come with its file.

    Args:
        path: A file in one of the formats that can be opened.

    Returns:
        A job with the overlay.

    Raises:
        UserError: The file cannot be read.
    """
    volume = yield from within(read_from(path, formats.read(path)), 0.0, 0.6)
    return (yield from within(with_labels(overlay_of(volume), path), 0.6, 1.0))


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
