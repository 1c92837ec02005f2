"""The rows of a header for a table, and those that match a search."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from srviewer.core.visible_text import visible_line
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.plain_text import plain_tip
from srviewer.io.header_rows import HeaderRow
from srviewer.io.headers.shown_value import shown_value

COLUMNS = (mark("Tag"), mark("Name"), mark("Value"))
ORDER = {"header": 0, "sidecar": 1, "private": 2}
LONGEST = 300  # characters of a value among others: a file may hold 500,000
Index = QModelIndex | QPersistentModelIndex


class HeaderModel(QAbstractTableModel):
    """Tag, name and value of each row; private elements come last."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: tuple[HeaderRow, ...] = ()
        self._wanted = ""
        self.shown: tuple[HeaderRow, ...] = ()

    @property
    def total(self) -> int:
        """The number of all rows."""
        return len(self._rows)

    def set_rows(self, rows: Sequence[HeaderRow]) -> None:
        """Replace all rows; the search stays.

        Args:
            rows: As they stand in the file.
        """
        self._rows = tuple(sorted(rows, key=lambda row: ORDER[row.section]))
        self.search(self._wanted)

    def search(self, wanted: str) -> None:
        """Show only the rows that hold a text.

        Args:
            wanted: Any text; matched with tag, name and value, as written and as shown.
        """
        self._wanted = wanted
        self.beginResetModel()
        self.shown = tuple(
            row
            for row in self._rows
            if row.matches(wanted) or wanted.lower() in shown_value(row).lower()
        )
        self.endResetModel()

    def text(self, number: int) -> tuple[str, str, str]:
        """The texts of a row.

        Args:
            number: Its position among the rows that are shown, from 0.

        Returns:
            Tag, name and value, for people.
        """
        row = self.shown[number]
        return row.key, row.name, shown_value(row)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Called by Qt."""
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Called by Qt."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """Called by Qt for the text of a cell.

        Args:
            index: The cell.
            role: Qt's; a text is given for DisplayRole and ToolTipRole.

        Returns:
            Plain text that Qt takes for no markup; None for other roles.
        """
        if role == Qt.ItemDataRole.DisplayRole:
            return visible_line(beginning(self.text(index.row())[index.column()]))
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(beginning(self.text(index.row())[index.column()]))
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """Called by Qt."""
        across = orientation == Qt.Orientation.Horizontal
        return tr(COLUMNS[section]) if across and role == Qt.ItemDataRole.DisplayRole else None


def beginning(text: str) -> str:
    """Cut a text that is too long to be shown among others.

    Args:
        text: Any text.

    Returns:
        At most ``LONGEST`` characters of it, with an ellipsis where more follows.
    """
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}\u2026"
