"""Opens scans, ground truths and what is compared; holds the parts that work on the open study."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.resampling.deskew import deskewed
from srviewer.core.volumes.volume import (
    Volume,
)
from srviewer.errors import UserError
from srviewer.gui.jobs.running_jobs import RunningJobs, Task
from srviewer.gui.state.open_studies import OpenStudies
from srviewer.gui.state.region_steps import RegionSteps
from srviewer.gui.study.exporting import Exporting
from srviewer.gui.study.joining import Joining
from srviewer.gui.study.reconstructing import RECONSTRUCT, Reconstructing
from srviewer.gui.study.scoring import Scoring
from srviewer.gui.study.self_testing import SELF_TEST, SelfTesting
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.wording import file_names
from srviewer.gui.training.runs import TrainingRuns
from srviewer.io import formats
from srviewer.io.scans.series import ScanListing, Series
from srviewer.job import Job
from srviewer.paths import sample_scan, sample_stacks, sample_truth
from srviewer.sr.inputs.segmentations import check_is_scan
from srviewer.sr.references.read_for_comparison import to_compare
from srviewer.sr.references.truth import read_truth
from srviewer.sr.scores.simulate import Simulation, simulate
from srviewer.study.opening import opened, prepared
from srviewer.study.sessions.session_file import SUFFIX
from srviewer.study.state.held_file import read_from
from srviewer.study.state.origin import Origin, one_image_a_file, origins
from srviewer.study.state.reference import Reference

OPEN, SIMULATE, TRUTH, LOAD = "open", "simulate", "truth", "load volume"


class StudyController(QObject):
    """Opens and simulates; never blocks. Its parts reconstruct, join, test, score and export.

    A failure leaves the study as it was and is sent by ``work.failed``.
    """

    several_found = Signal(object)  # ScanListing: one of its series is to be given to ``read``
    session_chosen = Signal(object, object)  # the path of a session file, what to call then
    opening = Signal()  # something is to be opened: what was asked about an earlier one is moot
    opened = Signal(object)  # the paths that the scan was opened from
    panel_wanted = Signal(str)  # the id of the panel that leads on
    failed = Signal(str, object)  # what was tried, the exception

    def __init__(self, studies: OpenStudies, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.studies, self.study = studies, studies.study
        study = self.study
        self.work = RunningJobs(self)
        self.work.failed.connect(self.failed)
        self.training = TrainingRuns(self.work, self)
        self._paths: tuple[Path, ...] = ()
        self._looked_at: ScanListing | None = None
        self._after_opening: Callable[[], None] | None = None
        study.follow(self._leave_old_scan, "scan")
        studies.changed.connect(self._leave_closed)
        self.exporting = Exporting(study, self.work, self)
        self.reconstructing = Reconstructing(studies, self.work, self.exporting, self)
        self.reconstructing.refused.connect(self.failed)
        self.regions = RegionSteps(study, self)
        self.scoring = Scoring(study, self.work, self)
        self.testing = SelfTesting(studies, self.work, self)
        self.joining = Joining(studies, self.work, self.reconstructing.start_join, self)

    # --- opening

    def open(self, paths: Sequence[Path], then: Callable[[], None] | None = None) -> None:
        """Open a scan.

        Args:
            paths: A file, several files, a folder, a zip or a session file.
            then: Called once the scan is shown; None for nothing.
        """
        self.work.cancel(SIMULATE)  # it would replace what is opened now
        self.studies.begin()
        self.joining.start_once_open(())
        self.opening.emit()
        if len(paths) == 1 and paths[0].suffix == SUFFIX:
            self.session_chosen.emit(paths[0], then)
            return
        self._paths, self._after_opening = tuple(paths), then
        title = tr("Opening {name}", name=file_names(paths))
        self._start(OPEN, title, formats.scan(paths, to_view=True), self._found)

    def open_sample(self, then: Callable[[], None] | None = None) -> None:
        """Open the built-in thick scan with its thin ground truth.

        Args:
            then: Called once the scan is shown; None for nothing.
        """
        try:
            scan, truth = sample_scan(), sample_truth()
        except UserError as error:
            self.failed.emit(tr("Opening the sample"), error)
            return

        def load_truth() -> None:
            self._load_truth(truth, mark("the sample's own thin truth"))
            if then is not None:
                then()

        self.open([scan], load_truth)

    def open_sample_stacks(self, then: Callable[[], None] | None = None) -> None:
        """Open the built-in stacks, which can be joined.

        Args:
            then: Called once they are shown; None for nothing.
        """
        try:
            self.open(sample_stacks(), then)
        except UserError as error:
            self.failed.emit(tr("Opening the sample"), error)

    @property
    def named_paths(self) -> tuple[Path, ...]:
        """The files and folders that the user gave to the last opening of scans."""
        return self._paths

    def _found(self, found: ScanListing) -> None:
        self._looked_at = found
        if one_image_a_file(found, self._paths):
            self.read([(series, 0) for series in found.series or found.view_only])
        else:
            self.several_found.emit(found)

    def offer_series(self) -> None:
        """Ask again which series of the files of the open scan to open, in tabs of their own."""
        origin = self.study.state.origin
        if origin is None:
            return
        self.studies.begin_beside()
        self.opening.emit()
        self._paths, self._looked_at, self._after_opening = origin.every_path, origin.found, None
        self.several_found.emit(origin.found)

    def read(self, chosen: Sequence[tuple[Series, int]], to_join: bool = False) -> None:
        """Open some of the series that were found, each in a tab of its own.

        Args:
            chosen: each series with the number of its volume along the fourth dimension, from 0.
            to_join: whether they are stacks that are joined as soon as all are open.
        """
        assert self._looked_at is not None
        self.work.cancel(SIMULATE)
        self.joining.start_once_open([series for series, _ in chosen] if to_join else ())
        self._read_next(origins(self._paths, self._looked_at, chosen), self._after_opening)

    def _read_next(self, images: Sequence[Origin], then: Callable[[], None] | None) -> None:
        """Read the first image; once it is shown, call ``then`` and go on with the others."""
        origin, *rest = images

        def show(volume: Volume) -> None:
            study, series = self.study, origin.series
            state = opened(volume, study.state, study.preferred_device, origin, series.sources)
            self.studies.place(state)
            self.opened.emit(origin.paths)
            if then is not None:
                then()
            if rest:
                self.studies.begin_beside()
                self._read_next(rest, None)

        title = tr("Opening {name}", name=origin.series.name)
        self._start(OPEN, title, prepared(origin.series.read(origin.frame)), show)

    def straighten(self) -> None:
        """Resample a scan with a gantry tilt onto a rectangular grid, and open that instead."""
        scan = self.study.scan

        def show(volume: Volume) -> None:
            before, device = self.study.state, self.study.preferred_device
            self.studies.succeed(opened(volume, before, device, sources=before.sources))

        if scan is not None:
            job = deskewed(scan, scan.geometry.slice_axis)
            self._start(SIMULATE, tr("Straightening the tilt"), job, show)

    # --- judging

    @property
    def to_thicken(self) -> Volume | None:
        """The scan to simulate from: the thin scan of an earlier simulation, else the open scan."""
        reference = self.study.reference
        if reference is not None and reference.thin is not None:
            return reference.thin
        return self.study.scan

    def simulate(self, degradation: Degradation) -> None:
        """Degrade the thin scan, reconstruct it and score the result against the thin scan.

        A mask or label map is refused.

        Args:
            degradation: The acquisition model.
        """
        thin = self.to_thicken
        if thin is not None and not self.reconstructing.refuse_elsewhere(tr("Simulating")):
            try:
                check_is_scan(thin, "scored")
            except UserError as error:
                self.failed.emit(tr("Simulating"), error)
                return
            job = simulate(thin, degradation)
            self._start(SIMULATE, tr("Simulating"), job, self._simulated(thin, degradation))

    def load_reference(self, path: Path) -> None:
        """Score the results against a ground truth.

        Args:
            path: The file of the ground truth, which must lie on the result's grid.
        """
        self._load_truth(path, tr("the loaded ground truth '{name}'", name=path.name))

    def load_beside(self, path: Path, then: Callable[[], None] | None = None) -> None:
        """Compare a volume with the scan, wherever it lies.

        Args:
            path: A file in one of the formats that can be opened.
            then: Called once the volume is there; None for nothing.
        """
        scan = self.study.scan
        if scan is None:
            return

        def keep(volume: Volume) -> None:
            kept = self.study.compared_volumes
            self.study.keep(kept.with_loaded(volume, path.name))
            if then is not None:
                then()

        title = tr("Loading {name}", name=path.name)
        self._start(LOAD, title, read_from(path, to_compare(path, scan)), keep)

    def _leave_old_scan(self) -> None:
        for kind in (SIMULATE, TRUTH, LOAD):
            self.work.cancel(kind)

    def _leave_closed(self) -> None:
        """Cancel the reconstruction and the test of a study that was closed or replaced."""
        scans = {state.scan for state in self.studies.states}
        for kind in (RECONSTRUCT, SELF_TEST):
            if self.work.scan_of(kind) not in {None, *scans}:
                self.work.cancel(kind)

    def _simulated(self, thin: Volume, degradation: Degradation) -> Callable[[Simulation], None]:
        def show(simulation: Simulation) -> None:
            before, device = self.study.state, self.study.preferred_device
            reference = Reference(simulation.truth, simulation.meaning, thin)
            name = tr("{name}, thickened \u00d7{factor}", name=thin.name, factor=degradation.factor)
            thick = replace(simulation.thick, name=name)
            state = opened(thick, before, device, sources=before.sources, reference=reference)
            assert state.request is not None
            axis, factor = degradation.axis, degradation.factor
            request = replace(state.request, axis=axis, factor=factor)
            self.studies.add(replace(state, request=request, acknowledged=before.acknowledged))
            self.reconstructing.start()

        return show

    def _load_truth(self, path: Path, meaning: str) -> None:
        def keep(volume: Volume) -> None:
            self.study.set_reference(Reference(volume, meaning, None))

        title = tr("Loading {name}", name=path.name)
        scan, result = self.study.scan, self.study.result
        if scan is None:
            no_scan = UserError(tr("Open a scan first, then its ground truth."))
            self.failed.emit(title, no_scan)
            return
        grid = None if result is None else result.volume.geometry
        self._start(TRUTH, title, read_from(path, read_truth(path, scan, grid)), keep)

    def _start(self, kind: str, title: str, job: Job[Any], done: Callable[[Any], None]) -> Task:
        """Start a job; what depends on the open scan is dropped when another was opened."""
        scan = self.study.scan
        return self.work.start(
            kind,
            title,
            job,
            done,
            lambda: kind == OPEN or self.study.scan is scan,
            scan=scan,
        )
