"""The dialog that asks which of several series to open."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from srviewer.gui.dialogs.series_texts import group_text, likeliest
from srviewer.gui.dialogs.series_tree import NUMBER, SeriesTree
from srviewer.gui.dialogs.thumbnail_loader import ThumbnailLoader
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import describe, label
from srviewer.gui.widgets.notice import OfferBar
from srviewer.gui.widgets.plain_text import PlainLabel
from srviewer.io.scans.series import ScanListing, Series
from srviewer.sr.stacks.joinable.groups import JoinableGroup

MOVING = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
MOST_OFFERS = 3  # of stacks to join; more would leave no room for the list
LINES = 3  # of the explanation at least, so that the list seldom gets shorter


class SeriesPicker(QDialog):
    """Lists the series in groups; letters filter, arrow keys and Return are enough to choose.

    Attributes:
        to_join: Whether the choices are stacks to join.
    """

    def __init__(self, listing: ScanListing, parent: QWidget) -> None:
        super().__init__(parent)
        self.to_join = False
        self.setWindowTitle(tr("Several images were found"))
        self.resize(900, 620)
        self._every = listing.every_series
        self.tree = SeriesTree(listing)
        series = {entry.index: entry for entry in self._every}
        self.thumbnails = ThumbnailLoader(self.tree, self)
        self.thumbnails.take(series)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(tr("Filter: type a part of a name, patient, plane, folder"))
        self.filter.setClearButtonEnabled(True)
        describe(self.filter, tr("Filter"), tr("Show only the rows that hold all of these words"))
        self.filter.installEventFilter(self)
        self.frame = QSpinBox()
        describe(self.frame, tr("Frame"), tr("Which volume of a series of volumes, counted from 1"))
        self._frame_label = PlainLabel(tr("Volume"))
        self._explanation = label("", "muted")
        self._explanation.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._explanation.setMinimumHeight(LINES * self.fontMetrics().lineSpacing())
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel
        )
        self._choose = self._buttons.button(QDialogButtonBox.StandardButton.Open)
        self._choose.setProperty("primary", "true")
        describe(self._choose, tr("Open"), tr("Open the chosen series (Return)"))
        cancel = self._buttons.button(QDialogButtonBox.StandardButton.Cancel)
        describe(cancel, tr("Cancel"), tr("Open none of them; what is open stays (Escape)"))
        self._offers = QVBoxLayout()  # of stacks to join, once they are found
        self._lay_out()
        self._connect()
        self.tree.choose(self._every[likeliest(self._every)].index)
        self.tree.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Called by Qt."""
        super().showEvent(event)
        self.thumbnails.load()

    def choices(self) -> list[tuple[Series, int]]:
        """The chosen series, in the order of the list, each with its frame (from 0)."""
        chosen = self.tree.chosen()
        if len(chosen) == 1:
            return [(chosen[0], self.frame.value() - 1)]
        return [(entry, 0) for entry in chosen]

    def offer_to_join(self, groups: Sequence[JoinableGroup]) -> None:
        """Offer to open stacks together and to join them.

        Args:
            groups: What can be joined; the first few are offered.
        """
        for group in groups[:MOST_OFFERS]:
            bar = OfferBar(
                tr("Stacks to join"),
                tr("Join"),
                tr("Open these stacks in tabs and join them to one volume"),
                tr("Select"),
                tr("Select these stacks in the list"),
            )
            bar.offer(group_text(group))
            bar.accepted.connect(partial(self._join, group))
            bar.declined.connect(partial(self._select, group))
            self._offers.addWidget(bar)

    def _select(self, group: JoinableGroup) -> None:
        self.filter.clear()
        self.tree.choose_all([series.index for series in group.stacks])

    def _join(self, group: JoinableGroup) -> None:
        self._select(group)
        self.to_join = True
        super().accept()

    def accept(self) -> None:
        """Open what is chosen; without a choice the question stays."""
        if self.choices():
            super().accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Called by Qt: arrow keys in the filter move in the list."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.key() in MOVING:
            self.tree.setFocus()
            self.tree.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(10)
        question = tr("{count} series. Which should be opened?", count=len(self._every))
        hint = tr("Ctrl and Shift choose several; each opens in a tab of its own.")
        layout.addWidget(label(question, "value"))
        layout.addLayout(self._offers)
        layout.addWidget(self.filter)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self._explanation)
        layout.addWidget(label(hint, "muted"))
        bottom = QHBoxLayout()
        bottom.addWidget(self._frame_label)
        bottom.addWidget(self.frame)
        bottom.addStretch(1)
        bottom.addWidget(self._buttons)
        layout.addLayout(bottom)

    def _connect(self) -> None:
        self.tree.itemSelectionChanged.connect(self._show_chosen)
        self.tree.currentItemChanged.connect(self._show_explanation)
        self.tree.itemActivated.connect(self._activate)
        self.tree.typed.connect(self._type)
        self.tree.verticalScrollBar().valueChanged.connect(self.thumbnails.load)
        self.tree.itemExpanded.connect(self.thumbnails.load)
        self.filter.textChanged.connect(self._filter)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self.finished.connect(self.thumbnails.stop)

    def _show_chosen(self) -> None:
        chosen = self.tree.chosen()
        self._choose.setEnabled(bool(chosen))
        several = tr("Open {count} series", count=len(chosen))
        self._choose.setText(several if len(chosen) > 1 else tr("Open"))
        frames = chosen[0].frames if len(chosen) == 1 else 1
        self.frame.setRange(1, frames)
        self.frame.setValue(1)
        self.frame.setSuffix(tr(" of {frames}", frames=frames))
        self.frame.setVisible(frames > 1)
        self._frame_label.setVisible(frames > 1)

    def _show_explanation(self) -> None:
        nothing = "" if self.tree.chosen() else tr("No series holds all of these words.")
        self._explanation.setText(self.tree.explanation() or nothing)

    def _activate(self, item: QTreeWidgetItem) -> None:
        if item.data(0, NUMBER) is not None:
            self.accept()

    def _type(self, text: str) -> None:
        """Go on in the filter with what was typed in the list."""
        if text.isprintable():
            self.filter.setFocus()
            self.filter.insert(text)

    def _filter(self, text: str) -> None:
        self.tree.filter(text)
        self._show_explanation()
        self.thumbnails.load()
