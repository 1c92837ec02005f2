"""The list of the regions that are most likely wrong; a click leads to each."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.wording import region_share, region_text
from srviewer.gui.widgets.form import label
from srviewer.gui.widgets.small_table import SmallTable
from srviewer.sr.results.doubts import REGIONS_NOTE, DoubtfulRegion

COLUMNS = ("", mark("Position, mm"), mark("Scan slice"), mark("Differ by"))


class RegionList(QWidget):
    """Lists position, slice of the scan and disagreement; hidden while there are no regions."""

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._study, self._regions = controller.study, controller.regions
        self.table = _Table()
        self._details = label("", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(label(tr("REGIONS MOST LIKELY WRONG"), "heading"))
        layout.addWidget(self.table)
        layout.addWidget(self._details)
        layout.addWidget(label(tr(REGIONS_NOTE), "muted"))
        self.table.cellClicked.connect(lambda row, column: self._regions.go(row))
        self.table.chosen.connect(self._regions.go)
        self._regions.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        regions, table = self._regions.regions, self.table
        self.setVisible(bool(regions))
        unit = self._unit()
        table.fill([(_cells(n, one), region_text(one, unit)) for n, one in enumerate(regions)])
        self._show_chosen()

    def _show_chosen(self) -> None:
        number = self._regions.number
        if number is None:
            self.table.clearSelection()
            self.table.setCurrentCell(-1, -1)
            self._details.setText(tr("Click a row, or press K: scan and result at that point."))
            return
        self.table.setCurrentCell(number, 0)
        self.table.selectRow(number)
        self._details.setText(region_text(self._regions.regions[number], self._unit()))

    def _unit(self) -> str:
        scan = self._study.scan
        return "" if scan is None else scan.unit


class _Table(SmallTable):
    """Rows that a click, an arrow key or Return leads to."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__(
            [tr(title) for title in COLUMNS],
            tr("Regions most likely wrong"),
            tr("Where the two planes differ most; a click leads the crosshair to the region"),
            stretched=1,
        )
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self.horizontalHeader().setDefaultAlignment(right)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt."""
        super().keyPressEvent(event)
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Up, Qt.Key.Key_Down)
        if event.key() in keys and self.currentRow() >= 0:
            self.chosen.emit(self.currentRow())


def _cells(row: int, region: DoubtfulRegion) -> tuple[str, ...]:
    position = ", ".join(f"{mm:z.0f}" for mm in region.position_mm)
    return str(row + 1), position, str(region.scan_slice), region_share(region)
