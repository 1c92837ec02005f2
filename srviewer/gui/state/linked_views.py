"""Lets the views of two studies that are shown beside each other follow one another."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from weakref import ReferenceType, ref

import numpy as np
from PySide6.QtCore import QObject

from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.followed_state import MOTION, TOOL
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.study.state.layouts import find_layout
from srviewer.study.state.second_study import StudyLink
from srviewer.study.state.view import Point, View

SAME_MM = 0.05  # a smaller distance is of rounding


class LinkedViews(QObject):
    """Crosshair, zoom, middle and oblique planes follow a link; grey levels and colours do not.

    Conventions, mouse mode, the plane shown alone and the large one are those of the window. Once
    they are not linked any more, a study that was moved by the link alone shows its own middle.
    """

    def __init__(self, study: ShownStudy, second: ShownStudy, parent: QObject) -> None:
        super().__init__(parent)
        self._study, self._second = study, second
        self._following = False
        self._moved: ReferenceType[Volume] | None = None  # the scan that only the link moved
        study.follow(self._lead, "view", "scan", "second_study", "comparing", TOOL)
        second.follow(self._lead, "scan")
        second.follow(self._answer, "view")
        study.follow(self._lead_motion, MOTION)
        second.follow(self._answer_motion, MOTION)
        second.follow(self._answer_tool, TOOL)

    def _lead(self) -> None:
        """The second study follows the current one."""
        if self._following:
            return
        with self._follow():
            self._move_back()
            if both_shown(self._study):
                self._second.set_tool(self._study.tool)
                with self._second.frame():
                    self._second.look(_second_view(self._study, self._second))
                self._note_moved()

    def _answer(self) -> None:
        """The current study follows what was done in a pane of the second."""
        if self._following or not both_shown(self._study):
            return
        with self._follow():
            with self._study.frame():
                self._study.look(_first_view(self._study, self._second))
            link, second = link_of(self._study), self._second
            if link.linked and second.view.centre_mm is None:  # reset: both show that of the first
                centre = link.to_second(self._study.centre_mm())
                second.look(replace(second.view, centre_mm=centre))
            self._note_moved()

    def _note_moved(self) -> None:
        scan, linked = self._second.scan, link_of(self._study).linked
        moved = linked and scan is not None and self._study.view.centre_mm is None
        self._moved = ref(scan) if moved and scan is not None else None

    def _move_back(self) -> None:
        """Show the middle of a scan that was moved by a link which is no more."""
        scan = None if self._moved is None else self._moved()
        if both_shown(self._study) and link_of(self._study).linked and scan is self._second.scan:
            return
        self._moved = None
        for shown in (self._study, self._second):
            if scan is not None and shown.scan is scan:
                shown.look(replace(shown.view, centre_mm=None))

    def _lead_motion(self) -> None:
        """Oblique planes that move in one are drawn fast in both."""
        moving = self._study.moving
        if not moving or link_of(self._study).linked:  # a link that was cut leaves both at rest
            self._second.set_moving(moving)

    def _answer_motion(self) -> None:
        moving = self._second.moving
        if not moving or link_of(self._study).linked:
            self._study.set_moving(moving)

    def _answer_tool(self) -> None:
        """The mouse mode that was left in a pane of the second study is left in all."""
        if both_shown(self._study):
            self._study.set_tool(self._second.tool)

    @contextmanager
    def _follow(self) -> Iterator[None]:
        self._following = True
        try:
            yield
        finally:
            self._following = False


def both_shown(study: ShownStudy) -> bool:
    """Whether two studies are shown beside each other.

    Args:
        study: The current one.

    Returns:
        True where the layout shows a second study and there is one.
    """
    second = study.second
    beside = find_layout(study.comparing.layout).second_study
    return beside and study.scan is not None and second is not None and second.scan is not None


def link_of(study: ShownStudy) -> StudyLink:
    """The link of the current study with the second one.

    Args:
        study: The current one.

    Returns:
        The link; one that is off where there is no second study.
    """
    second = study.state.second_study
    return StudyLink() if second is None else second.link


def crosshairs_apart_mm(study: ShownStudy) -> float:
    """The distance of two linked crosshairs, where a position lies outside one of the studies.

    Args:
        study: The current one, with a second study.

    Returns:
        mm; 0 for studies that are not linked.
    """
    link, second = link_of(study), study.second
    if not link.linked or second is None:
        return 0.0
    there = link.to_second(study.view.cursor_mm)
    distance = float(np.linalg.norm(np.subtract(there, second.view.cursor_mm)))
    return distance if distance > SAME_MM else 0.0


def crosshairs(study: ShownStudy) -> tuple[Point, Point]:
    """The positions of the crosshair in both studies.

    Args:
        study: The current one, with a scan, and a second study with one.

    Returns:
        RAS+ mm in the current study, and in the second one. While they are linked both are one
        place in the body, though that is outside of the scan of one of them.
    """
    link, second = link_of(study), study.second
    assert study.scan is not None and second is not None and second.scan is not None
    where, there = study.view.cursor_mm, second.view.cursor_mm
    if crosshairs_apart_mm(study) == 0:
        return where, there
    led = link.to_second(where)
    view = replace(second.view, cursor_mm=led)
    if view.within(second.scan.geometry) is view:  # the second one led, to where this scan is not
        return link.from_second(there), there
    return where, led


def _second_view(study: ShownStudy, second: ShownStudy) -> View:
    shared, own = study.view, second.view.with_conventions(study.view)
    view = replace(own, only=shared.only, main=study.main_plane)
    link = link_of(study)
    if not link.linked or study.scan is None or second.scan is None:
        return view
    grids = study.scan.geometry, second.scan.geometry
    return replace(
        view,
        cursor_mm=link.to_second(shared.cursor_mm),
        centre_mm=link.to_second(study.centre_mm()),
        zoom=shared.zoom,
        rotation=link.rotation_in_second(shared.rotation, *grids),
    )


def _first_view(study: ShownStudy, second: ShownStudy) -> View:
    """The view of the current study with what was changed in that of the second one.

    What the second one shows because it follows is not carried back: its crosshair may have been
    kept inside its scan, and each way rounds.
    """
    view, there = replace(study.view, only=second.view.only), second.view
    link = link_of(study)
    if not link.linked or study.scan is None or second.scan is None:
        return view
    grids = study.scan.geometry, second.scan.geometry
    led = _second_view(study, second).within(second.scan.geometry)
    if there.cursor_mm != led.cursor_mm:
        view = replace(view, cursor_mm=link.from_second(there.cursor_mm))
    if there.centre_mm is None:
        view = replace(view, centre_mm=None)
    elif there.centre_mm != led.centre_mm:
        view = replace(view, centre_mm=link.from_second(there.centre_mm))
    if there.rotation != led.rotation:
        view = replace(view, rotation=link.rotation_from_second(there.rotation, *grids))
    return replace(view, zoom=there.zoom)
