"""One open study as one frozen value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from srviewer.core.intensity.window import Window
from srviewer.core.regions.roi import Roi, followed
from srviewer.core.volumes.volume import Volume
from srviewer.sr.requests.request import Request
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.scores.evaluate import ScoredPair
from srviewer.sr.scores.self_test import SelfTest
from srviewer.study.state.comparables import Comparables, Kept
from srviewer.study.state.comparing import Comparing
from srviewer.study.state.held_file import HeldFile
from srviewer.study.state.layouts import COMPARE, PLANES
from srviewer.study.state.origin import Origin
from srviewer.study.state.overlay import Overlay
from srviewer.study.state.reference import Reference
from srviewer.study.state.view import NO_WINDOW, View

# Metadata of fields that session files hold, without any further code. What cannot be read of a
# LENIENT one is as at first; in another one, it makes the whole file damaged.
SAVED = {"saved": True}
LENIENT = {"saved": True, "lenient": True}


@dataclass(frozen=True)
class Tested:
    """A self-test of the scan, and the request that was tested."""

    request: Request
    test: SelfTest


@dataclass(frozen=True, eq=False)
class StudyState:
    """Everything that one open study is; ``StudyState()`` while nothing is open.

    A new field is kept by tabs and copies as it is, and by session files where its metadata says
    so. Fields that hold voxels are saved by ``srviewer.study.sessions.document``.

    Attributes:
        scan: the open scan.
        origin: which image of which files it is; None for a scan that was made here.
        scan_file: the file that holds a scan that was made here; None where there is none.
        sources: the files that it came from, which an export never overwrites.
        auto_window: grey levels that suit the scan, in its unit.
        request: what the next reconstruction will do.
        acknowledged: whether the scan's warnings were read.
        comparables: the results and loaded volumes, and which of everything is shown.
        reference: what the results are scored against.
        comparing: how A and B are compared.
        view: how every pane looks at it.
        layers: overlays over every pane, the last on top.
        rois: measurements, oldest first.
        locked: the one of them inside which nothing learned is added.
        tested: the self-tests of the scan, the newest last.

    """

    scan: Volume | None = None
    origin: Origin | None = None
    scan_file: HeldFile | None = None
    sources: tuple[Path, ...] = ()
    auto_window: Window = NO_WINDOW
    request: Request | None = field(default=None, metadata=LENIENT)
    acknowledged: bool = field(default=False, metadata=SAVED)
    comparables: Comparables = field(default_factory=Comparables)
    reference: Reference | None = None
    comparing: Comparing = field(default_factory=Comparing, metadata=SAVED)
    view: View = field(default_factory=View, metadata=SAVED)
    layers: tuple[Overlay, ...] = ()
    rois: tuple[Roi, ...] = field(default=(), metadata=SAVED)
    locked: Roi | None = field(default=None, metadata=SAVED)
    tested: tuple[Tested, ...] = field(default=(), metadata=LENIENT)

    @property
    def result(self) -> Reconstruction | None:
        """The current result: the one that is scored, plotted and exported."""
        current = self.comparables.result
        return None if current is None else current.made

    @property
    def scores(self) -> ScoredPair | None:
        """The scores of the current result."""
        current = self.comparables.result
        return None if current is None else current.scores

    def with_result(self, made: Reconstruction) -> "StudyState":
        """With a new current result; earlier ones are kept."""
        return self.keeping(self.comparables.with_result(made))

    def keeping(self, comparables: Comparables) -> "StudyState":
        """With these results and loaded volumes; another current result is shown beside the scan.

        A layout that shows the scan alone becomes one above the other.
        """
        made = comparables.result and comparables.result.made
        comparing = self.comparing
        if made is not None and made is not self.result and comparing.layout == PLANES:
            comparing = replace(comparing, layout=COMPARE)
        return replace(self, comparables=comparables, comparing=comparing)

    def without_preview(self) -> "StudyState":
        """With the scan alone, where the layout was opened for a result that will not come."""
        if self.comparing.layout != COMPARE:
            return self
        return replace(self, comparing=replace(self.comparing, layout=PLANES))

    def with_reference(self, reference: Reference | None) -> "StudyState":
        """With something else to score against; scores against the former one are gone."""
        return replace(self, reference=reference, comparables=self.comparables.unscored())

    def with_rois(self, rois: tuple[Roi, ...]) -> "StudyState":
        """With these measurements; the lock goes along with its measurement."""
        return replace(self, rois=rois, locked=followed(self.locked, self.rois, rois))

    def with_tested(self, request: Request, test: SelfTest) -> "StudyState":
        """With the self-test of a request, in the place of an earlier one."""
        others = tuple(row for row in self.tested if row.request != request)
        return replace(self, tested=(*others, Tested(request, test)))

    def test_of(self, request: Request) -> SelfTest | None:
        """The self-test of this very request; None where it was not tested."""
        return next((row.test for row in self.tested if row.request == request), None)

    def with_files(self, written: Mapping[Volume, HeldFile]) -> "StudyState":
        """With the files that hold its volumes, for those that are in ``written``."""
        if not written:
            return self
        state = replace(
            self,
            comparables=self.comparables.with_files(written),
            layers=tuple(
                replace(one, file=written[one.volume]) if one.volume in written else one
                for one in self.layers
            ),
        )
        if self.scan is not None and self.scan in written and self.origin is None:
            state = replace(state, scan_file=written[self.scan])
        if self.reference is not None and self.reference.volume in written:
            file = written[self.reference.volume]
            state = replace(state, reference=replace(self.reference, file=file))
        return state

    def file_of(self, volume: Volume) -> Path | None:
        """The file that still holds ``volume``, voxel for voxel; None where there is none."""
        held = self._held(volume)
        return held.path if held is not None and held.unchanged else None

    def unexported(self, lasting: Callable[[Path], bool]) -> tuple[Kept, ...]:
        """The results that no file will hold once the study is closed.

        Args:
            lasting: whether a file stays where it is: those that were autosaved do not.
        """
        return tuple(
            kept
            for kept in self.comparables.results
            if (path := self.file_of(kept.volume)) is None or not lasting(path)
        )

    def _held(self, volume: Volume) -> HeldFile | None:
        if volume is self.scan:
            return self.scan_file
        for holder in (self.reference, *self.layers):
            if holder is not None and holder.volume is volume and holder.file is not None:
                return holder.file
        return self.comparables.held(volume)


DERIVED = ("result", "scores")  # properties whose changes are told as well


def changes(before: StudyState, after: StudyState) -> frozenset[str]:
    """The names of the fields, and of the DERIVED, in which two states differ.

    All of them where the scans differ: what is equal is of another study all the same.
    """
    names = (*(row.name for row in fields(StudyState)), *DERIVED)
    if before.scan is not after.scan:
        return frozenset(names)
    return frozenset(name for name in names if _differ(getattr(before, name), getattr(after, name)))


def _differ(one: object, other: object) -> bool:
    return one is not other and one != other
