"""The three planes of a volume."""

from dataclasses import dataclass, field
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
from srviewer.gui.views.shared_scale import SharedScale
from srviewer.gui.views.slice_view import SliceView


class Arrangement(Enum):
    """Positions of the three panes: ``value`` is (cells, stretch of rows, stretch of columns).

    A cell is (row, column, rows, columns). The first is of the main pane, which is larger than the
    others but in a ROW, where the panes stand in the order of ``Plane``.
    """

    WIDE = (((0, 0, 2, 1), (0, 1, 1, 1), (1, 1, 1, 1)), (1, 1, 0), (2, 1, 0))
    ROW = (((0, 0, 1, 1), (0, 1, 1, 1), (0, 2, 1, 1)), (1, 0, 0), (1, 1, 1))
    TALL = (((0, 0, 1, 2), (1, 0, 1, 1), (1, 1, 1, 1)), (3, 2, 0), (1, 1, 0))


@dataclass(frozen=True, eq=False)
class Scales:
    """The scales of panes in rows of one arrangement.

    Attributes:
        main: Of the large panes.
        others: Of all other panes.
    """

    main: SharedScale = field(default_factory=SharedScale)
    others: SharedScale = field(default_factory=SharedScale)


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
        self._scales = Scales()
        self._only, self._main = study.view.only, study.main_plane
        self._lay_out()
        self._show_wanted()
        study.follow(self._follow, "view", "scan")

    def arrange(self, arrangement: Arrangement, scales: "Scales") -> None:
        """Lay the panes out.

        Args:
            arrangement: Positions of the three panes.
            scales: Those of all rows with this arrangement.
        """
        self._arrangement, self._scales = arrangement, scales
        self._lay_out()

    def _lay_out(self) -> None:
        cells, _, _ = self._arrangement.value
        for plane, cell in zip(self._in_order(), cells, strict=True):
            pane = self.panes[plane]
            self._grid.removeWidget(pane)
            self._grid.addWidget(pane, *cell)
            large = plane is self._main and self._arrangement is not Arrangement.ROW
            pane.share_scale(self._scales.main if large else self._scales.others)
        self._stretch()

    def _in_order(self) -> tuple[Plane, ...]:
        """The planes in the order of the cells."""
        if self._arrangement is Arrangement.ROW:
            return tuple(Plane)
        return (self._main, *(plane for plane in Plane if plane is not self._main))

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
        if self._study.main_plane is not self._main:
            self._main = self._study.main_plane
            self._lay_out()
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
        placed = zip(self._in_order(), cells, strict=True)
        shown = [cell for plane, cell in placed if only is None or plane is only]
        used_rows = {row + n for row, _, height, _ in shown for n in range(height)}
        used_columns = {column + n for _, column, _, width in shown for n in range(width)}
        for number in range(3):
            self._grid.setRowStretch(number, rows[number] if number in used_rows else 0)
            self._grid.setColumnStretch(number, columns[number] if number in used_columns else 0)
