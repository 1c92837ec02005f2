"""A table that is as high as its rows, of which one is chosen."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget

from srviewer.gui.widgets.form import describe
from srviewer.gui.widgets.plain_text import set_tip, table_item

ROW_HEIGHT = 24  # px


class SmallTable(QTableWidget):
    """Rows of plain text without a grid, a scroll bar or a way to edit them."""

    def __init__(self, titles: Sequence[str], name: str, tip: str, stretched: int) -> None:
        super().__init__(0, len(titles))
        self.setHorizontalHeaderLabels(list(titles))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
        describe(self, name, tip)

    def fill(self, rows: Sequence[tuple[Sequence[str], str]]) -> None:
        """Show these rows, and no others.

        Args:
            rows: The texts of each row, the first of them aligned to the left, and its tooltip.
        """
        self.setRowCount(len(rows))
        for number, (texts, tip) in enumerate(rows):
            for column, text in enumerate(texts):
                item = table_item(text)
                set_tip(item, tip)
                side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(number, column, item)
        header = self.horizontalHeader().sizeHint().height()
        height = self.verticalHeader().length()  # a style may need higher rows than were set
        self.setFixedHeight(height + header + 2 * self.frameWidth() + 2)
