"""Rows of a panel: headings, values, choices with their labels."""

from collections.abc import Iterable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from srviewer.core.visible_text import visible, visible_line
from srviewer.gui.appearance import theme
from srviewer.gui.widgets.decimal_box import DecimalBox
from srviewer.gui.widgets.plain_text import PlainLabel, set_tip
from srviewer.gui.widgets.wheel import WHEELED, keep_from_wheel
from srviewer.nn.plans.adaptation import USUAL_SECONDS

SPIN_INDENT = 6  # px, as in the other fields
Box = TypeVar("Box", bound=QComboBox)
UNBROKEN = ("heading", "research")  # roles of short text that is always seen whole


def form() -> QFormLayout:
    """An empty form: labels left, fields as wide as the panel allows."""
    layout = QFormLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setHorizontalSpacing(12)
    layout.setVerticalSpacing(7)
    layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return layout


def label(text: str, role: str) -> PlainLabel:
    """A label in a role of the style sheet.

    Args:
        text: Shown as plain text.
        role: heading, research, muted, value, good, doubt or plain.

    Returns:
        A new label, styled as by ``dress``.
    """
    text_label = PlainLabel(text)
    dress(text_label, role)
    return text_label


def dress(target: QLabel, role: str) -> None:
    """Give a new label its role; its text wraps and can be selected.

    Args:
        target: Not shown yet; a label that is already styled needs ``set_role``.
        role: As in ``label``; a heading and the research notice do not wrap.
    """
    target.setProperty("role", role)
    if role not in UNBROKEN:
        target.setWordWrap(True)
        # A long file name must not widen the panel, or the window.
        target.setMinimumWidth(1)
    target.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)


def set_role(widget: QWidget, role: str) -> None:
    """Change the role of a widget that is already styled.

    Args:
        widget: Its style is applied again.
        role: As in the style sheet of ``theme``.
    """
    widget.setProperty("role", role)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def set_primary(push_button: QPushButton, primary: bool) -> None:
    """Make a button the bright one of its panel, or one like any other.

    Args:
        push_button: Its style is applied again.
        primary: Whether it is what one is expected to press.
    """
    push_button.setProperty("primary", "true" if primary else "false")
    push_button.style().unpolish(push_button)
    push_button.style().polish(push_button)


class ElidedLabel(PlainLabel):
    """One line that is cut where there is no room for it; the tooltip has the whole text."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self.setProperty("role", role)
        self.setMinimumWidth(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.full = ""

    def show_text(self, text: str) -> None:
        """Show a text, or its beginning.

        Args:
            text: Also the tooltip.
        """
        self.full = visible(text)
        set_tip(self, text)
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Called by Qt."""
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        room = self.contentsRect().width()
        text = self.fontMetrics().elidedText(self.full, Qt.TextElideMode.ElideRight, room)
        if text != self.text():
            self.setText(text)


def describe(widget: QWidget, name: str, tip: str) -> None:
    """Give a control its accessible name, its accessible description and its tooltip.

    Args:
        widget: Any control; the text of a spin box is also indented.
        name: Accessible name, for screen readers.
        tip: Tooltip and accessible description.
    """
    widget.setAccessibleName(visible(name))
    widget.setAccessibleDescription(visible(tip))
    set_tip(widget, tip)
    if isinstance(widget, (QSpinBox, QDoubleSpinBox)):
        # The padding of a style sheet does not reach the text of a spin box.
        widget.lineEdit().setTextMargins(SPIN_INDENT, 0, 0, 0)
    if isinstance(widget, WHEELED):
        keep_from_wheel(widget)


def choice(name: str, tip: str) -> QComboBox:
    """An empty combo box that may be narrower than its longest entry.

    Args:
        name: Accessible name.
        tip: Tooltip.

    Returns:
        A new combo box without entries: see ``set_entries``.
    """
    return as_choice(QComboBox(), name, tip)


def as_choice(box: Box, name: str, tip: str) -> Box:
    """Let a combo box be narrower than its longest entry, and describe it.

    Args:
        box: Of any kind.
        name: Accessible name.
        tip: Tooltip.

    Returns:
        The box.
    """
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(10)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    describe(box, name, tip)
    return box


def set_entries(box: QComboBox, entries: Iterable[tuple[str, object]], chosen: object) -> None:
    """Replace the entries of a combo box and choose one, without signals.

    Args:
        box: Its old entries are removed.
        entries: (text, value) of each; the text is shown as plain text.
        chosen: The value to choose; where no entry has it, the first entry is chosen.
    """
    box.blockSignals(True)
    box.clear()
    for text, value in entries:
        box.addItem(visible_line(text), value)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    box.blockSignals(False)


def seconds_box() -> QSpinBox:
    """A field for the time of adaptation: 5 to 3600 s."""
    box = QSpinBox()
    box.setRange(5, 3600)
    box.setValue(USUAL_SECONDS)
    box.setSuffix(" s")
    return box


def millimetres_box() -> DecimalBox:
    """A field for a length in mm, with two decimals."""
    box = DecimalBox()
    box.setDecimals(2)
    box.setSingleStep(0.1)
    box.setSuffix(" mm")
    return box


class IconLabel(QWidget):
    """An icon without a text; drawn anew each time, so that it follows the theme."""

    def __init__(self, name: str, size: int) -> None:
        super().__init__()
        self._icon = theme.icon(name)
        self.setFixedSize(size, size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        painter = QPainter(self)
        self._icon.paint(painter, self.rect())
        painter.end()


def button(text: str, tip: str) -> QPushButton:
    """A push button.

    Args:
        text: On the button; also its accessible name.
        tip: Tooltip.

    Returns:
        A new button.
    """
    push_button = QPushButton(text)
    describe(push_button, text, tip)
    return push_button
