"""The header of the shown study in a window of its own, which stays open beside the viewer."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from srviewer.core.visible_text import visible, visible_line
from srviewer.errors import UserError
from srviewer.gui.dialogs.header_model import HeaderModel, beginning
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.usual_fields import usual_fields
from srviewer.gui.widgets.form import ElidedLabel, button, describe, form, label
from srviewer.io.header_rows import HeaderRow
from srviewer.io.header_view import rows_of_file
from srviewer.job import Job

KIND = "header"
ROW, TAG, NAME, WHOLE = 24, 150, 240, 62  # px: height of a row, widths, height of a whole value


class HeaderWindow(QDialog):
    """Ten usual fields, then every row of the header, searched as one types.

    It follows the study that is shown; its title names the study.
    """

    def __init__(self, controller: StudyController, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Window | Qt.WindowType.WindowCloseButtonHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._controller, self._study = controller, controller.study
        self._file_name = ElidedLabel("value")
        self.file = QSpinBox()
        self.file.setKeyboardTracking(False)
        describe(self.file, tr("File"), tr("Which file of the series is shown"))
        self._usual = form()
        self._usual.setVerticalSpacing(3)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search tags, names, values"))
        self.search.setClearButtonEnabled(True)
        describe(
            self.search, tr("Search the header"), tr("Only rows that hold this text are shown")
        )
        self._count = label("", "muted")
        self._count.setWordWrap(False)
        self.model = HeaderModel(self)
        self.table = _HeaderTable(self.model)
        self.whole = QPlainTextEdit()
        self.whole.setReadOnly(True)
        self.whole.setFixedHeight(WHOLE)
        self.whole.setPlaceholderText(tr("The whole value of the chosen row"))
        describe(self.whole, tr("Header value"), tr("The whole value of the chosen row"))
        self.copy = button(
            tr("Copy"), tr("The chosen rows, or all that are shown, as text (Ctrl+C)")
        )
        self.close_button = button(tr("Close"), tr("Close this window"))
        self._lay_out()
        self._connect()
        self.resize(860, 760)
        self._follow()

    def _lay_out(self) -> None:
        top, line, buttons = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        top.addWidget(self._file_name, 1)
        top.addWidget(self.file)
        line.addWidget(self.search, 1)
        line.addWidget(self._count)
        buttons.addStretch(1)
        buttons.addWidget(self.copy)
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addLayout(top)
        layout.addLayout(self._usual)
        layout.addLayout(line)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.whole)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._find)
        self.table.copy_wanted.connect(self.copy_rows)
        self.table.selectionModel().currentRowChanged.connect(self._show_whole)
        self.copy.clicked.connect(self.copy_rows)
        self.close_button.clicked.connect(self.close)
        self.file.valueChanged.connect(self._read)
        self._study.follow(self._follow, "scan")

    def copy_rows(self) -> None:
        """Copy the chosen rows, else all that are shown, with tabs between the columns."""
        chosen = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        numbers = chosen or range(self.model.rowCount())
        lines = ("\t".join(self.model.text(number)) for number in numbers)
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _follow(self) -> None:
        """Show the header of the study that is shown now."""
        scan = self._study.scan
        name = tr("no scan is open") if scan is None else visible_line(scan.name)
        self.setWindowTitle(tr("Header of {name}", name=name))
        count = 0 if scan is None or scan.source is None else len(scan.source.files)
        self.file.blockSignals(True)
        self.file.setRange(1, max(1, count))
        self.file.setValue(1)
        self.file.setPrefix(tr("File") + " ")
        self.file.setSuffix(" " + tr("of {count}", count=count))
        self.file.blockSignals(False)
        self.file.setVisible(count > 1)
        self._read()

    def _read(self) -> None:
        self._show(())
        scan = self._study.scan
        if scan is None or scan.source is None:
            self._say("" if scan is None else tr("This scan was made here: it has no file."))
            return
        file = scan.source.files[self.file.value() - 1]
        folder = file.path.parent
        self._file_name.show_text(tr("{name}, in {folder}", name=file.path.name, folder=folder))
        self._count.setText(tr("Reading\u2026"))
        title = tr("Reading the header of {name}", name=file.path.name)
        self._controller.work.start(
            KIND, title, _rows_or_error(rows_of_file(file)), self._show_read,
            lambda: isValid(self) and self._study.scan is scan, asked=False,
        )  # fmt: skip

    def _say(self, text: str) -> None:
        self._file_name.show_text(text)
        self._count.setText("")

    def _show_read(self, rows: tuple[HeaderRow, ...] | UserError) -> None:
        if isinstance(rows, UserError):
            self._show(())
            self._say(tr(str(rows)))
        else:
            self._show(rows)

    def _show(self, rows: tuple[HeaderRow, ...]) -> None:
        self.model.set_rows(rows)
        self.table.setColumnHidden(1, not any(row.name for row in rows))
        self._count_rows()
        self.whole.clear()
        _clear(self._usual)
        scan = self._study.scan
        for title, value in () if scan is None else usual_fields(rows, scan):
            text = beginning(visible_line(value)) or tr("not given")
            shown = label(text, "plain" if value else "muted")
            name = label(title, "muted")
            name.setWordWrap(False)
            self._usual.addRow(name, shown)

    def _find(self, wanted: str) -> None:
        self.model.search(wanted.strip())
        self._count_rows()
        self.whole.clear()

    def _count_rows(self) -> None:
        shown, total = self.model.rowCount(), self.model.total
        self._count.setText(tr("{shown:,} of {total:,} rows", shown=shown, total=total))
        self.copy.setEnabled(shown > 0)

    def _show_whole(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            self.whole.setPlainText(visible(self.model.text(index.row())[2]))


class _HeaderTable(QTableView):
    copy_wanted = Signal()

    def __init__(self, model: HeaderModel) -> None:
        super().__init__()
        self.setModel(model)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMinimumHeight(160)
        head = self.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        for line in (head, self.verticalHeader()):
            line.setAccessibleName(tr("Header"))
        head.setStretchLastSection(True)
        head.resizeSection(0, TAG)
        head.resizeSection(1, NAME)
        describe(self, tr("Header"), tr("Tag, name and value of each entry of the file's header"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        else:
            super().keyPressEvent(event)


def _rows_or_error(job: Job[tuple[HeaderRow, ...]]) -> Job[tuple[HeaderRow, ...] | UserError]:
    """Run ``job``; its error is an answer here, which this window shows itself."""
    try:
        return (yield from job)
    except UserError as error:
        return error


def _clear(rows: QFormLayout) -> None:
    while rows.rowCount():
        rows.removeRow(0)
