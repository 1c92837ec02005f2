"""The line over the panes: what is compared, and what the layout lets one set."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QMenu,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QWidget,
)

from srviewer.core.visible_text import visible_line
from srviewer.gui.appearance import theme
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.offered import compared, offered
from srviewer.gui.texts.translation import tr
from srviewer.gui.views.map_overlays import MAP_DECIMALS
from srviewer.gui.widgets.decimal_box import DecimalBox
from srviewer.gui.widgets.form import describe, set_entries
from srviewer.gui.widgets.intensity_box import IntensityBox, decimals_of
from srviewer.gui.widgets.plain_text import PlainLabel, add_named, menu_text
from srviewer.io.formats import open_filter
from srviewer.sr.results.maps import SHOWN_MAPS
from srviewer.study.state.compared_volumes import FEWEST_SHOWN, MOST_SHOWN
from srviewer.study.state.comparing import FLIP_KEY, Comparing
from srviewer.study.state.layouts import Control, Layout, find_layout

LETTERS = "ABCD"


class CompareBar(QWidget):
    """Hidden while one volume is looked at without a map."""

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._controller, self._study = controller, controller.study
        self._slots = [self._slot(number) for number in range(MOST_SHOWN)]
        self._swap = _tool(
            "swap-horizontal", tr("Swap A and B"), tr("A and B change places for good")
        )
        self._more = _tool("plus", tr("One more"), tr("Show one more volume, up to four"))
        self._across = _tool("rotate-right", tr("Turn the edge"), tr("The edge upright, or across"))
        self._hold = _tool(
            "flip-horizontal",
            tr("Hold to flip"),
            tr("B while pressed ({key})", key=FLIP_KEY),
        )
        self._tile = _spin(tr("Squares"), tr("Side of a square in mm"), 2, 200, " mm")
        self._range = IntensityBox(
            0.0, tr("Range"), tr("Where the colours end, in the unit of the scan")
        )
        self._controls: dict[Control, QWidget] = {
            "edge": self._across,
            "flip": self._hold,
            "tile": self._tile,
            "range": self._range,
        }
        self._map = QComboBox()
        describe(self._map, tr("Map"), tr("Lay a map of the current result over its slices"))
        set_entries(
            self._map, [(tr("No map"), ""), *((tr(kind.title), kind.id) for kind in SHOWN_MAPS)], ""
        )
        self._threshold = _spin(
            tr("From"), tr("Least value drawn, in % of the intensity range"), 0, 100, " %"
        )
        self._threshold.setDecimals(MAP_DECIMALS)
        self._opacity = QSpinBox()
        self._opacity.setRange(0, 100)
        self._opacity.setSuffix(" %")
        describe(self._opacity, tr("Opacity"), tr("Opacity of the map in %"))
        self._threshold_label = PlainLabel(tr("from"))
        self._opacity_label = PlainLabel(tr("opacity"))
        self._map_note = PlainLabel(tr("on the result, which is not shown"))
        self._map_note.setProperty("role", "muted")
        self._lay_out()
        self._connect()
        self._follow()

    def _lay_out(self) -> None:
        # Long names are cut; the window is not made wider than the screen for them.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 3, 8, 3)
        row.setSpacing(5)
        row.addWidget(self._slots[0])
        row.addWidget(self._swap)
        for tool_button in (*self._slots[1:], self._more, self._across, self._hold):
            row.addWidget(tool_button)
        row.addWidget(self._tile)
        row.addWidget(self._range)
        row.addStretch(1)
        for widget in (self._map, self._threshold_label, self._threshold):
            row.addWidget(widget)
        row.addWidget(self._map_note)
        row.addWidget(self._opacity_label)
        row.addWidget(self._opacity)

    def _connect(self) -> None:
        study = self._study
        study.follow(self._follow, "compared_volumes", "comparing", "scan", "reference")
        self._swap.clicked.connect(self._exchange)
        self._more.clicked.connect(self._add)
        self._across.clicked.connect(self._turn)
        self._hold.pressed.connect(lambda: self._set(swapped=True))
        self._hold.released.connect(lambda: self._set(swapped=False))
        self._tile.valueChanged.connect(lambda mm: self._set(tile_mm=mm))
        self._range.valueChanged.connect(lambda end: self._set(difference_range=end))
        self._map.activated.connect(lambda: self._set(map=self._map.currentData()))
        self._threshold.valueChanged.connect(lambda percent: self._set(threshold=percent / 100))
        self._opacity.valueChanged.connect(lambda percent: self._set(opacity=percent / 100))

    def _set(self, **changed: object) -> None:
        how: Comparing = replace(self._study.comparing, **changed)  # type: ignore[arg-type]
        self._study.compare(how)

    def _follow(self) -> None:
        study, how = self._study, self._study.comparing
        shown, layout = compared(study.state), find_layout(how.layout)
        rows = layout.rows == "each"
        alone = not layout.compares
        self.setVisible(study.scan is not None and not (alone and not study.result))
        for number, slot in enumerate(self._slots):
            slot.setVisible(number < (len(shown) if rows else 1 if alone else 2))
            if number < len(shown):
                slot.setText(f"{LETTERS[number]}  {menu_text(shown[number].name)}")
        self._swap.setVisible(not alone)
        self._more.setVisible(rows and len(shown) < MOST_SHOWN)
        for name, control in self._controls.items():
            control.setVisible(name in layout.controls)
        _show(self._tile, how.tile_mm)
        span = study.difference_span()
        width = study.auto_window.width
        self._range.scale_to(width, max(2, decimals_of(span)), span / 10)
        _show(self._range, span)
        unit = visible_line(study.scan.unit) if study.scan else ""
        self._range.setPrefix("\u00b1 ")
        self._range.setSuffix(f" {unit}".rstrip())
        self._map.setVisible(study.result is not None)
        self._map.setCurrentIndex(max(0, self._map.findData(how.map)))
        chosen, seen = bool(how.map) and study.result is not None, self._map_is_seen(layout)
        for widget in (self._threshold_label, self._threshold, self._opacity_label, self._opacity):
            widget.setVisible(chosen and seen)
        self._map_note.setVisible(chosen and not seen)
        _show(self._threshold, 100 * how.threshold)
        _show(self._opacity, round(100 * how.opacity))

    def _map_is_seen(self, layout: Layout) -> bool:
        """Whether a pane shows the current result, over which the map lies."""
        keys = self._study.compared_volumes.shown
        seen = keys if layout.rows == "each" else keys[:2] if layout.composite else keys[:1]
        return "range" not in layout.controls and self._study.compared_volumes.current in seen

    def _exchange(self) -> None:
        one, other, *rest = self._study.compared_volumes.shown
        self._study.keep(self._study.compared_volumes.showing((other, one, *rest)))

    def _turn(self) -> None:
        self._set(upright=not self._study.comparing.upright)

    def _add(self) -> None:
        shown = self._study.compared_volumes.shown
        free = [entry.key for entry in offered(self._study.state) if entry.key not in shown]
        if free:
            self._study.keep(self._study.compared_volumes.showing((*shown, free[0])))

    def _slot(self, number: int) -> QToolButton:
        button = QToolButton()
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        describe(
            button,
            tr("Volume {letter}", letter=LETTERS[number]),
            tr("Choose what {letter} is", letter=LETTERS[number]),
        )
        menu = QMenu(button)
        menu.aboutToShow.connect(lambda: self._offer(menu, number))
        button.setMenu(menu)
        return button

    def _offer(self, menu: QMenu, number: int) -> None:
        """Everything that can be compared, then what can be done with the one that is shown."""
        menu.clear()
        compared_volumes = self._study.compared_volumes
        key = compared_volumes.shown[number]
        for entry in offered(self._study.state):
            action = add_named(menu, entry.name)
            action.setCheckable(True)
            action.setChecked(entry.key == key)
            action.triggered.connect(self._doing(self._choose, number, entry.key))
        menu.addSeparator()
        menu.addAction(tr("Load a volume\u2026")).triggered.connect(self._load)
        if compared_volumes.find(key) is not None:
            menu.addAction(tr("Rename\u2026")).triggered.connect(
                self._doing(self._rename, number, key)
            )
            remove = menu.addAction(tr("Remove from the list"))
            remove.triggered.connect(self._doing(self._remove, number, key))
        if len(compared_volumes.shown) > FEWEST_SHOWN:
            close: QAction = menu.addAction(tr("Close this row"))
            close.triggered.connect(self._doing(self._close, number, key))

    def _doing(self, what: Callable[[int, str], None], number: int, key: str) -> Callable[[], None]:
        return lambda: what(number, key)

    def _choose(self, number: int, key: str) -> None:
        """An entry that is shown already changes places with the one that it replaces."""
        shown = list(self._study.compared_volumes.shown)
        if key in shown:
            shown[shown.index(key)] = shown[number]
        shown[number] = key
        self._study.keep(self._study.compared_volumes.showing(tuple(shown)))

    def _rename(self, number: int, key: str) -> None:
        kept = self._study.compared_volumes.find(key)
        if kept is None:
            return
        name, agreed = QInputDialog.getText(self, tr("Rename"), tr("Name"), text=kept.name)
        if agreed and name.strip():
            self._study.keep(self._study.compared_volumes.renamed(key, name.strip()))

    def _remove(self, number: int, key: str) -> None:
        self._study.keep(self._study.compared_volumes.without(key))

    def _close(self, number: int, key: str) -> None:
        shown = tuple(other for other in self._study.compared_volumes.shown if other != key)
        self._study.keep(self._study.compared_volumes.showing(shown))

    def _load(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, tr("Load a volume to compare"), "", tr(open_filter())
        )
        if path:
            self._controller.load_beside(Path(path))


def _tool(icon: str, name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(theme.icon(icon))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # the keys stay with the panes
    describe(button, name, tip)
    return button


def _spin(name: str, tip: str, least: float, most: float, suffix: str) -> DecimalBox:
    spin = DecimalBox()
    spin.setRange(least, most)
    spin.setDecimals(2)
    spin.setStepType(DecimalBox.StepType.AdaptiveDecimalStepType)
    spin.setSuffix(suffix)
    spin.setKeyboardTracking(False)
    describe(spin, name, tip)
    return spin


def _show(spin: DecimalBox | QSpinBox, value: float) -> None:
    """Show a value without telling anybody."""
    spin.blockSignals(True)
    spin.setValue(value)  # type: ignore[arg-type]
    spin.blockSignals(False)
