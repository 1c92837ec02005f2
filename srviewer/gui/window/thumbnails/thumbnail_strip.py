"""The strip of thumbnails: every series of the files that the current study came from."""

from collections.abc import Callable, Sequence
from weakref import ref

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QMouseEvent, QPainter, QPen, QPixmap, QShowEvent
from PySide6.QtWidgets import QApplication, QListView, QListWidget, QListWidgetItem

from srviewer.core.visible_text import visible_line
from srviewer.gui.appearance import theme
from srviewer.gui.dialogs.thumbnail import thumbnail_icon
from srviewer.gui.dialogs.thumbnail_loader import ThumbnailLoader
from srviewer.gui.study.second_studies import SecondStudies, is_same, open_state
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import describe
from srviewer.gui.widgets.plain_text import set_tip
from srviewer.gui.window.thumbnails.series_drag import DropPlace, SeriesDrag
from srviewer.io.scans.series import ScanListing, Series

ICON, CELL, FRAME = 84, QSize(116, 136), 3  # px
WIDTH = CELL.width() + 20  # with the scroll bar
NUMBER = Qt.ItemDataRole.UserRole


class ThumbnailStrip(QListWidget):
    """Hidden while the files hold one series alone, unless the user asks for it.

    Return and a double click open a series in a tab, Shift and Return show it beside the current
    study; a drag shows it where it is dropped.

    Attributes:
        drag: The drag of a thumbnail.
    """

    wanted_changed = Signal(bool)  # whether it is shown

    def __init__(self, seconds: SecondStudies, places: Callable[[], Sequence[DropPlace]]) -> None:
        super().__init__()
        self._seconds = seconds
        self._listing: ScanListing | None = None
        self._series: dict[int, Series] = {}
        self._pictures: dict[int, QPixmap] = {}
        self._wanted: bool | None = None  # what the user chose; None: where there are several
        self._marked: tuple[object, ...] = ()  # what is written and framed now
        self._pressed: tuple[QPoint, int] | None = None
        self._thumbnails = ThumbnailLoader(self, self)
        self.drag = SeriesDrag(self, places)
        self._lay_out()
        self.verticalScrollBar().valueChanged.connect(self._thumbnails.load)
        self.itemActivated.connect(self._open)
        seconds.study.follow(self._show, "scan")
        seconds.changed.connect(self._mark)
        theme.redraw_on_theme_change(self, self._mark)
        self._show()

    def _lay_out(self) -> None:
        describe(
            self,
            tr("Series of the opened files"),
            tr(
                "Drag a series into a pane. Return or a double click: open it in a tab; "
                "Shift+Return: show it beside the current study"
            ),
        )
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setFlow(QListView.Flow.TopToBottom)
        self.setWrapping(False)
        self.setWordWrap(True)
        self.setMovement(QListView.Movement.Static)
        self.setIconSize(QSize(ICON, ICON))
        self.setGridSize(CELL)
        self.setFixedWidth(WIDTH)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)

    # --- what is shown

    def want(self, wanted: bool) -> None:
        """Show the strip, or hide it, whatever the files hold.

        Args:
            wanted: Whether it is shown.
        """
        self._wanted = wanted
        self._show()

    @property
    def choice(self) -> str:
        """What the user chose, to be remembered: "shown", "hidden", or "" for no choice."""
        return "" if self._wanted is None else "shown" if self._wanted else "hidden"

    def choose(self, choice: str) -> None:
        """Take up what was remembered.

        Args:
            choice: As ``choice``; anything else is no choice.
        """
        self._wanted = {"shown": True, "hidden": False}.get(choice)
        self._show()

    def stop(self) -> None:
        """Cancel the reading of thumbnails for good."""
        self._thumbnails.stop()

    def on_screen(self) -> list[int]:
        """The series that can be seen now, from the top."""
        area = self.viewport().rect()
        return [
            int(item.data(NUMBER))
            for item in self._items()
            if area.intersects(self.visualItemRect(item))
        ]

    def show_thumbnail(self, number: int, picture: QPixmap) -> None:
        """Show the thumbnail of a series.

        Args:
            number: ``Series.index``.
            picture: The thumbnail.
        """
        self._pictures[number] = picture
        self._mark()

    def _show(self) -> None:
        origin = self._seconds.study.state.origin
        listing = None if origin is None else origin.found
        every = () if listing is None else listing.every_series
        wanted = len(every) > 1 if self._wanted is None else self._wanted
        shown = bool(every) and wanted
        if shown and listing is not self._listing:
            self._listing = listing
            self._fill(every)
        elif listing is None and self._listing is not None:
            self._listing = None
            self._fill(())
        self.setVisible(shown)
        self.wanted_changed.emit(shown)
        self._mark()
        if shown:
            self._scroll_to_shown()
        self._thumbnails.load()

    def _scroll_to_shown(self) -> None:
        origin = self._seconds.study.state.origin
        for item in self._items():
            series = self._series[int(item.data(NUMBER))]
            if origin is not None and is_same(origin, series):
                self.scrollToItem(item)

    def _fill(self, every: Sequence[Series]) -> None:
        from srviewer.gui.dialogs.series_texts import columns_of  # lazy: what joins stacks

        self.clear()
        self._series = {series.index: series for series in every}
        self._pictures = {}
        self._thumbnails.take(self._series)
        for series in every:
            name, *rest = columns_of(series, series.details.folder)
            item = QListWidgetItem(thumbnail_icon(None), "")
            item.setData(NUMBER, series.index)
            set_tip(item, "\n".join((name, *filter(None, rest))))
            item.setSizeHint(CELL)  # with room for two lines, whatever is written now
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter)
            self.addItem(item)

    def _items(self) -> list[QListWidgetItem]:
        return [self.item(row) for row in range(self.count())]

    def _mark(self) -> None:
        """Write below each series what is open of it, and frame those that are shown."""
        study, second = self._seconds.study, self._seconds.second
        states = (study.state, *self._seconds.candidates)
        scans = [ref(state.scan) for state in states if state.scan is not None]
        beside = second.scan if self._seconds.shown else None
        beside_ref = None if beside is None else ref(beside)
        marked = (scans, beside_ref, self._listing, len(self._pictures), theme.colours())
        if self.isHidden() or marked == self._marked:
            return
        self._marked = marked
        for item in self._items():
            series = self._series[int(item.data(NUMBER))]
            state = open_state(states, series)
            scan = None if state is None else state.scan
            word, colour = "", ""
            if scan is not None and scan is study.scan:
                word, colour = tr("shown"), theme.colours().text
            elif scan is not None and scan is beside:
                word, colour = tr("second study"), theme.colours().accent
            elif scan is not None:
                word, colour = tr("open"), theme.colours().border
            text = "\n".join((self._name(series), word)).strip()
            picture = self._pictures.get(series.index)
            drawn = (text, colour, picture is None)
            if item.data(NUMBER + 1) != drawn:
                item.setData(NUMBER + 1, drawn)
                item.setText(text)
                item.setIcon(_framed(thumbnail_icon(picture), colour))

    def _name(self, series: Series) -> str:
        name = visible_line(series.name) or tr("without a name")
        return self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, CELL.width() - 28)

    # --- what the user does

    def showEvent(self, event: QShowEvent) -> None:
        """Called by Qt."""
        super().showEvent(event)
        self._thumbnails.load()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Called by Qt: a drag may begin on a thumbnail."""
        super().mousePressEvent(event)
        item = self.itemAt(event.position().toPoint())
        left = event.button() == Qt.MouseButton.LeftButton
        self._pressed = None
        if left and item is not None:
            self._pressed = event.globalPosition().toPoint(), int(item.data(NUMBER))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Called by Qt: the thumbnail follows the mouse, once that has moved far enough."""
        at = event.globalPosition().toPoint()
        if self._pressed is not None and self.drag.series is None:
            start, number = self._pressed
            if (at - start).manhattanLength() >= QApplication.startDragDistance():
                icon = thumbnail_icon(self._pictures.get(number))
                self.drag.begin(self._series[number], icon.pixmap(ICON, ICON))
        if self.drag.series is not None:
            self.drag.move(at)
        elif self._pressed is None:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Called by Qt: a drag ends."""
        super().mouseReleaseEvent(event)
        self._pressed = None
        if self.drag.series is not None:
            self.drag.drop(event.globalPosition().toPoint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt: Escape ends a drag, Shift and Return show a series beside the study."""
        if event.key() == Qt.Key.Key_Escape and self._pressed is not None:
            self._pressed = None
            self.drag.cancel()
            return
        item, shift = self.currentItem(), Qt.KeyboardModifier.ShiftModifier
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and item is not None and event.modifiers() & shift:
            self._seconds.show_series(self._series[int(item.data(NUMBER))])
            return
        super().keyPressEvent(event)

    def _open(self, item: QListWidgetItem) -> None:
        self._seconds.open_alone(self._series[int(item.data(NUMBER))])


def _framed(icon: QIcon, colour: str) -> QIcon:
    """An icon with a frame of a colour; "" for none."""
    if not colour:
        return icon
    picture = icon.pixmap(ICON, ICON)
    painter = QPainter(picture)
    painter.setPen(QPen(QColor(colour), FRAME))
    edge = FRAME // 2
    painter.drawRect(edge, edge, ICON - FRAME, ICON - FRAME)
    painter.end()
    framed = QIcon(picture)
    framed.addPixmap(picture, QIcon.Mode.Selected)
    return framed
