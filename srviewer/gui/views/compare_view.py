"""The original and its reconstruction, seen at one place with one grey scale."""

from enum import Enum

from PySide6.QtWidgets import QGridLayout, QWidget

from srviewer.core.compare import Scores
from srviewer.gui import theme
from srviewer.gui.session import Session
from srviewer.gui.views.ortho_view import Arrangement, OrthoView
from srviewer.gui.views.overlay import Line
from srviewer.sr.evaluate import ScoredPair

ORIGINAL = Line("ORIGINAL", theme.TEXT, bold=True)
RESULT = Line("RESULT", theme.ACCENT, bold=True)
NO_RESULT = "No result yet.\nPress Reconstruct to rebuild the scan with thin slices."


class Layout(Enum):
    """What the middle of the window shows; ``value`` is its name in settings."""

    PLANES = "planes"
    COMPARE = "compare"
    SIDE_BY_SIDE = "side_by_side"


class CompareView(QWidget):
    """Six panes that share cursor, zoom, grey levels and interpolation."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.original, self.result = OrthoView(session), OrthoView(session)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)
        self.layout_shown = Layout.PLANES
        self.arrange(Layout.PLANES)
        session.original_changed.connect(self._show_original)
        session.result_changed.connect(self._show_result)
        session.scores_changed.connect(self._show_badges)
        session.view_changed.connect(self._show_badges)
        self._show_original()
        self._show_result()

    def arrange(self, layout: Layout) -> None:
        """Show the planes of the original alone, or beside those of the result."""
        self.layout_shown = layout
        row, column = (0, 1) if layout is Layout.SIDE_BY_SIDE else (1, 0)
        inner = {
            Layout.PLANES: Arrangement.WIDE,
            Layout.COMPARE: Arrangement.ROW,
            Layout.SIDE_BY_SIDE: Arrangement.TALL,
        }[layout]
        for view in (self.original, self.result):
            self._grid.removeWidget(view)
            view.arrange(inner)
        self._grid.addWidget(self.original, 0, 0)
        self._grid.addWidget(self.result, row, column)
        # An empty row keeps its stretch, so that each place is set, not only the used ones.
        self._grid.setRowStretch(0, 1)
        self._grid.setColumnStretch(0, 1)
        self._grid.setRowStretch(1, 1 if layout is Layout.COMPARE else 0)
        self._grid.setColumnStretch(1, 1 if layout is Layout.SIDE_BY_SIDE else 0)
        self.result.setVisible(layout is not Layout.PLANES)

    def _show_original(self) -> None:
        self.original.show_volume(self._session.original, ORIGINAL, "")

    def _show_result(self) -> None:
        result = self._session.result
        self.result.show_volume(result.volume if result else None, RESULT, NO_RESULT)

    def _show_badges(self) -> None:
        scores = self._session.scores
        for plane, pane in self.result.panes.items():
            if pane.volume is None or pane.slice is None or not pane.isVisible():
                continue
            axis = plane.normal_axis(pane.volume.geometry)
            pane.show_badge(() if scores is None else _badge(scores, axis, pane.slice.index))


def _badge(scores: ScoredPair, axis: int, index: int) -> tuple[Line, ...]:
    """The slice's scores, cubic's under it, and what both are measured against."""
    meaning = Line(f"against {scores.candidate.meaning}", theme.MUTED)
    ours, cubic = (_values(one, axis, index) for one in (scores.candidate, scores.cubic))
    if ours is None or cubic is None:
        return (Line("too little foreground to score", theme.MUTED), meaning)
    return (
        Line(ours, theme.ACCENT, bold=True),
        Line(f"cubic {cubic}", theme.TEXT),
        meaning,
    )


def _values(scores: Scores, axis: int, index: int) -> str | None:
    row = scores.per_slice[axis][index]
    psnr, ssim = row["psnr"], row["ssim"]
    return None if psnr is None or ssim is None else f"{psnr:.2f} dB  {ssim:.3f}"
