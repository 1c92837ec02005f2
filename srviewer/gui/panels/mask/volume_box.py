"""The volumes of the labels before and after, as a table that can be copied and written."""

from pathlib import Path

from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from srviewer.core.masks.label_volumes import BLIND_TO, LabelVolume
from srviewer.core.visible_text import visible_line
from srviewer.errors import UserError
from srviewer.gui.state.followed_state import MASK_TOOLS
from srviewer.gui.study.export_location import ask_file, proposed
from srviewer.gui.study.mask_correction import MaskCorrection
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.form import button, label
from srviewer.gui.widgets.small_table import SmallTable
from srviewer.io.export.label_volumes import label_table, write_label_volumes

COLUMNS = (mark("Label"), mark("Before"), mark("After"), mark("Change"))


class VolumeBox(QWidget):
    """A row for each label: ml as loaded, ml now, the difference.

    Attributes:
        table: The rows.
        copy: Copies the table.
        export: Writes it as CSV.
    """

    def __init__(self, correction: MaskCorrection) -> None:
        super().__init__()
        self._correction, self._study = correction, correction.study
        self.table = SmallTable(
            [tr(title) for title in COLUMNS],
            tr("Volumes"),
            tr("Millilitres of each label as loaded and now; the tooltip has the voxels"),
            stretched=0,
        )
        self.copy = button(tr("Copy"), tr("Copy the table, for a spreadsheet"))
        self.export = button(tr("Export CSV\u2026"), tr("Write the volumes before and after"))
        row = QHBoxLayout()
        row.addWidget(self.copy)
        row.addWidget(self.export)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(label(tr("VOLUMES, ML"), "heading"))
        layout.addWidget(self.table)
        layout.addWidget(label(tr(BLIND_TO), "muted"))
        layout.addLayout(row)
        self.copy.clicked.connect(self._copy)
        self.export.clicked.connect(self._choose_file)
        self._study.follow(self._show, "overlays", "scan", MASK_TOOLS)
        self._show()

    def write(self, path: Path) -> None:
        """Write the volumes to a CSV file; an error is shown in the window.

        Args:
            path: Of the table, ending in ``.csv``.
        """
        controller = self._correction.controller
        try:
            write_label_volumes(path, self._correction.volumes(), self._name())
        except UserError as error:
            controller.failed.emit(tr("Exporting the volumes"), error)
            return
        controller.exporting.exported.emit(path)

    def _name(self) -> str:
        overlay = self._correction.overlay
        return "" if overlay is None else overlay.volume.name

    def _show(self) -> None:
        rows = self._correction.volumes()
        self.table.fill([(_cells(row), _tip(row)) for row in rows])
        self.copy.setEnabled(bool(rows))
        self.export.setEnabled(bool(rows))

    def _copy(self) -> None:
        QApplication.clipboard().setText(
            label_table(self._correction.volumes(), self._name(), "\t")
        )

    def _choose_file(self) -> None:
        proposal = proposed(self._study, "volumes", ".csv")
        endings = {tr("Table (*.csv)"): ".csv"}
        path = ask_file(self._study, self, tr("Export the volumes"), proposal, endings)
        if path is not None:
            self.write(path)


def _title(row: LabelVolume) -> str:
    if not row.value:
        return tr("all")
    return visible_line(row.name) or tr("label {value}", value=row.value)


def _cells(row: LabelVolume) -> tuple[str, ...]:
    percent = row.difference_percent
    change = f"{row.difference_ml:+.2f}" if row.after != row.before else "0"
    if percent is not None and row.after != row.before:
        change = f"{change} ({percent:+.1f} %)"
    return _title(row), f"{row.before_ml:,.2f}", f"{row.after_ml:,.2f}", change


def _tip(row: LabelVolume) -> str:
    return tr(
        "{name}: {before} voxels before, {after} after, {each} mm\u00b3 each",
        name=_title(row),
        before=f"{row.before:,}",
        after=f"{row.after:,}",
        each=f"{row.voxel_mm3:.4g}",
    )
