"""The kinds of rows of the tables of menus, tool bars and keys."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from srviewer.study.state.layouts import find_layout
from srviewer.study.state.study_state import StudyState

Predicate: TypeAlias = Callable[[StudyState], bool]
MAIN_BAR, MOUSE_BAR = "main", "mouse"  # the tool bars
# The sections of the buttons of MOUSE_BAR, which stand in another order than in the menus.
MOUSE_SECTIONS = ("mouse", "measure", "annotate", "turns", "texts", "three-d")
WINDOW = "window"  # the section of actions on the window, which need no panes
MENU_BAR = "menu bar"  # the ``menu`` of what stands in it


def has_scan(state: StudyState) -> bool:
    """Whether a scan is open.

    Args:
        state: The study that is shown.

    Returns:
        True where it has a scan.
    """
    return state.scan is not None


def has_other_series(state: StudyState) -> bool:
    """Whether the files of the scan hold other series.

    Args:
        state: The study that is shown.

    Returns:
        True where another one can be chosen.
    """
    return state.origin is not None and len(state.origin.found.every_series) > 1


def has_second_study(state: StudyState) -> bool:
    """Whether a second study is shown beside the current one.

    Args:
        state: The study that is shown.

    Returns:
        True where both can be linked.
    """
    second, layout = state.second_study, find_layout(state.comparing.layout)
    return second is not None and second.scan is not None and layout.second_study


def has_result(state: StudyState) -> bool:
    """Whether there is a current result.

    Args:
        state: The study that is shown.

    Returns:
        True where it has one.
    """
    return state.result is not None


def has_corrected_mask(state: StudyState) -> bool:
    """Whether a mask is corrected.

    Args:
        state: The study that is shown.

    Returns:
        True where an overlay is under correction.
    """
    return any(overlay.correction is not None for overlay in state.overlays)


def has_scores(state: StudyState) -> bool:
    """Whether the current result is scored.

    Args:
        state: The study that is shown.

    Returns:
        True where it has scores.
    """
    return state.scores is not None


def has_regions(state: StudyState) -> bool:
    """Whether the current result has regions that are most likely wrong.

    Args:
        state: The study that is shown.

    Returns:
        True where it has some.
    """
    return state.doubts is not None and bool(state.doubts.regions)


@dataclass(frozen=True)
class ButtonSpec:
    """A button in the tool bar.

    Attributes:
        section: Neighbours of different sections are separated by a line.
        icon_only: Without its text, which then is its accessible name and begins its tip.
        drop_down: Id of the menu that an arrow beside it opens; "" for none.
        text: English, in the place of the text of its row; "" for that one.
        name: Its accessible name, English; "" for its text.
        tip: English, in the place of the tip of its row; "" for that one.
        bar: The tool bar: MAIN_BAR or MOUSE_BAR.
    """

    section: str
    icon_only: bool = False
    drop_down: str = ""
    text: str = ""
    name: str = ""
    tip: str = ""
    bar: str = MAIN_BAR


@dataclass(frozen=True)
class MenuSpec:
    """A menu, which stands before its entries in the table.

    Attributes:
        id: By which its entries name it.
        text: English, translated when it is shown.
        menu: Id of the menu that it is an entry of; MENU_BAR; "" for that of a button.
        section: Neighbours of different sections are separated by a line.
        icon: A name of ``theme.icon``; "" for none.
        button: Its button in the tool bar, which opens it.
        enabled: Whether it can be opened, of the study that is shown; None for always.
    """

    id: str
    text: str
    menu: str = MENU_BAR
    section: str = ""
    icon: str = ""
    button: ButtonSpec | None = None
    enabled: Predicate | None = None


@dataclass(frozen=True)
class ActionSpec:
    """An action of the window.

    Attributes:
        id: By which its slot is connected, ``Actions.connect(id, slot)``.
        text: English, translated when it is shown; with an ellipsis where a dialog asks for more.
        tip: English; its key follows by itself.
        menu: Id of the menu that it is an entry of; "" for none.
        section: Neighbours of different sections are separated by a line.
        icon: A name of ``theme.icon``; "" for none.
        key: Its shortcut in the portable form of ``QKeySequence``; "" for none.
        button: Its button in the tool bar.
        also: Ids of further menus that repeat it at their end.
        panel: Id of the panel whose right-click menu repeats it; "" for none.
        checkable: Whether it is on or off.
        group: Of the actions with this word one is on; "" for none.
        data: What a slot of the group is given.
        enabled: Whether it can be done, of the study that is shown; None for always, or where
            whoever connects it knows more than the study.
        offered: Whether it is in its menus at all, of the study that is shown; None for always.
        checked: Whether it is on; None where that needs more than the study.
    """

    id: str
    text: str
    tip: str
    menu: str = ""
    section: str = ""
    icon: str = ""
    key: str = ""
    button: ButtonSpec | None = None
    also: tuple[str, ...] = ()
    panel: str = ""
    checkable: bool = False
    group: str = ""
    data: object = None
    enabled: Predicate | None = None
    offered: Predicate | None = None
    checked: Predicate | None = None


Row: TypeAlias = ActionSpec | MenuSpec
Rows: TypeAlias = Callable[[], Iterable[Row]]  # of another table, which is read when it is called
