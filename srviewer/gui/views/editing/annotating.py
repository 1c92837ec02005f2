"""Writing, moving and deleting texts and arrows in one pane."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt

from srviewer.core.regions.text_annotation import TextAnnotation
from srviewer.gui.state.tool import Tool
from srviewer.gui.views.editing.text_editor import TextEditor
from srviewer.gui.views.slice_view import SliceView
from srviewer.study.state.view import Point

REACH = 7.0  # px around a point within which it is grabbed
MOVED = 3.0  # px: less is a click
WHOLE = -1  # in the place of a point: the annotation is moved as a whole


class Annotating(QObject):
    """Sets points by dragging, by clicking, or with Return at the crosshair; then asks for text.

    Both ends of an arrow lie in the slice in which its tip was set; an arrow or a drag that the
    pane shows no more ends there.
    """

    def __init__(self, pane: SliceView) -> None:
        super().__init__(pane)
        self._pane, self._study = pane, pane.study
        self._start = QPointF()
        self._last: Point | None = None
        self._depth: Point | None = None  # of the crosshair, when a drag began
        self._dragged: TextAnnotation | None = None  # as it was left by the last move
        self._grabbed: tuple[int, int] | None = None  # (annotation, point or WHOLE)
        self._moving = False  # it is dragged, not only clicked
        self._tip: Point | None = None  # of the arrow that is being drawn
        self._editor: TextEditor | None = None
        self._study.follow(self._keep, "view")
        self._study.follow(self._drop, "scan")

    def takes(self, position: QPointF) -> bool:
        """Whether a press of the left button is for an annotation, so that the crosshair stays.

        Args:
            position: Of the mouse, in pixels of the pane.

        Returns:
            True with a tool for annotations, and on an annotation.
        """
        return self._study.tool in (Tool.TEXT, Tool.ARROW) or self._under(position) is not None

    def press(self, position: QPointF) -> None:
        """Handle a left button that goes down: grab an annotation, else begin an arrow.

        Args:
            position: Of the mouse, in pixels of the pane, where ``takes`` is true.
        """
        self._start, self._last = position, self._pane.world_at(position)
        self._depth, self._moving, self._dragged = self._last, False, None
        self._grabbed = None if self._tip else self._under(position)
        self._pane.drawings.set(selected=None if self._grabbed is None else self._grabbed[0])
        if self._grabbed is None and self._tip is None and self._study.tool is Tool.ARROW:
            self._tip = self._last

    def move(self, position: QPointF) -> bool:
        """Handle a move of the mouse.

        Args:
            position: Of the mouse, in pixels of the pane.

        Returns:
            True if an annotation is being drawn or dragged.
        """
        world = self._pane.world_at(position, self._tip or self._depth)
        if world is None:
            return False
        if self._grabbed is not None:
            self._moving |= (position - self._start).manhattanLength() > MOVED
            if self._moving:
                self._drag(*self._grabbed, world)
            return True
        if self._tip is not None:
            self._pane.drawings.set(arrow=TextAnnotation(self._pane.plane, world, "", self._tip))
        return self._tip is not None

    def release(self, position: QPointF) -> None:
        """Handle a left button that goes up.

        Args:
            position: Of the mouse, in pixels of the pane.
        """
        if self._grabbed is not None:
            self._grabbed = None
            return
        world, tool = self._pane.world_at(position, self._tip), self._study.tool
        if world is None:
            return
        if tool is Tool.TEXT:
            self._write(world, None)
        elif self._tip is not None and self._is_far(position):
            self._write(world, self._tip)

    def mark(self) -> bool:
        """Set a point at the crosshair; false while no tool for annotations is chosen."""
        tool, at = self._study.tool, self._study.view.cursor_mm
        if tool is Tool.ARROW and self._tip is None:
            self._tip = at
        elif tool is Tool.ARROW and self._tip is not None:
            end = self._pane.world_at(self._pane.position_of(at), self._tip)
            self._write(end or at, self._tip)
        elif tool is Tool.TEXT:
            self._write(at, None)
        return tool in (Tool.TEXT, Tool.ARROW)

    def cancel(self) -> bool:
        """Drop an unfinished arrow; false when there is none."""
        was, self._tip = self._tip is not None, None
        self._pane.drawings.set(arrow=None)
        return was

    def leave_slice(self) -> bool:
        """End what is drawn or dragged where the pane shows its slice no more.

        Returns:
            Whether an unfinished arrow was dropped.
        """
        if self._tip is None and self._grabbed is None:
            return False
        shown = self._pane.shown if self._pane.isVisible() else None
        if shown is None or (self._tip is not None and not shown.has_points([self._tip])):
            self._grabbed = None
            return self.cancel()
        numbers = [number for number, _ in shown.visible_annotations()]
        if self._grabbed is not None and self._grabbed[0] not in numbers:
            self._grabbed = None
        return False

    def at(self, position: QPointF) -> int | None:
        """The annotation under the mouse.

        Args:
            position: Of the mouse, in pixels of the pane.

        Returns:
            Its number in the study; None where there is none.
        """
        grabbed = self._under(position)
        return None if grabbed is None else grabbed[0]

    def edit(self, number: int) -> None:
        """Ask for another text of an annotation.

        Args:
            number: Its number in the study.
        """
        annotation = self._study.annotations[number]

        def done(text: str | None) -> None:
            if text == "" and annotation.tip_mm is None:
                self.delete(number)
            elif text is not None and self._study.annotations[number : number + 1]:
                self._replace(number, replace(annotation, text=text))

        self._ask(annotation.at_mm, annotation.text, done)

    def delete(self, number: int) -> None:
        """Remove an annotation.

        Args:
            number: Its number in the study.
        """
        annotations = list(self._study.annotations)
        del annotations[number]
        self._pane.drawings.set(selected=None)
        self._study.set_annotations(annotations)

    def delete_selected(self) -> bool:
        """Remove the annotation that was clicked last; false where there is none in the slice."""
        shown, selected = self._pane.shown, self._pane.drawings.selected
        if shown is None or selected is None:
            return False
        if selected not in [number for number, _ in shown.visible_annotations()]:
            return False
        self.delete(selected)
        return True

    def _write(self, at: Point, tip: Point | None) -> None:
        """Ask for the text of a new annotation and add it."""

        def done(text: str | None) -> None:
            self.cancel()
            if text or (text is not None and tip is not None):
                new = TextAnnotation(self._pane.plane, at, text, tip)
                self._study.set_annotations([*self._study.annotations, new])
                self._pane.drawings.set(selected=len(self._study.annotations) - 1)

        if tip is not None:
            self._pane.drawings.set(arrow=TextAnnotation(self._pane.plane, at, "", tip))
        self._ask(at, "", done)

    def _ask(self, at: Point, text: str, done: Callable[[str | None], None]) -> None:
        self._keep()

        def closed(written: str | None) -> None:
            self._editor = None
            done(written)
            self._pane.setFocus(Qt.FocusReason.OtherFocusReason)

        self._editor = TextEditor(self._pane, self._pane.position_of(at), text, closed)

    def _keep(self) -> None:
        """End the editing when the slice under the field moves on."""
        if self._editor is not None:
            self._editor.finish(True)

    def _drop(self) -> None:
        """Another study is shown: what was being written belongs to none."""
        self._pane.drawings.set(selected=None)
        if self._editor is not None:
            self._editor.finish(False)

    def _drag(self, number: int, point: int, world: Point) -> None:
        assert self._last is not None
        by_mm, self._last = np.subtract(world, self._last), world
        annotations = self._study.annotations[number : number + 1]
        if not annotations or self._dragged not in (None, annotations[0]):
            self._grabbed = None  # it was taken back meanwhile
            return
        points = range(len(annotations[0].points_mm)) if point == WHOLE else (point,)
        self._dragged = annotations[0].shifted(points, by_mm)
        self._replace(number, self._dragged)

    def _replace(self, number: int, annotation: TextAnnotation) -> None:
        annotations = list(self._study.annotations)
        annotations[number] = annotation
        self._study.set_annotations(annotations)

    def _under(self, position: QPointF) -> tuple[int, int] | None:
        """(annotation, point) under the mouse, the last drawn first."""
        shown, area = self._pane.shown, QRectF(self._pane.rect())
        if shown is None:
            return None
        for number, annotation in reversed(shown.visible_annotations()):
            drawn = shown.drawn_text(annotation)
            if annotation.tip_mm is not None:
                for point, world in enumerate(annotation.points_mm):
                    away = self._pane.position_of(world) - position
                    if away.manhattanLength() <= REACH:
                        return number, point
                if drawn.box(area).contains(position):
                    return number, 0
            if drawn.is_at(position, area):
                return number, WHOLE
        return None

    def _is_far(self, position: QPointF) -> bool:
        assert self._tip is not None
        return (self._pane.position_of(self._tip) - position).manhattanLength() > MOVED
