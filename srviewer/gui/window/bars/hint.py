"""The first things to know about the panes, in place, until they were read once."""

from PySide6.QtCore import QSettings

from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.notice import OfferBar

KEY = "hint/read"
TEXT = mark(
    "Wheel: slices. Left drag: crosshair. Right drag: grey levels. "
    "Press ? for every key and movement."
)


class Hint(OfferBar):
    """Appears with the first scan; never again once it was dismissed, in this run or a later."""

    def __init__(self, settings: QSettings, study: ShownStudy) -> None:
        super().__init__(
            tr("First steps"),
            tr("Show all"),
            tr("Open the sheet of keys (?)"),
            tr("Got it"),
            tr("Hide this for good"),
        )
        self._settings, self._study = settings, study
        self.accepted.connect(self._dismiss)
        self.declined.connect(self._dismiss)
        study.follow(self._show, "scan")

    def _show(self) -> None:
        if not self._settings.value(KEY, False, type=bool):
            self.offer(tr(TEXT))

    def _dismiss(self) -> None:
        self._settings.setValue(KEY, True)
        self.hide()
