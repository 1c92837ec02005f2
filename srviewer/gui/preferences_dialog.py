"""The dialog of preferences: each is applied and kept as soon as it is changed."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from srviewer.gui import autosave_folders
from srviewer.gui.form import button, choice, describe, fill, form, label
from srviewer.gui.preferences import Preferences, processors
from srviewer.gui.session import Session
from srviewer.gui.theme import SCHEMES, Scheme
from srviewer.gui.translation import mark, tr
from srviewer.gui.wording import device_entries

THEME_TITLES: dict[Scheme, str] = {
    "dark": mark("Dark"),
    "light": mark("Light"),
    "system": mark("As the system"),
}


class PreferencesDialog(QDialog):
    """Edits ``preferences`` and the session's convention; tells of each change at once."""

    changed = Signal(object)  # Preferences
    cache_cleared = Signal()

    def __init__(self, preferences: Preferences, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Preferences"))
        self.preferences, self._session = preferences, session
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
        self.threads.setRange(0, processors())
        self.threads.setSpecialValueText(tr("Automatic"))
        describe(
            self.threads,
            tr("Threads"),
            tr(
                "Processor threads that a network uses, of {count}; from its next job on",
                count=processors(),
            ),
        )
        self.autosave = QCheckBox(tr("Keep the open study safe from a crash"))
        describe(
            self.autosave,
            tr("Autosave"),
            tr("Save results and view in the background, and offer them after a crash"),
        )
        self._cache = label("", "muted")
        self.clear = button(
            tr("Clear"), tr("Delete what crashed windows left; running ones keep theirs")
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        describe(close, tr("Close"), tr("Close this dialog; everything is kept already"))
        buttons.rejected.connect(self.reject)
        self._fill()
        self._lay_out(buttons)
        self._connect()

    def _fill(self) -> None:
        now = self.preferences
        fill(self.theme, [(tr(THEME_TITLES[name]), name) for name in SCHEMES], now.theme)
        sides = [
            (tr("Radiological: R on the left"), True),
            (tr("Neurological: R on the right"), False),
        ]
        fill(self.convention, sides, self._session.view.radiological)
        fill(self.device, device_entries(), now.device)
        self.threads.setValue(now.threads)
        self.autosave.setChecked(now.autosave)
        self._show_cache()

    def _lay_out(self, buttons: QDialogButtonBox) -> None:
        rows = form()
        for title, field in (
            (tr("Theme"), self.theme),
            (tr("Convention"), self.convention),
            (tr("Device"), self.device),
            (tr("Threads"), self.threads),
        ):
            rows.addRow(title, field)
        cache = QHBoxLayout()
        cache.addWidget(self._cache, 1)
        cache.addWidget(self.clear, alignment=Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 18)
        layout.setSpacing(12)
        layout.addLayout(rows)
        layout.addWidget(self.autosave)
        layout.addWidget(label(tr("CACHE"), "heading"))
        layout.addLayout(cache)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.resize(480, self.sizeHint().height())

    def _connect(self) -> None:
        self.theme.activated.connect(self._edit)
        self.device.activated.connect(self._edit)
        self.threads.valueChanged.connect(self._edit)
        self.autosave.toggled.connect(self._edit)
        self.convention.activated.connect(self._turn)
        self.clear.clicked.connect(self._clear)

    def _edit(self) -> None:
        self.preferences = replace(
            self.preferences,
            theme=self.theme.currentData(),
            device=self.device.currentData(),
            threads=self.threads.value(),
            autosave=self.autosave.isChecked(),
        )
        self.changed.emit(self.preferences)

    def _turn(self) -> None:
        self._session.set_radiological(self.convention.currentData())

    def _clear(self) -> None:
        autosave_folders.clear()
        self._show_cache()
        self.cache_cleared.emit()

    def _show_cache(self) -> None:
        size = autosave_folders.size_bytes()
        told = tr("{size} in {folder}", size=megabytes(size), folder=autosave_folders.root())
        self._cache.setText(told)


def megabytes(size: int) -> str:
    """A size in bytes as people read it: "0 MB", "0.3 MB", "12 MB"."""
    mb = size / 1e6
    return "0 MB" if size == 0 else f"{mb:.1f} MB" if mb < 10 else f"{mb:.0f} MB"
