"""A mask, label map or map of values over the slices of a scan."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from srviewer.core.intensity.padding import measured_voxels
from srviewer.core.intensity.window import Window, window_of_values
from srviewer.core.masks.correction import Correction, counted_again, stored_type
from srviewer.core.masks.editable_mask import MOST_LABELS, Stroke
from srviewer.core.regions.label_colours import default_colour
from srviewer.core.regions.labels import Label
from srviewer.core.volumes.volume import Volume, is_segmentation

MOST_DIFFERENT = 4096  # labels of a label map
# Any whole numbers up to these are taken for labels; others where the voxels form regions, too.
FEW_DIFFERENT, SMALL_LABELS = 256, 4096
FIRST = Label(1, "", default_colour(1), 0, (0, 0, 0))  # the label that a new mask begins with


@dataclass(frozen=True, eq=False)
class Overlay:
    """A volume drawn over every pane, wherever it lies in mm.

    Attributes:
        volume: labels, or values in its own unit.
        opacity: 0..1.
        window: the values between which its colours run; None for labels.
        threshold: values below it are not drawn; unused for labels.
        labels: its labels with names and colours; empty for values, and while they are not counted.
        hidden: the labels that are not drawn.
        outlined: whether labels are drawn as outlines instead of filled.
        correction: the version of a mask that is corrected by hand, whose voxels ``volume`` has;
            None for others.

    """

    volume: Volume
    opacity: float = 0.5
    window: Window | None = None
    threshold: float = 0.0
    labels: tuple[Label, ...] = ()
    hidden: frozenset[int] = frozenset()
    outlined: bool = False
    correction: Correction | None = None

    @property
    def labelled(self) -> bool:
        """Whether its values are labels, each with a colour of its own."""
        return self.window is None

    @property
    def has_work(self) -> bool:
        """Whether a mask under correction has voxels, strokes, or labels that the user named."""
        usual = [replace(label, voxels=0, inside=(0, 0, 0)) for label in self.labels] == [FIRST]
        strokes = self.correction is not None and self.correction.version > 0
        return strokes or not usual or any(label.voxels for label in self.labels)

    def label_at(self, world_mm: npt.ArrayLike) -> Label | None:
        """The label at a position.

        Args:
            world_mm: (3,) RAS+ mm.

        Returns:
            The label; None outside the volume, on 0, on a hidden label, and for values.
        """
        index = np.floor(self.volume.geometry.index(world_mm) + 0.5).astype(int)
        if not self.labels or (index < 0).any() or (index >= self.volume.geometry.shape).any():
            return None
        value = round(float(self.volume.voxels[tuple(index)]))
        shown = (label for label in self.labels if label.value not in self.hidden)
        return next((label for label in shown if label.value == value), None)

    def showing(self, value: int, shown: bool) -> "Overlay":
        """Show or hide a label.

        Args:
            value: The label.
            shown: Whether it is drawn.

        Returns:
            The overlay with this label shown or hidden.
        """
        hidden = self.hidden - {value} if shown else self.hidden | {value}
        return replace(self, hidden=hidden)

    def drawn_on(self, stroke: Stroke) -> "Overlay":
        """The overlay after a stroke that the mask of its correction has made.

        Args:
            stroke: The last of the mask.

        Returns:
            The overlay of the next version, whose labels are counted again; those that were painted
            are shown.
        """
        assert self.correction is not None
        correction = self.correction.after(stroke)
        labels = counted_again(self.labels, correction.mask, stroke)
        largest = max((label.value for label in labels), default=0)
        volume = replace(
            self.volume,
            voxels=correction.mask.voxels,
            stored_as=stored_type(self.volume.stored_as, largest),
        )
        hidden = self.hidden - set(map(int, np.unique(stroke.after)))
        return replace(self, volume=volume, labels=labels, hidden=hidden, correction=correction)

    def seen_at(self, opacity: float) -> "Overlay":
        """Change the opacity.

        Args:
            opacity: Clipped to 0..1.

        Returns:
            The same overlay with this opacity.
        """
        return replace(self, opacity=min(max(opacity, 0.0), 1.0))


def overlay_of(volume: Volume) -> Overlay:
    """Make an overlay of a volume: labels for whole numbers from 0 like them, else a map of values.

    Args:
        volume: The volume, in its own unit. Where its labels are many or large, as those of
            FreeSurfer's atlases, its warnings say that its voxels are regions or what its name is.

    Returns:
        The overlay; a map gets a window, and a threshold at a tenth of its width.
    """
    sample = volume.voxels[tuple(slice(None, None, max(1, n // 64)) for n in volume.voxels.shape)]
    if (sample == np.rint(sample)).all() and _are_labels(volume, len(np.unique(sample))):
        return Overlay(volume)
    seen = measured_voxels(sample, volume.padding)
    window = window_of_values(seen if seen.size else sample)
    threshold = max(0.0, window.low + 0.1 * window.width)  # of the magnitude
    return Overlay(volume, window=window, threshold=threshold)


def _are_labels(volume: Volume, different: int) -> bool:
    """Whether whole numbers are labels: more and larger ones may be an image stored as integers."""
    least, most = float(volume.voxels.min()), float(volume.voxels.max())
    if least < 0 or most > MOST_LABELS or different > MOST_DIFFERENT:
        return False
    return (different <= FEW_DIFFERENT and most <= SMALL_LABELS) or is_segmentation(volume.warnings)
