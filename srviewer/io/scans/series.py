"""The listing of images in files, whose voxels are not loaded yet."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.source_files import ScanSource
from srviewer.core.volumes.volume import ScanHeader, ScanWarning, Volume, Voxels
from srviewer.errors import UserError
from srviewer.io.scans.segments import Segments
from srviewer.io.scans.series_details import NO_DETAILS, SeriesDetails
from srviewer.job import Job

Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True, eq=False)
class PlaneByPlane:
    """An image that need not be in memory as a whole.

    Attributes:
        header: The image without its voxels and its source.
        planes: Yields (i, j) float32 for each k, with the number of its voxels that were not finite
            and are 0 now; after the last plane, the file has been checked.
        identify: Takes the source of the image.
        noted: Returns warnings that only reading all planes can give.
    """

    header: ScanHeader
    planes: Callable[[], Iterator[tuple[Voxels, int]]]
    identify: Callable[[], Job[ScanSource]] | None = None
    noted: Callable[[], tuple[ScanWarning, ...]] = lambda: ()


@dataclass(frozen=True, eq=False)
class Series:
    """One image; its voxels are not loaded yet.

    Attributes:
        index: Its number in ``ScanListing.series``.
        name: The name of the scan, never the patient's.
        uid: DICOM's SeriesInstanceUID (parts of one split series share it), or the file's name.
        modality: DICOM's word, "" where unknown.
        geometry: The grid, in RAS+ mm.
        unit: "HU", or "" where unknown.
        frames: The number of volumes along the fourth dimension, 1 or more.
        warnings: The warnings of headers.
        read: Reads the volume with a number, from 0. Its warnings are these and those that only
            voxels give (``non_finite``, ``label_like``).
        sources: The files that must not be overwritten while this series is in use.
        patient: A digest that is equal for series of one patient, "" where the file names none; no
            identity goes any further.
        stream: Opens a volume plane by plane; None where a file must be read whole.
        identify: Takes the source of a volume, with UserError once a file was replaced or changed
            since it was listed; None for a series in an archive.
        details: What distinguishes it for people from others; shown where series are chosen, and
            never exported.
        view_only: The reason why it can be viewed but not reconstructed; "" for a scan. Its volumes
            carry the reason as the warning ``view_only``.
        preview: Reads one slice from the middle, for a thumbnail; None where that takes as long as
            reading the volume.
        segments: The segments of a segmentation that names them, which may overlap; else None.
        interval_s: Seconds from one volume to the next; None for one volume, and where unknown.
        read_each: Reads all volumes in one pass, each as a ``Partial`` with the volume, and gives
            warnings that all of them have and only the end of the file shows; None where each is
            read as fast by itself.
    """

    index: int
    name: str
    uid: str
    modality: str
    geometry: Geometry
    unit: str
    frames: int
    warnings: tuple[ScanWarning, ...]
    read: Callable[[int], Job[Volume]]
    sources: tuple[Path, ...]
    patient: str = ""
    stream: Callable[[int], PlaneByPlane] | None = None
    identify: Callable[[int], Job[ScanSource]] | None = None
    details: SeriesDetails = NO_DETAILS
    view_only: str = ""
    preview: Callable[[], Job[Volume]] | None = None
    segments: Segments | None = None
    interval_s: float | None = None
    read_each: Callable[[], Job[tuple[ScanWarning, ...]]] | None = None


@dataclass(frozen=True)
class Problem:
    """The reason why a file that looks like an image cannot be opened.

    Attributes:
        name: The name of the file, or of the series of files.
        text: A sentence for people.
        viewable: Whether its images make no scan but can be viewed: ``ScanListing.view_only``.
    """

    name: str
    text: str
    viewable: bool = False


class NothingOpened(UserError):
    """The error of paths of which nothing can be opened.

    Attributes:
        problems: As in ``ScanListing``.
    """

    def __init__(self, message: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(message)
        self.problems = problems


@dataclass(frozen=True)
class ScanListing:
    """The images in files.

    Attributes:
        series: The images that can be read.
        ignored: The number of files that are no images.
        problems: A problem for each file that looks like an image but cannot be opened; such files
            count as ignored too.
        skipped: The kinds of the ignored files, in the plural, with their number; the most frequent
            first.
        view_only: Images that make no scan to reconstruct but can be viewed: localizers beside
            scans, and single images. Their files count as ignored.
        viewable: The part of ``skipped`` that is in ``view_only``.
    """

    series: tuple[Series, ...]
    ignored: int
    problems: tuple[Problem, ...] = ()
    skipped: Counts = ()
    view_only: tuple[Series, ...] = ()
    viewable: Counts = ()

    @property
    def every_series(self) -> tuple[Series, ...]:
        """All that can be viewed: the scans, then the images that are no scans."""
        return self.series + self.view_only

    @property
    def unreadable(self) -> Counts:
        """The part of ``skipped`` that cannot be viewed."""
        return tuple((Counter(dict(self.skipped)) - Counter(dict(self.viewable))).most_common())


def reason_counts(reasons: Iterable[str]) -> Counts:
    """Count each reason.

    Args:
        reasons: Kinds of ignored files.

    Returns:
        Each reason with its number, the most frequent first.
    """
    return tuple(Counter(reasons).most_common())


def added(counts: Counts, other_counts: Counts) -> Counts:
    """Add counts.

    Args:
        counts: Reasons with their numbers.
        other_counts: Further ones.

    Returns:
        The counts of both together, the most frequent first.
    """
    return tuple((Counter(dict(counts)) + Counter(dict(other_counts))).most_common())


def and_more(files: Sequence[Path], kind: str) -> str:
    """Name the first of some files and the number of the others, for people.

    Args:
        files: At least one file.
        kind: A noun for them, in the plural.

    Returns:
        A text such as "'a.dcm' and 3 more files".
    """
    others = f" and {len(files) - 1:,} more {kind}" if len(files) > 1 else ""
    return f"'{files[0].name}'{others}"


def summary(skipped: Counts) -> str:
    """List the kinds of ignored files for people.

    Args:
        skipped: The kinds with their numbers.

    Returns:
        A text such as "structured reports (3), localizers (1)".
    """
    return ", ".join(f"{reason} ({count:,})" for reason, count in skipped)


def check_frame(name: str, frame: int, frames: int) -> None:
    """Check that an image has a volume with this number.

    Args:
        name: The name of the image.
        frame: The number of the volume.
        frames: The number of volumes.

    Raises:
        UserError: ``frame`` is not in 0..``frames`` - 1.
    """
    if not 0 <= frame < frames:
        raise UserError(
            f"'{name}' has {frames} volume(s), numbered from 0; there is no number {frame}."
        )
