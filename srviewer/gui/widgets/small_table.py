"""A table that is as high as its rows, up to a limit, of which one is chosen."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget

from srviewer.gui.widgets.form import describe
from srviewer.gui.widgets.plain_text import set_tip, table_item

ROW_HEIGHT = 24  # px
MOST_ROWS = 16  # that are shown without scrolling
Row = tuple[Sequence[str], str]


class SmallTable(QTableWidget):
    """Rows of plain text without a grid or a way to edit them."""

    def __init__(self, titles: Sequence[str], name: str, tip: str, stretched: int) -> None:
        super().__init__(0, len(titles))
        self._filled: tuple[Row, ...] = ()
        self.setHorizontalHeaderLabels(list(titles))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
        describe(self, name, tip)

    def fill(self, rows: Sequence[Row]) -> None:
        """Show these rows, and no others.

        Args:
            rows: The texts of each row, the first of them aligned to the left, and its tooltip.
        """
        before, self._filled = self._filled, tuple((tuple(texts), tip) for texts, tip in rows)
        changed = [
            number
            for number, row in enumerate(self._filled)
            if number >= len(before) or before[number] != row
        ]
        if not changed and len(before) == len(self._filled):
            return
        with self._widths_at_the_end():  # else each text is measured with all others
            self.setRowCount(len(self._filled))
            for number in changed:
                self._fill_row(number, *self._filled[number])
        header, rows_shown = self.horizontalHeader().sizeHint().height(), len(self._filled)
        height = self.verticalHeader().length()  # a style may need higher rows than were set
        if rows_shown > MOST_ROWS:
            height = height * MOST_ROWS // rows_shown
        self.setFixedHeight(height + header + 2 * self.frameWidth() + 2)

    def _fill_row(self, number: int, texts: Sequence[str], tip: str) -> None:
        for column, text in enumerate(texts):
            item = table_item(text)
            set_tip(item, tip)
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self.setItem(number, column, item)

    @contextmanager
    def _widths_at_the_end(self) -> Iterator[None]:
        header = self.horizontalHeader()
        modes = [header.sectionResizeMode(column) for column in range(self.columnCount())]
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        yield
        for column, mode in enumerate(modes):
            header.setSectionResizeMode(column, mode)
