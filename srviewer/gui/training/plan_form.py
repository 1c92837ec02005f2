"""A form with every field of a plan, derived from the metadata of the fields."""

from dataclasses import fields, is_dataclass, replace
from typing import Any, get_type_hints

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from srviewer.gui.texts.translation import tr
from srviewer.gui.training.editors import Editor, editor
from srviewer.gui.widgets.form import form, label
from srviewer.gui.widgets.plain_text import set_tip
from srviewer.nn.catalogue import TrainingPlan

# Set elsewhere in the panel, or by the run itself.
ELSEWHERE = ("preset", "factors", "steps", "minutes", "train", "validation", "layout")
TITLE_WIDTH = 128  # px


class PlanForm(QWidget):
    """Shows a plan and returns it as edited; new fields of a plan appear in it by themselves.

    ``edited`` is sent after each change of a field, and once after ``show_plan``.
    """

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._editors: dict[str, Editor] = {}  # dotted name -> control
        self._plan: TrainingPlan | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self._add(layout, TrainingPlan, "", "")
        for line in self.findChildren(QLineEdit):
            line.textChanged.connect(self.edited)
        for box in self.findChildren(QComboBox):
            box.currentIndexChanged.connect(self.edited)
        for tick in self.findChildren(QCheckBox):
            tick.toggled.connect(self.edited)

    @property
    def names(self) -> tuple[str, ...]:
        """The dotted names of the fields that can be edited here."""
        return tuple(self._editors)

    def editor(self, name: str) -> Editor:
        """The control of a field.

        Args:
            name: Dotted name, of ``names``.

        Returns:
            Its control.
        """
        return self._editors[name]

    def show_plan(self, plan: TrainingPlan) -> None:
        """Show a plan.

        Args:
            plan: Each of its fields fills its control.
        """
        self._plan = plan
        self.blockSignals(True)
        for name, control in self._editors.items():
            value: Any = plan
            for part in name.split("."):
                value = getattr(value, part)
            control.show(value)
        self.blockSignals(False)
        self.edited.emit()

    def plan(self) -> TrainingPlan:
        """The plan that was shown, as edited.

        Raises:
            UserError: A value is not of the type of its field, or the plan cannot be trained.
        """
        assert self._plan is not None
        changes: dict[str, Any] = {}
        parts: dict[str, dict[str, Any]] = {}
        for name, control in self._editors.items():
            part, _, field = name.rpartition(".")
            if part:
                parts.setdefault(part, {})[field] = control.value()
            else:
                changes[field] = control.value()
        for part, values in parts.items():
            changes[part] = replace(getattr(self._plan, part), **values)
        return replace(self._plan, **changes)

    def _add(self, layout: QVBoxLayout, kind: Any, prefix: str, heading: str) -> None:
        """Add the rows of a dataclass; nested dataclasses follow under headings of their own."""
        rows: QFormLayout = form()
        if heading:
            layout.addWidget(label(tr(heading).upper(), "heading"))
        layout.addLayout(rows)
        hints = get_type_hints(kind)
        for field in fields(kind):
            if not prefix and field.name in ELSEWHERE:
                continue
            if is_dataclass(hints[field.name]):
                self._add(
                    layout, hints[field.name], f"{prefix}{field.name}.", field.metadata["tip"]
                )
                continue
            name = tr(field_title(field.name))
            control = editor(name, hints[field.name], field.metadata)
            self._editors[prefix + field.name] = control
            unit = tr(field.metadata["unit"])
            has_unit = unit and unit not in name.lower()
            title = label(f"{name}, {unit}" if has_unit else name, "muted")
            title.setFixedWidth(TITLE_WIDTH)
            set_tip(title, control.widget.toolTip())
            rows.addRow(title, control.widget)


def field_title(name: str) -> str:
    """The title of a field of a plan: "Batch size".

    Args:
        name: Of the field.

    Returns:
        English, to be translated.
    """
    return name.replace("_", " ").capitalize()
