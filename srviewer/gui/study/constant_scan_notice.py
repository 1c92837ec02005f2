"""A notice over the panes of a scan that holds one value alone."""

from srviewer.core.volumes.volume import constant_reason
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.notice import Notice

ADVICE = mark(
    "There is nothing to see or to reconstruct. Check the file, and the program that wrote it."
)


class ConstantScanNotice(Notice):
    """Says that every voxel is the same, in whatever panel the user is; hidden for other scans."""

    def __init__(self, study: ShownStudy) -> None:
        super().__init__("warning", tr("Warning about the voxels"))
        self._study = study
        study.follow(self._show, "scan")

    def _show(self) -> None:
        scan = self._study.scan
        reason = "" if scan is None else constant_reason(scan.warnings)
        self.show_text((reason, ADVICE) if reason else ())
