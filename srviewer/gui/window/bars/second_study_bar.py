"""The bar over two studies that are shown beside each other: which, and how linked."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from srviewer.gui.appearance import theme
from srviewer.gui.menus.actions import Actions
from srviewer.gui.study.second_studies import SecondStudies
from srviewer.gui.texts.offered import offered
from srviewer.gui.texts.study_names import distinct_names
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.two_studies_text import link_text
from srviewer.gui.widgets.decimal_box import DecimalBox
from srviewer.gui.widgets.form import describe, label, set_role
from srviewer.gui.widgets.plain_text import PlainLabel, add_named, menu_text
from srviewer.study.state.layouts import find_layout
from srviewer.study.state.study_state import StudyState
from srviewer.study.state.view import point

FARTHEST_MM = 2000.0
DIRECTIONS = (
    ("R", mark("Shift to the right of the patient, in mm")),
    ("A", mark("Shift to the front of the patient, in mm")),
    ("S", mark("Shift to the head of the patient, in mm")),
)
BUTTONS = ("second-linked", "second-align", "second-join")


class SecondStudyBar(QWidget):
    """Hidden while one study is shown alone.

    Attributes:
        choice: The button with the list of the other open studies.
        text: The sentence on the link; whose the studies are stands over the panes.
        offsets: The boxes of the shift along R, A and S.
        by_hand: The button that shows them.
    """

    def __init__(self, seconds: SecondStudies, actions: Actions) -> None:
        super().__init__()
        self._seconds, self._actions = seconds, actions
        self.choice = QToolButton()
        self.choice.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.choice.setIcon(theme.icon("book-open-page-variant-outline"))
        self.choice.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        describe(
            self.choice, tr("Second study"), tr("Choose the open study that is shown on the right")
        )
        menu = QMenu(self.choice)
        menu.aboutToShow.connect(lambda: self.fill(menu))
        self.choice.setMenu(menu)
        self.by_hand = QToolButton()
        self.by_hand.setText(tr("Offset"))
        self.by_hand.setCheckable(True)
        describe(self.by_hand, tr("Offset"), tr("Set the shift of the second study by hand"))
        self.offsets = tuple(_offset(letter, tip) for letter, tip in DIRECTIONS)
        self.text = label("", "muted")
        self._close = QToolButton()
        self._close.setIcon(theme.icon("close"))
        describe(self._close, tr("One study"), tr("Show the current study alone"))
        self._offset_row = QWidget()
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row, offsets = QHBoxLayout(), QHBoxLayout(self._offset_row)
        row.setSpacing(5)
        row.addWidget(self.choice)
        for name in BUTTONS:
            row.addWidget(self._button(name))
        row.addWidget(self.by_hand)
        row.addStretch(1)
        row.addWidget(self._close)
        offsets.setContentsMargins(0, 0, 0, 0)
        offsets.setSpacing(5)
        for (letter, _), spin in zip(DIRECTIONS, self.offsets, strict=True):
            offsets.addWidget(PlainLabel(letter))
            offsets.addWidget(spin)
        offsets.addWidget(self._button("second-headers"))
        offsets.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 3, 8, 3)
        column.setSpacing(3)
        column.addLayout(row)
        column.addWidget(self._offset_row)
        column.addWidget(self.text)
        self._offset_row.hide()

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(self._actions[name])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # the keys stay with the panes
        return button

    def _connect(self) -> None:
        seconds, actions = self._seconds, self._actions
        actions.connect_action("second-linked", seconds.set_linked)
        actions.connect_action("second-align", seconds.align)
        actions.connect_action("second-join", seconds.join_positions)
        actions.connect_action("second-headers", seconds.link_by_headers)
        self.by_hand.toggled.connect(self._offset_row.setVisible)
        self._close.clicked.connect(seconds.leave)
        for axis, spin in enumerate(self.offsets):
            spin.valueChanged.connect(partial(self._set_offset, axis))
        seconds.changed.connect(self._show)
        seconds.study.follow(self._show, "comparing", "scan")
        seconds.second.follow(self._show, "scan", "compared_volumes")

    def _set_offset(self, axis: int, mm: float) -> None:
        """Change one of the three: the boxes show the others rounded."""
        offset = list(self._seconds.offset_mm)
        offset[axis] = mm
        self._seconds.set_offset(point(offset))

    def _show(self) -> None:
        seconds = self._seconds
        layout = find_layout(seconds.study.comparing.layout)
        self.setVisible(layout.second_study and seconds.study.scan is not None)
        if self.isHidden():
            return
        two, name = seconds.two, seconds.names[1]
        self.choice.setText(menu_text(name) if name else tr("Choose a study"))
        for widget in (*self.offsets, self.by_hand):
            widget.setEnabled(two is not None)
        action = self._actions["second-align"]
        action.setEnabled(two is not None and not seconds.aligning)
        if two is None:
            self._say(
                tr("Open a second study, or drag a series here from the thumbnails."), "muted"
            )
            return
        linked = link_text(seconds.link, two, seconds.offset_mm)
        self._say(linked, "muted" if seconds.link.linked else "doubt")
        for spin, mm in zip(self.offsets, seconds.offset_mm, strict=True):
            if spin.value() != round(mm, 1):  # else what is being typed would go
                spin.blockSignals(True)
                spin.setValue(mm)
                spin.blockSignals(False)

    def _say(self, text: str, role: str) -> None:
        self.text.setText(text)
        if self.text.property("role") != role:
            set_role(self.text, role)

    def fill(self, menu: QMenu) -> None:
        """List the studies that can be shown, and the volumes of the one that is.

        Args:
            menu: Is emptied first.
        """
        menu.clear()
        candidates = self._seconds.candidates
        current = self._seconds.study.state
        names = distinct_names((current, *candidates))[1:]
        for state, name in zip(candidates, names, strict=True):
            action = add_named(menu, name)
            action.setCheckable(True)
            action.setChecked(state.scan is self._seconds.second.scan)
            self._choose_with(action, state)
        if not candidates:
            menu.addAction(tr("No other study is open")).setEnabled(False)
        second = self._seconds.second
        if second.scan is None:
            return
        menu.addSeparator()
        shown = second.compared_volumes.shown[0]
        for entry in offered(second.state):
            if entry.volume is not None:
                action = add_named(menu, tr("Show its {name}", name=entry.name))
                action.setCheckable(True)
                action.setChecked(entry.key == shown)
                self._show_with(action, entry.key)

    def _choose_with(self, action: QAction, state: StudyState) -> None:
        scan = state.scan
        assert scan is not None
        action.triggered.connect(lambda: self._seconds.choose(scan))

    def _show_with(self, action: QAction, key: str) -> None:
        second = self._seconds.second

        def show() -> None:
            shown = second.compared_volumes.shown
            rest = (other for other in shown if other != key)
            second.keep(second.compared_volumes.showing((key, *rest)))

        action.triggered.connect(show)


def _offset(letter: str, tip: str) -> DecimalBox:
    spin = DecimalBox()
    spin.setRange(-FARTHEST_MM, FARTHEST_MM)
    spin.setDecimals(1)
    spin.setSingleStep(0.5)
    spin.setSuffix(" mm")
    spin.setKeyboardTracking(False)
    describe(spin, tr("Offset {letter}", letter=letter), tr(tip))
    return spin
