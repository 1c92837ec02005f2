"""A mask under correction at one version: with the stroke that led there, and as it was loaded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from srviewer.core.masks.editable_mask import EditableMask, Stroke
from srviewer.core.regions.label_colours import default_colour
from srviewer.core.regions.labels import Index, Label


@dataclass(frozen=True, eq=False)
class Correction:
    """One version of a mask that is corrected. The versions share their voxels.

    Attributes:
        mask: The voxels, which all versions share.
        version: Which version of ``mask`` this is.
        before: Label -> voxels as loaded.
        stroke: What led here from the version before; None for the mask as loaded.
    """

    mask: EditableMask
    version: int
    before: Mapping[int, int]
    stroke: Stroke | None = None

    def after(self, stroke: Stroke) -> "Correction":
        """The version after a stroke that the mask has made.

        Args:
            stroke: The last of ``mask``.

        Returns:
            The next version.
        """
        return replace(self, version=self.version + 1, stroke=stroke)

    def lead_to(self, wanted: "Correction") -> None:
        """Take the last stroke back, or make the next one again.

        Args:
            wanted: The version before or after this one; any other changes nothing.
        """
        if wanted.version == self.version - 1 and self.stroke is not None:
            self.mask.take_back(self.stroke)
        elif wanted.version == self.version + 1 and wanted.stroke is not None:
            self.mask.apply(wanted.stroke)


def counted_again(labels: Sequence[Label], mask: EditableMask, stroke: Stroke) -> tuple[Label, ...]:
    """Labels with their present numbers of voxels.

    Args:
        labels: Those of the mask before a stroke.
        mask: After the stroke.
        stroke: The stroke.

    Returns:
        The labels by their values; those without a voxel stay, and those that came are added.
    """
    counts = mask.counts
    known = {label.value: label for label in labels}
    for value in counts.keys() - known.keys():
        known[value] = Label(value, "", default_colour(value), 0, (0, 0, 0))
    return tuple(
        replace(
            known[value],
            voxels=counts.get(value, 0),
            inside=_inside(known[value], mask, stroke),
        )
        for value in sorted(known)
    )


def _inside(label: Label, mask: EditableMask, stroke: Stroke) -> Index:
    """The voxel that a label is gone to at: the same while it has the label, else another."""
    if mask.voxels[label.inside] == label.value:
        return label.inside
    drawn = stroke.places[stroke.after == label.value]
    if drawn.size and mask.voxels.reshape(-1, order="F")[drawn[drawn.size // 2]] == label.value:
        i, j, k = np.unravel_index(int(drawn[drawn.size // 2]), mask.shape, order="F")
        return int(i), int(j), int(k)
    return mask.any_voxel(label.value, label.inside[2]) or label.inside


def stored_type(stored_as: str, largest: int) -> str:
    """The integer type that a mask is stored in.

    Args:
        stored_as: Numpy's name of the type that its file held.
        largest: Its largest label.

    Returns:
        That type where it is of whole numbers and holds the label, else uint8 or uint16.
    """
    kept = np.dtype(stored_as)
    if kept.kind in "iu" and largest <= np.iinfo(kept).max:
        return kept.name
    return "uint8" if largest <= np.iinfo(np.uint8).max else "uint16"
