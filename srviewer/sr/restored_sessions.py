"""The studies of a session file read back, each with what belongs to it by content."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from srviewer.core.geometry import Geometry
from srviewer.core.volume import Volume
from srviewer.errors import UserError
from srviewer.io import formats
from srviewer.io.content import digest
from srviewer.io.own_image import described, own_document, stated_source
from srviewer.io.replacing import is_as_written
from srviewer.io.saved_looks import SavedLayer, SavedLoaded
from srviewer.io.saved_study import SavedResult, SavedScan, SavedStudy
from srviewer.io.series import Series
from srviewer.io.session_fields import Place
from srviewer.io.session_file import read_session
from srviewer.job import Job, Progress, within
from srviewer.sr.beside import to_compare
from srviewer.sr.reconstruction import Reconstruction
from srviewer.sr.restore import restored
from srviewer.sr.same_scan import AnotherScan
from srviewer.sr.truth import read_truth_again

Saved = TypeVar("Saved")
Had = TypeVar("Had")


@dataclass(frozen=True, eq=False)
class Restored:
    """A study that was read back. ``results``: oldest first, with their names.

    ``problems``: what could not be had, one sentence each; the rest is here.
    """

    saved: SavedStudy
    scan: Volume
    sources: tuple[Path, ...]
    results: tuple[tuple[SavedResult, Reconstruction], ...]
    truth: Volume | None
    layers: tuple[tuple[SavedLayer, Volume], ...]
    loaded: tuple[tuple[SavedLoaded, Volume], ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class RestoredSession:
    """The studies that could be had again, at least one; ``front``: which is to be shown, from 0.

    ``problems``: what could not be had, of all studies, one sentence each.
    """

    studies: tuple[Restored, ...]
    front: int
    problems: tuple[str, ...]


def load(path: Path) -> Job[RestoredSession]:
    """Read what the session file ``path`` names.

    Raises UserError when it is no session file or none of its scans can be had; a scan, a result
    or a reference that cannot be had becomes a problem, and the rest is read.
    """
    yield Progress(0.0, f"Opening {path.name}")
    saved = read_session(path)
    studies: list[Restored] = []
    lost: list[str] = []
    front = 0
    for number, study in enumerate(saved.studies):
        span = number / len(saved.studies), (number + 1) / len(saved.studies)
        try:
            studies.append((yield from within(_study(study, path), *span)))
        except UserError as error:
            lost.append(str(error))
        if number <= saved.front:  # the one before, where the one that was shown is lost
            front = max(len(studies) - 1, 0)
    if not studies:
        raise UserError("\n".join(lost))
    problems = (*lost, *(problem for study in studies for problem in study.problems))
    return RestoredSession(tuple(studies), front, problems)


def _study(saved: SavedStudy, path: Path) -> Job[Restored]:
    assert saved.scan is not None  # it was read from a file
    scan, sources = yield from within(_scan(saved.scan, path), 0.0, 0.4)
    problems: list[UserError] = []

    def had(
        wanted: Sequence[Saved], read: Callable[[Saved], Job[Had]], start: float, end: float
    ) -> Job[tuple[tuple[Saved, Had], ...]]:
        return (yield from within(_each(wanted, read, problems), start, end))

    references = () if saved.reference is None else (saved.reference,)
    results = yield from had(saved.results, lambda one: _result(scan, one, problems), 0.4, 0.8)
    if saved.scan.sha256 is None and problems and not results:
        _check_refusals(problems, sources[0], path)
    grids = [made.volume.geometry for one, made in sorted(results, key=lambda r: not r[0].current)]
    truths = yield from had(references, lambda one: _truth(one.image, scan, grids), 0.8, 0.9)
    layers = yield from had(saved.layers, lambda one: _read(one.image), 0.9, 0.95)
    loaded = yield from had(saved.loaded, lambda one: _to_compare(one.image, scan), 0.95, 1)
    truth = truths[0][1] if truths else None
    reasons = tuple(map(str, problems))
    return Restored(saved, scan, sources, results, truth, layers, loaded, reasons)


def _check_refusals(problems: Sequence[UserError], scan: Path, session: Path) -> None:
    """Raise UserError when no result fits the scan, whose content version 0.1.0 did not note."""
    if all(isinstance(problem, AnotherScan) for problem in problems):
        raise _replaced(scan, session)


def _read(place: Place) -> Job[Volume]:
    path = yield from _unchanged(place)
    return _checked((yield from formats.read(path)), place)


def _truth(place: Place, scan: Volume, grids: Sequence[Geometry]) -> Job[Volume]:
    path = yield from _unchanged(place)
    return _checked((yield from read_truth_again(path, scan, grids)), place)


def _to_compare(place: Place, scan: Volume) -> Job[Volume]:
    path = yield from _unchanged(place)
    return _checked((yield from to_compare(path, scan)), place)


def _each(
    wanted: Sequence[Saved], read: Callable[[Saved], Job[Had]], problems: list[UserError]
) -> Job[tuple[tuple[Saved, Had], ...]]:
    """Everything that can be had of ``wanted``; why the rest cannot goes to ``problems``."""
    got: list[tuple[Saved, Had]] = []
    for number, one in enumerate(wanted):
        span = number / len(wanted), (number + 1) / len(wanted)
        try:
            got.append((one, (yield from within(read(one), *span))))
        except UserError as error:
            problems.append(error)
    return tuple(got)


def _scan(saved: SavedScan, path: Path) -> Job[tuple[Volume, tuple[Path, ...]]]:
    """The scan as seen from the session file; else where it was when that was saved."""
    near = [_found(place) for place in saved.places]
    far = [place.candidates()[-1] for place in saved.places]
    if far == near:
        return (yield from _scan_in(near, saved, path))
    try:
        return (yield from within(_scan_in(near, saved, path), 0.0, 0.5))
    except UserError as error:
        try:
            return (yield from within(_scan_in(far, saved, path), 0.5, 1.0))
        except UserError:
            raise error from None


def _scan_in(
    paths: Sequence[Path], saved: SavedScan, path: Path
) -> Job[tuple[Volume, tuple[Path, ...]]]:
    found = yield from within(formats.scan(paths), 0.0, 0.3)
    series = yield from _series(found.series, saved)
    if series is None or saved.frame >= series.frames:
        raise UserError(
            f"What '{path.name}' was saved from has changed: its series is not in '{paths[0]}' any "
            "more. Open the scan itself."
        )
    volume = yield from within(series.read(saved.frame), 0.3, 1.0)
    try:
        document: Mapping[str, Any] | None = own_document(paths[0])
    except UserError:  # another program's image, as most are
        document = None
    if not _is_of(volume, saved.sha256):
        if document is None or not (yield from is_as_written(paths[0], document)):
            raise _replaced(paths[0], path)
        volume = replace(volume, source=stated_source(document))  # it was made in the window
        if not _is_of(volume, saved.sha256):
            raise _replaced(paths[0], path)
    return volume if document is None else described(volume, document), series.sources


def _is_of(volume: Volume, sha256: str | None) -> bool:
    """Whether ``volume`` has this source; None fits all, since version 0.1.0 did not note it."""
    return sha256 is None or (volume.source is not None and volume.source.sha256 == sha256)


def _replaced(scan: Path, session: Path) -> UserError:
    return UserError(
        f"'{scan}' is not the scan that '{session.name}' was saved from: its content is another. "
        "Nothing that was saved is shown on it. Put the old file back, or open this one by itself."
    )


def _series(series: tuple[Series, ...], saved: SavedScan) -> Job[Series | None]:
    """The series with the saved uid and content.

    None rather than any other: those of one uid may be two people's. Version 0.1.0 did not note the
    content; there the only one of that uid is taken, or the one with the saved number.
    """
    alike = [one for one in series if one.uid == saved.uid]
    if saved.sha256 is None:
        alike = [one for one in alike if len(alike) == 1 or one.index == saved.index]
    for one in alike[1:] and alike:
        if one.identify is not None and saved.frame < one.frames:
            source = yield from one.identify(saved.frame)
            if source.sha256 == saved.sha256:
                return one
    return alike[0] if len(alike) == 1 else None


def _result(scan: Volume, saved: SavedResult, problems: list[UserError]) -> Job[Reconstruction]:
    """A result with those of its maps that are still there; why others are not goes to problems."""
    image = yield from _unchanged(saved.image)
    maps: dict[str, Path] = {}
    for kind, place in saved.maps.items():
        try:
            maps[kind] = yield from _unchanged(place)
        except UserError as error:
            problems.append(error)
    return (yield from restored(scan, image, maps, saved.model))


def _unchanged(place: Place) -> Job[Path]:
    """The path of a file that belonged to the session. UserError when it is another by now.

    The content of a folder is known only once its image is read, see ``_checked``.
    """
    path = _found(place)
    if place.sha256 is None or path.is_dir():
        return path
    for candidate in place.candidates():
        if candidate.is_file() and (yield from digest(candidate)) == place.sha256:
            return candidate
    raise _another(path)


def _checked(volume: Volume, place: Place) -> Volume:
    """``volume``, which was read from ``place``, unless a folder there holds another image now."""
    path = _found(place)
    if path.is_dir() and not _is_of(volume, place.sha256):
        raise _another(path)
    return volume


def _another(path: Path) -> UserError:
    return UserError(
        f"'{path}' is not the file that was open when the session was saved: its content is "
        "another. It is left out; open it again if it belongs to the scan."
    )


def _found(place: Place) -> Path:
    path = place.find()
    if path is None:
        raise UserError(
            f"'{place.absolute}' is not there any more. Put it back, or into the same place as "
            "seen from the session file."
        )
    return path
