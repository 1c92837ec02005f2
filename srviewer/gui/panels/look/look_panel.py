"""The panel of the view: grey levels, colours, thick slab, playing, overlays."""

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from srviewer.core.visible_text import visible_line
from srviewer.gui.appearance.colour_maps import COLOUR_MAPS
from srviewer.gui.panels.look.cine import Cine, CineBox
from srviewer.gui.panels.look.histogram_view import HistogramView
from srviewer.gui.panels.look.levels import Levels
from srviewer.gui.panels.look.oblique_box import ObliqueBox
from srviewer.gui.panels.look.overlay_list import OverlayBox
from srviewer.gui.panels.look.thick_slab_box import ThickSlabBox
from srviewer.gui.state.linked_views import both_shown
from srviewer.gui.state.looked_at import LookedAt
from srviewer.gui.state.shown_pair import ShownPair
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.study.overlay_loader import Overlays
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import choice, describe, label, set_entries


class LookPanel(QWidget):
    """Controls for the view; they apply to all panes.

    Of two studies beside each other, grey levels, colours, slab and oblique planes are those of the
    one whose pane was clicked last.

    Attributes:
        meant: Its name, while two are shown.
    """

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._looked_at = LookedAt(controller.study, self)
        self._shown_study, self._pair = controller.study, ShownPair(controller.study)
        self.meant = label("", "muted")
        self.cine = Cine(controller.study, self)
        self.overlays = Overlays(controller, self)
        self.overlay_box = OverlayBox(self.overlays)
        self.histogram = HistogramView(controller, self._looked_at)
        self.levels = Levels(self._looked_at)
        self.slab = ThickSlabBox(self._looked_at)
        self.oblique = ObliqueBox(self._looked_at)
        self.colours = choice(tr("Colour map"), tr("The colours that stand for grey values"))
        set_entries(self.colours, [(tr(row.title), row.id) for row in COLOUR_MAPS], "grey")
        self.inverted = _switch(
            tr("Inverted"), tr("The other end of the colours stands for high values")
        )
        self.smooth = _switch(
            tr("Smooth"), tr("Pixels by bilinear interpolation, or as blocks (I)")
        )
        self.crosshair = _switch(tr("Crosshair"), tr("Draw the crosshair, or hide it (X)"))
        self._lay_out()
        self._connect(controller)
        self._show()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.setSpacing(10)
        layout.addWidget(self.meant)
        layout.addWidget(label(tr("WINDOW AND LEVEL"), "heading"))
        layout.addWidget(self.histogram)
        layout.addWidget(self.levels)
        layout.addSpacing(4)
        layout.addWidget(label(tr("COLOURS"), "heading"))
        layout.addWidget(self.colours)
        switches = QHBoxLayout()
        for switch in (self.inverted, self.smooth, self.crosshair):
            switches.addWidget(switch)
        layout.addLayout(switches)
        layout.addSpacing(4)
        layout.addWidget(self.slab)
        layout.addSpacing(4)
        layout.addWidget(self.oblique)
        layout.addSpacing(4)
        layout.addWidget(CineBox(self.cine))
        layout.addSpacing(4)
        layout.addWidget(self.overlay_box)
        layout.addStretch(1)

    def _connect(self, controller: StudyController) -> None:
        study = controller.study
        self.colours.activated.connect(self._choose_colours)
        self.inverted.clicked.connect(self._invert)
        self.smooth.clicked.connect(study.set_smooth)
        self.crosshair.clicked.connect(study.set_crosshair)
        self._looked_at.follow(self._show, "scan", "view")

    @property
    def _study(self) -> ShownStudy:
        return self._looked_at.target

    def _choose_colours(self) -> None:
        self._study.set_colours(self.colours.currentData())

    def _invert(self, inverted: bool) -> None:
        self._study.set_inverted(inverted)

    def _show(self) -> None:
        view = self._study.view
        two = both_shown(self._shown_study)
        self.meant.setVisible(two)
        if two:
            name = self._pair.names[self._study is not self._shown_study]
            text = tr("Grey levels, colours, slab and oblique planes of {name}", name=name)
            self.meant.setText(visible_line(text))
        self.colours.setCurrentIndex(self.colours.findData(view.colours))
        self.inverted.setChecked(view.inverted)
        self.smooth.setChecked(view.smooth)
        self.crosshair.setChecked(view.crosshair)


def _switch(text: str, tip: str) -> QCheckBox:
    tick_box = QCheckBox(text)
    describe(tick_box, text, tip)
    return tick_box
