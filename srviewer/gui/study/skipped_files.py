"""Reports the files beside the open scan that were not opened; the Info panel lists them."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QStatusBar

from srviewer.core.visible_text import visible
from srviewer.errors import UserError
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.notice import ErrorBar
from srviewer.io.scans.series import ScanListing

SHOWN_MS = 8000


class SkippedFilesNotice(QObject):
    """Reports skipped files after each opening: in the status bar; damaged ones as an error."""

    def __init__(
        self, controller: StudyController, status: QStatusBar, errors: ErrorBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._controller, self._status, self._errors = controller, status, errors
        controller.opened.connect(self._tell)

    def _tell(self) -> None:
        origin = self._controller.study.state.origin
        if origin is None:
            return
        found = origin.found
        if found.ignored:
            notice = f"{skipped(found)} " + tr("The Info panel lists them.")
            self._status.showMessage(visible(notice), SHOWN_MS)
        viewed = bool(origin.series.view_only)
        problems = [each for each in found.problems if not (viewed and each.viewable)]
        if problems:
            more = len(problems) - 1
            others = tr("{count:,} more could not be opened; the Info panel says why.", count=more)
            first = tr(problems[0].text)
            error = UserError(f"{first} {others}" if more else first)
            self._errors.show_error(tr("Opening what lies beside the scan"), error)


def skipped(listing: ScanListing) -> str:
    """Word the number and the kinds of the files that were skipped.

    Args:
        listing: The images in the files that were opened.

    Returns:
        One sentence in the language of the window.
    """
    kinds = ", ".join(f"{count} {tr(reason)}" for reason, count in listing.skipped)
    return tr("{count:,} files were skipped: {kinds}.", count=listing.ignored, kinds=kinds)
