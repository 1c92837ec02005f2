"""Reading of the studies of a session file, with all their files checked by digest."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.window import automatic_window
from srviewer.core.regions.labels import LabelName
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.files.content import stamp_of
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
    SavedSession,
    SavedStudy,
    fields_of,
)
from srviewer.study.sessions.saved_files import SavedFiles, another_file
from srviewer.study.sessions.saved_scan import replaced_scan, scan_of
from srviewer.study.sessions.session_file import read_session
from srviewer.study.state.compared_volumes import ComparedVolumes
from srviewer.study.state.held_file import held_in, read_from
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
        reading = _Reading(SavedFiles(path), study, lasting)
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
    """The reading of a study of a session file.

    Attributes:
        files: Those that the session file names.
        saved: The study as it holds it.
        lasting: As in ``restore``.
        problems: The errors of the files that could not be restored.
    """

    files: SavedFiles
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
        scan, origin = yield from within(scan_of(saved.scan, self.files), 0.0, 0.4)
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

    def _check_refusals(self, scan: Path) -> None:
        """Raise UserError when no result fits a scan whose content version 0.1.0 did not note."""
        if all(isinstance(problem, AnotherScan) for problem in self.problems):
            raise replaced_scan(scan, self.files.session)

    # --- what belongs to it

    def _result(self, scan: Volume, saved: SavedResult) -> Job[Result]:
        """A result with the maps that can still be read; errors of the others are problems."""
        image = yield from self.files.unchanged(saved.image)
        maps: dict[str, Path] = {}
        for kind, location in saved.maps.items():
            try:
                maps[kind] = yield from self.files.unchanged(location)
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
        path = yield from self.files.unchanged(saved.image)
        reading = read_truth_again(path, scan, grids)
        truth = self.files.checked((yield from read_from(path, reading)), saved.image)
        # The thin scan that the open one was simulated from is its reference.
        return Reference(truth, saved.meaning, truth if saved.thin else None)

    def _overlay(self, saved: SavedOverlay) -> Job[Overlay]:
        path = yield from self.files.unchanged(saved.image)
        volumes, segments = yield from read_volumes(path)
        if saved.layer >= len(volumes):
            raise another_file(path)
        volume = self.files.checked(volumes[int(saved.layer)], saved.image)
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
        path = yield from self.files.unchanged(saved.image)
        volume = yield from read_from(path, to_compare(path, scan))
        return self.files.checked(volume, saved.image)

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


def _settled(state: StudyState, before: StudyState) -> StudyState:
    """``state`` with the conventions of the window, and only what this version knows."""
    view = state.view.with_conventions(before.view)
    zoom = min(max(view.zoom, ZOOM_LIMITS[0]), ZOOM_LIMITS[1])
    known = {kind.id for kind in SHOWN_MAPS}
    comparing = replace(state.comparing, swapped=False)
    if comparing.map not in known:
        comparing = replace(comparing, map="")
    return replace(state, view=replace(view, zoom=zoom), comparing=comparing)


def _label_name(saved: SavedLabel) -> LabelName:
    return LabelName(saved.value, saved.name, saved.colour)
