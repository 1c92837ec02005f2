"""The panels at the side of the window: their table, and the tabs that show one of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QTabWidget, QWidget

from srviewer.gui.panels.compare import ComparePanel
from srviewer.gui.panels.info import InfoPanel
from srviewer.gui.panels.look import LookPanel
from srviewer.gui.panels.measure import MeasurePanel
from srviewer.gui.panels.reconstruct import ReconstructPanel
from srviewer.gui.panels.train import TrainPanel
from srviewer.gui.scrolled import Scrolled
from srviewer.gui.study import Study
from srviewer.gui.translation import mark, tr

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
    build: Callable[[Study], QWidget]


PANELS = (
    PanelSpec("reconstruct", mark("Reconstruct"), ReconstructPanel),
    PanelSpec("compare", mark("Compare"), ComparePanel),
    PanelSpec("look", mark("Look"), LookPanel),
    PanelSpec("measure", mark("Measure"), MeasurePanel),
    PanelSpec("train", mark("Train"), TrainPanel),
    PanelSpec("info", mark("Info"), InfoPanel),
)


@runtime_checkable
class _WithFoot(Protocol):
    foot: QWidget


class SidePanels(QTabWidget):
    """A tab for each row of PANELS. ``panels``: each panel by its id, in the order of the tabs."""

    def __init__(self, study: Study) -> None:
        super().__init__()
        self.panels: dict[str, QWidget] = {}
        for row in PANELS:
            panel = self.panels[row.id] = row.build(study)
            foot = panel.foot if isinstance(panel, _WithFoot) else None
            self.addTab(Scrolled(panel, foot), tr(row.title))
        self.setDocumentMode(True)
        self.setMinimumWidth(max(NARROWEST, self.tabBar().sizeHint().width()))
        self.setAccessibleName(tr("Panels"))

    @property
    def shown(self) -> str:
        """The id of the panel that is shown."""
        return tuple(self.panels)[self.currentIndex()]

    def show_panel(self, name: object) -> bool:
        """Show the panel with this id.

        Returns:
            False, and nothing changes, where ``name`` is the id of no panel.
        """
        if name not in self.panels:
            return False
        self.setCurrentIndex(tuple(self.panels).index(str(name)))
        return True

    def show_number(self, number: object) -> bool:
        """Show the panel with this number, from 0, by which earlier versions knew it.

        Returns:
            False, and nothing changes, where ``number`` is the number of no panel.
        """
        if not isinstance(number, int) or not 0 <= number < self.count():
            return False
        self.setCurrentIndex(number)
        return True
