"""Steps through the regions of the current result that are most likely wrong."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from srviewer.gui.state.shown_study import ShownStudy
from srviewer.sr.results.doubts import DoubtfulRegion, Doubts
from srviewer.study.state.compared_volumes import ORIGINAL, ComparedVolumes
from srviewer.study.state.layouts import COMPARE, PLANES


class RegionSteps(QObject):
    """Leads the crosshair to a region, with the scan beside the result.

    Attributes:
        number: Of the region that was gone to last, from 0; None before the first, and after
            the view was reset.
    """

    changed = Signal()  # another list of regions, or another number

    def __init__(self, study: ShownStudy, parent: QObject) -> None:
        super().__init__(parent)
        self._study = study
        self._doubts: Doubts | None = None
        self.number: int | None = None
        study.follow(self._forget, "doubts")
        study.follow(self._leave, "view")

    @property
    def regions(self) -> tuple[DoubtfulRegion, ...]:
        """The regions of the current result, the largest disagreement first."""
        doubts = self._study.doubts
        return () if doubts is None else doubts.regions

    def go(self, number: int) -> None:
        """Move the crosshair to a region, and show scan and result where one is not shown.

        Args:
            number: Of the region, from 0; beyond the ends it goes round.
        """
        regions = self.regions
        if not regions:
            return
        self.number = number % len(regions)
        study, comparing = self._study, self._study.comparing
        state = study.state.keeping(_with_scan_and_result(study.compared_volumes))
        if comparing.layout == PLANES:
            state = replace(state, comparing=replace(comparing, layout=COMPARE))
        study.set(state)
        study.move_cursor(regions[self.number].position_mm)
        self.changed.emit()

    def step(self, by: int) -> None:
        """Go to the next region, or the one before.

        Args:
            by: 1 or -1.
        """
        first = 0 if by > 0 else -1
        self.go(first if self.number is None else self.number + by)

    def _forget(self) -> None:
        if self._study.doubts is not self._doubts:
            self._doubts, self.number = self._study.doubts, None
            self.changed.emit()

    def _leave(self) -> None:
        """No region is chosen once the view is reset."""
        study = self._study
        if self.number is None or study.scan is None:
            return
        if study.view == study.view.whole(study.scan, study.auto_window):
            self.number = None
            self.changed.emit()


def _with_scan_and_result(compared_volumes: ComparedVolumes) -> ComparedVolumes:
    """The volumes that are shown, with the scan and the current result among the first two."""
    needed = (ORIGINAL, compared_volumes.current)
    if set(compared_volumes.shown[:2]) == set(needed):
        return compared_volumes
    return compared_volumes.showing((*needed, *compared_volumes.shown))
