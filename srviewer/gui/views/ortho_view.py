"""The three planes of a volume."""

from enum import Enum

from PySide6.QtWidgets import QGridLayout, QWidget

from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.progressive_preview import ProgressivePreview
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.views.drawing.composite import Composite
from srviewer.gui.views.drawing.slice_overlay import DrawnOverlay
from srviewer.gui.views.drawing.text_drawing import Line
from srviewer.gui.views.navigation import Navigation
from srviewer.gui.views.slice_view import SliceView


class Arrangement(Enum):
    """Positions of the three panes: ``value`` is (cells, stretch of rows, stretch of columns).

    A cell is (row, column, rows, columns), of the axial, coronal and sagittal pane in turn.
    """

    WIDE = (((0, 0, 2, 1), (0, 1, 1, 1), (1, 1, 1, 1)), (1, 1, 0), (2, 1, 0))
    ROW = (((0, 0, 1, 1), (0, 1, 1, 1), (0, 2, 1, 1)), (1, 0, 0), (1, 1, 1))
    TALL = (((0, 0, 1, 2), (1, 0, 1, 1), (1, 1, 1, 1)), (3, 2, 0), (1, 1, 0))


class OrthoView(QWidget):
    """Three linked panes of a volume."""

    def __init__(self, study: ShownStudy) -> None:
        super().__init__()
        self._study = study
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)
        self.panes = {plane: SliceView(study, plane) for plane in Plane}
        for pane in self.panes.values():
            Navigation(pane)
        self._arrangement = Arrangement.WIDE
        self._only = study.view.only
        self.arrange(Arrangement.WIDE)
        self._show_wanted()
        study.follow(self._follow, "view")

    def arrange(self, arrangement: Arrangement) -> None:
        """Lay the panes out.

        Args:
            arrangement: Positions of the three panes.
        """
        self._arrangement = arrangement
        cells, _, _ = arrangement.value
        for pane, cell in zip(self.panes.values(), cells, strict=True):
            self._grid.removeWidget(pane)
            self._grid.addWidget(pane, *cell)
        self._stretch()

    def show_volume(self, volume: Volume | None, role: Line, hint: str) -> None:
        """Draw a volume in the three panes.

        Args:
            volume: None draws the hint instead.
            role: Names the volume in each pane.
            hint: Shown where there is no volume.
        """
        for pane in self.panes.values():
            pane.show_volume(volume, role, hint)

    def show_preview(self, preview: ProgressivePreview) -> None:
        """Draw the slices of a progressive preview, as far as there are any.

        Args:
            preview: Of the result that is being computed.
        """
        for pane in self.panes.values():
            pane.show_preview(preview)

    def show_overlays(self, overlays: tuple[DrawnOverlay, ...], over_second: bool = False) -> None:
        """Draw overlays over these panes alone.

        Args:
            overlays: Replace those of the last call, the last on top.
            over_second: Of a composite, they lie over B alone, else over A alone.
        """
        for pane in self.panes.values():
            pane.show_overlays(overlays, over_second)

    def show_composite(self, composite: Composite | None) -> None:
        """Draw a composite in these panes.

        Args:
            composite: The second volume and how it is drawn; None shows the first volume alone.
        """
        for pane in self.panes.values():
            pane.show_composite(composite)

    def _follow(self) -> None:
        """Change the layout only for another choice of planes: it is that of the whole window."""
        if self._study.view.only is not self._only:
            self._show_wanted()
            self._stretch()

    def _show_wanted(self) -> None:
        self._only = self._study.view.only
        for plane, pane in self.panes.items():
            pane.setVisible(self._only is None or plane is self._only)

    def _stretch(self) -> None:
        """Give all room to the panes that are shown: an empty cell would keep its share."""
        cells, rows, columns = self._arrangement.value
        only = self._only
        shown = [c for p, c in zip(self.panes, cells, strict=True) if only is None or p is only]
        used_rows = {row + n for row, _, height, _ in shown for n in range(height)}
        used_columns = {column + n for _, column, _, width in shown for n in range(width)}
        for number in range(3):
            self._grid.setRowStretch(number, rows[number] if number in used_rows else 0)
            self._grid.setColumnStretch(number, columns[number] if number in used_columns else 0)
