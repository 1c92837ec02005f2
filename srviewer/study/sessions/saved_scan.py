"""Reading of the scan of a study of a session file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io import formats
from srviewer.io.export.replacing import is_as_written
from srviewer.io.scans.series import Series
from srviewer.io.sidecars.exported_image import described, own_document, stated_source
from srviewer.job import Job, within
from srviewer.study.sessions.document import SavedScan
from srviewer.study.sessions.saved_files import SavedFiles, is_of
from srviewer.study.state.origin import Origin


def scan_of(saved: SavedScan, files: SavedFiles) -> Job[tuple[Volume, Origin]]:
    """Read the scan at its location relative to the session file, else at its absolute location.

    Args:
        saved: As the session file holds it.
        files: Of the session.

    Returns:
        A job whose result is the scan and where it came from.

    Raises:
        UserError: It cannot be read, or is another one.
    """
    near = [files.existing(location) for location in saved.files]
    far = [location.candidates(files.folder)[-1] for location in saved.files]
    if far == near:
        return (yield from _scan_in(near, saved, files))
    try:
        return (yield from within(_scan_in(near, saved, files), 0.0, 0.5))
    except UserError as error:
        try:
            return (yield from within(_scan_in(far, saved, files), 0.5, 1.0))
        except UserError:
            raise error from None


def _scan_in(
    paths: Sequence[Path], saved: SavedScan, files: SavedFiles
) -> Job[tuple[Volume, Origin]]:
    listing = yield from within(formats.scan(paths, to_view=True), 0.0, 0.3)
    series = yield from _series(listing.every_series, saved)
    if series is None or saved.frame >= series.frames:
        raise UserError(
            f"What '{files.session.name}' was saved from has changed: its series is not in "
            f"'{paths[0]}' any more. Open the scan itself."
        )
    origin = Origin(tuple(paths), series, saved.frame, listing)
    volume = yield from within(series.read(saved.frame), 0.3, 1.0)
    try:
        document: Mapping[str, Any] | None = own_document(paths[0])
    except UserError:  # another program's image, as most are
        document = None
    if not is_of(volume, saved.sha256):
        if document is None or not (yield from is_as_written(paths[0], document)):
            raise replaced_scan(paths[0], files.session)
        volume = replace(volume, source=stated_source(document))  # of a simulated scan
        if not is_of(volume, saved.sha256):
            raise replaced_scan(paths[0], files.session)
    if document is not None:
        volume = described(volume, document)
    return replace(volume, name=saved.name or volume.name), origin


def replaced_scan(scan: Path, session: Path) -> UserError:
    """The error of a scan in whose place another lies.

    Args:
        scan: Its path.
        session: The session file.

    Returns:
        The error.
    """
    return UserError(
        f"'{scan}' is not the scan that '{session.name}' was saved from: its content is "
        "another. Nothing that was saved is shown on it. Put the old file back, or open this "
        "one by itself."
    )


def _series(series: tuple[Series, ...], saved: SavedScan) -> Job[Series | None]:
    """The series with the saved uid and content.

    None rather than any other: those of one uid may be two people's. Version 0.1.0 did not note the
    content; there the only one of that uid is taken, or the one with the saved number.
    """
    alike = [each for each in series if each.uid == saved.uid]
    if saved.sha256 is None:
        alike = [each for each in alike if len(alike) == 1 or each.index == saved.index]
    for candidate in alike[1:] and alike:
        if candidate.identify is not None and saved.frame < candidate.frames:
            source = yield from candidate.identify(saved.frame)
            if source.sha256 == saved.sha256:
                return candidate
    return alike[0] if len(alike) == 1 else None
