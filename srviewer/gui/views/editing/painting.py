"""Painting, erasing and filling a mask in one pane."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QPointF, QTimer

from srviewer.core.geometry.grid import Axis, Geometry
from srviewer.core.masks.brush import Paint, along, dab, voxel_at
from srviewer.core.masks.editable_mask import EditableMask
from srviewer.core.resampling.reorient import closest_axes, same_grid
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.gui.state.followed_state import PAINTED
from srviewer.gui.state.mask_tools import FillPoint, corrected_overlay
from srviewer.gui.state.tool import Tool
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.views.slice_view import SliceView
from srviewer.study.state.overlay import Overlay
from srviewer.study.state.view import Point

LATER_MS = 40  # after which the panes beside the one that is painted in follow
# Short, so that they can be read in a small pane.
NO_MASK = mark("No mask chosen: see the Mask panel")
ON_PLAIN = mark("Masks need plain planes (Q)")
ON_SLICES = mark("Masks need single slices (S)")
NOT_COMPOSED = mark("Masks need one volume a pane (1 to 3)")
NO_VOLUME = mark("No volume here yet")
ON_LEFT = mark("Masks are corrected on the left")
OUTSIDE = mark("The crosshair lies outside")
OTHER_GRID = mark("Mask on another grid: see its panel")


@dataclass(frozen=True, eq=False)
class _Target:
    """Where a stroke goes.

    Attributes:
        mask: The mask.
        geometry: Its grid, which has the voxels of the pane's volume, maybe along other axes.
        volume: That of the pane.
        grey: (i, j, k) voxels of the pane's volume along the axes of the mask, a view.
        normal: The array axis of the mask across the slice.
        number: The number of the slice along it.
    """

    mask: EditableMask
    geometry: Geometry
    volume: Volume
    grey: Voxels
    normal: Axis
    number: int

    def is_in(self, other: "_Target | None") -> bool:
        """Whether another target is the same slice of the same volume and mask."""
        return (
            other is not None
            and (self.mask, self.normal, self.number) == (other.mask, other.normal, other.number)
            and self.volume is other.volume
        )


class Painting(QObject):
    """Follows brush, eraser and fill in a pane.

    A stroke lasts from press to release, or until the pane shows anything else: nothing is drawn
    into a slice that is not seen.
    """

    def __init__(self, pane: SliceView) -> None:
        super().__init__(pane)
        self._pane, self._study = pane, pane.study
        self._target: _Target | None = None  # of the present stroke
        self._paint: Paint | None = None
        self._last: Point | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LATER_MS)
        self._later.timeout.connect(pane.refresh)
        self._study.follow(self._drop, "scan")
        self._study.follow(self._show_painted, PAINTED)

    @property
    def busy(self) -> bool:
        """Whether a stroke has begun."""
        return self._target is not None

    def takes(self, position: QPointF) -> bool:
        """Whether a press of the left button is for the mask, so that the crosshair stays.

        Args:
            position: Of the mouse, in pixels of the pane.

        Returns:
            True with a tool that corrects a mask.
        """
        return self._study.tool.corrects

    def press(self, position: QPointF) -> None:
        """Handle a left button that goes down: begin a stroke, or fill.

        Args:
            position: Of the mouse, in pixels of the pane, where ``takes`` is true.
        """
        target, world, study = self._aim(), self._pane.world_at(position), self._study
        if target is None or world is None or study.painting:
            return
        tools = study.mask_tools
        if study.tool is Tool.FILL:
            paint = tools.paint(target.grey)
            study.fill_wanted.emit(
                FillPoint(target.mask, self._voxel(target, world), target.normal, paint)
            )
            return
        erases = study.tool is Tool.ERASER
        self._paint = tools.erasing() if erases else tools.paint(target.grey)
        self._target, self._last, study.painting = target, world, True
        centre = self._voxel(target, world)
        if dab(target.mask, target.geometry, tools.brush, centre, target.normal, self._paint):
            study.show_painted()

    def move(self, position: QPointF) -> bool:
        """Handle a move of the mouse.

        Args:
            position: Of the mouse, in pixels of the pane.

        Returns:
            True while a stroke is being painted.
        """
        if not self._study.tool.corrects:
            return False
        if self._target is not None and not self._target.is_in(self._aim()):
            self.finish()
        world, target, paint = self._pane.world_at(position), self._target, self._paint
        if world is None or target is None or paint is None or self._last is None:
            self._show_brush(position)
            return False
        brush, changed = self._study.mask_tools.brush, False
        for index in along(target.geometry, brush, self._last, world):
            centre = self._in_slice(target, index)
            changed |= dab(target.mask, target.geometry, brush, centre, target.normal, paint)
        self._last = world
        drawings, at = self._pane.drawings, (position.x(), position.y())
        if changed:
            drawings.brush = at  # drawn with the rest, once
            self._study.show_painted()
        else:
            drawings.set(brush=at)
        return True

    def release(self, position: QPointF) -> None:
        """Handle a left button that goes up: the stroke is a change that can be taken back.

        Args:
            position: Of the mouse, in pixels of the pane.
        """
        self.finish()

    def finish(self) -> bool:
        """End the stroke, if one has begun; whether one had."""
        target, paint = self._target, self._paint
        self._target = self._paint = self._last = None
        if target is None or paint is None:
            return False
        self._study.painting = False
        stroke = target.mask.finish(paint.label)
        found = [
            (number, overlay)
            for number, overlay in enumerate(self._study.overlays)
            if overlay.correction is not None and overlay.correction.mask is target.mask
        ]
        if stroke is None:
            return True
        if not found:  # another study is shown
            target.mask.take_back(stroke)
            return True
        overlays, (number, overlay) = list(self._study.overlays), found[0]
        overlays[number] = overlay.drawn_on(stroke)
        self._study.set_overlays(overlays)
        return True

    def leave(self) -> None:
        """The mouse left the pane, or another tool was chosen: no brush is drawn."""
        self._pane.drawings.set(brush=None)

    def resize(self, notches: float) -> bool:
        """Change the size of the brush by the wheel.

        Args:
            notches: Above 0 for larger.

        Returns:
            False where no brush is chosen.
        """
        if self._study.tool not in (Tool.BRUSH, Tool.ERASER):
            return False
        self._study.set_mask_tools(self._study.mask_tools.resized(notches))
        return True

    def _show_painted(self) -> None:
        """Draw what a stroke has changed: at once where it is painted, elsewhere a little later."""
        if self.busy or not self._study.painting:
            self._pane.refresh()
        elif not self._later.isActive():
            self._later.start()

    def _drop(self) -> None:
        self.finish()

    def _show_brush(self, position: QPointF) -> None:
        """The outline of the brush, or why it does not draw here."""
        reason = self._reason()
        drawn = not reason and self._study.tool is not Tool.FILL
        brush = (position.x(), position.y()) if drawn else None
        self._pane.drawings.set(brush=brush, reading=reason)

    def _corrected(self) -> Overlay | None:
        found = corrected_overlay(self._study.state, self._study.mask_tools)
        return None if found is None else found[1]

    def _reason(self) -> str:
        """Why nothing can be drawn in this pane, translated; "" where it can."""
        overlay, pane = self._corrected(), self._pane
        if self._study.second is None:  # this is the second study, which is only looked at
            return tr(ON_LEFT)
        if overlay is None:
            return tr(NO_MASK)
        if pane.volume is None or pane.slice is None:
            return tr(NO_VOLUME)
        if pane.rotated is not None:
            return tr(ON_PLAIN)
        if pane.slab is not None:
            return tr(ON_SLICES)
        if (shown := pane.shown) is not None and shown.composite is not None:
            return tr(NOT_COMPOSED)
        mask, grid = overlay.volume.geometry, pane.volume.geometry
        if not same_grid(mask, grid):
            return tr(OTHER_GRID)
        return "" if pane.slice.inside else tr(OUTSIDE)

    def _aim(self) -> _Target | None:
        overlay, volume, image = self._corrected(), self._pane.volume, self._pane.slice
        if self._reason() or overlay is None or volume is None or image is None:
            return None
        assert overlay.correction is not None
        geometry, shown = overlay.volume.geometry, volume.geometry
        axes = closest_axes(shown, geometry)  # the mask may be stored along others
        normal = axes.order.index(self._pane.plane.normal_axis(shown))
        number = image.count - 1 - image.index if axes.flipped[normal] else image.index
        grey = axes.view(volume.voxels)
        return _Target(overlay.correction.mask, geometry, volume, grey, normal, number)

    def _voxel(self, target: _Target, world_mm: Point) -> tuple[int, int, int]:
        return self._in_slice(target, voxel_at(target.geometry, world_mm))

    def _in_slice(self, target: _Target, index: tuple[int, int, int]) -> tuple[int, int, int]:
        """The voxel of the slice that is shown, whatever rounding says of the way across."""
        i, j, k = (target.number if a == target.normal else n for a, n in enumerate(index))
        return i, j, k
