"""Controls for the fields of a plan, one kind for each type of value."""

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
from srviewer.gui.widgets.form import describe, fill


class Editor:
    """``widget``: the control. ``name``: what it edits, for people."""

    def __init__(self, widget: QWidget, name: str) -> None:
        self.widget, self.name = widget, name

    def show(self, value: Any) -> None:
        """Show ``value`` and tell nobody."""
        raise NotImplementedError

    def value(self) -> Any:
        """What the control says; UserError when that is no value of its kind."""
        raise NotImplementedError


class FlagEditor(Editor):
    """On or off."""

    def __init__(self, name: str) -> None:
        self._box = QCheckBox()
        super().__init__(self._box, name)

    def show(self, value: Any) -> None:
        """Show it."""
        self._box.setChecked(value)

    def value(self) -> bool:
        """Whether it is on."""
        return self._box.isChecked()


class ChoiceEditor(Editor):
    """One of a few words."""

    def __init__(self, name: str, choices: Sequence[str]) -> None:
        self._box = QComboBox()
        fill(self._box, [(tr(one), one) for one in choices], choices[0])
        super().__init__(self._box, name)

    def show(self, value: Any) -> None:
        """Show it."""
        self._box.setCurrentIndex(self._box.findData(value))

    def value(self) -> str:
        """The word."""
        return str(self._box.currentData())


class TextEditor(Editor):
    """Text, numbers, or several of them with commas between; ``read`` makes the value of it."""

    def __init__(self, name: str, kind: Any, read: Callable[[str], Any]) -> None:
        self._line, self._kind, self._read = QLineEdit(), kind, read
        super().__init__(self._line, name)

    def show(self, value: Any) -> None:
        """Show it."""
        values = value if isinstance(value, tuple) else (value,)
        self._line.setText(", ".join(str(one).removesuffix(".0") for one in values))
        self._line.setCursorPosition(0)

    def value(self) -> Any:
        """What the text means."""
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
    """Text that may name a file, with a button that chooses one."""

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
    """The control for a field of the type ``kind``; ``about``: its metadata."""
    single = get_args(kind)[0] if get_origin(kind) is tuple else kind
    made: Editor
    if kind is bool:
        made = FlagEditor(name)
    elif kind is str and about["choices"]:
        made = ChoiceEditor(name, about["choices"])
    elif about.get("file"):
        made = FileEditor(name)
    else:
        made = TextEditor(name, kind, single)
    tip = tr(about["tip"])
    if about["unit"]:
        tip = f"{tip} ({tr(about['unit'])})"
    if about["choices"]:
        tip = f"{tip}: {', '.join(map(tr, about['choices']))}"
    describe(made.widget, name, tip)
    made.widget.setMinimumWidth(80)
    return made
