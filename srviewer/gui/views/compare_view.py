"""What is compared, in rows of three planes that share one place and one grey scale."""

from PySide6.QtWidgets import QGridLayout, QWidget

from srviewer.core.compare import Scores
from srviewer.gui import theme
from srviewer.gui.comparables import MOST_SHOWN, ORIGINAL, Comparable
from srviewer.gui.comparing import ONE_ROW, Layout
from srviewer.gui.session import Session
from srviewer.gui.views.ortho_view import Arrangement, OrthoView
from srviewer.gui.views.overlay import Line
from srviewer.sr.evaluate import ScoredPair


class CompareView(QWidget):
    """Up to four rows of panes that share cursor, zoom, grey levels and interpolation."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.rows: list[OrthoView] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)
        self._add_rows(2)
        for signal in (session.comparables_changed, session.comparing_changed):
            signal.connect(self.refresh)
        session.scores_changed.connect(self._show_badges)
        session.view_changed.connect(self._show_badges)
        self.refresh()

    @property
    def original(self) -> OrthoView:
        """The panes of A."""
        return self.rows[0]

    @property
    def result(self) -> OrthoView:
        """The panes of B."""
        return self.rows[1]

    @property
    def layout_shown(self) -> Layout:
        """How the rows lie."""
        return self._session.comparing.layout

    def refresh(self) -> None:
        """Lay the rows out and give each the volume that it shows."""
        shown = self._shown()
        self._add_rows(len(shown))
        self._arrange(len(shown))
        for row, one in zip(self.rows, shown, strict=False):
            row.show_volume(one.volume, role(one), one.hint)
        self._show_badges()

    def _shown(self) -> tuple[Comparable, ...]:
        """What the rows show, from the top or the left."""
        shown = self._session.shown()
        if self._session.comparing.swapped:
            shown = (shown[1], shown[0], *shown[2:])
        return shown[:1] if self.layout_shown in ONE_ROW else shown

    def _add_rows(self, count: int) -> None:
        """Rows are made when they are first needed."""
        while len(self.rows) < count:
            self.rows.append(OrthoView(self._session))

    def _arrange(self, count: int) -> None:
        beside = self.layout_shown is Layout.SIDE_BY_SIDE
        inner = Arrangement.TALL if beside else Arrangement.ROW
        if self.layout_shown in ONE_ROW:
            inner = Arrangement.WIDE
        for number, row in enumerate(self.rows):
            row.setVisible(number < count)
            self._grid.removeWidget(row)
            if number < count:
                row.arrange(inner)
                self._grid.addWidget(row, 0 if beside else number, number if beside else 0)
        # An empty row keeps its stretch, so that each place is set, not only the used ones.
        for number in range(MOST_SHOWN):
            used = number < count
            self._grid.setRowStretch(number, 1 if used and (number == 0 or not beside) else 0)
            self._grid.setColumnStretch(number, 1 if used and (number == 0 or beside) else 0)

    def _show_badges(self) -> None:
        for row, one in zip(self.rows, self._shown(), strict=False):
            for plane, pane in row.panes.items():
                if pane.volume is None or pane.slice is None or not pane.isVisible():
                    continue
                axis = plane.normal_axis(pane.volume.geometry)
                pane.show_badge(badge(one.scores, axis, pane.slice.index) if one.scores else ())


def role(one: Comparable) -> Line:
    """What names an entry in its panes."""
    colour = theme.TEXT if one.key == ORIGINAL else theme.ACCENT
    return Line(one.name.upper() if one.key == ORIGINAL else one.name, colour, bold=True)


def badge(scores: ScoredPair, axis: int, index: int) -> tuple[Line, ...]:
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
