"""What is open and how it is looked at: the one object of the window that changes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from srviewer.core.planes import Plane
from srviewer.core.roi import Roi, followed
from srviewer.core.volume import Volume
from srviewer.core.window import Window, robust_window, rounded_down
from srviewer.gui.comparables import Comparable, Comparables
from srviewer.gui.comparing import DIFFERENCE_SHARE, Comparing
from srviewer.gui.layer import Layer
from srviewer.gui.tool import Tool
from srviewer.gui.view import NO_WINDOW, ZOOM_LIMITS
from srviewer.gui.view import Point as Point
from srviewer.gui.view import View as View
from srviewer.sr.evaluate import ScoredPair
from srviewer.sr.reconstruction import Reconstruction
from srviewer.sr.request import Request, suggested_request


@dataclass(frozen=True, eq=False)
class Reference:
    """A ground truth and what it is, in the words that stand beside every score.

    ``thin``: the scan that was thickened, where the open one was simulated from it.
    """

    volume: Volume
    meaning: str
    thin: Volume | None


class Session(QObject):
    """The open study. Each field has one signal, sent after all fields agree with each other."""

    original_changed = Signal()
    result_changed = Signal()
    reference_changed = Signal()
    scores_changed = Signal()
    comparables_changed = Signal()  # what can be compared, its names, which of it is shown
    comparing_changed = Signal()  # how it is compared
    request_changed = Signal()
    acknowledged_changed = Signal()
    layers_changed = Signal()
    rois_changed = Signal()
    view_changed = Signal()
    tool_changed = Signal()
    hovered = Signal(object)  # the RAS+ point under the mouse, or None when it left the panes

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.original: Volume | None = None
        self.sources: tuple[Path, ...] = ()
        self.comparables = Comparables()
        self.comparing = Comparing()
        self.reference: Reference | None = None
        self.request: Request | None = None
        self.acknowledged = False  # whether the scan's warnings were read
        self.layers: tuple[Layer, ...] = ()  # over every pane, the last on top
        self.rois: tuple[Roi, ...] = ()  # measurements, oldest first
        self.locked: Roi | None = None  # the one of them inside which nothing learned is added
        self.tool = Tool.CROSSHAIR  # what a left drag does
        self.active = Plane.AXIAL  # the plane that had the keyboard last
        self.auto_window = NO_WINDOW
        self.view = View()
        self.preferred_device = "auto"  # of the first request

    def open(self, original: Volume, sources: Sequence[Path], reference: Reference | None) -> None:
        """Show another scan; what belonged to the one before goes with it.

        ``sources``: the files it came from, which an export never overwrites. ``reference``: its
        ground truth, where it comes with one.
        """
        self.original, self.sources = original, tuple(sources)
        self.comparables, self.reference = Comparables(), reference
        self.comparing = replace(self.comparing, difference_range=0.0, swapped=False)
        self.request = self._suggested(original)
        self.acknowledged, self.layers, self.rois, self.locked = False, (), (), None
        self.auto_window = robust_window(original.voxels)
        self.view = self._whole(original)
        self.tell_all()

    def tell_all(self) -> None:
        """Send every signal: the fields are those of another study."""
        self.original_changed.emit()
        self.acknowledged_changed.emit()
        self.request_changed.emit()
        self.result_changed.emit()
        self.reference_changed.emit()
        self.scores_changed.emit()
        self.layers_changed.emit()
        self.comparables_changed.emit()
        self.comparing_changed.emit()
        self.rois_changed.emit()
        self.view_changed.emit()

    @property
    def result(self) -> Reconstruction | None:
        """The current result: the one that is scored, plotted and exported."""
        current = self.comparables.result
        return None if current is None else current.made

    @property
    def scores(self) -> ScoredPair | None:
        """The scores of the current result."""
        current = self.comparables.result
        return None if current is None else current.scores

    def set_result(self, result: Reconstruction) -> None:
        """Show a reconstruction of the open scan; earlier ones are kept in ``comparables``."""
        self.keep(self.comparables.with_result(result))

    def set_reference(self, reference: Reference | None) -> None:
        """Give the results something real to be scored against, or take it away."""
        self.reference = reference
        self.comparables = self.comparables.unscored()
        self.reference_changed.emit()
        self.scores_changed.emit()
        self.comparables_changed.emit()

    def set_scores(self, scores: ScoredPair, key: str | None = None) -> None:
        """Keep what scoring a result (the current one without a key) found."""
        key = self.comparables.current if key is None else key
        self.comparables = self.comparables.scored(key, scores)
        self.scores_changed.emit()

    def keep(self, comparables: Comparables) -> None:
        """Take over changed ``comparables``: shown, renamed, removed, chosen, loaded ones."""
        before, self.comparables = self.comparables.result, comparables
        after = comparables.result
        if (before and before.made) is not (after and after.made):
            self.result_changed.emit()
            self.scores_changed.emit()
        self.comparables_changed.emit()

    def difference_span(self) -> float:
        """The end of the difference's colour scale, in the scan's unit."""
        wanted = self.comparing.difference_range
        return wanted or rounded_down(DIFFERENCE_SHARE * self.auto_window.width)

    def compare(self, comparing: Comparing) -> None:
        """Change how A and B are compared."""
        if comparing != self.comparing:
            self.comparing = comparing
            self.comparing_changed.emit()

    def offered(self) -> tuple[Comparable, ...]:
        """Everything that can be compared, in the order of the lists."""
        reference = None if self.reference is None else self.reference.volume
        return self.comparables.offered(self.original, reference)

    def shown(self) -> tuple[Comparable, ...]:
        """What is compared, A and B first."""
        offered = {one.key: one for one in self.offered()}
        return tuple(offered[key] for key in self.comparables.shown if key in offered)

    def acknowledge(self) -> None:
        """The user has read the warnings about the open scan."""
        self.acknowledged = True
        self.acknowledged_changed.emit()

    def set_request(self, request: Request) -> None:
        """Set what the next reconstruction will do."""
        if request != self.request:
            self.request = request
            self.request_changed.emit()

    def prefer_device(self, device: str) -> None:
        """Compute on ``device`` from now on."""
        self.preferred_device = device
        if self.request is not None:
            self.set_request(replace(self.request, device=device))

    def set_layers(self, layers: Sequence[Layer]) -> None:
        """Lay these over the slices of every pane, in this order."""
        self.layers = tuple(layers)
        self.layers_changed.emit()

    def set_rois(self, rois: Sequence[Roi]) -> None:
        """Show these measurements in every pane; a lock goes with its measurement."""
        if (wanted := tuple(rois)) != self.rois:
            self.locked = followed(self.locked, self.rois, wanted)
            self.rois = wanted
            self.rois_changed.emit()

    def lock(self, roi: Roi | None) -> None:
        """Add nothing learned inside this one of ``rois`` from now on."""
        if roi != self.locked:
            self.locked = roi
            self.rois_changed.emit()

    def move_cursor(self, world_mm: npt.ArrayLike) -> None:
        """Put the crosshair at a RAS+ point; a pane that is zoomed in follows it."""
        self.look(replace(self.view, cursor_mm=_point(world_mm)))

    def set_window(self, window: Window) -> None:
        """Set the grey levels of every pane."""
        self.look(replace(self.view, window=window))

    def zoom_by(self, factor: float, fixed_mm: npt.ArrayLike) -> None:
        """Zoom every pane by ``factor``; the RAS+ point ``fixed_mm`` stays where it is."""
        if self.original is None:
            return
        zoom = min(max(self.view.zoom * factor, ZOOM_LIMITS[0]), ZOOM_LIMITS[1])
        fixed, centre = _point(fixed_mm), self.centre_mm()
        shrink = self.view.zoom / zoom
        moved = tuple(f + (c - f) * shrink for f, c in zip(fixed, centre, strict=True))
        self.look(replace(self.view, zoom=zoom, centre_mm=_point(moved)))

    def pan_to(self, centre_mm: npt.ArrayLike) -> None:
        """Put a RAS+ point in the middle of every pane."""
        self.look(replace(self.view, centre_mm=_point(centre_mm)))

    def centre_mm(self) -> Point:
        """The RAS+ point in the middle of the panes."""
        if self.view.centre_mm is not None:
            return self.view.centre_mm
        return (0.0, 0.0, 0.0) if self.original is None else _point(self.original.geometry.centre)

    def maximise(self, plane: Plane | None) -> None:
        """Show only ``plane``; None shows all three."""
        self.look(replace(self.view, only=plane))

    def set_radiological(self, radiological: bool) -> None:
        """Put the patient's right on the left of the screen, or on the right."""
        self.look(replace(self.view, radiological=radiological))

    def set_smooth(self, smooth: bool) -> None:
        """Draw pixels smoothly, or as the blocks that they are; in every pane alike."""
        self.look(replace(self.view, smooth=smooth))

    def set_colours(self, colours: str) -> None:
        """Draw grey values in the colour map with this id; in every pane alike."""
        self.look(replace(self.view, colours=colours))

    def set_inverted(self, inverted: bool) -> None:
        """Let the other end of the colour map stand for high values."""
        self.look(replace(self.view, inverted=inverted))

    def set_crosshair(self, crosshair: bool) -> None:
        """Draw the crosshair, or hide it; it is where it is all the same."""
        self.look(replace(self.view, crosshair=crosshair))

    def set_tool(self, tool: Tool) -> None:
        """Choose what a left drag does."""
        if tool is not self.tool:
            self.tool = tool
            self.tool_changed.emit()

    def reset_view(self) -> None:
        """The whole volume in every pane, crosshair in its middle, automatic grey levels."""
        if self.original is not None:
            self.look(self._whole(self.original))

    def look(self, view: View) -> None:
        """Look at everything in another way."""
        if view != self.view:
            self.view = view
            self.view_changed.emit()

    def _whole(self, original: Volume) -> View:
        """All of the scan, in the colours and the convention that are chosen."""
        return replace(
            self.view,
            cursor_mm=_point(original.geometry.middle_voxel),
            window=self.auto_window,
            centre_mm=None,
            zoom=1.0,
            only=None,
        )

    def _suggested(self, original: Volume) -> Request:
        """The axis and factor that suit the scan, with the choices that the user made before."""
        suggested = suggested_request(original)
        if self.request is None:
            return replace(suggested, device=self.preferred_device)
        kept = self.request
        return replace(
            suggested,
            method=kept.method,
            model=kept.model,
            fusion=kept.fusion,
            device=kept.device,
            adaptation=kept.adaptation,
            flips=kept.flips,
        )


def _point(world_mm: npt.ArrayLike) -> Point:
    x, y, z = (float(value) for value in world_mm)  # type: ignore[union-attr, arg-type]
    return x, y, z
