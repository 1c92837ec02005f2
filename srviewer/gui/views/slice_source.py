"""The volume, or the result to come, that a pane takes its slices of."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from srviewer.core.slices.pace import Paces
from srviewer.core.slices.planes import Plane, SliceImage, nearest_slice, slice_at, slice_number
from srviewer.core.slices.rotated_planes import RotatedPlace
from srviewer.core.slices.scattered_slices import ScatteredSlices, is_scattered
from srviewer.core.slices.slab_projector import SlabProjector
from srviewer.core.slices.thick_slab import SlabPlace
from srviewer.core.slices.trilinear import PlaneSampler
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.gui.state.progressive_preview import ProgressivePreview
from srviewer.gui.views.drawing.text_drawing import Line
from srviewer.gui.views.pane_texts import first_look, not_yet, preview_notes
from srviewer.study.state.view import Point


@dataclass(frozen=True, eq=False)
class Cut:
    """The slice that was cut last.

    Attributes:
        header: Of the volume, or of the result to come, of which it is a slice.
        key: Its number, with kind, slices and voxels of a thick slab; what decides an oblique
            plane.
        image: The slice.
    """

    header: ScanHeader
    key: tuple[object, ...]
    image: SliceImage


class SliceSource:
    """Cuts slices of one plane, projects thick slabs onto them, or samples oblique planes.

    Attributes:
        volume: None for a result to come, and before a scan is open.
        role: Names the volume.
        badge: The scores of the slice, or what a slice of a result to come is.
        projector: Of thick slabs.
        sampler: Of oblique planes.
    """

    def __init__(self, plane: Plane, paces: Paces) -> None:
        self._plane = plane
        self.volume: Volume | None = None
        self.role = Line("")
        self.badge: tuple[Line, ...] = ()
        self._preview: ProgressivePreview | None = None
        self._cut: Cut | None = None
        self._scattered: ScatteredSlices | None = None  # of ``volume``, while plain slices are cut
        self.projector = SlabProjector(paces.slab)
        self.sampler = PlaneSampler(paces.oblique)

    @property
    def header(self) -> ScanHeader | None:
        """The header of what is drawn; a result to come has no volume yet."""
        if self.volume is not None or self._preview is None:
            return self.volume
        return self._preview.header

    def take_volume(self, volume: Volume | None, role: Line) -> None:
        """Cut slices of a volume from now on.

        Args:
            volume: None for no slices.
            role: Names the volume.
        """
        self.volume, self.role, self.badge, self._preview = volume, role, (), None
        self._scattered = None

    def take_preview(self, preview: ProgressivePreview) -> None:
        """Give slices of a progressive preview from now on.

        Args:
            preview: Of the result that is being computed.
        """
        self.volume, self._preview, self._scattered = None, preview, None

    def forget(self) -> None:
        """Let go of the slice that was cut last."""
        self._cut = self._scattered = None
        self.projector.forget()
        self.sampler.forget()

    def image(
        self, cursor_mm: Point, slab: SlabPlace | None, rotated: RotatedPlace | None
    ) -> SliceImage:
        """The slice at a position, or what stands in for one that is not there yet.

        Args:
            cursor_mm: RAS+ mm.
            slab: The thick slab around it, which a result to come has not; None for a plain slice.
            rotated: The oblique plane through it, which a result to come has not; None for a plain
                slice.

        Returns:
            The slice; only while ``header`` is not None.
        """
        plane, volume, preview = self._plane, self.volume, self._preview
        if volume is not None and (rotated is not None or slab is not None):
            self._scattered = None
        if volume is not None and rotated is not None:
            self.projector.forget()
            return self._oblique(volume, rotated)
        self.sampler.forget()
        if volume is not None and slab is not None:
            grid = volume.geometry
            slices = slab.kind, slab.numbers(grid), slab.steps(grid)
            return self._cut_once(
                volume, cursor_mm, lambda: self._projected(volume, cursor_mm, slab), *slices
            )
        self.projector.forget()
        if volume is not None:
            return self._cut_once(volume, cursor_mm, lambda: self._plain(volume, cursor_mm))
        assert preview is not None
        preview_slice = preview.at(plane, cursor_mm)
        if preview_slice is None:
            self.role, self.badge = not_yet(preview.even), ()
            header = preview.header
            return self._cut_once(header, cursor_mm, lambda: preview.stand_in(plane, cursor_mm))
        self.role, self.badge = first_look(), preview_notes(preview_slice)
        return preview.image(preview_slice, cursor_mm)

    def _cut_once(
        self,
        header: ScanHeader,
        cursor_mm: Point,
        cut: Callable[[], SliceImage],
        *slab: object,
    ) -> SliceImage:
        """The slice at a position, cut again only where that lies in another one."""
        key, last = (nearest_slice(header.geometry, self._plane, cursor_mm), *slab), self._cut
        if last is None or (last.header, last.key) != (header, key):
            last = self._cut = Cut(header, key, cut())
        return last.image

    def _plain(self, volume: Volume, cursor_mm: Point) -> SliceImage:
        """A slice; some neighbours at once where it lies scattered in memory."""
        axis = self._plane.normal_axis(volume.geometry)
        if not is_scattered(volume.voxels, axis):
            return slice_at(volume, self._plane, cursor_mm)
        if self._scattered is None or self._scattered.voxels is not volume.voxels:
            self._scattered = ScatteredSlices(volume.voxels, axis)
        return slice_at(volume, self._plane, cursor_mm, self._scattered.read)

    def _oblique(self, volume: Volume, place: RotatedPlace) -> SliceImage:
        """The pixels of an oblique plane, numbered along the way of the crosshair."""
        plane, steps = self._plane, place.steps(volume.geometry)
        number, count = slice_number(steps, plane, place.cursor_mm), steps.shape[plane.axes[0]]
        key, last = (*place.key, number, count), self._cut
        if last is None or (last.header, last.key) != (volume, key):
            sampled = self.sampler.sampled(volume, place)
            image = replace(
                slice_at(sampled, plane, place.cursor_mm),
                letters=place.planes(volume.geometry).letters(plane),
                index=number,
                count=count,
                inside=sampled.voxels.size > 1,
            )
            last = self._cut = Cut(volume, key, image)
        return last.image

    def _projected(self, volume: Volume, cursor_mm: Point, slab: SlabPlace) -> SliceImage:
        """The projection of a slab, numbered as the slice at the position."""
        plane, geometry = self._plane, volume.geometry
        number, index = (find(geometry, plane, cursor_mm) for find in (nearest_slice, slice_number))
        image = slice_at(self.projector.projected(volume, slab), plane, cursor_mm)
        count = geometry.shape[plane.normal_axis(geometry)]
        return replace(image, index=index, count=count, inside=number == index)
