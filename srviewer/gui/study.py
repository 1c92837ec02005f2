"""What the window can do with the open study: each verb starts a job and keeps its result."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from srviewer.core.degrade import Degradation
from srviewer.core.geometry import Geometry
from srviewer.core.volume import ScanWarning, Volume
from srviewer.errors import UserError
from srviewer.gui.session import Reference, Session
from srviewer.gui.work import Work
from srviewer.io import formats
from srviewer.io.export import write
from srviewer.io.series import Found, Series
from srviewer.job import Job
from srviewer.paths import resource
from srviewer.sr.evaluate import ScoredPair, score_beside_cubic
from srviewer.sr.reconstruct import Reconstruction, reconstruct
from srviewer.sr.simulate import Simulation, simulate

OPEN, RECONSTRUCT, SIMULATE, SCORE, EXPORT = "open", "reconstruct", "simulate", "score", "export"
TRUTH = "truth"

# These say something that is worth knowing, but the grid that was read is right.
HARMLESS = ("oblique", "spacing_tag_wrong")


class Study(QObject):
    """Opens, simulates, reconstructs, scores and exports; never blocks.

    A failure leaves the session as it was and is sent by ``work.failed``.
    """

    several_found = Signal(object)  # Found: one of its series is to be given to ``read``
    opened = Signal(object)  # the paths that the scan was opened from
    exported = Signal(object)  # the path of the file that was written
    failed = Signal(str, object)  # what was tried, the exception

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.work = Work(self)
        self.work.failed.connect(self.failed)
        self.acknowledged = True
        self._paths: tuple[Path, ...] = ()
        self._after_opening: Callable[[], None] | None = None
        session.original_changed.connect(self._forget_acknowledgement)
        session.result_changed.connect(self._score)
        session.reference_changed.connect(self._score)

    # --- opening

    def open(self, paths: Sequence[Path], then: Callable[[], None] | None = None) -> None:
        """Open a file, several files, a folder or a zip; call ``then`` once it is shown."""
        self._paths, self._after_opening = tuple(paths), then
        self._start(OPEN, f"Opening {_names(paths)}", formats.scan(paths), self._found)

    def open_sample(self, then: Callable[[], None] | None = None) -> None:
        """Open the built-in thick scan with its thin truth."""

        def load_truth() -> None:
            self._load_truth(folder / "truth.nii.gz", "the sample's own thin truth")
            if then is not None:
                then()

        try:
            folder = resource("sample")
        except UserError as error:
            self.failed.emit("Opening the sample", error)
            return
        self.open([folder / "thick.nii.gz"], load_truth)

    def _found(self, found: Found) -> None:
        if len(found.series) > 1 or found.series[0].frames > 1:
            self.several_found.emit(found)
        else:
            self.read(found.series[0], 0)

    def read(self, series: Series, frame: int) -> None:
        """Open one of the series that were found; ``frame`` counts along the fourth dimension."""

        def show(volume: Volume) -> None:
            self.session.open(volume, series.sources)
            self._opened()

        self._start(OPEN, f"Opening {series.name}", series.read(frame), show)

    def _opened(self) -> None:
        self.opened.emit(self._paths)
        if self._after_opening is not None:
            self._after_opening()

    # --- what must be read before a reconstruction

    @property
    def concerns(self) -> tuple[ScanWarning, ...]:
        """Warnings that put the geometry or the voxels of the open scan in doubt."""
        original = self.session.original
        warnings = () if original is None else original.warnings
        return tuple(warning for warning in warnings if warning.code not in HARMLESS)

    def acknowledge(self) -> None:
        """The user has read the concerns."""
        self.acknowledged = True

    def _forget_acknowledgement(self) -> None:
        self.acknowledged = not self.concerns

    # --- reconstructing and judging

    def reconstruct(self) -> None:
        """Rebuild the open scan as the session's request says, once concerns are acknowledged."""
        original, request = self.session.original, self.session.request
        if original is not None and request is not None and self.acknowledged:
            job = reconstruct(original, request)
            self._start(RECONSTRUCT, "Reconstructing", job, self._reconstructed)

    def simulate(self, degradation: Degradation) -> None:
        """Thicken the open scan, rebuild it and score the result against the scan as it was."""
        original = self.session.original
        if original is not None:
            job = simulate(original, degradation)
            self._start(SIMULATE, "Thickening", job, self._simulated(degradation))

    def load_reference(self, path: Path) -> None:
        """Score against the volume in ``path``, which must lie on the result's grid."""
        self._load_truth(path, f"the loaded ground truth '{path.name}'")

    def export(self, path: Path) -> None:
        """Write the result as NIfTI, with how it was made beside it."""
        result = self.session.result
        if result is not None:
            sources = [str(source) for source in self.session.sources]
            provenance = {**result.provenance(), "sources": sources}
            job = write(result.volume, path, provenance)
            self._start(EXPORT, f"Exporting {path.name}", job, lambda _: self.exported.emit(path))

    def _reconstructed(self, result: Reconstruction) -> None:
        self.session.set_result(result)

    def _simulated(self, degradation: Degradation) -> Callable[[Simulation], None]:
        def show(simulation: Simulation) -> None:
            acknowledged = self.acknowledged
            self.session.open(simulation.thick, self.session.sources)
            self.session.set_reference(Reference(simulation.truth, simulation.meaning))
            request = self.session.request
            if request is not None:
                axis, factor = degradation.axis, degradation.factor
                self.session.set_request(replace(request, axis=axis, factor=factor))
            self.acknowledged = acknowledged
            self.reconstruct()

        return show

    def _load_truth(self, path: Path, meaning: str) -> None:
        def keep(volume: Volume) -> None:
            try:
                self._check_grid(volume, path)
            except UserError as error:
                self.failed.emit(f"Loading {path.name}", error)
            else:
                self.session.set_reference(Reference(volume, meaning))

        self._start(TRUTH, f"Loading {path.name}", formats.read(path), keep)

    def _check_grid(self, truth: Volume, path: Path) -> None:
        """A truth lies on the result's grid or, before there is one, on a refined one."""
        session = self.session
        if session.original is None:
            raise UserError("Open a scan first, then its ground truth.")
        if session.result is not None:
            fits = truth.geometry.matches(session.result.volume.geometry)
        else:
            fits = _refines(truth.geometry, session.original.geometry)
        if not fits:
            wanted = session.result.volume if session.result else session.original
            raise UserError(
                f"'{path.name}' does not lie on the grid of the result: it has {_grid(truth)}, "
                f"and '{wanted.name}' has {_grid(wanted)}. A ground truth covers the same space "
                f"as the scan, with voxels of the size that is reconstructed."
            )

    def _score(self) -> None:
        session = self.session
        original, result, reference = session.original, session.result, session.reference
        if original is None or result is None or reference is None:
            self.work.cancel(SCORE)
            return
        job = score_beside_cubic(
            reference.volume, original, result.volume, result.request, reference.meaning
        )
        self._start(SCORE, "Scoring", job, self._scored(result, reference))

    def _scored(self, result: Reconstruction, reference: Reference) -> Callable[[ScoredPair], None]:
        def keep(scores: ScoredPair) -> None:
            if (self.session.result, self.session.reference) == (result, reference):
                self.session.set_scores(scores)

        return keep

    def _start(self, kind: str, title: str, job: Job[Any], done: Callable[[Any], None]) -> None:
        """Start a job whose result is dropped when another scan was opened meanwhile."""
        original = self.session.original
        self.work.start(kind, title, job, done, lambda: self.session.original is original)


def _refines(fine: Geometry, coarse: Geometry) -> bool:
    for axis in range(3):
        factor, rest = divmod(fine.shape[axis], coarse.shape[axis])
        if factor > 1 and not rest and coarse.refined(axis, factor).matches(fine):
            return True
    return False


def _grid(volume: Volume) -> str:
    shape = " \u00d7 ".join(str(n) for n in volume.geometry.shape)
    spacing = " \u00d7 ".join(f"{mm:.3g}" for mm in volume.geometry.spacing)
    return f"{shape} voxels of {spacing} mm"


def _names(paths: Sequence[Path]) -> str:
    return paths[0].name if len(paths) == 1 else f"{len(paths)} files"
