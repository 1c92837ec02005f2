"""The subjects of scans, for a training and a validation set split by subject."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from srviewer.errors import UserError
from srviewer.io.formats import scan
from srviewer.io.scans.series import Counts, Series
from srviewer.job import Job, Progress, within
from srviewer.sr.inputs.segmentations import scans_among

LEAST_TO_HOLD_OUT = 3  # people
HELD_OUT_SHARE = 0.1


@dataclass(frozen=True)
class Person:
    """All scans of one subject, or one image.

    Attributes:
        key: Identifies the subject; never shown, since DICOM's is made of the patient's number.
        title: A name for the subject that may be shown.
        names: Of the scans.
        files: Of the scans, each once.
        thick: (name, slice spacing in mm) of the scans with a thick axis.
    """

    key: str
    title: str
    names: tuple[str, ...]
    files: tuple[Path, ...]
    thick: tuple[tuple[str, float], ...] = field(default=())


def person_key(series: Series) -> str:
    """The key of the subject of a scan: BIDS label, else DICOM patient, else file name.

    Files of the same name are one subject's where no label distinguishes them: two subjects taken
    for one cost a scan, one subject taken for two costs the truth of the scores.

    Args:
        series: The scan.

    Returns:
        A key that is equal for scans of one subject.
    """
    return _label(series) or series.patient or series.name


def scan_name(series: Series) -> str:
    """The scan's name, with the BIDS label of its folder where the name lacks it.

    Args:
        series: The scan.

    Returns:
        The name.
    """
    label = _label(series)
    return series.name if not label or label in series.name else f"{label}_{series.name}"


def people_of(series: Iterable[Series]) -> tuple[Person, ...]:
    """Group scans by subject.

    Args:
        series: The scans.

    Returns:
        The subjects, in the order of their first scans.
    """
    by_key: dict[str, list[Series]] = {}
    for scan_series in series:
        by_key.setdefault(person_key(scan_series), []).append(scan_series)
    return tuple(_person(key, scans) for key, scans in by_key.items())


@dataclass(frozen=True)
class PeopleFound:
    """The subjects of some scans.

    Attributes:
        people: The subjects.
        left_out: Reason -> number of the files that are no scans.
    """

    people: tuple[Person, ...]
    left_out: Counts = ()


def people_in(paths: Sequence[Path], layout: str) -> Job[tuple[Person, ...]]:
    """The subjects of the scans in files and folders, without counts of what is left out.

    Args:
        paths: Files and folders.
        layout: Of the plan; "image" for images.

    Returns:
        A job whose result is the subjects, as ``people_found`` gives them.
    """
    listing = yield from people_found(paths, layout)
    return listing.people


def people_found(paths: Sequence[Path], layout: str) -> Job[PeopleFound]:
    """The subjects of the scans in files and folders.

    Args:
        paths: Files and folders.
        layout: Of the plan; for "image", each image is a subject of its own.

    Returns:
        A job whose result is the subjects, without masks and label maps.

    Raises:
        UserError: Nothing can be opened.
    """
    if layout == "image":
        return PeopleFound((yield from _image_people(paths)))
    listing = yield from within(scan(list(paths)), 0.0, 0.3)
    scans, left_out = yield from within(scans_among(listing.series), 0.3, 1.0)
    return PeopleFound(people_of(scans), left_out)


def merged_subjects(people: Iterable[Person]) -> tuple[Person, ...]:
    """Merge entries of the same subject from several folders, without repeated files.

    Args:
        people: Entries, also several of one subject.

    Returns:
        One entry for each subject, in the order of their first entries.
    """
    by_key: dict[str, Person] = {}
    for person in people:
        earlier = by_key.get(person.key)
        if earlier is None:
            by_key[person.key] = person
        elif not set(person.files) <= set(earlier.files):
            by_key[person.key] = Person(
                person.key,
                earlier.title,
                earlier.names + person.names,
                earlier.files + person.files,
                earlier.thick + person.thick,
            )
    return tuple(by_key.values())


def suggested_split(people: Sequence[Person]) -> tuple[tuple[Person, ...], tuple[Person, ...]]:
    """Split subjects into a training and a validation set.

    Args:
        people: The subjects.

    Returns:
        (training set, validation set): a tenth of the subjects, the last ones, are held out where
        there are ``LEAST_TO_HOLD_OUT`` or more.
    """
    held_out = 0
    if len(people) >= LEAST_TO_HOLD_OUT:
        held_out = max(1, round(HELD_OUT_SHARE * len(people)))
    kept = len(people) - held_out
    return tuple(people[:kept]), tuple(people[kept:])


def check_split(train: Sequence[Person], validation: Sequence[Person]) -> None:
    """Check that no subject, or image, is in both sets.

    Args:
        train: The training set.
        validation: The validation set.

    Raises:
        UserError: A subject is in both.
    """
    keys = {person.key for person in train}
    shared = sorted(person.title for person in validation if person.key in keys)
    if shared:
        raise UserError(
            f"The same person would be trained and tested on: {', '.join(shared)}. "
            f"Keep each person on one side; if these are different people, say so by BIDS labels "
            f"in the names of their files or folders (sub-01, sub-02)."
        )


def _person(key: str, scans: Sequence[Series]) -> Person:
    files = dict.fromkeys(file for series in scans for file in series.sources)
    thick = (
        (scan_name(series), series.geometry.spacing[series.geometry.thick_axis])
        for series in scans
        if series.geometry.thick_axis is not None
    )
    title = _label(scans[0]) or scans[0].name
    return Person(key, title, tuple(map(scan_name, scans)), tuple(files), tuple(thick))


def _label(series: Series) -> str:
    """The BIDS label of the file's name, or of the nearest folder that has one."""
    in_name = [part for part in series.name.split("_") if part.startswith("sub-")]
    folders = [part for part in reversed(series.sources[0].parts[:-1]) if part.startswith("sub-")]
    return next(iter([*in_name, *folders]), "")


def _image_people(paths: Sequence[Path]) -> Job[tuple[Person, ...]]:
    from srviewer.io.images import image_files  # lazy: Pillow

    people: list[Person] = []
    for number, path in enumerate(paths):
        yield Progress(number / len(paths), f"Looking into {path.name}")
        if not path.exists():
            raise UserError(f"'{path}' does not exist.")
        files = image_files(path) if path.is_dir() else [path]
        people += [Person(file.stem, file.stem, (file.stem,), (file,)) for file in files]
    return merged_subjects(people)
