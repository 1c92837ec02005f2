"""Reading of the studies of a session file, with all their files checked by digest."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.window import automatic_window
from srviewer.core.regions.labels import LabelName
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io import formats
from srviewer.io.export.replacing import is_as_written
from srviewer.io.files.content import digest, stamp_of
from srviewer.io.scans.series import Series
from srviewer.io.sidecars.exported_image import described, own_document, stated_source
from srviewer.job import Job, Progress, within
from srviewer.sr.references.read_for_comparison import to_compare
from srviewer.sr.references.same_scan import AnotherScan
from srviewer.sr.references.truth import read_truth_again
from srviewer.sr.requests.request_document import request_for
from srviewer.sr.results.maps import SHOWN_MAPS
from srviewer.sr.stacks.restore import restored_result
from srviewer.sr.stacks.result import Result, stored_maps
from srviewer.study.corrected_masks import corrected_again
from srviewer.study.label_listing import read_volumes, with_labels
from srviewer.study.sessions.document import (
    LOADED,
    RESULT,
    SavedLabel,
    SavedLoaded,
    SavedOverlay,
    SavedReference,
    SavedResult,
    SavedScan,
    SavedSession,
    SavedStudy,
    fields_of,
)
from srviewer.study.sessions.file_location import FileLocation
from srviewer.study.sessions.session_file import read_session
from srviewer.study.state.compared_volumes import ComparedVolumes
from srviewer.study.state.held_file import held_in, read_from
from srviewer.study.state.origin import Origin
from srviewer.study.state.overlay import Overlay, overlay_of
from srviewer.study.state.reference import Reference
from srviewer.study.state.second_study import second_of
from srviewer.study.state.study_state import StudyState
from srviewer.study.state.view import ZOOM_LIMITS

Had = TypeVar("Had")
Lasting = Callable[[Path], bool]


@dataclass(frozen=True, eq=False)
class RestoredSession:
    """The studies that could be restored, at least one.

    Attributes:
        states: in the order of their tabs.
        front: the number of the study to be shown, from 0.
        problems: a sentence for each file that could not be restored, of all studies.

    """

    states: tuple[StudyState, ...]
    front: int
    problems: tuple[str, ...]


def restore(path: Path, before: StudyState, device: str, lasting: Lasting) -> Job[RestoredSession]:
    """Restore the studies of a session file.

    Args:
        path: the session file.
        before: the study that is shown; its conventions go on.
        device: of a request that names none.
        lasting: whether a file stays where it is: those that were autosaved go with the window.

    Returns:
        A job whose result is the restored studies; a scan, a result or a reference that cannot be
        read becomes a problem.

    Raises:
        UserError: it is no session file, or none of its scans can be read.

    """
    yield Progress(0.0, f"Opening {path.name}")
    saved = read_session(path)
    states: list[StudyState] = []
    restored: dict[int, int] = {}  # number in the file -> number among those that are restored
    problems: list[str] = []
    front = 0
    for number, study in enumerate(saved.studies):
        span = number / len(saved.studies), (number + 1) / len(saved.studies)
        reading = _Reading(path, study, lasting)
        try:
            states.append((yield from within(reading.state(before, device), *span)))
        except UserError as error:
            problems.insert(0, str(error))
        else:
            restored[number] = len(states) - 1
            problems += map(str, reading.problems)
        if number <= saved.front:  # the one before, where the one that was shown is lost
            front = max(len(states) - 1, 0)
    if not states:
        raise UserError("\n".join(problems))
    return RestoredSession(_with_seconds(saved, states, restored), front, tuple(problems))


def _with_seconds(
    saved: SavedSession, states: Sequence[StudyState], restored: Mapping[int, int]
) -> tuple[StudyState, ...]:
    """The studies, each with that beside it where both were restored."""
    linked = list(states)
    for number, here in restored.items():
        second = saved.studies[number].second_study
        there = here if second is None else restored.get(int(second.study), here)
        if second is not None and there != here and (scan := states[there].scan) is not None:
            linked[here] = replace(linked[here], second_study=second_of(scan, second.link))
    return tuple(linked)


@dataclass(frozen=True, eq=False)
class _Reading:
    """The reading of a study of the session file ``path``.

    Attributes:
        path: The session file.
        saved: The study as it holds it.
        lasting: As in ``restore``.
        problems: The errors of the files that could not be restored.
    """

    path: Path
    saved: SavedStudy
    lasting: Lasting
    problems: list[UserError] = field(default_factory=list)

    def state(self, before: StudyState, device: str) -> Job[StudyState]:
        """Read the study.

        Args:
            before: The study that is shown; its conventions go on.
            device: Of a request that names none.

        Returns:
            A job whose result is the study, with its scan at least.
        """
        saved = self.saved
        scan, origin = yield from within(self._scan(), 0.0, 0.4)
        read = (self._result(scan, result) for result in saved.results)
        results = yield from within(self._each(read, len(saved.results)), 0.4, 0.8)
        if saved.scan.sha256 is None and self.problems and not results:
            self._check_refusals(origin.paths[0])
        references = yield from within(self._references(scan, results), 0.8, 0.9)
        read_overlays = (self._overlay(overlay) for overlay in saved.layers)
        overlays = yield from within(self._each(read_overlays, len(saved.layers)), 0.9, 0.95)
        read_loaded = (self._loaded(volume, scan) for volume in saved.loaded)
        loaded = yield from within(self._each(read_loaded, len(saved.loaded)), 0.95, 1.0)
        request = request_for(scan, saved.state.get("request"), device)
        made_here = not all(map(self.lasting, origin.paths))  # it was simulated, and autosaved
        if made_here:
            held_in(origin.paths[0], scan)
        window = automatic_window(scan)
        state = StudyState(
            scan=scan,
            origin=None if made_here else origin,
            sources=origin.series.sources,
            auto_window=window,
            reference=next(iter(references.values()), None),
            overlays=tuple(overlays.values()),
            compared_volumes=self._comparables(results, loaded, scored=bool(references)),
            comparing=before.comparing,
            view=before.view.whole(scan, window),
        )
        return _settled(
            replace(state, **{**fields_of(saved.state, state), "request": request}), before
        )

    def _each(self, jobs: Iterable[Job[Had]], count: int) -> Job[dict[int, Had]]:
        """The results of jobs by their numbers; errors go to ``problems``."""
        had: dict[int, Had] = {}
        for number, job in enumerate(jobs):
            try:
                had[number] = yield from within(job, number / count, (number + 1) / count)
            except UserError as error:
                self.problems.append(error)
        return had

    # --- the scan

    def _scan(self) -> Job[tuple[Volume, Origin]]:
        """The scan at its location relative to the session file, else at its absolute location."""
        near = [self._existing(location) for location in self.saved.scan.files]
        far = [location.candidates(self._folder)[-1] for location in self.saved.scan.files]
        if far == near:
            return (yield from self._scan_in(near))
        try:
            return (yield from within(self._scan_in(near), 0.0, 0.5))
        except UserError as error:
            try:
                return (yield from within(self._scan_in(far), 0.5, 1.0))
            except UserError:
                raise error from None

    def _scan_in(self, paths: Sequence[Path]) -> Job[tuple[Volume, Origin]]:
        saved = self.saved.scan
        listing = yield from within(formats.scan(paths, to_view=True), 0.0, 0.3)
        series = yield from _series(listing.every_series, saved)
        if series is None or saved.frame >= series.frames:
            raise UserError(
                f"What '{self.path.name}' was saved from has changed: its series is not in "
                f"'{paths[0]}' any more. Open the scan itself."
            )
        origin = Origin(tuple(paths), series, saved.frame, listing)
        volume = yield from within(series.read(saved.frame), 0.3, 1.0)
        try:
            document: Mapping[str, Any] | None = own_document(paths[0])
        except UserError:  # another program's image, as most are
            document = None
        if not _is_of(volume, saved.sha256):
            if document is None or not (yield from is_as_written(paths[0], document)):
                raise self._replaced(paths[0])
            volume = replace(volume, source=stated_source(document))  # of a simulated scan
            if not _is_of(volume, saved.sha256):
                raise self._replaced(paths[0])
        if document is not None:
            volume = described(volume, document)
        return replace(volume, name=saved.name or volume.name), origin

    def _check_refusals(self, scan: Path) -> None:
        """Raise UserError when no result fits a scan whose content version 0.1.0 did not note."""
        if all(isinstance(problem, AnotherScan) for problem in self.problems):
            raise self._replaced(scan)

    def _replaced(self, scan: Path) -> UserError:
        return UserError(
            f"'{scan}' is not the scan that '{self.path.name}' was saved from: its content is "
            "another. Nothing that was saved is shown on it. Put the old file back, or open this "
            "one by itself."
        )

    # --- what belongs to it

    def _result(self, scan: Volume, saved: SavedResult) -> Job[Result]:
        """A result with the maps that can still be read; errors of the others are problems."""
        image = yield from self._unchanged(saved.image)
        maps: dict[str, Path] = {}
        for kind, location in saved.maps.items():
            try:
                maps[kind] = yield from self._unchanged(location)
            except UserError as error:
                self.problems.append(error)
        stamps = {path: stamp_of(path) for path in (image, *maps.values())}
        result = yield from restored_result(scan, image, maps, saved.model)
        held_in(image, result.volume, stamps[image])
        for kind, volume in stored_maps(result).items():
            if kind in maps:
                held_in(maps[kind], volume, stamps[maps[kind]])
        return result

    def _references(self, scan: Volume, results: Mapping[int, Result]) -> Job[dict[int, Reference]]:
        """The reference under the key 0; empty where there is none, or it cannot be read."""
        current_first = sorted(results, key=lambda number: not self.saved.results[number].current)
        grids = [results[number].volume.geometry for number in current_first]
        saved = self.saved.reference
        if saved is None:
            return {}
        return (yield from self._each([self._reference(saved, scan, grids)], 1))

    def _reference(
        self, saved: SavedReference, scan: Volume, grids: Sequence[Geometry]
    ) -> Job[Reference]:
        path = yield from self._unchanged(saved.image)
        reading = read_truth_again(path, scan, grids)
        truth = self._checked((yield from read_from(path, reading)), saved.image)
        # The thin scan that the open one was simulated from is its reference.
        return Reference(truth, saved.meaning, truth if saved.thin else None)

    def _overlay(self, saved: SavedOverlay) -> Job[Overlay]:
        path = yield from self._unchanged(saved.image)
        volumes, segments = yield from read_volumes(path)
        if saved.layer >= len(volumes):
            raise _another(path)
        volume = self._checked(volumes[int(saved.layer)], saved.image)
        overlay = overlay_of(volume).seen_at(saved.opacity)
        if overlay.labelled:
            drawn = replace(overlay, hidden=frozenset(saved.hidden), outlined=saved.outlined)
            names = segments if saved.names is None else [*map(_label_name, saved.names)]
            drawn = yield from within(with_labels(drawn, path, names), 0.0, 0.5)
            if saved.before is None:
                return drawn
            before = {count.value: int(count.voxels) for count in saved.before}
            return (yield from within(corrected_again(drawn, path, before, names or ()), 0.5, 1.0))
        return overlay if saved.threshold is None else replace(overlay, threshold=saved.threshold)

    def _loaded(self, saved: SavedLoaded, scan: Volume) -> Job[Volume]:
        path = yield from self._unchanged(saved.image)
        volume = yield from read_from(path, to_compare(path, scan))
        return self._checked(volume, saved.image)

    def _comparables(
        self,
        results: Mapping[int, Result],
        loaded: Mapping[int, Volume],
        scored: bool,
    ) -> ComparedVolumes:
        """The results and loaded volumes; ``scored``: the reference of their scores was read."""
        kept, keys, current = ComparedVolumes(), dict[str, str](), None
        for number, result in results.items():
            saved = self.saved.results[number]
            kept = kept.with_result(result)
            key = keys[f"{RESULT}{number}"] = kept.current
            kept = kept.renamed(key, saved.name)
            if scored and saved.scores is not None:
                kept = kept.scored(key, saved.scores)
            current = key if saved.current else current
        for number, volume in loaded.items():
            kept = kept.with_loaded(volume, self.saved.loaded[number].name)
            keys[f"{LOADED}{number}"] = kept.loaded[-1].key
        if current is not None:
            kept = kept.choosing(current)
        shown = [w for w in self.saved.shown if w in keys or not w.startswith((RESULT, LOADED))]
        return kept.showing(tuple(keys.get(word, word) for word in shown)) if shown else kept

    # --- files

    @property
    def _folder(self) -> Path:
        return self.path.absolute().parent

    def _unchanged(self, location: FileLocation) -> Job[Path]:
        """The path of a file of the session. Raises UserError when its content has changed.

        The content of a folder is known only once its image is read, see ``_checked``.
        """
        path = self._existing(location)
        if location.sha256 is None or path.is_dir():
            return path
        for candidate in location.candidates(self._folder):
            if candidate.is_file() and (yield from digest(candidate)) == location.sha256:
                return candidate
        raise _another(path)

    def _checked(self, volume: Volume, location: FileLocation) -> Volume:
        """``volume``. Raises UserError when the folder at ``location`` holds another image."""
        path = self._existing(location)
        if path.is_dir() and not _is_of(volume, location.sha256):
            raise _another(path)
        return volume

    def _existing(self, location: FileLocation) -> Path:
        path = next(iter(location.candidates(self._folder)), None)
        if path is None:
            raise UserError(
                f"'{location.absolute}' is not there any more. Put it back, or into the same place "
                "as seen from the session file."
            )
        return path


def _settled(state: StudyState, before: StudyState) -> StudyState:
    """``state`` with the conventions of the window, and only what this version knows."""
    view = state.view.with_conventions(before.view)
    zoom = min(max(view.zoom, ZOOM_LIMITS[0]), ZOOM_LIMITS[1])
    known = {kind.id for kind in SHOWN_MAPS}
    comparing = replace(state.comparing, swapped=False)
    if comparing.map not in known:
        comparing = replace(comparing, map="")
    return replace(state, view=replace(view, zoom=zoom), comparing=comparing)


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


def _is_of(volume: Volume, sha256: str | None) -> bool:
    """Whether ``volume`` has this source; None fits all, since version 0.1.0 did not note it."""
    return sha256 is None or (volume.source is not None and volume.source.sha256 == sha256)


def _label_name(saved: SavedLabel) -> LabelName:
    return LabelName(saved.value, saved.name, saved.colour)


def _another(path: Path) -> UserError:
    return UserError(
        f"'{path}' is not the file that was open when the session was saved: its content is "
        "another. It is left out; open it again if it belongs to the scan."
    )
