"""The panels at the side of the window: their table, and the tabs that show them."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from srviewer.gui.panels.compare import ComparePanel
from srviewer.gui.panels.info.info_panel import InfoPanel
from srviewer.gui.panels.look.look_panel import LookPanel
from srviewer.gui.panels.mask.mask_panel import MaskPanel
from srviewer.gui.panels.measure import MeasurePanel
from srviewer.gui.panels.reconstruct.reconstruct_panel import ReconstructPanel
from srviewer.gui.panels.train import TrainPanel
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.panel_tabs import PanelTabs

NARROWEST = 300  # px


@dataclass(frozen=True)
class PanelSpec:
    """A panel.

    Attributes:
        id: Its word in settings and in the code.
        title: On its tab, English.
        build: Makes it for the studies of a window. What it has as ``foot`` is not scrolled.
    """

    id: str
    title: str
    build: Callable[[StudyController], QWidget]


PANELS = (
    PanelSpec("reconstruct", mark("Reconstruct"), ReconstructPanel),
    PanelSpec("compare", mark("Compare"), ComparePanel),
    PanelSpec("look", mark("Look"), LookPanel),
    PanelSpec("measure", mark("Measure"), MeasurePanel),
    PanelSpec("train", mark("Train"), TrainPanel),
    PanelSpec("info", mark("Info"), InfoPanel),
    PanelSpec("mask", mark("Mask"), MaskPanel),  # last: earlier versions stored numbers
)


class SidePanels(PanelTabs):
    """The panels of PANELS, for the studies of a window."""

    def __init__(self, controller: StudyController, parent: QWidget) -> None:
        super().__init__(parent)
        for row in PANELS:
            self.add(row.id, tr(row.title), row.build(controller))
        controller.panel_wanted.connect(self.show_panel)
        self.setDocumentMode(True)
        self.setAccessibleName(tr("Panels"))

    def minimumSizeHint(self) -> QSize:
        """Called by Qt: as wide as the tabs need it."""
        width = max(NARROWEST, self.tabBar().sizeHint().width())
        return QSize(width, super().minimumSizeHint().height())
