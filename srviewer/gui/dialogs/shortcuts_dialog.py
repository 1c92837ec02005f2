"""The sheet of shortcuts: every action of the window that has a key, and what the mouse does."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from srviewer.gui.texts.gestures import GESTURES
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import describe

Row = tuple[str, str]


class ShortcutsDialog(QDialog):
    """A searchable table of (keys, what they do)."""

    def __init__(self, actions: Iterable[QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys and mouse"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search"))
        self.search.setClearButtonEnabled(True)
        describe(self.search, tr("Search"), tr("Show only rows that contain these words"))
        self.search.textChanged.connect(self._filter)
        self.rows: tuple[Row, ...] = (
            *_rows(actions),
            *((tr(keys), tr(what)) for keys, what in GESTURES),
        )
        self.table = _table(self.rows)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        describe(close, tr("Close"), tr("Close this sheet"))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(10)
        layout.addWidget(self.search)
        layout.addWidget(self.table, 1)
        layout.addWidget(buttons)
        self.resize(620, 640)

    def rows_shown(self) -> tuple[Row, ...]:
        """The rows that match the search."""
        hidden = self.table.isRowHidden
        return tuple(row for number, row in enumerate(self.rows) if not hidden(number))

    def _filter(self, wanted: str) -> None:
        words = wanted.casefold().split()
        for number, row in enumerate(self.rows):
            text = " ".join(row).casefold()
            self.table.setRowHidden(number, not all(word in text for word in words))


def _rows(actions: Iterable[QAction]) -> tuple[Row, ...]:
    """(keys, text) of the actions that have a key, in their order, each once."""
    rows: dict[Row, None] = {}
    for action in actions:
        keys = ", ".join(
            key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts()
        )
        if keys:
            rows[keys, action.iconText().rstrip("\u2026")] = None
    return tuple(rows)


def _table(rows: tuple[Row, ...]) -> QTableWidget:
    table = QTableWidget(len(rows), 2)
    table.setHorizontalHeaderLabels([tr("Keys or mouse"), tr("What happens")])
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
    table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    table.horizontalHeader().setHighlightSections(False)
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    table.horizontalHeader().setDefaultAlignment(left)
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            table.setItem(number, column, QTableWidgetItem(text))
    describe(table, tr("Keys and mouse"), tr("What each key and each movement of the mouse does"))
    return table
