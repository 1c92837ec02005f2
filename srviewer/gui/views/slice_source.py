"""The volume, or the result to come, that a pane takes its slices of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from srviewer.core.slices.planes import Plane, SliceImage, nearest_slice, slice_at
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.gui.state.progressive_preview import ProgressivePreview
from srviewer.gui.views.drawing.text_drawing import Line
from srviewer.gui.views.pane_texts import first_look, not_yet, preview_notes
from srviewer.study.state.view import Point

Source = TypeVar("Source", Volume, ProgressivePreview)


@dataclass(frozen=True, eq=False)
class Cut:
    """The slice that was cut last.

    Attributes:
        header: Of the volume, or of the result to come, of which it is a slice.
        number: Along the normal of the plane, before it is limited to the volume.
        image: The slice.
    """

    header: ScanHeader
    number: int
    image: SliceImage


class SliceSource:
    """Cuts slices of one plane.

    Attributes:
        volume: None for a result to come, and before a scan is open.
        role: Names the volume.
        badge: The scores of the slice, or what a slice of a result to come is.
    """

    def __init__(self, plane: Plane) -> None:
        self._plane = plane
        self.volume: Volume | None = None
        self.role = Line("")
        self.badge: tuple[Line, ...] = ()
        self._preview: ProgressivePreview | None = None
        self._cut: Cut | None = None

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

    def take_preview(self, preview: ProgressivePreview) -> None:
        """Give slices of a progressive preview from now on.

        Args:
            preview: Of the result that is being computed.
        """
        self.volume, self._preview = None, preview

    def forget(self) -> None:
        """Let go of the slice that was cut last."""
        self._cut = None

    def image(self, cursor_mm: Point) -> SliceImage:
        """The slice at a position, or what stands in for one that is not there yet.

        Args:
            cursor_mm: RAS+ mm.

        Returns:
            The slice; only while ``header`` is not None.
        """
        volume, preview = self.volume, self._preview
        if volume is not None:
            return self._cut_of(volume, cursor_mm, slice_at, volume)
        assert preview is not None
        preview_slice = preview.at(self._plane, cursor_mm)
        if preview_slice is None:
            self.role, self.badge = not_yet(preview.even), ()
            return self._cut_of(preview.header, cursor_mm, ProgressivePreview.stand_in, preview)
        self.role, self.badge = first_look(), preview_notes(preview_slice)
        return preview.image(preview_slice, cursor_mm)

    def _cut_of(
        self,
        header: ScanHeader,
        cursor_mm: Point,
        cut: Callable[[Source, Plane, Point], SliceImage],
        source: Source,
    ) -> SliceImage:
        """The slice at a position, cut again only where that lies in another one."""
        number = nearest_slice(header.geometry, self._plane, cursor_mm)
        if self._cut is None or self._cut.header is not header or self._cut.number != number:
            self._cut = Cut(header, number, cut(source, self._plane, cursor_mm))
        return self._cut.image
