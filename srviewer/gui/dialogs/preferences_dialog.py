"""The dialog of preferences: each is applied and stored as soon as it is changed."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from srviewer.gui.appearance.theme import SCHEMES, Scheme
from srviewer.gui.dialogs.application_files_box import OwnFilesBox
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.study.application_files import OwnFiles
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.wording import device_entries
from srviewer.gui.user_files.preferences import Preferences
from srviewer.gui.widgets.form import choice, describe, form, label, set_entries
from srviewer.nn.devices.cores import usable_cores

THEME_TITLES: dict[Scheme, str] = {
    "dark": mark("Dark"),
    "light": mark("Light"),
    "system": mark("As the system"),
}


# Switch, its name, its tip.
KEPT = (
    (
        mark("Keep the open study safe from a crash"),
        mark("Autosave"),
        mark("Save results and view in the background, and offer them after a crash"),
    ),
    (
        mark("Keep a log of errors"),
        mark("Log"),
        mark("Note what went wrong and where in the program, without names of patients or files"),
    ),
    (
        mark("Keep a list of recent files"),
        mark("Recent files"),
        mark("Remember which files and folders were opened last, for the menu and the dialogs"),
    ),
)


class PreferencesDialog(QDialog):
    """Edits the preferences and the study's convention; each change is sent at once.

    Attributes:
        preferences: The present values.
    """

    changed = Signal(object)  # Preferences

    def __init__(
        self,
        preferences: Preferences,
        study: ShownStudy,
        files: tuple[OwnFiles, OwnFiles, OwnFiles],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Preferences"))
        self.preferences, self._study = preferences, study
        self.theme = choice(
            tr("Theme"), tr("Dark, light, or as the desktop is set; images stay on black")
        )
        self.convention = choice(
            tr("Convention"), tr("On which side of the screen the patient's right is drawn")
        )
        self.device = choice(
            tr("Device"), tr("What computes the first reconstruction of each scan")
        )
        self.threads = QSpinBox()
        self.threads.setRange(0, usable_cores())
        self.threads.setSpecialValueText(tr("Automatic"))
        describe(
            self.threads,
            tr("Threads"),
            tr(
                "Processor threads that a network uses, of {count}; from its next job on",
                count=usable_cores(),
            ),
        )
        self.autosave, self.log, self.recent = map(OwnFilesBox, files, KEPT)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        describe(close, tr("Close"), tr("Close this dialog; everything is kept already"))
        buttons.rejected.connect(self.reject)
        self._fill()
        self._lay_out(buttons)
        self._connect()

    def _fill(self) -> None:
        current = self.preferences
        set_entries(self.theme, [(tr(THEME_TITLES[name]), name) for name in SCHEMES], current.theme)
        sides = [
            (tr("Radiological: R on the left"), True),
            (tr("Neurological: R on the right"), False),
        ]
        set_entries(self.convention, sides, self._study.view.radiological)
        set_entries(self.device, device_entries(), current.device)
        self.threads.setValue(current.threads)
        for name, box in self._boxes().items():
            box.keep.setChecked(getattr(current, name))

    def _lay_out(self, buttons: QDialogButtonBox) -> None:
        rows = form()
        for title, field in (
            (tr("Theme"), self.theme),
            (tr("Convention"), self.convention),
            (tr("Device"), self.device),
            (tr("Threads"), self.threads),
        ):
            rows.addRow(title, field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 18)
        layout.setSpacing(12)
        layout.addLayout(rows)
        layout.addWidget(label(tr("SRVIEWER'S OWN FILES"), "heading"))
        for box in self._boxes().values():
            layout.addWidget(box)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.resize(480, self.sizeHint().height())

    def _connect(self) -> None:
        self.theme.activated.connect(self._edit)
        self.device.activated.connect(self._edit)
        self.threads.valueChanged.connect(self._edit)
        self.convention.activated.connect(self._turn)
        for box in self._boxes().values():
            box.keep.toggled.connect(self._edit)

    def _edit(self) -> None:
        self.preferences = replace(
            self.preferences,
            theme=self.theme.currentData(),
            device=self.device.currentData(),
            threads=self.threads.value(),
            **{name: box.keep.isChecked() for name, box in self._boxes().items()},
        )
        self.changed.emit(self.preferences)
        for box in self._boxes().values():
            box.show_state()

    def _turn(self) -> None:
        self._study.set_radiological(self.convention.currentData())

    def _boxes(self) -> dict[str, OwnFilesBox]:
        """The switches by the names of their preferences."""
        return {"autosave": self.autosave, "log": self.log, "recent": self.recent}
