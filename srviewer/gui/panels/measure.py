"""The panel of measurements: tools, a list with the values before and after, export as CSV."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from srviewer.core.intensity.window import Window
from srviewer.core.regions.roi import Roi, RoiValues, values_inside
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.gui.appearance import theme
from srviewer.gui.state.tool import Tool
from srviewer.gui.state.tool_offers import TOOL_OFFERS
from srviewer.gui.study.export_location import ask_file, proposed
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.values import value_text
from srviewer.gui.texts.wording import size_text
from srviewer.gui.widgets.form import button, describe, label
from srviewer.gui.widgets.plain_text import table_item
from srviewer.io.export.measurements import write_csv
from srviewer.study.state.rotation_of_study import is_rotated

COLUMNS = (mark("Name"), mark("Size"), mark("Before"), mark("After"))
MEASURING = tuple(row for row in TOOL_OFFERS if row.tool.measures or row.tool is Tool.CROSSHAIR)
BEFORE, AFTER = mark("before"), mark("after")  # in the table that is written, too


class MeasurePanel(QWidget):
    """Lists the study's measurements; choosing one in the list moves the crosshair to it."""

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._controller, self._study = controller, controller.study
        self.tools = [self._tool_button(offer.tool) for offer in MEASURING]
        self.table = _Table()
        self.details = label("", "muted")
        self.slab_note = label(tr("Values are of single slices, in the file too."), "doubt")
        self.delete = button(tr("Delete"), tr("Remove the chosen measurement (Del)"))
        self.export = button(
            tr("Export CSV\u2026"), tr("Write every measurement, with both volumes")
        )
        self._lay_out()
        self._connect()
        self._show()
        self._note_slab()

    def _lay_out(self) -> None:
        row, buttons = QHBoxLayout(), QHBoxLayout()
        for tool in self.tools:
            row.addWidget(tool)
        row.addStretch(1)
        buttons.addWidget(self.delete)
        buttons.addWidget(self.export)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.setSpacing(10)
        layout.addWidget(label(tr("TOOL"), "heading"))
        layout.addLayout(row)
        layout.addWidget(label(tr("MEASUREMENTS"), "heading"))
        layout.addWidget(self.table, 1)
        layout.addWidget(self.details)
        layout.addWidget(self.slab_note)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        study = self._study
        study.follow(self._show, "rois", "locked", "scan", "result")
        study.follow(self._show_tool, "tool")
        study.follow(self._note_slab, "view")
        self.table.itemChanged.connect(self._rename)
        self.table.itemSelectionChanged.connect(self._show_details)
        self.table.cellClicked.connect(self._go_there)
        self.table.delete_pressed.connect(self._delete)
        self.delete.clicked.connect(self._delete)
        self.export.clicked.connect(self._choose_file)

    def _tool_button(self, tool: Tool) -> QToolButton:
        offer = next(offer for offer in TOOL_OFFERS if offer.tool is tool)
        tool_button = QToolButton()
        tool_button.setIcon(theme.icon(offer.icon))
        tool_button.setIconSize(QSize(20, 20))
        tool_button.setCheckable(True)
        tool_button.setChecked(tool is self._study.tool)
        describe(tool_button, tr(offer.text), f"{tr(offer.tip)} ({offer.key})")
        tool_button.clicked.connect(lambda: self._study.set_tool(tool))
        return tool_button

    def _show_tool(self) -> None:
        for tool_button, offer in zip(self.tools, MEASURING, strict=True):
            tool_button.setChecked(offer.tool is self._study.tool)

    def _note_slab(self) -> None:
        """With a slab or on oblique planes, the panes do not show the values of the list."""
        rotated = is_rotated(self._study.state)
        self.slab_note.setVisible(self._study.view.thick_slab.shown or rotated)

    def _volumes(self) -> list[tuple[str, Volume]]:
        """Scan and result with their titles, as far as there are both."""
        scan, result = self._study.scan, self._study.result
        before = [] if scan is None else [(BEFORE, scan)]
        return before if result is None else [*before, (AFTER, result.volume)]

    def _show(self) -> None:
        rois, volumes = self._study.rois, dict(self._volumes())
        self.table.blockSignals(True)
        self.table.setRowCount(len(rois))
        for row, roi in enumerate(rois):
            cells = [roi.name, size_text(roi)]
            cells += [self._short(roi, volumes.get(title)) for title in (BEFORE, AFTER)]
            for column, text in enumerate(cells):
                item = table_item(text)
                if column:
                    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                self.table.setItem(row, column, item)
        self.table.blockSignals(False)
        self.export.setEnabled(bool(rois))
        self._show_details()

    def _short(self, roi: Roi, volume: Volume | None) -> str:
        values = None if volume is None else values_inside(roi, volume)
        return "" if values is None else value_text(values.mean, self._study.auto_window)

    def _chosen(self) -> int | None:
        row = self.table.currentRow()
        return row if 0 <= row < len(self._study.rois) else None

    def _show_details(self) -> None:
        chosen = self._chosen()
        self.delete.setEnabled(chosen is not None)
        if chosen is None:
            self.details.setText("" if self._study.rois else tr("Choose a tool, drag in a pane."))
            return
        roi = self._study.rois[chosen]
        lines = [f"{tr(roi.plane.title)}, {size_text(roi)}"]
        for title, volume in self._volumes():
            values = values_inside(roi, volume)
            if values is not None:
                lines.append(f"{tr(title)}: {_long(values, volume.unit, self._study.auto_window)}")
        self.details.setText("\n".join(lines))

    def _go_there(self, row: int) -> None:
        """Move the crosshair to the first point of the measurement."""
        self._study.move_cursor(self._study.rois[row].points_mm[0])

    def _rename(self, item: QTableWidgetItem) -> None:
        rois = list(self._study.rois)
        rois[item.row()] = replace(rois[item.row()], name=item.text().strip())
        self._study.set_rois(rois)

    def _delete(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            rois = list(self._study.rois)
            del rois[chosen]
            self._study.set_rois(rois)

    def _choose_file(self) -> None:
        study, endings = self._study, {tr("Table (*.csv)"): ".csv"}
        proposal = proposed(study, "measurements", ".csv")
        path = ask_file(study, self, tr("Export the measurements"), proposal, endings)
        if path is not None:
            self.write(path)

    def write(self, path: Path) -> None:
        """Write all measurements to a CSV file; an error is shown in the window.

        Args:
            path: Of the table, ending in ``.csv``.
        """
        try:
            write_csv(path, self._study.rois, self._volumes())
        except UserError as error:
            self._controller.failed.emit(tr("Exporting the measurements"), error)
            return
        self._controller.exporting.exported.emit(path)


class _Table(QTableWidget):
    """A row for each measurement; names can be changed in place."""

    delete_pressed = Signal()

    def __init__(self) -> None:
        super().__init__(0, len(COLUMNS))
        self.setHorizontalHeaderLabels([tr(title) for title in COLUMNS])
        self.verticalHeader().hide()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        describe(
            self,
            tr("Measurements"),
            tr(
                "Lengths in mm, angles in degrees, areas in mm\u00b2, mean values before and "
                "after; F2 renames, Del removes"
            ),
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt."""
        if event.key() == Qt.Key.Key_Delete:
            self.delete_pressed.emit()
        else:
            super().keyPressEvent(event)


def _long(values: RoiValues, unit: str, scale: Window) -> str:
    one = mark("{mean} \u00b1 {sd}, {minimum} to {maximum} {unit} in 1 voxel")
    several = mark("{mean} \u00b1 {sd}, {minimum} to {maximum} {unit} in {count} voxels")
    return tr(
        one if values.count == 1 else several,
        mean=value_text(values.mean, scale),
        sd=value_text(values.sd, scale),
        minimum=value_text(values.minimum, scale),
        maximum=value_text(values.maximum, scale),
        unit=unit,
        count=values.count,
    ).replace("  ", " ")
