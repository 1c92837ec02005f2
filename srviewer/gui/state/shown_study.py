"""The study that is shown: the one object of the window that changes."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from srviewer.core.intensity.window import Window, rounded_down
from srviewer.core.regions.roi import Roi
from srviewer.core.regions.text_annotation import TextAnnotation
from srviewer.core.slices.planes import Plane
from srviewer.core.slices.rotated_planes import Degrees
from srviewer.core.slices.thick_slab import ThickSlab
from srviewer.core.slices.turn import Turn
from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.transient_state import TransientState
from srviewer.sr.requests.automatic_model import renewed
from srviewer.sr.requests.request import Request
from srviewer.sr.results.doubts import Doubts
from srviewer.sr.scores.evaluate import ScoredPair
from srviewer.sr.stacks.result import Result
from srviewer.study.opening import opened
from srviewer.study.state.compared_volumes import ComparedVolumes
from srviewer.study.state.comparing import DIFFERENCE_SHARE, Comparing
from srviewer.study.state.overlay import Overlay
from srviewer.study.state.reference import Reference
from srviewer.study.state.rotation_of_study import is_rotated, kept_in_plane, with_rotation
from srviewer.study.state.slab_of_study import is_measured, with_slab
from srviewer.study.state.view import Point, View, point


class ShownStudy(TransientState):
    """The study that is shown, with what is of the window and of no study."""

    menu_wanted = Signal(object)  # the PanePoint at which the user asks for what can be done
    # The RAS+ point under the mouse and the plane of its pane; None twice when it left the panes.
    hovered = Signal(object, object)
    focused = Signal()  # one of its panes has the keyboard now
    fill_wanted = Signal(object)  # the FillPoint that was clicked
    status_wanted = Signal(str)  # a translated text for the status bar

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.active = Plane.AXIAL  # the plane that had the keyboard last
        self.preferred_device = "auto"  # of the first request
        self.export_folder: Path | None = None  # of the last export
        self.data_set: Path | None = None  # of the last export into a BIDS data set
        self.second: ShownStudy | None = None  # shown beside it, only to be looked at

    # --- the state, by its fields

    @property
    def scan(self) -> Volume | None:
        """The open scan."""
        return self._state.scan

    @property
    def sources(self) -> tuple[Path, ...]:
        """The files that it came from, which an export never overwrites."""
        return self._state.sources

    @property
    def auto_window(self) -> Window:
        """Grey levels that suit the scan."""
        return self._state.auto_window

    @property
    def request(self) -> Request | None:
        """The settings of the next reconstruction."""
        return self._state.request

    @property
    def acknowledged(self) -> bool:
        """Whether the scan's warnings were read."""
        return self._state.acknowledged

    @property
    def compared_volumes(self) -> ComparedVolumes:
        """The results and loaded volumes."""
        return self._state.compared_volumes

    @property
    def result(self) -> Result | None:
        """The current result."""
        return self._state.result

    @property
    def scores(self) -> ScoredPair | None:
        """The scores of the current result."""
        return self._state.scores

    @property
    def doubts(self) -> Doubts | None:
        """Where to look in the current result; None until it is computed."""
        return self._state.doubts

    @property
    def reference(self) -> Reference | None:
        """The ground truth that the results are scored against."""
        return self._state.reference

    @property
    def comparing(self) -> Comparing:
        """The settings of the comparison of A and B."""
        return self._state.comparing

    @property
    def view(self) -> View:
        """The view that every pane shares."""
        return self._state.view

    @property
    def main_plane(self) -> Plane:
        """The plane of the large pane."""
        return self._state.main_plane

    @property
    def overlays(self) -> tuple[Overlay, ...]:
        """The overlays over every pane, the last on top."""
        return self._state.overlays

    @property
    def rois(self) -> tuple[Roi, ...]:
        """Measurements, oldest first."""
        return self._state.rois

    @property
    def annotations(self) -> tuple[TextAnnotation, ...]:
        """Texts and arrows of the user, oldest first."""
        return self._state.annotations

    @property
    def locked(self) -> Roi | None:
        """The measurement inside which nothing learned is added."""
        return self._state.locked

    # --- changes of the study

    def open(self, scan: Volume, sources: Sequence[Path], reference: Reference | None) -> None:
        """Show another scan; what belonged to the one before goes with it.

        Args:
            scan: The scan.
            sources: The files that it came from.
            reference: The ground truth for its results; None for none.
        """
        self.set(
            opened(scan, self._state, self.preferred_device, None, sources, reference=reference)
        )

    def set_reference(self, reference: Reference | None) -> None:
        """Set the ground truth that the results are scored against.

        Args:
            reference: The ground truth; None to take it away.
        """
        self.set(self._state.with_reference(reference))

    def keep(self, compared_volumes: ComparedVolumes) -> None:
        """Take over changed results and loaded volumes.

        Args:
            compared_volumes: The list after volumes were shown, renamed, removed, chosen or loaded.
        """
        self.set(self._state.keeping(compared_volumes))

    def difference_span(self) -> float:
        """The end of the difference's colour scale, in the scan's unit."""
        wanted = self.comparing.difference_range
        return wanted or rounded_down(DIFFERENCE_SHARE * self.auto_window.width)

    def compare(self, comparing: Comparing) -> None:
        """Change how A and B are compared.

        Args:
            comparing: The new settings of the comparison.
        """
        self.change(comparing=comparing)

    def acknowledge(self) -> None:
        """The user has read the warnings about the open scan."""
        self.change(acknowledged=True)

    def set_request(self, request: Request) -> None:
        """Set what the next reconstruction will do; a model that was chosen by itself may change.

        Args:
            request: Its settings.
        """
        self.change(request=renewed(self.scan, request, self.request))

    def prefer_device(self, device: str) -> None:
        """Compute on a device from now on.

        Args:
            device: As in ``Request.device``, such as "auto", "cpu" or "cuda".
        """
        self.preferred_device = device
        if self.request is not None:
            self.set_request(replace(self.request, device=device))

    def set_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Show overlays over the slices of every pane.

        Args:
            overlays: The overlays, the last on top.
        """
        self.change(overlays=tuple(overlays))

    def set_rois(self, rois: Sequence[Roi]) -> None:
        """Show measurements in every pane; a lock goes with its measurement.

        Args:
            rois: All measurements, oldest first.
        """
        self.set(self._state.with_rois(tuple(rois)))

    def set_annotations(self, annotations: Sequence[TextAnnotation]) -> None:
        """Show texts and arrows in every pane.

        Args:
            annotations: All of them, oldest first.
        """
        self.change(annotations=tuple(annotations))

    def lock(self, roi: Roi | None) -> None:
        """Add nothing learned inside a measurement from now on.

        Args:
            roi: One of ``rois``; None to lock nothing.
        """
        self.change(locked=roi)

    # --- changes of the view

    def look(self, view: View) -> None:
        """Set the view that every pane shares.

        Args:
            view: The new view.
        """
        self.change(view=view)

    def move_cursor(self, world_mm: npt.ArrayLike) -> None:
        """Move the crosshair, inside the scan; a pane that is zoomed in follows it.

        Args:
            world_mm: The RAS+ point (mm); outside the scan the nearest voxel is taken.
        """
        with self._step() if self._is_costly else nullcontext():
            self._look(cursor_mm=point(world_mm))

    def step_to(self, plane: Plane, world_mm: npt.ArrayLike) -> None:
        """Move the crosshair into another slice, also one that meets the scan beside its way.

        Args:
            plane: Of the slice, oblique or not.
            world_mm: A RAS+ point (mm) of the slice.
        """
        self.move_cursor(kept_in_plane(self._state, plane, world_mm))

    @property
    def _is_costly(self) -> bool:
        """Whether planes may be drawn coarsely while they move: what is measured in them is not."""
        if is_rotated(self._state):
            return True
        return self._state.view.thick_slab.shown and not is_measured(self._state)

    def set_window(self, window: Window) -> None:
        """Set the grey levels of every pane.

        Args:
            window: Window and level, in the unit of the scan.
        """
        self._look(window=window)

    def zoom_by(self, factor: float, fixed_mm: npt.ArrayLike) -> None:
        """Zoom every pane.

        Args:
            factor: Relative to the present zoom; above 1 enlarges.
            fixed_mm: The RAS+ point (mm) that stays where it is on the screen.
        """
        if self.scan is not None:
            self.look(self.view.zoomed(factor, fixed_mm, self.centre_mm()))

    def pan_to(self, centre_mm: npt.ArrayLike) -> None:
        """Put a point in the middle of every pane.

        Args:
            centre_mm: The RAS+ point (mm).
        """
        self._look(centre_mm=point(centre_mm))

    def centre_mm(self) -> Point:
        """The RAS+ point in the middle of the panes."""
        if self.view.centre_mm is not None:
            return self.view.centre_mm
        return (0.0, 0.0, 0.0) if self.scan is None else point(self.scan.geometry.centre)

    def maximise(self, plane: Plane | None) -> None:
        """Show one plane alone, or all three.

        Args:
            plane: The only plane to show; None for all.
        """
        self._look(only=plane)

    def set_main(self, plane: Plane | None) -> None:
        """Choose the plane of the large pane.

        Args:
            plane: The plane; None for that in which the scan was acquired.
        """
        self._look(main=plane)

    def set_radiological(self, radiological: bool) -> None:
        """Choose the side of the screen that shows the patient's right.

        Args:
            radiological: The left side, as radiologists look at scans; else the right side.
        """
        self._look(radiological=radiological)

    def set_smooth(self, smooth: bool) -> None:
        """Choose how every pane draws pixels.

        Args:
            smooth: Interpolated; else as blocks.
        """
        self._look(smooth=smooth)

    def set_colours(self, colours: str) -> None:
        """Set the colour map of every pane.

        Args:
            colours: The id of a colour map, as in ``COLOUR_MAPS``.
        """
        self._look(colours=colours)

    def set_inverted(self, inverted: bool) -> None:
        """Set the direction of the colour map.

        Args:
            inverted: Whether high values have the colours of its low end.
        """
        self._look(inverted=inverted)

    def set_crosshair(self, crosshair: bool) -> None:
        """Show or hide the crosshair; its place does not change.

        Args:
            crosshair: Whether it is drawn.
        """
        self._look(crosshair=crosshair)

    def set_header_text(self, header_text: bool) -> None:
        """Show or hide what the header says of patient and series.

        Args:
            header_text: Whether it is written in the panes.
        """
        self._look(header_text=header_text)

    def set_thick_slab(self, slab: ThickSlab) -> None:
        """Set the thick slab of every pane.

        Args:
            slab: The slab, as ``with_slab`` shows it.
        """
        self.set(with_slab(self._state, slab))

    def rotate_planes(self, degrees: Degrees) -> None:
        """Rotate the planes about the crosshair.

        Args:
            degrees: About R, A and S, from the voxel axes; (0, 0, 0) for plain planes.
        """
        with self._step() if self.moving or is_rotated(self._state) else nullcontext():
            self.set(with_rotation(self._state, degrees))

    def turn(self, change: Callable[[Turn], Turn]) -> None:
        """Rotate or flip every pane of the active plane.

        Args:
            change: Gives the new turn for the present one.
        """
        plane = self.active
        self.look(self.view.with_turn(plane, change(self.view.turn_of(plane))))

    def reset_view(self) -> None:
        """The whole volume upright in every pane, crosshair in its middle, automatic levels."""
        if self.scan is not None:
            self.look(self.view.whole(self.scan, self.auto_window))

    def _look(self, **fields: object) -> None:
        self.look(replace(self.view, **fields))  # type: ignore[arg-type]
