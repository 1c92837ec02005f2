"""All open studies written to a session file; what no file holds is written beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from srviewer.core.volume import Volume
from srviewer.io.content import digest
from srviewer.io.export import write
from srviewer.io.provenance import sidecar
from srviewer.io.saved_study import (
    SavedReference,
    SavedResult,
    SavedScan,
    SavedStudy,
)
from srviewer.io.session_fields import Place
from srviewer.io.session_file import SavedSession, write_session
from srviewer.job import Job, Progress, within
from srviewer.sr.maps import RESIDUAL
from srviewer.sr.reconstruction import Reconstruction
from srviewer.unwritable import make_folder

IMAGE_SUFFIX = ".nii.gz"


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


def store(path: Path, session: OpenSession, folder: Path) -> Job[Mapping[Volume, Path]]:
    """Write the session file ``path``, and into ``folder`` every volume that no file holds yet.

    Returns where those were written. Raises UserError when something cannot be written; the
    session file is the last, so one that is there names only whole files.
    """
    written: dict[Volume, Path] = {}
    wanted = [one for study in session.studies for one in _unwritten(study)]
    for number, (volume, stem, provenance) in enumerate(wanted):
        make_folder(folder)
        target = _free(folder, stem)
        span = number / len(wanted), (number + 1) / len(wanted)
        yield from within(write(volume, target, provenance), *span)
        written[volume] = target
    yield Progress(1.0, "Writing the session")
    studies = []
    for study in session.studies:
        studies.append((yield from _saved_study(study, written)))
    write_session(path, SavedSession(tuple(studies), session.front))
    return written


def stored_maps(made: Reconstruction) -> Mapping[str, Volume]:
    """The maps that must be stored with a result: the residual follows from most results."""
    maps = made.maps()
    return {k: v for k, v in maps.items() if k != RESIDUAL.id or made.request.isotropic}


def _unwritten(study: OpenStudy) -> list[tuple[Volume, str, dict[str, object]]]:
    """(volume, file name without its ending, how it was made) of what no file holds."""
    wanted: list[tuple[Volume, str, dict[str, object]]] = []
    if study.scan is not None:
        wanted.append((study.scan, "scan", {}))
    if study.truth is not None and study.truth_file is None:
        wanted.append((study.truth, "truth", {}))
    for result in study.results:
        made = result.made
        if result.image is None:
            wanted.append((made.volume, "result", made.provenance()))
        for kind, volume in stored_maps(made).items():
            if kind not in result.maps:
                wanted.append((volume, kind, {}))
    return wanted


def _free(folder: Path, stem: str) -> Path:
    """A name that no file has: what an older session file names must stay as it is."""
    number = 1
    while True:
        path = folder / f"{stem}-{number}{IMAGE_SUFFIX}"
        if not path.exists() and not sidecar(path).exists():
            return path
        number += 1


def _saved_study(study: OpenStudy, written: Mapping[Volume, Path]) -> Job[SavedStudy]:
    scan, reference = study.saved.scan, None
    if study.scan is not None:
        place = Place(written[study.scan].absolute())
        source = None if study.scan.source is None else study.scan.source.sha256
        scan = SavedScan((place,), written[study.scan].name, 0, 0, source)
    if study.truth is not None:
        file = study.truth_file or written[study.truth]
        place = place_of(file, study.truth)
        if place.sha256 is None:
            place = yield from _file_place(file)
        reference = SavedReference(place, study.truth_meaning, study.thin)
    results = []
    for result in study.results:
        results.append((yield from _saved_result(result, written)))
    return replace(study.saved, scan=scan, results=tuple(results), reference=reference)


def _saved_result(result: OpenResult, written: Mapping[Volume, Path]) -> Job[SavedResult]:
    image = yield from _file_place(result.image or written[result.made.volume])
    maps: dict[str, Place] = {}
    for kind, volume in stored_maps(result.made).items():
        maps[kind] = yield from _file_place(result.maps.get(kind) or written[volume])
    model = result.made.request.model
    return SavedResult(image, maps, result.name, result.current, model)


def _file_place(path: Path) -> Job[Place]:
    return Place(path.absolute(), sha256=(yield from digest(path)))


def place_of(path: Path, volume: Volume) -> Place:
    """The place of what ``volume`` was read from, with its content.

    Of a file that is the SHA-256 of its bytes; of a folder, the identity of the image.
    """
    source, place = volume.source, Place(path.absolute())
    if source is None:
        return place
    if path.is_dir():
        within_it = all(one.absolute().is_relative_to(path.absolute()) for one in source.paths)
        return replace(place, sha256=source.sha256) if within_it else place
    known = (file.sha256 for file in source.files if file.path.absolute() == path.absolute())
    return replace(place, sha256=next(known, None))
