"""The segments of an NRRD segmentation of 3D Slicer, whose layers may overlap."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from srviewer.core.regions.layers import Layers, TooManyLayers, whole_planes
from srviewer.core.volumes.volume import ScanWarning, Volume, Voxels
from srviewer.errors import UserError
from srviewer.io.scans.segments import Segments
from srviewer.io.scans.series import check_frame
from srviewer.io.stored_voxels import StoredVoxels
from srviewer.io.text_headers.described_image import DescribedImage, Segment
from srviewer.job import Job, within

SEGMENTATION = ScanWarning(
    "segmentation",
    "The file's header names segments: this is a segmentation, not a scan. Reconstruct the scan "
    "itself.",
)


def numbered(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Give segments values that distinguish them in one label map.

    Args:
        segments: The segments of a header; those of two layers may have one value.

    Returns:
        The same segments, with the values of the header where those are distinct, else 1, 2 and so
        on in their order.
    """
    values = [segment.label.value for segment in segments]
    if len(set(values)) == len(values):
        return tuple(segments)
    return tuple(
        replace(segment, label=replace(segment.label, value=number + 1))
        for number, segment in enumerate(segments)
    )


@dataclass(frozen=True, eq=False)
class SegmentLayers:
    """The layers of a segmentation, whose voxels are still in their file.

    Attributes:
        image: The image by its header.
        stored: The storage of the layers.
    """

    image: DescribedImage
    stored: StoredVoxels

    @property
    def warnings(self) -> tuple[ScanWarning, ...]:
        """The warnings of the header."""
        return (SEGMENTATION, *self.stored.warnings)

    def segments(self) -> Segments:
        """The segments to choose from."""
        names = tuple(segment.label for segment in numbered(self.image.segments))
        return Segments(names, self.read)

    def read_all(self, frame: int) -> Job[Volume]:
        """Read all segments as one label map.

        Args:
            frame: The number of the volume, which is 0.

        Returns:
            The label map.

        Raises:
            UserError: Segments overlap, or the voxels cannot be read.
        """
        check_frame(self.stored.name, frame, 1)
        segments = self.segments()
        volumes = yield from self.read(segments.values)
        return segments.as_one(volumes, self.image.path.name)

    def read(self, wanted: Sequence[int]) -> Job[tuple[Volume, ...]]:
        """Read some segments as the fewest label maps in which no two overlap.

        Args:
            wanted: Values of segments.

        Returns:
            At least one label map.

        Raises:
            UserError: The voxels cannot be read, or fill the memory.
        """
        count = self.image.frames
        i, j, k = self.image.shape
        layers = Layers((k, j, i))
        volume: Volume | None = None
        for layer in range(count):
            span = layer / count, (layer + 1) / count
            volume = yield from within(self.stored.read(layer), *span)
            self._enter(layers, layer, volume.voxels, frozenset(wanted))
        assert volume is not None
        maps = layers.volumes or [np.zeros(layers.shape, np.float32)]
        return tuple(self._volume(volume, voxels) for voxels in maps)

    def _enter(self, layers: Layers, layer: int, voxels: Voxels, wanted: frozenset[int]) -> None:
        own = numbered(self.image.segments)
        for stated, segment in zip(self.image.segments, own, strict=True):
            if segment.layer != layer or segment.label.value not in wanted:
                continue
            try:
                layers.enter(segment.label.value, whole_planes((voxels == stated.label.value).T))
            except TooManyLayers as error:
                raise UserError(
                    f"Too many segments of '{self.image.path.name}' overlap to be shown at once. "
                    f"Choose some of them: it has {self.segments().listed()}."
                ) from error

    def _volume(self, read: Volume, images: Voxels) -> Volume:
        volume = read.header.with_voxels(images.transpose(2, 1, 0))
        of_end = (w for w in read.warnings if w.code == "trailing_bytes")
        warnings = dict.fromkeys((*self.warnings, *of_end))
        return replace(volume, name=self.stored.name, warnings=tuple(warnings), outside=0.0)
