"""The coherence by spatial frequency of a stack that was left out of a join."""

import pyqtgraph
from PySide6.QtCore import Qt

from srviewer.gui.appearance import theme
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.plain_text import set_tip
from srviewer.sr.stacks.left_out import Coherence


class CoherencePlot(pyqtgraph.PlotWidget):
    """The agreement of prediction and measurement, from coarse to fine."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.setLabel("left", tr("Coherence"))
        self.setLabel("bottom", tr("cycles per mm, within the slices"))
        self.showGrid(x=False, y=True, alpha=0.12)
        for side in ("left", "bottom"):
            self.getAxis(side).enableAutoSIPrefix(False)
        self.getAxis("left").setWidth(50)
        self._cubic, self._single, self._joined = (self.plot(connect="finite") for _ in range(3))
        self.setAccessibleName(tr("Coherence over the spatial frequency"))
        set_tip(
            self,
            tr(
                "The correlation of prediction and measurement at each spatial frequency: 1 is "
                "full agreement, 0 none. Unlike PSNR, it does not reward blur."
            ),
        )
        self._colour()
        theme.redraw_on_theme_change(self, self._colour)

    def show_coherence(self, rows: tuple[Coherence, ...]) -> None:
        """Draw the curves of the others joined, of their cubic mean, and of the best single one.

        Args:
            rows: From low to high frequencies; () for no curves.
        """
        per_mm = [row.per_mm for row in rows]
        self._joined.setData(per_mm, [row.joined for row in rows])
        self._cubic.setData(per_mm, [row.cubic for row in rows])
        self._single.setData(per_mm, [row.single for row in rows])
        self.setYRange(min([0.0, *(row.cubic for row in rows)]), 1.0, padding=0.05)

    def _colour(self) -> None:
        colours = theme.colours()
        self.setBackground(colours.base)
        for side in ("left", "bottom"):
            self.getAxis(side).setPen(colours.border)
            self.getAxis(side).setTextPen(colours.muted)
        self._joined.setPen(colours.accent, width=2.5)
        self._cubic.setPen(colours.cubic, width=1)
        self._single.setPen(colours.muted, width=1.5, style=Qt.PenStyle.DashLine)
