"""What a scan of files finds: images whose voxels are not loaded yet."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.source_files import ScanSource
from srviewer.core.volumes.volume import ScanHeader, ScanWarning, Volume, Voxels
from srviewer.errors import UserError
from srviewer.job import Job

Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True, eq=False)
class PlaneByPlane:
    """An image that need not be in memory as a whole.

    ``planes``: (i, j) float32 for each k, with how many of its voxels were not finite and are 0
    now; read to the end, the file is checked.
    ``identify``: finds the source of the image, which ``header`` lacks. ``noted``: what only
    reading all planes told.
    """

    header: ScanHeader
    planes: Callable[[], Iterator[tuple[Voxels, int]]]
    identify: Callable[[], Job[ScanSource]] | None = None
    noted: Callable[[], tuple[ScanWarning, ...]] = lambda: ()


@dataclass(frozen=True, eq=False)
class Series:
    """One image that was found; its voxels are not loaded yet.

    ``index``: its place in ``Found.series``. ``name``: never the patient's. ``uid``: DICOM's
    SeriesInstanceUID (parts of one split series share it), or the file's name. ``unit``: "HU" or
    "" where unknown. ``frames``: 1, or the number of volumes along the 4th dimension.
    ``warnings``: what headers tell. ``read``: frame number -> job; its Volume carries these
    warnings and those that only voxels tell (``non_finite``, ``label_like``).
    ``sources``: the files that must not be overwritten while this series is in use.
    ``patient``: equal for series of one patient, "" where the file does not say; a digest, so that
    nothing that tells who it is goes any further.
    ``stream``: frame number -> the image plane by plane; None where a file must be read whole.
    ``identify``: frame number -> its source; raises UserError once a file was replaced or changed
    since it was looked at. None for what lies in an archive.
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


@dataclass(frozen=True)
class Problem:
    """Why something that looks like an image cannot be opened.

    ``name``: of the file, or of the series of files. ``text``: a sentence for people.
    """

    name: str
    text: str


class NothingOpened(UserError):
    """Nothing of what was given can be opened; ``problems``: as in ``Found``."""

    def __init__(self, message: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(message)
        self.problems = problems


@dataclass(frozen=True)
class Found:
    """What was found in files.

    ``ignored``: how many files are no images. ``problems``: for each file that looks like an
    image but cannot be opened; such files count as ignored too.
    ``skipped``: what the ignored files are, in the plural, and how many of each; most first.
    """

    series: tuple[Series, ...]
    ignored: int
    problems: tuple[Problem, ...] = ()
    skipped: Counts = ()


def counted(reasons: Iterable[str]) -> Counts:
    """How often each reason occurs, the most frequent first."""
    return tuple(Counter(reasons).most_common())


def added(counts: Counts, other_counts: Counts) -> Counts:
    """The counts of both together."""
    return tuple((Counter(dict(counts)) + Counter(dict(other_counts))).most_common())


def and_more(files: Sequence[Path], kind: str) -> str:
    """ "'a.dcm' and 3 more files" for people; ``kind``: what they are, in the plural."""
    others = f" and {len(files) - 1:,} more {kind}" if len(files) > 1 else ""
    return f"'{files[0].name}'{others}"


def summary(skipped: Counts) -> str:
    """ "3 structured reports, 1 localizers" for people."""
    return ", ".join(f"{count} {reason}" for reason, count in skipped)


def check_frame(name: str, frame: int, frames: int) -> None:
    """Raise UserError when an image of ``frames`` volumes has no volume number ``frame``."""
    if not 0 <= frame < frames:
        raise UserError(
            f"'{name}' has {frames} volume(s), numbered from 0; there is no number {frame}."
        )
