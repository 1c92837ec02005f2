"""The pixels of a DICOM segmentation as label maps, on the grid of its frames."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np

from srviewer.core.regions.layers import Layers, Plane, TooManyLayers
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.volume import ScanWarning, Volume, Voxels
from srviewer.errors import UserError
from srviewer.io.dicom.elements.file_bytes import DicomBytes
from srviewer.io.dicom.headers.stored_pixels import PixelFile
from srviewer.io.dicom.pixels.decoding import Frames, Pixels, decoded_frames
from srviewer.io.dicom.segmentations.segmentation import Segmentation, SegmentFrame
from srviewer.io.dicom.volumes.series import SEGMENTATION
from srviewer.io.files.gzip_streams import UNPACKING_ERRORS
from srviewer.io.files.streams import not_read, truncated
from srviewer.io.scans.segments import Segments
from srviewer.io.scans.series import Series, check_frame
from srviewer.job import Job, Progress

FRACTIONAL = ScanWarning(
    "header_assumed",
    "The segments are fractional: a voxel belongs to a segment from half of its largest value on.",
)


@dataclass(frozen=True, eq=False)
class StoredSegmentation:
    """A segmentation whose pixels are still in its file.

    Attributes:
        header: The segmentation by its header.
        name: The name of its series.
    """

    header: Segmentation
    name: str

    @property
    def warnings(self) -> tuple[ScanWarning, ...]:
        """The warnings of the header."""
        fractional = (FRACTIONAL,) if self.header.kind == "FRACTIONAL" else ()
        return (SEGMENTATION, *fractional, *self.header.warnings)

    def segments(self) -> Segments:
        """The segments to choose from."""
        return Segments(self.header.segments, self.read)

    def read_all(self, frame: int) -> Job[Volume]:
        """Read all segments as one label map.

        Args:
            frame: The number of the volume, which is 0.

        Returns:
            The label map; values are segment numbers.

        Raises:
            UserError: Segments overlap, or the pixels cannot be read.
        """
        check_frame(self.name, frame, 1)
        segments = self.segments()
        volumes = yield from self.read(segments.values)
        return segments.as_one(volumes, self.header.file.path.name)

    def read(self, wanted: Sequence[int]) -> Job[tuple[Volume, ...]]:
        """Read some segments as the fewest label maps in which no two overlap.

        Args:
            wanted: Numbers of segments.

        Returns:
            At least one label map, (i, j, k) = (column, row, plane).

        Raises:
            UserError: The pixels cannot be read, or fill the memory.
        """
        columns, rows, planes = self.header.geometry.shape
        layers = Layers((planes, rows, columns))
        read = self._label_map if self.header.kind == "LABELMAP" else self._masks
        try:
            yield from read(layers, frozenset(wanted))
        except TooManyLayers as error:
            raise UserError(
                f"Too many segments of '{self.header.file.path.name}' overlap to be shown at once. "
                f"Choose some of them: it has {self.segments().listed()}."
            ) from error
        volumes = layers.volumes or [np.zeros(layers.shape, np.float32)]
        return tuple(self._volume(voxels, wanted) for voxels in volumes)

    def _label_map(self, layers: Layers, wanted: frozenset[int]) -> Job[None]:
        """A label map, in which no segments overlap."""
        volume = np.zeros(layers.shape, np.float32)
        known = [value for value in wanted if value > 0]
        every = wanted >= {name.value for name in self.header.segments}
        for done, (frame, pixels) in enumerate(self._decoded(self.header.frames)):
            volume[frame.plane] = pixels if every else np.where(np.isin(pixels, known), pixels, 0)
            yield self._progress(done)
        layers.volumes.append(volume)

    def _masks(self, layers: Layers, wanted: frozenset[int]) -> Job[None]:
        by_segment: dict[int, list[SegmentFrame]] = defaultdict(list)
        for frame in self.header.frames:
            if frame.segment in wanted:
                by_segment[frame.segment].append(frame)
        done, largest, found = 0, 0, False
        for segment in sorted(by_segment):
            planes: list[Plane] = []
            for frame, pixels in self._decoded(by_segment[segment]):
                planes.append((frame.plane, inside := self._inside(pixels)))
                largest, found = max(largest, int(pixels.max())), found or bool(inside.any())
                done += 1
                yield self._progress(done)
            layers.enter(segment, planes)
        if largest and not found:
            raise UserError(
                f"No voxel of the segments of '{self.header.file.path.name}' reaches half of the "
                f"largest value that its header states ({2 * self.header.half:g}): the largest is "
                f"{largest}. The segments would be empty. Export the segmentation again, as binary "
                "if it is none of probabilities."
            )

    def _inside(self, pixels: Pixels) -> Mask:
        if self.header.kind == "BINARY":
            return np.asarray(pixels != 0)
        return np.asarray(pixels.astype(np.int64) >= max(self.header.half, 1))

    def _decoded(self, frames: Sequence[SegmentFrame]) -> Iterator[tuple[SegmentFrame, Pixels]]:
        # The numbers of a palette's colours are the segments.
        file = replace(self.header.file, photometric="MONOCHROME2")
        numbers = [frame.number for frame in frames]
        decode = bits_of_frames if file.bits_allocated == 1 else decoded_frames
        with closing(decode(file, numbers)) as images:
            yield from zip(frames, images, strict=True)

    def _progress(self, done: int) -> Progress:
        return Progress(min(1.0, done / len(self.header.frames)), f"Reading {self.name}")

    def _volume(self, images: Voxels, wanted: Sequence[int]) -> Volume:
        header = self.header
        count, every = len(set(wanted)), len(header.segments)
        which = "" if count == every else f", {count} of {every} segments"
        largest = max((name.value for name in header.segments), default=0)
        return Volume(
            voxels=images.transpose(2, 1, 0),
            geometry=header.geometry,
            name=self.name,
            modality=header.series.modality,
            stored_as="uint8" if largest < 256 else "uint16",
            frame=header.series.frame,
            patient=header.series.patient,
            outside=0.0,
            drawn_on=header.drawn_on,
            history=(f"read from the DICOM segmentation {self.name}{which}",),
            warnings=self.warnings,
        )


def bits_of_frames(file: PixelFile, frames: Sequence[int]) -> Frames:
    """Unpack frames of single bits, which follow each other without gaps, the lowest bit first.

    Args:
        file: The storage of the pixels.
        frames: The numbers of the frames, rising.

    Yields:
        (rows, columns) of 0 and 1, one array for each frame.

    Raises:
        UserError: The pixels are compressed, or the file has changed since its header was read.
    """
    if file.compressed:
        raise UserError(
            f"The single bits of '{file.path.name}' are compressed ({file.syntax.name}), which "
            "srviewer does not decode. Export the segmentation uncompressed."
        )
    bits = file.rows * file.columns
    try:
        with DicomBytes(file.path, pieces=len(frames) + 1) as source:
            for frame in frames:
                start, rest = divmod(frame * bits, 8)
                source.seek(file.start + start)
                content = source.read((rest + bits + 7) // 8)
                if len(content) * 8 < rest + bits:
                    raise truncated(file.path, file.start + (frame * bits + bits) // 8, file.size)
                if frame == frames[-1]:
                    source.verify_end()
                unpacked = np.unpackbits(np.frombuffer(content, np.uint8), bitorder="little")
                yield unpacked[rest : rest + bits].reshape(file.rows, file.columns)
    except OSError as error:
        raise not_read(file.path, error) from error
    except (EOFError, *UNPACKING_ERRORS) as error:
        raise truncated(file.path, file.start + file.frames * bits // 8, file.size) from error


def segmentation_series(header: Segmentation) -> Series:
    """The series of a segmentation.

    Args:
        header: The segmentation by its header.

    Returns:
        The series, whose volume is the label map of all segments.
    """
    tags = header.series
    name = f"{tags.name} ({tags.number})" if tags.number else tags.name
    stored = StoredSegmentation(header, name)
    details = replace(tags.details, person=tags.person, folder=header.file.path.parent)
    return Series(
        index=0,
        name=name,
        uid=tags.uid,
        modality=tags.modality,
        geometry=header.geometry,
        unit="",
        frames=1,
        warnings=stored.warnings,
        read=stored.read_all,
        sources=(header.file.path,),
        patient=tags.patient,
        details=details,
        segments=stored.segments(),
    )
