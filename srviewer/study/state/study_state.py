"""One open study as one frozen value."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from srviewer.core.intensity.window import Window
from srviewer.core.regions.roi import Roi, followed
from srviewer.core.regions.text_annotation import TextAnnotation
from srviewer.core.slices.planes import Plane, acquired_plane
from srviewer.core.volumes.volume import Volume
from srviewer.sr.requests.request import Request
from srviewer.sr.results.doubts import Doubts
from srviewer.sr.scores.evaluate import ScoredPair
from srviewer.sr.stacks.result import Result
from srviewer.sr.trust.self_test import SelfTest
from srviewer.study.state.compared_volumes import LONGEST_NAME, ComparedVolume, ComparedVolumes
from srviewer.study.state.comparing import Comparing
from srviewer.study.state.held_drawings import Drawings, held_drawings
from srviewer.study.state.held_file import file_of
from srviewer.study.state.layouts import COMPARE, PLANES
from srviewer.study.state.origin import Origin
from srviewer.study.state.overlay import Overlay
from srviewer.study.state.reference import Reference
from srviewer.study.state.second_study import SecondStudy, second_of
from srviewer.study.state.view import NO_WINDOW, View
from srviewer.study.state.view_in_3d import ViewIn3D

# Metadata of fields that session files hold, without any further code. A LENIENT field that cannot
# be read gets its default; any other makes the whole file damaged.
SAVED = {"saved": True}
LENIENT = {"saved": True, "lenient": True}


@dataclass(frozen=True)
class Tested:
    """A self-test of the scan, and the request that was tested."""

    request: Request
    test: SelfTest


@dataclass(frozen=True, eq=False)
class StudyState:
    """The state of one open study; ``StudyState()`` while nothing is open.

    A new field is kept by tabs and copies as it is, and by session files where its metadata says
    so. Fields that hold voxels are saved by ``srviewer.study.sessions.document``.

    Attributes:
        scan: the open scan.
        origin: its files and series; None for a scan that was simulated in the window.
        sources: the files that it came from, which an export never overwrites.
        auto_window: grey levels that suit the scan, in its unit.
        request: of the next reconstruction.
        acknowledged: whether the scan's warnings were read.
        compared_volumes: the results and loaded volumes, and the choice of those shown.
        reference: the volume that results are scored against.
        comparing: the settings of the comparison of A and B.
        view: crosshair, zoom, window and colours of every pane.
        overlays: overlays over every pane, the last on top.
        rois: measurements, oldest first.
        locked: the measurement that is the region lock; None for none.
        annotations: texts and arrows of the user, oldest first.
        tested: the self-tests of the scan, the newest last.
        second_study: another open study that is shown beside this one; None for none.
        view_in_3d: settings and camera of the 3D window; None while it was not seen in 3D.

    """

    scan: Volume | None = None
    origin: Origin | None = None
    sources: tuple[Path, ...] = ()
    auto_window: Window = NO_WINDOW
    request: Request | None = field(default=None, metadata=LENIENT)
    acknowledged: bool = field(default=False, metadata=SAVED)
    compared_volumes: ComparedVolumes = field(default_factory=ComparedVolumes)
    reference: Reference | None = None
    comparing: Comparing = field(default_factory=Comparing, metadata=SAVED)
    view: View = field(default_factory=View, metadata=SAVED)
    overlays: tuple[Overlay, ...] = ()
    rois: tuple[Roi, ...] = field(default=(), metadata=SAVED)
    locked: Roi | None = field(default=None, metadata=SAVED)
    annotations: tuple[TextAnnotation, ...] = field(default=(), metadata=LENIENT)
    tested: tuple[Tested, ...] = field(default=(), metadata=LENIENT)
    second_study: SecondStudy | None = None
    view_in_3d: ViewIn3D | None = field(default=None, metadata=LENIENT)

    @property
    def volumes(self) -> Iterator[Volume]:
        """Every volume that the study holds; some may come twice."""
        yield from (
            volume for volume in (self.scan, self.compared_volumes.cubic) if volume is not None
        )
        yield from (layer.volume for layer in self.overlays)
        for kept in self.compared_volumes.kept:
            yield from kept.volumes
        if self.reference is not None:
            yield self.reference.volume
            if self.reference.thin is not None:
                yield self.reference.thin

    @property
    def result(self) -> Result | None:
        """The current result, which is scored, plotted and exported."""
        current = self.compared_volumes.result
        return None if current is None else current.made

    @property
    def scores(self) -> ScoredPair | None:
        """The scores of the current result."""
        current = self.compared_volumes.result
        return None if current is None else current.scores

    @property
    def doubts(self) -> Doubts | None:
        """The smoothed disagreement and the regions most likely wrong of the current result."""
        current = self.compared_volumes.result
        return None if current is None else current.doubts

    @property
    def main_plane(self) -> Plane:
        """The plane of the large pane: the user's choice, else the one of the acquisition."""
        if self.view.main is not None or self.scan is None:
            return self.view.main or Plane.AXIAL
        return acquired_plane(self.scan.geometry)

    def with_result(self, result: Result) -> "StudyState":
        """Add a result and make it the current one.

        Args:
            result: The result.

        Returns:
            The study with it, as ``keeping`` shows it.
        """
        return self.keeping(self.compared_volumes.with_result(result))

    def keeping(self, compared_volumes: ComparedVolumes) -> "StudyState":
        """Replace the results and loaded volumes.

        Args:
            compared_volumes: The new ones.

        Returns:
            The study with them. For another current result, a layout that shows the scan alone
            becomes A above B.
        """
        result = compared_volumes.result and compared_volumes.result.made
        comparing = self.comparing
        if result is not None and result is not self.result and comparing.layout == PLANES:
            comparing = replace(comparing, layout=COMPARE)
        return replace(self, compared_volumes=compared_volumes, comparing=comparing)

    def without_preview(self) -> "StudyState":
        """With the layout of the scan alone, after a reconstruction without a result."""
        if self.comparing.layout != COMPARE:
            return self
        return replace(self, comparing=replace(self.comparing, layout=PLANES))

    def with_reference(self, reference: Reference | None) -> "StudyState":
        """Replace the reference.

        Args:
            reference: The new one; None for none.

        Returns:
            The study with it, without scores.
        """
        return replace(self, reference=reference, compared_volumes=self.compared_volumes.unscored())

    def with_rois(self, rois: tuple[Roi, ...]) -> "StudyState":
        """Replace the measurements.

        Args:
            rois: The new ones, oldest first.

        Returns:
            The study with them; the region lock follows its measurement.
        """
        rois = tuple(replace(roi, name=roi.name[:LONGEST_NAME]) for roi in rois)
        return replace(self, rois=rois, locked=followed(self.locked, self.rois, rois))

    def with_tested(self, request: Request, test: SelfTest) -> "StudyState":
        """Add a self-test, instead of an earlier one of the same request.

        Args:
            request: The request that was tested.
            test: The self-test.

        Returns:
            The study with the test.
        """
        others = tuple(row for row in self.tested if row.request != request)
        return replace(self, tested=(*others, Tested(request, test)))

    def test_of(self, request: Request) -> SelfTest | None:
        """Find the self-test of a request.

        Args:
            request: The request, equal in all settings.

        Returns:
            The test; None where it was not tested.
        """
        return next((row.test for row in self.tested if row.request == request), None)

    def unexported(self, lasting: Callable[[Path], bool]) -> tuple[ComparedVolume, ...]:
        """List the results that no file will hold once the study is closed.

        Args:
            lasting: Whether a file stays where it is: those that were autosaved do not.

        Returns:
            Those results, in their order.
        """
        return tuple(
            kept
            for kept in self.compared_volumes.results
            if (path := file_of(kept.volume)) is None or not lasting(path)
        )

    def unsaved_masks(self, lasting: Callable[[Path], bool]) -> tuple[Overlay, ...]:
        """List the masks corrected by hand that would be missed once the study is closed.

        Args:
            lasting: As in ``unexported``.

        Returns:
            Those of ``unheld_masks`` in which anything was done, in their order.
        """
        return tuple(mask for mask in self.unheld_masks(lasting) if mask.has_work)

    def unheld_masks(self, lasting: Callable[[Path], bool]) -> tuple[Overlay, ...]:
        """List the masks under correction that no file will hold once the study is closed.

        Args:
            lasting: As in ``unexported``.

        Returns:
            Those overlays, in their order; empty ones as well.
        """
        return tuple(
            overlay
            for overlay in self.overlays
            if overlay.correction is not None
            and ((path := file_of(overlay.volume)) is None or not lasting(path))
        )

    def unsaved_drawings(self, lasting: Callable[[Path], bool]) -> Drawings:
        """List the measurements, texts and arrows that no session file holds as they are.

        Args:
            lasting: As in ``unexported``.

        Returns:
            Those drawings, in their order.
        """
        drawn = Drawings(self.rois, self.annotations)
        if self.scan is None or not drawn:
            return Drawings()
        path, held = held_drawings(self.scan)
        return drawn if path is None or not lasting(path) else drawn.beyond(held)


def with_second_scan(state: StudyState, before: Volume, after: Volume) -> StudyState:
    """Replace the scan by which a study knows its second study.

    Args:
        state: The study.
        before: The scan that goes.
        after: The scan that comes in its place.

    Returns:
        The study; as it is where its second study is another.
    """
    second = state.second_study
    if second is None or second.scan is not before:
        return state
    return replace(state, second_study=second_of(after, second.link))


DERIVED = ("result", "scores", "doubts")  # properties whose changes are reported as well


def changes(before: StudyState, after: StudyState) -> frozenset[str]:
    """The names of the fields, and of the DERIVED properties, in which two states differ.

    Args:
        before: A state.
        after: Another state.

    Returns:
        The names; all of them where the scans differ, since equal values are of another study.
    """
    names = (*(row.name for row in fields(StudyState)), *DERIVED)
    if before.scan is not after.scan:
        return frozenset(names)
    return frozenset(name for name in names if _differ(getattr(before, name), getattr(after, name)))


def _differ(before: object, after: object) -> bool:
    return before is not after and before != after
