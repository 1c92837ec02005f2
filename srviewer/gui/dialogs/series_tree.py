"""The tree of series: groups with a thumbnail and the properties of each series."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem

from srviewer.core.visible_text import visible_line
from srviewer.gui.dialogs.series_texts import COLUMNS, columns_of, explanation, grouped
from srviewer.gui.dialogs.thumbnail import thumbnail_icon
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import describe
from srviewer.gui.widgets.plain_text import tree_item
from srviewer.io.scans.series import ScanListing, Series

ICON = 56  # px
NUMBER, TEXT, EXPLANATION = (Qt.ItemDataRole.UserRole + n for n in range(3))  # of a row
MOST_PROBLEMS = 200
FLAGS = QItemSelectionModel.SelectionFlag
ONLY = FLAGS.ClearAndSelect | FLAGS.Rows
NO_FLAGS = Qt.ItemFlag.ItemIsEnabled


class SeriesTree(QTreeWidget):
    """Series in groups; several can be chosen. What was skipped is listed below them."""

    typed = Signal(str)  # what the user typed with the tree in focus

    def __init__(self, listing: ScanListing) -> None:
        super().__init__()
        self._series = {entry.index: entry for entry in listing.every_series}
        self._rows: dict[int, QTreeWidgetItem] = {}
        describe(
            self,
            tr("Series"),
            tr("The series that were found; Return opens the chosen ones, Ctrl and Shift add more"),
        )
        self.setHeaderLabels([tr(column) for column in COLUMNS])
        self.setIconSize(QSize(ICON, ICON))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setAllColumnsShowFocus(True)
        self.setIndentation(14)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._fill(listing)
        self._size_columns()

    def row(self, number: int) -> QTreeWidgetItem:
        """The row of a series.

        Args:
            number: ``Series.index``.

        Returns:
            The item.
        """
        return self._rows[number]

    def show_thumbnail(self, number: int, picture: QPixmap) -> None:
        """Show the thumbnail of a series.

        Args:
            number: ``Series.index``.
            picture: The thumbnail.
        """
        self._rows[number].setIcon(0, thumbnail_icon(picture))

    def choose(self, number: int) -> None:
        """Choose one series, and no other.

        Args:
            number: ``Series.index``.
        """
        # Said in full: by itself Qt keeps what was chosen before while Ctrl is held down.
        self.setCurrentItem(self._rows[number], 0, ONLY)
        self.scrollToItem(self._rows[number])

    def choose_all(self, numbers: Sequence[int]) -> None:
        """Choose some series, and no others.

        Args:
            numbers: Their ``Series.index``, at least one.
        """
        self.choose(numbers[0])
        for number in numbers:
            self._rows[number].setSelected(True)

    def chosen(self) -> list[Series]:
        """The chosen series that are visible, in the order of the rows."""
        return [
            self._series[number]
            for number, item in self._rows.items()
            if item.isSelected() and not item.isHidden()
        ]

    def explanation(self) -> str:
        """The explanation of the current row; "" for a heading and for a hidden row."""
        item = self.currentItem()
        if item is None or item.isHidden():
            return ""
        return str(item.data(0, EXPLANATION) or "")

    def filter(self, text: str) -> None:
        """Show the rows that hold every word, whatever its case, and hide the others.

        Args:
            text: Words of any column or heading; "" shows all rows.
        """
        words = text.casefold().split()
        for group in self._groups():
            hidden = True
            for item in _children(group):
                item.setHidden(not all(word in item.data(0, TEXT) for word in words))
                if item.isHidden() and item.isSelected():
                    item.setSelected(False)
                hidden = hidden and item.isHidden()
            group.setHidden(hidden)
        if not self.chosen():
            first = next((n for n, item in self._rows.items() if not item.isHidden()), None)
            if first is not None:
                self.choose(first)

    def on_screen(self) -> list[int]:
        """The series whose rows can be seen now, from the top."""
        area = self.viewport().rect()
        return [
            number
            for number, item in self._rows.items()
            if not item.isHidden() and area.intersects(self.visualItemRect(item))
        ]

    def keyboardSearch(self, text: str) -> None:
        """Called by Qt for letters: they go to the filter instead."""
        self.typed.emit(text)

    def _groups(self) -> list[QTreeWidgetItem]:
        items = (self.topLevelItem(number) for number in range(self.topLevelItemCount()))
        return [item for item in items if item is not None]

    def _fill(self, listing: ScanListing) -> None:
        empty = thumbnail_icon(None)
        for group in grouped(listing.every_series):
            heading = self._heading(group.title)
            for entry in group.series:
                columns = columns_of(entry, group.folder)
                item = tree_item(columns, explanation(entry))
                item.setIcon(0, empty)
                item.setData(0, NUMBER, entry.index)
                _describe(item, (group.title, *columns), explanation(entry))
                heading.addChild(item)
                self._rows[entry.index] = item
            heading.setExpanded(True)
        skipped = self._skipped(listing)
        if skipped:
            heading = self._heading(tr("Not opened ({count})", count=len(skipped)))
            for line in skipped:
                item = tree_item([visible_line(line)], line)
                item.setFlags(NO_FLAGS)
                _describe(item, (line,), line)
                heading.addChild(item)

    def _skipped(self, listing: ScanListing) -> list[str]:
        counts = [f"{tr(reason)} ({count:,})" for reason, count in listing.unreadable]
        problems = [tr(problem.text) for problem in listing.problems if not problem.viewable]
        return [*problems[:MOST_PROBLEMS], *counts]

    def _heading(self, title: str) -> QTreeWidgetItem:
        heading = tree_item([visible_line(title)], title)
        heading.setFlags(NO_FLAGS)
        font = heading.font(0)
        font.setBold(True)
        heading.setFont(0, font)
        self.addTopLevelItem(heading)
        return heading

    def _span_headings(self) -> None:
        for group in self._groups():
            group.setFirstColumnSpanned(True)
            for item in _children(group):
                if item.data(0, NUMBER) is None:
                    item.setFirstColumnSpanned(True)

    def _size_columns(self) -> None:
        header = self.header()
        header.setStretchLastSection(False)
        header.setResizeContentsPrecision(-1)
        self._span_headings()
        for column in range(1, len(COLUMNS)):  # once: the filter must not move them
            self.resizeColumnToContents(column)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)


def _children(heading: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    children = (heading.child(number) for number in range(heading.childCount()))
    return [child for child in children if child is not None]


def _describe(item: QTreeWidgetItem, texts: tuple[str, ...], explained: str) -> None:
    """Give a row the text that the filter reads, and what is shown of it when it is current."""
    item.setData(0, TEXT, " ".join(texts).casefold())
    item.setData(0, EXPLANATION, explained)
