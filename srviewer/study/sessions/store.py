"""Writing of all open studies to a session file, and of volumes that no file holds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from srviewer.core.intensity.window import Window
from srviewer.core.volumes.volume import Volume
from srviewer.documents import LARGEST_NUMBER
from srviewer.errors import UserError
from srviewer.io.export.image import write_image
from srviewer.io.sidecars.provenance import sidecar
from srviewer.job import Job, Progress, within
from srviewer.sr.results.maps import RESIDUAL
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.stacks.result import Result, stored_maps
from srviewer.study.corrected_masks import written_mask
from srviewer.study.sessions.document import (
    LOADED,
    LONGEST_TEXT,
    RESULT,
    SavedCount,
    SavedLabel,
    SavedLoaded,
    SavedOverlay,
    SavedReference,
    SavedResult,
    SavedScan,
    SavedSecondStudy,
    SavedSession,
    SavedStudy,
    plain_fields,
)
from srviewer.study.sessions.file_location import FileLocation, location_of, location_of_file
from srviewer.study.sessions.session_file import write_session
from srviewer.study.state.compared_volumes import ComparedVolume, ComparedVolumes
from srviewer.study.state.held_file import file_of, held_in, layer_of, path_of
from srviewer.study.state.overlay import Overlay
from srviewer.study.state.study_state import StudyState
from srviewer.study.state.view import NO_WINDOW
from srviewer.unwritable import make_folder

IMAGE_SUFFIX = ".nii.gz"
Usable = Callable[[Path], bool]


def store(
    path: Path, states: Sequence[StudyState], front: int, folder: Path, usable: Usable
) -> Job[frozenset[Path]]:
    """Write a session file, and every volume that no file holds yet.

    Args:
        path: the session file.
        states: the studies in the order of their tabs, each with a scan.
        front: which of them is shown, from 0.
        folder: where volumes go; made when there is one.
        usable: whether a file that holds a volume may be named in the session.

    Every volume that the job writes is noted as ``held_in`` its file, but for a mask that was
    painted on before it was copied: its file, which the session names, has the later strokes too.

    Returns:
        A job with the files of the masks that it has written.

    Raises:
        UserError: something cannot be written. The session file is the last, so one that is there
            names only whole files.

    """
    waiting = [entry for state in states for entry in _unwritten(state, usable)]
    for number, (volume, stem, provenance) in enumerate(waiting):
        make_folder(folder)
        target = _free(folder, stem)
        span = number / len(waiting), (number + 1) / len(waiting)
        yield from within(write_image(volume, target, provenance), *span)
        held_in(target, volume)
    masks: dict[Overlay, Path] = {}
    for overlay in (mask for state in states for mask in state.unheld_masks(usable)):
        make_folder(folder)
        masks[overlay] = yield from written_mask(overlay, _free(folder, "mask"))
    yield Progress(1.0, "Writing the session")
    studies = []
    for state in states:
        study = yield from _Saving(state, masks).study()
        studies.append(replace(study, second_study=_second_study(state, states)))
    write_session(path, SavedSession(tuple(studies), front))
    return frozenset(masks.values())


def files_of(state: StudyState) -> set[Path]:
    """The files of all volumes of a study.

    Args:
        state: The study.

    Returns:
        The files, those that were written to since as well.
    """
    return {path for volume in state.volumes if (path := path_of(volume)) is not None}


def saved_maps(result: Result) -> Mapping[str, Volume]:
    """The maps that are saved with a result.

    Args:
        result: The result.

    Returns:
        Key -> map; without the residual of a reconstruction where it follows from the result.
    """
    maps = stored_maps(result)
    if isinstance(result, Reconstruction) and not result.request.isotropic:
        maps.pop(RESIDUAL.id, None)
    return maps


def _unwritten(
    state: StudyState, usable: Usable
) -> Iterator[tuple[Volume, str, Mapping[str, object]]]:
    """Volumes that no usable file holds: each with the stem of its file and its provenance."""

    def lacking(volume: Volume) -> bool:
        path = file_of(volume)
        return path is None or not usable(path)

    if state.scan is not None and state.origin is None and lacking(state.scan):
        yield state.scan, "scan", {}
    if state.reference is not None and lacking(state.reference.volume):
        yield state.reference.volume, "truth", {}
    for kept in _results(state):
        if kept.made is None:
            continue
        if lacking(kept.volume):
            yield kept.volume, "result", kept.made.provenance()
        for kind, volume in saved_maps(kept.made).items():
            if lacking(volume):
                yield volume, kind, {}


def _free(folder: Path, stem: str) -> Path:
    """A free name for an image: files that an older session file names are not replaced."""
    number = 1
    while True:
        path = folder / f"{stem}-{number}{IMAGE_SUFFIX}"
        if not path.exists() and not sidecar(path).exists():
            return path
        number += 1


def _results(state: StudyState) -> tuple[ComparedVolume, ...]:
    """The results, oldest first."""
    return tuple(reversed(state.compared_volumes.results))


def _second_study(state: StudyState, states: Sequence[StudyState]) -> SavedSecondStudy | None:
    """The study beside another, by its number; None where it is not open any more."""
    second = state.second_study
    scan = None if second is None else second.scan
    if second is None or scan is None:
        return None
    numbers = (number for number, other in enumerate(states) if other.scan is scan)
    number = next(numbers, None)
    return None if number is None else SavedSecondStudy(number, second.link)


@dataclass(frozen=True, eq=False)
class _Saving:
    """The saving of a study whose volumes all have files."""

    state: StudyState
    masks: Mapping[Overlay, Path]  # the files of those that were just written

    def study(self) -> Job[SavedStudy]:
        state = self.state
        results = []
        for kept in _results(state):
            results.append((yield from self._result(kept)))
        loaded = [
            (kept, path)
            for kept in state.compared_volumes.loaded
            if (path := path_of(kept.volume)) is not None
        ]
        return SavedStudy(
            scan=self._scan(),
            results=tuple(results),
            reference=(yield from self._reference()),
            layers=tuple(
                _overlay(overlay, path)
                for overlay in state.overlays
                if (path := self.masks.get(overlay, path_of(overlay.volume))) is not None
            ),
            loaded=tuple(
                SavedLoaded(location_of(path, kept.volume), kept.name) for kept, path in loaded
            ),
            shown=_shown(state.compared_volumes, [kept.key for kept, _ in loaded]),
            state=plain_fields(_storable(state)),
        )

    def _file(self, volume: Volume) -> Path:
        path = file_of(volume)
        if path is None:  # it was written to while the others were stored
            raise UserError("A file of the session was changed while it was saved. Save it again.")
        return path

    def _scan(self) -> SavedScan:
        scan, origin = self.state.scan, self.state.origin
        assert scan is not None
        sha256 = None if scan.source is None else scan.source.sha256
        if origin is None:
            path = self._file(scan)
            files = (FileLocation(path.absolute()),)
            return SavedScan(files, path.name, 0, 0, sha256, scan.name[:LONGEST_TEXT])
        places = tuple(FileLocation(path.absolute()) for path in origin.paths)
        series = origin.series
        name = scan.name[:LONGEST_TEXT]
        return SavedScan(places, series.uid, series.index, origin.frame, sha256, name)

    def _reference(self) -> Job[SavedReference | None]:
        reference = self.state.reference
        if reference is None:
            return None
        file = self._file(reference.volume)
        location = location_of(file, reference.volume)
        if location.sha256 is None:
            location = yield from location_of_file(file)
        return SavedReference(location, reference.meaning, reference.thin is not None)

    def _result(self, kept: ComparedVolume) -> Job[SavedResult]:
        assert kept.made is not None
        image = yield from location_of_file(self._file(kept.volume))
        maps: dict[str, FileLocation] = {}
        for kind, volume in saved_maps(kept.made).items():
            maps[kind] = yield from location_of_file(self._file(volume))
        current = kept.key == self.state.compared_volumes.current
        model = kept.made.request.model
        return SavedResult(image, maps, kept.name, current, model, kept.scores)


def _overlay(overlay: Overlay, path: Path) -> SavedOverlay:
    names = tuple(SavedLabel(label.value, label.name, label.colour) for label in overlay.labels)
    return SavedOverlay(
        location_of(path, overlay.volume),
        overlay.opacity,
        None if overlay.labelled else overlay.threshold,
        names or None,
        tuple(sorted(overlay.hidden)),
        overlay.outlined,
        layer_of(overlay.volume),
        None if overlay.correction is None else _counts(overlay.correction.before),
    )


def _counts(voxels: Mapping[int, int]) -> tuple[SavedCount, ...]:
    return tuple(SavedCount(value, count) for value, count in voxels.items())


def _storable(state: StudyState) -> StudyState:
    """A state whose values can be read back: grey levels of absurd scans are clipped."""
    low, high = (
        min(max(value, -LARGEST_NUMBER), LARGEST_NUMBER)
        for value in (state.view.window.low, state.view.window.high)
    )
    window = Window(low, high) if low < high else NO_WINDOW
    return replace(
        state,
        comparing=replace(state.comparing, swapped=False),
        view=replace(state.view, window=window),
    )


def _shown(compared_volumes: ComparedVolumes, loaded: Sequence[str]) -> tuple[str, ...]:
    """The shown volumes, A and B first; ``loaded``: keys of the loaded volumes that are saved."""
    results = [kept.key for kept in reversed(compared_volumes.results)]
    words = {key: f"{RESULT}{number}" for number, key in enumerate(results)}
    words |= {key: f"{LOADED}{number}" for number, key in enumerate(loaded)}
    lost = {kept.key for kept in compared_volumes.kept} - words.keys()
    return tuple(words.get(key, key) for key in compared_volumes.shown if key not in lost)
