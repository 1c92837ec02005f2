"""All open studies written to files and read back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from srviewer.core.volume import Volume
from srviewer.errors import UserError
from srviewer.io import formats
from srviewer.io.export import write
from srviewer.io.own_image import described, own_document
from srviewer.io.provenance import sidecar
from srviewer.io.saved_looks import SavedLayer, SavedLoaded
from srviewer.io.saved_study import (
    SavedReference,
    SavedResult,
    SavedScan,
    SavedStudy,
)
from srviewer.io.series import Series
from srviewer.io.session_fields import Place
from srviewer.io.session_file import SavedSession, read_session, write_session
from srviewer.job import Job, Progress, within
from srviewer.sr.beside import to_compare
from srviewer.sr.maps import RESIDUAL
from srviewer.sr.reconstruction import Reconstruction
from srviewer.sr.restore import restored
from srviewer.sr.truth import read_truth_again

IMAGE_SUFFIX = ".nii.gz"
Saved = TypeVar("Saved")
Had = TypeVar("Had")


@dataclass(frozen=True, eq=False)
class OpenResult:
    """A result as it is open.

    ``image``, ``maps``: the files that hold it and its maps, where there are any already.
    """

    made: Reconstruction
    name: str
    current: bool
    image: Path | None
    maps: Mapping[str, Path]


@dataclass(frozen=True, eq=False)
class OpenStudy:
    """A study as it is open. ``saved``: it without results and reference, which the rest gives.

    ``scan``: the open volume where no file holds it (it was simulated), else None. ``truth``: the
    reference volume, ``truth_file``: the file that holds it, ``truth_meaning``: its words,
    ``thin``: whether the scan was made from it. ``results``: oldest first.
    """

    saved: SavedStudy
    scan: Volume | None
    results: tuple[OpenResult, ...]
    truth: Volume | None
    truth_file: Path | None
    truth_meaning: str
    thin: bool
    sources: tuple[Path, ...]


@dataclass(frozen=True, eq=False)
class OpenSession:
    """All studies in the order of their tabs, at least one; ``front``: which is shown, from 0."""

    studies: tuple[OpenStudy, ...]
    front: int


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


def store(path: Path, session: OpenSession, folder: Path) -> Job[Mapping[Volume, Path]]:
    """Write the session file ``path``, and into ``folder`` every volume that no file holds yet.

    Returns where those were written. Raises UserError when something cannot be written; the
    session file is the last, so one that is there names only whole files.
    """
    written: dict[Volume, Path] = {}
    wanted = [one for study in session.studies for one in _unwritten(study)]
    for number, (volume, stem, provenance) in enumerate(wanted):
        folder.mkdir(parents=True, exist_ok=True)
        target = _free(folder, stem)
        span = number / len(wanted), (number + 1) / len(wanted)
        yield from within(write(volume, target, provenance), *span)
        written[volume] = target
    yield Progress(1.0, "Writing the session")
    studies = tuple(_saved_study(study, written) for study in session.studies)
    write_session(path, SavedSession(studies, session.front))
    return written


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
    problems: list[str] = []

    def had(
        wanted: Sequence[Saved], read: Callable[[Saved], Job[Had]], start: float, end: float
    ) -> Job[tuple[tuple[Saved, Had], ...]]:
        return (yield from within(_each(wanted, read, problems), start, end))

    references = () if saved.reference is None else (saved.reference,)
    results = yield from had(saved.results, lambda one: _result(scan, one), 0.4, 0.8)
    grids = [made.volume.geometry for one, made in sorted(results, key=lambda r: not r[0].current)]
    truths = yield from had(
        references, lambda one: read_truth_again(_found(one.image), scan, grids), 0.8, 0.9
    )
    layers = yield from had(saved.layers, lambda one: formats.read(_found(one.image)), 0.9, 0.95)
    loaded = yield from had(saved.loaded, lambda one: to_compare(_found(one.image), scan), 0.95, 1)
    truth = truths[0][1] if truths else None
    return Restored(saved, scan, sources, results, truth, layers, loaded, tuple(problems))


def _each(
    wanted: Sequence[Saved], read: Callable[[Saved], Job[Had]], problems: list[str]
) -> Job[tuple[tuple[Saved, Had], ...]]:
    """Everything that can be had of ``wanted``; why the rest cannot goes to ``problems``."""
    got: list[tuple[Saved, Had]] = []
    for number, one in enumerate(wanted):
        span = number / len(wanted), (number + 1) / len(wanted)
        try:
            got.append((one, (yield from within(read(one), *span))))
        except UserError as error:
            problems.append(str(error))
    return tuple(got)


def stored_maps(made: Reconstruction) -> Mapping[str, Volume]:
    """The maps that must be stored with a result: the residual follows from most results."""
    maps = made.maps()
    return {k: v for k, v in maps.items() if k != RESIDUAL.id or made.request.isotropic}


def _unwritten(study: OpenStudy) -> list[tuple[Volume, str, dict[str, object]]]:
    """(volume, file name without its ending, how it was made) of what no file holds."""
    wanted: list[tuple[Volume, str, dict[str, object]]] = []
    plain: dict[str, object] = {"sources": [str(source) for source in study.sources]}
    if study.scan is not None:
        wanted.append((study.scan, "scan", plain))
    if study.truth is not None and study.truth_file is None:
        wanted.append((study.truth, "truth", plain))
    for result in study.results:
        made = result.made
        if result.image is None:
            wanted.append((made.volume, "result", {**made.provenance(), **plain}))
        for kind, volume in stored_maps(made).items():
            if kind not in result.maps:
                wanted.append((volume, kind, plain))
    return wanted


def _free(folder: Path, stem: str) -> Path:
    """A name that no file has: what an older session file names must stay as it is."""
    number = 1
    while True:
        path = folder / f"{stem}-{number}{IMAGE_SUFFIX}"
        if not path.exists() and not sidecar(path).exists():
            return path
        number += 1


def _saved_study(study: OpenStudy, written: Mapping[Volume, Path]) -> SavedStudy:
    scan, reference = study.saved.scan, None
    if study.scan is not None:
        place = Place(written[study.scan].absolute())
        scan = SavedScan((place,), written[study.scan].name, 0, 0)
    if study.truth is not None:
        file = study.truth_file or written[study.truth]
        reference = SavedReference(Place(file.absolute()), study.truth_meaning, study.thin)
    results = tuple(_saved_result(result, written) for result in study.results)
    return replace(study.saved, scan=scan, results=results, reference=reference)


def _saved_result(result: OpenResult, written: Mapping[Volume, Path]) -> SavedResult:
    image = result.image or written[result.made.volume]
    volumes = stored_maps(result.made)
    maps = {kind: result.maps.get(kind) or written[one] for kind, one in volumes.items()}
    return SavedResult(
        image=Place(image.absolute()),
        maps={kind: Place(path.absolute()) for kind, path in maps.items()},
        name=result.name,
        current=result.current,
    )


def _scan(saved: SavedScan, path: Path) -> Job[tuple[Volume, tuple[Path, ...]]]:
    paths = [_found(place) for place in saved.places]
    found = yield from within(formats.scan(paths), 0.0, 0.3)
    series = _series(found.series, saved)
    if series is None or saved.frame >= series.frames:
        raise UserError(
            f"What '{path.name}' was saved from has changed: its series is not in '{paths[0]}' any "
            "more. Open the scan itself."
        )
    volume = yield from within(series.read(saved.frame), 0.3, 1.0)
    try:
        return described(volume, own_document(paths[0])), series.sources
    except UserError:  # another program's image, as most are
        return volume, series.sources


def _series(series: tuple[Series, ...], saved: SavedScan) -> Series | None:
    """The series with the saved uid; of several, the one with the saved number."""
    alike = [one for one in series if one.uid == saved.uid]
    return next((one for one in alike if one.index == saved.index), alike[0] if alike else None)


def _result(scan: Volume, saved: SavedResult) -> Job[Reconstruction]:
    maps = {kind: _found(place) for kind, place in saved.maps.items()}
    return (yield from restored(scan, _found(saved.image), maps))


def _found(place: Place) -> Path:
    path = place.find()
    if path is None:
        raise UserError(
            f"'{place.absolute}' is not there any more. Put it back, or into the same place as "
            "seen from the session file."
        )
    return path
