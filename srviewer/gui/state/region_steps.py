"""Steps through the regions of the current result that are most likely wrong."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from srviewer.gui.state.shown_study import ShownStudy
from srviewer.sr.results.doubts import DoubtfulRegion, Doubts
from srviewer.study.state.comparables import ORIGINAL, Comparables
from srviewer.study.state.layouts import COMPARE, PLANES


class RegionSteps(QObject):
    """Leads the crosshair to a region, with the scan beside the result.

    Attributes:
        number: Of the region that was gone to last, from 0; None before the first.
    """

    changed = Signal()  # another list of regions, or another number

    def __init__(self, session: ShownStudy, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._doubts: Doubts | None = None
        self.number: int | None = None
        session.follow(self._forget, "doubts")

    @property
    def regions(self) -> tuple[DoubtfulRegion, ...]:
        """The regions of the current result, the largest disagreement first."""
        doubts = self._session.doubts
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
        session, comparing = self._session, self._session.comparing
        state = session.state.keeping(_with_scan_and_result(session.comparables))
        if comparing.layout == PLANES:
            state = replace(state, comparing=replace(comparing, layout=COMPARE))
        session.set(state)
        session.move_cursor(regions[self.number].position_mm)
        self.changed.emit()

    def step(self, by: int) -> None:
        """Go to the next region, or the one before.

        Args:
            by: 1 or -1.
        """
        first = 0 if by > 0 else -1
        self.go(first if self.number is None else self.number + by)

    def _forget(self) -> None:
        if self._session.doubts is not self._doubts:
            self._doubts, self.number = self._session.doubts, None
            self.changed.emit()


def _with_scan_and_result(comparables: Comparables) -> Comparables:
    """The volumes that are shown, with the scan and the current result among the first two."""
    needed = (ORIGINAL, comparables.current)
    if set(comparables.shown[:2]) == set(needed):
        return comparables
    return comparables.showing((*needed, *comparables.shown))
