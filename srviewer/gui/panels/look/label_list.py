"""The labels of an overlay: names, colours, volumes, and whether each is drawn."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from srviewer.core.regions.labels import Label
from srviewer.core.visible_text import visible_line
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import label_text
from srviewer.gui.widgets.form import button, describe
from srviewer.gui.widgets.plain_text import tree_item
from srviewer.study.state.held_file import path_of
from srviewer.study.state.overlay import Overlay

SWATCH = 12  # px
MOST_ROWS = 8  # that are shown without scrolling
VALUE = Qt.ItemDataRole.UserRole


class LabelList(QWidget):
    """A row for each label; a double click leads to its middle, a right click offers more."""

    changed = Signal(object)  # the overlay as the user wants it
    wanted = Signal(object)  # the label to go to
    names_chosen = Signal(object)  # the path of a table of names

    def __init__(self) -> None:
        super().__init__()
        self._overlay: Overlay | None = None
        self.outlined = QCheckBox(tr("Outlines"))
        describe(self.outlined, tr("Outlines"), tr("Draw labels as outlines instead of filled"))
        self.names = button(
            tr("Names\u2026"),
            tr("Names and colours from a file: ITK-SNAP, FreeSurfer, BIDS dseg.tsv or JSON"),
        )
        self.tree = _tree()
        top = QHBoxLayout()
        top.addWidget(self.outlined, 1)
        top.addWidget(self.names)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.tree)
        self.outlined.clicked.connect(self._set_outlined)
        self.names.clicked.connect(self._choose_names)
        self.tree.itemChanged.connect(self._tick)
        self.tree.itemDoubleClicked.connect(self._go_to)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._offer)

    def show_overlay(self, overlay: Overlay) -> None:
        """Show the labels of an overlay.

        Args:
            overlay: A mask or label map.
        """
        before = () if self._overlay is None else self._overlay.labels
        self._overlay = overlay
        self.outlined.setChecked(overlay.outlined)
        self.tree.blockSignals(True)
        if [label.value for label in before] != [label.value for label in overlay.labels]:
            self.tree.clear()
            self.tree.addTopLevelItems([_row(overlay, label) for label in overlay.labels])
            self._fit()
        else:  # a stroke changes the volumes of few of many
            for number, (was, label) in enumerate(zip(before, overlay.labels, strict=True)):
                if was != label:
                    self.tree.takeTopLevelItem(number)
                    self.tree.insertTopLevelItem(number, _row(overlay, label))
        for item in self._rows():
            shown = item.data(0, VALUE) not in overlay.hidden
            item.setCheckState(0, Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked)
        self.tree.blockSignals(False)

    def _rows(self) -> list[QTreeWidgetItem]:
        items = (self.tree.topLevelItem(n) for n in range(self.tree.topLevelItemCount()))
        return [item for item in items if item is not None]

    def _fit(self) -> None:
        """As high as its rows, up to ``MOST_ROWS``."""
        rows = min(max(1, self.tree.topLevelItemCount()), MOST_ROWS)
        height = max(self.tree.sizeHintForRow(0), 20)
        self.tree.setFixedHeight(rows * height + self.tree.header().sizeHint().height() + 4)

    def _label(self, item: QTreeWidgetItem | None) -> Label | None:
        overlay, value = self._overlay, None if item is None else item.data(0, VALUE)
        labels = () if overlay is None else overlay.labels
        return next((label for label in labels if label.value == value), None)

    def _tick(self, item: QTreeWidgetItem) -> None:
        label, shown = self._label(item), item.checkState(0) is Qt.CheckState.Checked
        if self._overlay is not None and label is not None:
            self.changed.emit(self._overlay.showing(label.value, shown))

    def _go_to(self, item: QTreeWidgetItem) -> None:
        label = self._label(item)
        if label is not None:
            self.wanted.emit(label)

    def _set_outlined(self, outlined: bool) -> None:
        if self._overlay is not None:
            self.changed.emit(replace(self._overlay, outlined=outlined))

    def _choose_names(self) -> None:
        path = None if self._overlay is None else path_of(self._overlay.volume)
        folder = str(Path.home() if path is None else path.parent)
        kinds = tr("Tables of labels (*.txt *.label *.lut *.tsv *.json);;All files (*)")
        name, _ = QFileDialog.getOpenFileName(self, tr("Names of labels"), folder, kinds)
        if name:
            self.names_chosen.emit(Path(name))

    def _offer(self, position: QPoint) -> None:
        overlay, label = self._overlay, self._label(self.tree.itemAt(position))
        if overlay is None:
            return
        every = frozenset(entry.value for entry in overlay.labels)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def add(text: str, change: Callable[[], None]) -> None:
            menu.addAction(text).triggered.connect(change)

        if label is not None:
            add(tr("Go to its middle"), lambda: self.wanted.emit(label))
            alone = replace(overlay, hidden=every - {label.value})
            add(tr("Show this alone"), lambda: self.changed.emit(alone))
        add(tr("Show all"), lambda: self.changed.emit(replace(overlay, hidden=frozenset())))
        add(tr("Hide all"), lambda: self.changed.emit(replace(overlay, hidden=every)))
        menu.popup(self.tree.viewport().mapToGlobal(position))


def _tree() -> QTreeWidget:
    tree = QTreeWidget()
    describe(
        tree,
        tr("Labels"),
        tr("Tick what is drawn; a double click moves the crosshair into the middle of a label"),
    )
    tree.setRootIsDecorated(False)
    tree.setUniformRowHeights(True)
    tree.setHeaderLabels([tr("Label"), tr("ml"), tr("Voxels")])
    tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    tree.setExpandsOnDoubleClick(False)
    tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    header = tree.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return tree


def _row(overlay: Overlay, label: Label) -> QTreeWidgetItem:
    millilitres = label.voxels * overlay.volume.geometry.voxel_mm3 / 1000
    name = visible_line(label.name) or tr("label {value}", value=label.value)
    item = tree_item([name, f"{millilitres:,.2f}", f"{label.voxels:,}"], label_text(label))
    item.setData(0, VALUE, label.value)
    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
    swatch = QPixmap(SWATCH, SWATCH)
    swatch.fill(QColor(*label.colour))
    icon = QIcon(swatch)
    icon.addPixmap(swatch, QIcon.Mode.Selected)  # which Qt would tint
    item.setIcon(0, icon)
    for column in (1, 2):
        item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return item
