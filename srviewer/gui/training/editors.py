"""Controls for the fields of a plan, a class for each type of value."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QToolButton,
    QWidget,
)

from srviewer.errors import UserError
from srviewer.gui.appearance import theme
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import describe, set_entries


class Editor:
    """A control for one field.

    Attributes:
        widget: The control.
        name: The title of the field, translated.
    """

    def __init__(self, widget: QWidget, name: str) -> None:
        self.widget, self.name = widget, name

    def show(self, value: Any) -> None:
        """Show a value without a signal.

        Args:
            value: Of the type of the field.
        """
        raise NotImplementedError

    def value(self) -> Any:
        """The value in the control; UserError when it is not of the type of the field."""
        raise NotImplementedError


class FlagEditor(Editor):
    """A tick box."""

    def __init__(self, name: str) -> None:
        self._box = QCheckBox()
        super().__init__(self._box, name)

    def show(self, value: Any) -> None:
        """Show the flag.

        Args:
            value: True ticks the box.
        """
        self._box.setChecked(value)

    def value(self) -> bool:
        """Whether the box is ticked."""
        return self._box.isChecked()


class ChoiceEditor(Editor):
    """A list of words."""

    def __init__(self, name: str, choices: Sequence[str]) -> None:
        self._box = QComboBox()
        set_entries(self._box, [(tr(word), word) for word in choices], choices[0])
        super().__init__(self._box, name)

    def show(self, value: Any) -> None:
        """Choose a word.

        Args:
            value: A word of the list.
        """
        self._box.setCurrentIndex(self._box.findData(value))

    def value(self) -> str:
        """The chosen word."""
        return str(self._box.currentData())


class TextEditor(Editor):
    """A line for a text, a number, or several of them with commas between."""

    def __init__(self, name: str, kind: Any, read: Callable[[str], Any]) -> None:
        self._line, self._kind, self._read = QLineEdit(), kind, read
        super().__init__(self._line, name)

    def show(self, value: Any) -> None:
        """Show the value as text.

        Args:
            value: A value, or a tuple of values.
        """
        values = value if isinstance(value, tuple) else (value,)
        self._line.setText(", ".join(str(item).removesuffix(".0") for item in values))
        self._line.setCursorPosition(0)

    def value(self) -> Any:
        """The value that the text means; UserError when it is not of the type of the field."""
        text = self._line.text().strip()
        try:
            if get_origin(self._kind) is tuple:
                return tuple(self._read(part.strip()) for part in text.split(",") if part.strip())
            return self._read(text)
        except ValueError:
            raise UserError(
                tr("'{text}' is not a value for '{name}'.", text=text, name=self.name)
            ) from None


class FileEditor(TextEditor):
    """A line for a text that may name a file, with a button that chooses a file."""

    def __init__(self, name: str) -> None:
        super().__init__(name, str, str)
        choose = QToolButton()
        choose.setIcon(theme.icon("folder-open-outline"))
        describe(choose, tr("Choose: {name}", name=name), tr("Choose a file"))
        choose.clicked.connect(self._choose)
        self.widget = QWidget()
        row = QHBoxLayout(self.widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self._line, 1)
        row.addWidget(choose)

    def _choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self.widget, self.name, str(Path(self._line.text())))
        if path:
            self.show(path)


def editor(name: str, kind: Any, about: Any) -> Editor:
    """The control for a field of a plan.

    Args:
        name: The title of the field, translated.
        kind: Type of the field.
        about: Metadata of the field: tip, unit, choices, perhaps file.

    Returns:
        A new control with its tooltip.
    """
    single = get_args(kind)[0] if get_origin(kind) is tuple else kind
    control: Editor
    if kind is bool:
        control = FlagEditor(name)
    elif kind is str and about["choices"]:
        control = ChoiceEditor(name, about["choices"])
    elif about.get("file"):
        control = FileEditor(name)
    else:
        control = TextEditor(name, kind, single)
    tip = tr(about["tip"])
    if about["unit"]:
        tip = f"{tip} ({tr(about['unit'])})"
    if about["choices"]:
        tip = f"{tip}: {', '.join(map(tr, about['choices']))}"
    describe(control.widget, name, tip)
    control.widget.setMinimumWidth(80)
    return control
