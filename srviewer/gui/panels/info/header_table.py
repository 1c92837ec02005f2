"""The header of the open file as a table: searched by typing, copied with Ctrl+C."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)

from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import button, describe
from srviewer.gui.widgets.plain_text import table_item
from srviewer.io.header_rows import HeaderRow
from srviewer.io.header_view import rows_of_file

KIND = "header"
MOST_SHOWN = 2000
ROW, NAME = 24, 126  # px: the height of a row, the width of the names


class HeaderBox(QWidget):
    """The header, read only when the user asks for it, since it may name the patient."""

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._controller, self._study = controller, controller.study
        self.rows: tuple[HeaderRow, ...] = ()
        self._shown: list[HeaderRow] = []
        self.read = button(
            tr("Header and tags"),
            tr("Show what the header of the file says; it may name the patient"),
        )
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search tags, names, values"))
        describe(
            self.search, tr("Search the header"), tr("Only rows that hold this text are shown")
        )
        self.copy = button(
            tr("Copy"), tr("The chosen rows, or all that are shown, as text (Ctrl+C)")
        )
        self.table = _HeaderTable(self)
        line = QHBoxLayout()
        line.addWidget(self.search, 1)
        line.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.read)
        layout.addLayout(line)
        layout.addWidget(self.table, 1)
        self.read.clicked.connect(self._read)
        self.search.textChanged.connect(self._fill)
        self.copy.clicked.connect(self.copy_rows)
        self._study.follow(self._forget, "scan")
        self._forget()

    def copy_rows(self) -> None:
        """Copy the chosen rows, else all that are shown, with tabs between the columns."""
        chosen = sorted({index.row() for index in self.table.selectedIndexes()})
        rows = [self._shown[number] for number in chosen] or self._shown
        lines = ("\t".join((row.key, row.name, row.value)) for row in rows)
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _forget(self) -> None:
        self._show(())
        scan = self._study.scan
        self.read.setEnabled(scan is not None and scan.source is not None)

    def _read(self) -> None:
        scan = self._study.scan
        source = None if scan is None else scan.source
        if source is None:
            return
        file = source.files[0]
        self._controller.work.start(
            KIND,
            tr("Reading the header of {name}", name=file.path.name),
            rows_of_file(file),
            self._show,
            lambda: self._study.scan is scan,
        )

    def _show(self, rows: tuple[HeaderRow, ...]) -> None:
        self.rows = rows
        for widget in (self.search, self.copy, self.table):
            widget.setVisible(bool(rows))
        self._fill()

    def _fill(self) -> None:
        wanted = self.search.text().strip()
        matching = [row for row in self.rows if row.matches(wanted)][:MOST_SHOWN]
        self._shown = matching
        self.table.setRowCount(len(matching))
        for number, row in enumerate(matching):
            for column, text in enumerate((row.key, row.name, row.value)):
                self.table.setItem(number, column, table_item(text))


class _HeaderTable(QTableWidget):
    def __init__(self, box: HeaderBox) -> None:
        super().__init__(0, 3)
        self._box = box
        self.setHorizontalHeaderLabels([tr("Tag"), tr("Name"), tr("Value")])
        self.verticalHeader().hide()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setMinimumHeight(220)
        self.verticalHeader().setDefaultSectionSize(ROW)
        head = self.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        head.resizeSection(1, NAME)
        describe(self, tr("Header"), tr("Tag, name and value of each entry of the file's header"))

    def event(self, event: QEvent) -> bool:
        """Called by Qt: the rows are copied here, not the picture of the window's action."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Copy)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._box.copy_rows()
        else:
            super().keyPressEvent(event)
