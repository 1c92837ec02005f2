"""What lay beside the open scan and was not opened: told once, and kept for the Info panel."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QStatusBar

from srviewer.core.visible_text import visible
from srviewer.errors import UserError
from srviewer.gui.study.study_actions import StudyActions
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.notice import ErrorBar
from srviewer.io.scans.series import ScanListing

SHOWN_MS = 8000


class SkippedFilesNotice(QObject):
    """Tells after each opening: a line for what is no image, the error bar for damaged ones."""

    def __init__(
        self, study: StudyActions, status: QStatusBar, errors: ErrorBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._study, self._status, self._errors = study, status, errors
        study.opened.connect(self._tell)

    def _tell(self) -> None:
        origin = self._study.session.state.origin
        if origin is None:
            return
        found = origin.found
        if found.ignored:
            told = f"{skipped(found)} " + tr("The Info panel lists them.")
            self._status.showMessage(visible(told), SHOWN_MS)
        if found.problems:
            more = len(found.problems) - 1
            others = tr("{count:,} more could not be opened; the Info panel says why.", count=more)
            first = tr(found.problems[0].text)
            error = UserError(f"{first} {others}" if more else first)
            self._errors.show_error(tr("Opening what lies beside the scan"), error)


def skipped(found: ScanListing) -> str:
    """How many files were no images, and what they are, for people."""
    kinds = ", ".join(f"{count} {tr(reason)}" for reason, count in found.skipped)
    return tr("{count:,} files were skipped: {kinds}.", count=found.ignored, kinds=kinds)
