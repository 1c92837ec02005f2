"""The table of formats that srviewer opens, and the two functions that use it: scan and read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from srviewer.core.volumes.source_files import common_folder
from srviewer.core.volumes.volume import Volume
from srviewer.errors import NoSpace, UserError
from srviewer.io import minc
from srviewer.io.files import archive
from srviewer.io.files.companions import COMPANIONS, without_companions
from srviewer.io.files.content import known_by_content, stamped
from srviewer.io.files.folder import files_under
from srviewer.io.files.tar_archive import TAR_SUFFIXES
from srviewer.io.header_rows import HeaderRow, archive_rows, mgh_rows, nifti_rows
from srviewer.io.nifti import reader as nifti
from srviewer.io.nifti.file_pairs import (
    MGH_SUFFIXES,
    NIFTI_SUFFIXES,
    PAIR_SUFFIXES,
    is_pair_part,
)
from srviewer.io.partner_files import with_partners
from srviewer.io.scans.not_reconstructed import LOCALIZER, not_reconstructed
from srviewer.io.scans.scan_size import sized
from srviewer.io.scans.series import (
    Counts,
    NothingOpened,
    Problem,
    ScanListing,
    Series,
    added,
    and_more,
    reason_counts,
    summary,
)
from srviewer.io.text_headers.afni import SUFFIXES as AFNI_SUFFIXES
from srviewer.io.text_headers.afni import afni_image, afni_partner
from srviewer.io.text_headers.detached import META_SUFFIXES, NRRD_SUFFIXES, voxel_files
from srviewer.io.text_headers.header_rows import afni_rows, meta_rows, nrrd_rows
from srviewer.io.text_headers.metaimage import meta_image
from srviewer.io.text_headers.nrrd import nrrd_image
from srviewer.io.text_headers.reader import scan_described
from srviewer.job import Job, within
from srviewer.temporary_folders import temporary_folder

NOT_OPENED = "archives that cannot be opened"
NO_ROOM = "archives that the disk of temporary files has no room for"


@dataclass(frozen=True)
class Format:
    """A format of files.

    Attributes:
        id: The row's name.
        title: The format's name for people.
        suffixes: Endings of names, lower case, with the dot.
        scan: Lists the images of all given files of this format. A file that cannot be opened
            becomes a problem in the listing, so that one broken file does not hide the others.
        header: Reads the header of one file as rows; see ``header_view``.
    """

    id: str
    title: str
    suffixes: tuple[str, ...]
    scan: Callable[[Sequence[Path]], Job[ScanListing]]
    header: Callable[[Path], Job[tuple[HeaderRow, ...]]]


def scan(
    paths: Sequence[Path], root: Path | None = None, to_view: bool = False
) -> Job[ScanListing]:
    """List the images in files, folders, DICOMDIRs and archives, from their headers alone.

    Every file in a folder is read; of archives and DICOMDIRs only those in ``paths``, and of a
    DICOMDIR only the files that it names.

    Args:
        paths: Files and folders.
        root: The folder to which exports name files relative; by default the one that holds all
            ``paths``.
        to_view: Whether images that can only be viewed are enough.

    Returns:
        At least one series, with ignored files and problems.

    Raises:
        NothingOpened: No file can be opened.
        UserError: A path does not exist.
    """
    walked = yield from within(files_under(paths), 0.0, 0.1)
    listed, missing = yield from _listed([path for path in paths if path.is_file()])
    files = with_partners((*walked.files, *listed))
    # An archive inside a folder is a copy of its neighbours more often than not.
    hidden = {file for file in files if is_archive(file) and file not in paths}
    # Before any header is read: headers and voxels must be of the same files.
    stamps = yield from within(stamped(files), 0.1, 0.15)
    listing = yield from within(_scan_files([f for f in files if f not in hidden]), 0.15, 1.0)
    packed = (("archives inside a folder", len(hidden)),) if hidden else ()
    listing = replace(
        listing,
        ignored=listing.ignored + len(hidden),
        skipped=added(listing.skipped, packed),
        problems=_closed(walked.closed) + missing + listing.problems,
    )
    if not (listing.every_series if to_view else listing.series):
        raise NothingOpened(_nothing(paths, listing), listing.problems)
    return known_by_content(listing, stamps, root or common_folder(paths))


def _closed(folders: Sequence[Path]) -> tuple[Problem, ...]:
    if not folders:
        return ()
    text = (
        f"{and_more(folders, 'folders')} cannot be looked into, and nothing of what is there was "
        "opened. Get the right to read it, then open it again."
    )
    return (Problem(folders[0].name, text),)


def _listed(paths: Sequence[Path]) -> Job[tuple[list[Path], tuple[Problem, ...]]]:
    """The files that DICOMDIRs among ``paths`` name; a problem for each that lacks some."""
    files: list[Path] = []
    problems: list[Problem] = []
    for path in paths:
        if format_of(path) is not DICOM:
            continue
        from srviewer.io.dicom import dicomdir  # lazy: pydicom

        listed = yield from within(dicomdir.directory(path), 0.1, 0.1)
        if listed is None:
            continue
        files.extend(listed.files)
        if listed.damaged:
            text = (
                f"'{path.name}' is damaged: what it names cannot all be read. Open the folder with "
                "the images instead."
            )
            problems.append(Problem(path.name, text))
        if listed.missing:
            text = (
                f"{listed.missing} of the {listed.missing + len(listed.files)} files that "
                f"'{path.name}' names are not there or cannot be reached. Copy the whole disc."
            )
            problems.append(Problem(path.name, text))
    return files, tuple(problems)


def read(path: Path, series: int = 0, frame: int = 0) -> Job[Volume]:
    """Scan a path and read one of its series.

    Args:
        path: A file or folder.
        series: The index of the series in the listing.
        frame: The number of the volume along the fourth dimension, from 0.

    Returns:
        The volume.

    Raises:
        UserError: Nothing can be opened, or there is no such series or frame.
    """
    listing = yield from within(scan([path]), 0.0, 0.3)
    if not 0 <= series < len(listing.series):
        names = ", ".join(f"{entry.index}: {entry.name}" for entry in listing.series)
        raise UserError(f"'{path}' has no series {series}. It has {names}.")
    return (yield from within(listing.series[series].read(frame), 0.3, 1.0))


def open_filter() -> str:
    """The file kinds for a file dialog, in Qt's notation; everything that can be opened first."""
    every = [suffix for row in FORMATS for suffix in row.suffixes]
    kinds = [("Scans", every), *((row.title, row.suffixes) for row in FORMATS)]
    lines = [f"{title} ({' '.join(f'*{s}' for s in suffixes)})" for title, suffixes in kinds]
    return ";;".join([*lines, "All files (*)"])


def _scan_files(files: Sequence[Path], room: archive.Room | None = None) -> Job[ScanListing]:
    """The images of files, each handed to its format; series are numbered anew.

    ``room``: the limits of archives among them, None for their own.
    """
    files, ignored = without_companions(files)
    by_format: dict[str, list[Path]] = {row.id: [] for row in FORMATS}
    named = set(voxel_files(files))
    for file in files:
        row = format_of(file)
        if file not in named or row not in (DICOM, PAIR):
            by_format[row.id].append(file)
    series: list[Series] = []
    images: list[Series] = []
    problems: tuple[Problem, ...] = ()
    skipped: Counts = ((COMPANIONS, ignored),) if ignored else ()
    viewable: Counts = ()
    done = 0
    for row in FORMATS:
        if members := by_format[row.id]:
            start, done = done, done + len(members)
            job = row.scan(members) if row.id != "zip" else _scan_archives(members, room)
            stage = within(job, start / len(files), done / len(files))
            part = yield from stage
            series.extend(part.series)
            images.extend(part.view_only)
            ignored += part.ignored
            problems += part.problems
            skipped = added(skipped, part.skipped)
            viewable = added(viewable, part.viewable)
    count = len(series)
    return ScanListing(
        tuple(sized(replace(entry, index=n)) for n, entry in enumerate(series)),
        ignored,
        problems,
        skipped,
        tuple(replace(entry, index=count + n) for n, entry in enumerate(images)),
        viewable,
    )


def _scan_archives(paths: Sequence[Path], room: archive.Room | None = None) -> Job[ScanListing]:
    """The images in archives, which are unpacked for as long as this takes."""
    series: list[Series] = []
    images: list[Series] = []
    ignored = 0
    problems: list[Problem] = []
    skipped: Counts = ()
    viewable: Counts = ()
    for number, path in enumerate(paths):
        span = number / len(paths), (number + 1) / len(paths)
        try:
            part = yield from within(_scan_archive(path, room or archive.room_of(path)), *span)
        except UserError as error:
            kind = NO_ROOM if isinstance(error, NoSpace) else NOT_OPENED
            part = ScanListing((), 1, (Problem(path.name, str(error)),), reason_counts([kind]))
        series.extend(part.series)
        images.extend(part.view_only)
        ignored += part.ignored
        problems.extend(part.problems)
        skipped = added(skipped, part.skipped)
        viewable = added(viewable, part.viewable)
    return ScanListing(tuple(series), ignored, tuple(problems), skipped, tuple(images), viewable)


def _scan_archive(path: Path, room: archive.Room) -> Job[ScanListing]:
    with temporary_folder() as root, room.level(path):
        files = yield from within(archive.extract(path, root, None, room), 0.0, 0.6)
        listing = yield from within(_scan_files(files, room), 0.6, 1.0)
        every = [
            _from_archive(path, root, entry, listing.every_series) for entry in listing.every_series
        ]
    count = len(listing.series)
    return replace(listing, series=tuple(every[:count]), view_only=tuple(every[count:]))


def _from_archive(path: Path, root: Path, series: Series, others: Sequence[Series]) -> Series:
    """A series whose files are gone: reading it unpacks them again."""
    members = frozenset(file.relative_to(root).as_posix() for file in series.sources)
    number = [member.index for member in others if member.sources == series.sources].index(
        series.index
    )
    read = partial(_read_archive, path, members, number, bool(series.view_only))
    folder = series.details.folder
    inside = path if folder is None else path / folder.relative_to(root)
    details = replace(series.details, folder=inside)
    return replace(
        series,
        read=read,
        sources=(path,),
        stream=None,
        preview=None,
        details=details,
        segments=None,
    )


def _read_archive(
    path: Path, members: frozenset[str], number: int, view_only: bool, frame: int
) -> Job[Volume]:
    """Read the series with this ``number`` among those that these members make."""
    with temporary_folder() as folder:
        room = archive.room_of(path)
        files = yield from within(archive.extract(path, folder, members, room), 0.0, 0.4)
        with room.level(path):
            listing = yield from within(_scan_files(files, room), 0.4, 0.5)
        if len(listing.every_series) <= number:
            raise UserError(f"'{path.name}' has changed since it was opened. Open it again.")
        series = listing.every_series[number]
        if view_only and not series.view_only:  # of a localizer without the scans beside it
            series = not_reconstructed(series, LOCALIZER)
        volume = yield from within(series.read(frame), 0.5, 1.0)
    return volume


def is_archive(file: Path) -> bool:
    """Whether a file is an archive by its name.

    Args:
        file: The file.

    Returns:
        True for zip and tar archives.
    """
    return format_of(file).id == "zip"


def format_of(file: Path) -> Format:
    """Select the format of a file by its name.

    Args:
        file: The file, which is read only where .img may be DICOM.

    Returns:
        The format; DICOM for a name without a suffix of the table.
    """
    name = file.name.lower()
    for row in FORMATS:
        if name.endswith(row.suffixes) and (row is not PAIR or is_pair_part(file)):
            return row
    return DICOM


def _nothing(paths: Sequence[Path], listing: ScanListing) -> str:
    if listing.problems:
        return listing.problems[0].text
    named = f"'{paths[0]}'" if len(paths) == 1 else f"These {len(paths)} paths"
    return (
        f"{named} holds no image that srviewer can open ({_looked_at(listing)}). It opens: "
        f"{', '.join(row.title for row in FORMATS)}."
    )


def _looked_at(listing: ScanListing) -> str:
    return f"it holds {summary(listing.skipped)}" if listing.ignored else "no file is there"


def _scan_nrrd(paths: Sequence[Path]) -> Job[ScanListing]:
    return (yield from scan_described(paths, nrrd_image))


def _scan_meta(paths: Sequence[Path]) -> Job[ScanListing]:
    return (yield from scan_described(paths, meta_image))


def _scan_afni(paths: Sequence[Path]) -> Job[ScanListing]:
    # Both files of an image are given: the header stands for it.
    headers = {path: afni_partner(path) for path in paths}
    known = [path for path in paths if path.name.lower().endswith(".head")]
    alone = [path for path in paths if path not in known and headers[path] not in known]
    return (yield from scan_described([*known, *alone], afni_image))


# Lazy: the window starts without pydicom, which takes a tenth of the time of a start to load.


def _scan_dicom(paths: Sequence[Path]) -> Job[ScanListing]:
    from srviewer.io.dicom import reader

    return (yield from reader.scan(paths))


def _dicom_rows(path: Path) -> Job[tuple[HeaderRow, ...]]:
    from srviewer.io.dicom.header_rows import dicom_rows

    return (yield from dicom_rows(path))


DICOM = Format(
    "dicom", "DICOM series", (".dcm", ".dicom", ".ima", ".dcm.gz"), _scan_dicom, _dicom_rows
)
PAIR = Format("pair", "NIfTI or Analyze pair", PAIR_SUFFIXES, nifti.scan, nifti_rows)
FORMATS: tuple[Format, ...] = (
    Format("nifti", "NIfTI volume", NIFTI_SUFFIXES, nifti.scan, nifti_rows),
    PAIR,
    Format("mgh", "FreeSurfer volume", MGH_SUFFIXES, nifti.scan, mgh_rows),
    Format("nrrd", "NRRD volume", NRRD_SUFFIXES, _scan_nrrd, nrrd_rows),
    Format("meta", "MetaImage volume", META_SUFFIXES, _scan_meta, meta_rows),
    Format("afni", "AFNI volume", AFNI_SUFFIXES, _scan_afni, afni_rows),
    Format("minc", "MINC 1 volume", minc.SUFFIXES, minc.scan, minc.minc_rows),
    DICOM,
    Format("zip", "Zip or tar archive", (".zip", *TAR_SUFFIXES), _scan_archives, archive_rows),
)
