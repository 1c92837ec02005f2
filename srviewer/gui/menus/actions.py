"""The actions, menus and tool buttons of the window, made of the table of actions."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QIcon, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar, QToolButton, QWidget

from srviewer.core.slices.rotated_planes import NOT_ROTATED
from srviewer.gui.appearance import theme
from srviewer.gui.menus.action_table import action_rows
from srviewer.gui.menus.tables.specs import (
    MENU_BAR,
    MOUSE_BAR,
    MOUSE_SECTIONS,
    WINDOW,
    ActionSpec,
    ButtonSpec,
    MenuSpec,
    Row,
)
from srviewer.gui.state.followed_state import MOTION
from srviewer.gui.state.looked_at import LookedAt
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import describe
from srviewer.gui.widgets.plain_text import set_tip
from srviewer.study.state.rotation_of_study import is_off_patient_axes, is_rotated
from srviewer.study.state.study_state import StudyState
from srviewer.study.state.view import NO_WINDOW

ORIGIN = (0.0, 0.0, 0.0)
ELLIPSIS = "\u2026"
# Menus whose actions change what panes show, but for those on the window.
OF_PANES = (
    *("view", "levels", "main", "slab", "oblique", "second-study"),
    *("look", "colours", "measure"),
)


class Actions(QObject):
    """Actions and menus of ``window`` by their ids; they follow the study that is shown.

    Attributes:
        looked_at: The study that actions on the view are about, where two are shown.
    """

    def __init__(self, window: QMainWindow, study: ShownStudy) -> None:
        super().__init__(window)
        self._window = window
        self.looked_at = LookedAt(study, self)
        self._rows = action_rows()
        self._actions: dict[str, QAction] = {}
        self._menus: dict[str, QMenu] = {}
        self._groups: dict[str, QActionGroup] = {}
        self._panes_shown = True
        self._sections: dict[str, str] = {}  # of the last entry of each menu
        for row in self._rows:
            if isinstance(row, MenuSpec):
                self._add_menu(row)
            else:
                self._add_action(row)
        self._settled: tuple[object, ...] = ()  # of the state that is shown
        study.changed.connect(self._follow)
        self.looked_at.changed.connect(self._show_state)
        self._show_state()

    def __getitem__(self, name: str) -> QAction:
        """The action with this id."""
        return self._actions[name]

    def all(self) -> tuple[QAction, ...]:
        """Every action, in the order of the table."""
        return tuple(self._actions.values())

    def menu(self, name: str) -> QMenu:
        """The menu with an id.

        Args:
            name: The id of a ``MenuSpec``.

        Returns:
            The menu, for whoever fills it when it is shown.
        """
        return self._menus[name]

    def connect_action(self, name: str, slot: Callable[..., object]) -> None:
        """Give an action what it does.

        Args:
            name: Its id.
            slot: Called when it is triggered; with whether it is on, if it takes that.
        """
        self._actions[name].triggered.connect(slot)

    def connect_group(self, name: str, slot: Callable[[Any], object]) -> None:
        """Give the actions of a group what they do.

        Args:
            name: The ``group`` of their rows.
            slot: Called with the ``data`` of the action that was triggered.
        """
        self._groups[name].triggered.connect(lambda action: slot(action.data()))

    def group(self, name: str) -> tuple[QAction, ...]:
        """The actions of a group.

        Args:
            name: The ``group`` of their rows.

        Returns:
            The actions in the order of the table.
        """
        return tuple(self._groups[name].actions())

    def check(self, group: str, data: object) -> None:
        """Show which action of a group is on.

        Args:
            group: The ``group`` of their rows.
            data: The ``data`` of the action that is on.
        """
        for action in self._groups[group].actions():
            action.setChecked(action.data() == data)

    def show_panes(self, shown: bool) -> None:
        """Let the actions on panes be used only while panes are shown.

        Args:
            shown: False while a page hides the panes.
        """
        self._panes_shown = shown
        self._show_state()

    def repeat_on(self, panel: QWidget, name: str) -> None:
        """Give a panel its right-click menu, where the table has one for it.

        Args:
            panel: The panel.
            name: Its id.
        """
        actions = [
            self._actions[row.id]
            for row in self._rows
            if isinstance(row, ActionSpec) and row.panel == name
        ]
        if actions:
            panel.addActions(actions)
            panel.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def fill_tool_bar(self, bar: QToolBar, name: str) -> None:
        """Add the buttons of the table.

        Args:
            bar: The tool bar.
            name: MAIN_BAR or MOUSE_BAR: the buttons with this ``bar`` are added.
        """
        section = ""
        for row, spec in self._buttons(name):
            if section not in ("", spec.section):
                bar.addSeparator()
            section = spec.section
            if isinstance(row, MenuSpec):
                bar.addWidget(self._menu_button(row, spec))
            else:
                bar.addAction(self._actions[row.id])
                self._dress(bar.widgetForAction(self._actions[row.id]), row, spec)

    def _buttons(self, bar: str) -> list[tuple[Row, ButtonSpec]]:
        """The rows with a button in a tool bar, in the order of the buttons."""
        rows = [(row, row.button) for row in self._rows if row.button and row.button.bar == bar]
        if bar == MOUSE_BAR:
            rows.sort(key=lambda row: MOUSE_SECTIONS.index(row[1].section))
        return rows

    def _add_menu(self, row: MenuSpec) -> None:
        menu = self._menus[row.id] = QMenu(tr(row.text), self._window)
        menu.setIcon(_icon(row.icon))
        if row.menu == MENU_BAR:
            self._window.menuBar().addMenu(menu)
        elif row.menu:
            self._enter(row.menu, row.section, menu.menuAction())

    def _add_action(self, row: ActionSpec) -> None:
        text, tip = tr(row.text), tr(row.tip)
        if row.button is not None and row.button.icon_only:
            tip = f"{text}: {tip}"
        action = self._actions[row.id] = QAction(_icon(row.icon), text, self._window)
        action.setIconText(text.rstrip(ELLIPSIS))
        set_tip(action, f"{tip} ({row.key})" if row.key else tip)
        action.setShortcut(QKeySequence(row.key))
        action.setCheckable(row.checkable)
        action.triggered.connect(self._look_again)
        if row.checkable:
            action.setIconVisibleInMenu(False)  # Qt draws either the icon or the tick
        if row.group:
            action.setData(row.data)
            self._group(row.group).addAction(action)
        self._window.addAction(action)
        for menu in (row.menu, *row.also):
            if menu:
                self._enter(menu, row.section, action)

    def _group(self, name: str) -> QActionGroup:
        if name not in self._groups:
            self._groups[name] = QActionGroup(self)
        return self._groups[name]

    def _enter(self, menu: str, section: str, entry: QAction) -> None:
        if self._sections.get(menu, section) != section:
            self._menus[menu].addSeparator()
        self._sections[menu] = section
        self._menus[menu].addAction(entry)

    def _menu_button(self, row: MenuSpec, spec: ButtonSpec) -> QToolButton:
        button = QToolButton()
        button.setText(tr(spec.text or row.text))
        button.setIcon(_icon(row.icon))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(self._menus[row.id])
        describe(button, tr(spec.name or row.text), tr(spec.tip))
        return button

    def _dress(self, button: QWidget, row: ActionSpec, spec: ButtonSpec) -> None:
        assert isinstance(button, QToolButton)
        if spec.icon_only:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setAccessibleName(tr(row.text))
        if spec.drop_down:
            button.setMenu(self._menus[spec.drop_down])
            button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)

    def _follow(self, changed: frozenset[str]) -> None:
        """Show changes, but for steps and drags through the scan, on which no action depends."""
        if not changed <= {"view", MOTION} or settled(self.looked_at.state) != self._settled:
            self._show_state()

    def _look_again(self) -> None:
        """Show the state after the next change, whatever it is: Qt has set a tick itself."""
        self._settled = ()

    def _show_state(self) -> None:
        state = self.looked_at.state
        self._settled = settled(state)
        for row in self._rows:
            of_panes = row.menu in OF_PANES and row.section != WINDOW
            if of_panes or row.enabled is not None:
                entry = self._menus if isinstance(row, MenuSpec) else self._actions
                usable = row.enabled is None or row.enabled(state)
                entry[row.id].setEnabled(usable and (self._panes_shown or not of_panes))
            if isinstance(row, ActionSpec) and row.offered is not None:
                self._actions[row.id].setVisible(row.offered(state))
            if isinstance(row, ActionSpec) and row.checked is not None:
                self._actions[row.id].setChecked(row.checked(state))


def settled(state: StudyState) -> tuple[object, ...]:
    """The view of a study as far as actions depend on it.

    Args:
        state: The study.

    Returns:
        The same for each crosshair, middle, zoom and window, and for each oblique rotation.
    """
    plain = replace(
        state.view,
        rotation=NOT_ROTATED,
        window=NO_WINDOW,
        zoom=1.0,
        centre_mm=None,
        cursor_mm=ORIGIN,
    )
    return plain, is_rotated(state), is_off_patient_axes(state)


def _icon(name: str) -> QIcon:
    return theme.icon(name) if name else QIcon()
