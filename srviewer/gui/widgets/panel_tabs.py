"""Panels in tabs, each with an id."""

from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QTabWidget, QWidget

from srviewer.gui.widgets.scrolled import Scrolled


@runtime_checkable
class _WithFoot(Protocol):
    foot: QWidget


class PanelTabs(QTabWidget):
    """A tab for each panel.

    Attributes:
        panels: The panels by their ids, in the order of the tabs.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.panels: dict[str, QWidget] = {}

    def add(self, name: str, title: str, panel: QWidget) -> None:
        """Add a panel in a tab of its own.

        Args:
            name: Its id.
            title: On its tab, in the user's language.
            panel: The panel; what it has as ``foot`` is not scrolled.
        """
        self.panels[name] = panel
        scrolled = Scrolled()
        self.addTab(scrolled, title)
        scrolled.hold(panel, panel.foot if isinstance(panel, _WithFoot) else None)

    @property
    def shown(self) -> str:
        """The id of the panel that is shown."""
        return tuple(self.panels)[self.currentIndex()]

    def show_panel(self, name: object) -> bool:
        """Show the panel with an id.

        Args:
            name: The id, as it was stored.

        Returns:
            False, and nothing changes, where there is no such panel.
        """
        if name not in self.panels:
            return False
        self.setCurrentIndex(tuple(self.panels).index(str(name)))
        return True

    def show_number(self, number: object) -> bool:
        """Show the panel with a number, by which earlier versions stored it.

        Args:
            number: From 0, as it was stored.

        Returns:
            False, and nothing changes, where there is no such panel.
        """
        if not isinstance(number, int) or not 0 <= number < self.count():
            return False
        self.setCurrentIndex(number)
        return True
