"""Reports the files beside the open scan that were not opened; the Info panel lists them."""

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QStatusBar

from srviewer.core.visible_text import visible
from srviewer.errors import UserError
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.notice import ErrorBar, NoteBar
from srviewer.io.scans.series import Problem, ScanListing

SHOWN_MS = 8000
MOST_NAMED = 3


class SkippedFilesNotice(QObject):
    """Reports skipped files after each opening.

    What the user named and cannot be opened is an error. What merely lies beside the scan is not:
    ``bar`` lists what of that is damaged, and the status bar counts the rest.

    Attributes:
        bar: Hidden until there is something to list, and at the next opening.
    """

    def __init__(self, controller: StudyController, errors: ErrorBar, parent: QObject) -> None:
        super().__init__(parent)
        self._controller, self._errors = controller, errors
        self.bar = NoteBar(tr("Not opened"))
        controller.opening.connect(self.bar.hide)

    def notify(self, status: QStatusBar) -> None:
        """Report from now on.

        Args:
            status: Counts the files that are no images.
        """
        self._status = status
        self._controller.opened.connect(self._tell)

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
        named = {path.name for path in self._controller.named_paths}
        asked_for = [problem for problem in problems if problem.name in named]
        if asked_for:
            self._show_error(asked_for)
        elif problems:
            self.bar.show_note(_note(problems), [tr(problem.text) for problem in problems])

    def _show_error(self, problems: Sequence[Problem]) -> None:
        more = len(problems) - 1
        others = tr("{count:,} more could not be opened; the Info panel says why.", count=more)
        first = tr(problems[0].text)
        error = UserError(f"{first} {others}" if more else first)
        self._errors.show_error(tr("Opening what lies beside the scan"), error)


def _note(problems: Sequence[Problem]) -> str:
    names = ", ".join(problem.name for problem in problems[:MOST_NAMED])
    dots = ", \u2026" if len(problems) > MOST_NAMED else ""
    if len(problems) == 1:
        return tr("Beside the scan lies one image that cannot be opened: {names}", names=names)
    return tr(
        "Beside the scan lie {count:,} images that cannot be opened: {names}",
        count=len(problems),
        names=f"{names}{dots}",
    )


def skipped(listing: ScanListing) -> str:
    """Word the number and the kinds of the files that were skipped.

    Args:
        listing: The images in the files that were opened.

    Returns:
        One sentence in the language of the window.
    """
    kinds = ", ".join(f"{tr(reason)} ({count:,})" for reason, count in listing.skipped)
    if listing.ignored == 1:
        return tr("1 file was skipped: {kinds}.", kinds=kinds)
    return tr("{count:,} files were skipped: {kinds}.", count=listing.ignored, kinds=kinds)
