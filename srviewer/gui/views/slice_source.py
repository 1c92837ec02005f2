"""The volume, or the result to come, that a pane takes its slices of."""

from dataclasses import dataclass

from srviewer.core.slices.planes import Plane, SliceImage, nearest_slice, slice_at
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.gui.state.progressive_preview import ProgressivePreview
from srviewer.gui.views.drawing.text_drawing import Line
from srviewer.gui.views.pane_texts import first_look, preview_notes
from srviewer.study.state.view import Point


@dataclass(frozen=True, eq=False)
class Cut:
    """The slice that was cut last.

    Attributes:
        volume: Of which it is a slice.
        number: Along the normal of the plane, before it is limited to the volume.
        image: The slice.
    """

    volume: Volume
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

    def image(self, cursor_mm: Point) -> SliceImage | None:
        """The slice at a position.

        Args:
            cursor_mm: RAS+ mm.

        Returns:
            The slice; None where the progressive preview has none yet.
        """
        if self.volume is not None:
            return self._cut_at(self.volume, cursor_mm)
        preview = self._preview
        preview_slice = None if preview is None else preview.at(self._plane, cursor_mm)
        if preview is None or preview_slice is None:
            return None
        self.role, self.badge = first_look(), preview_notes(preview_slice)
        return preview.image(preview_slice, cursor_mm)

    def _cut_at(self, volume: Volume, cursor_mm: Point) -> SliceImage:
        """The slice at a position, cut again only where that lies in another one."""
        number = nearest_slice(volume.geometry, self._plane, cursor_mm)
        if self._cut is None or self._cut.volume is not volume or self._cut.number != number:
            self._cut = Cut(volume, number, slice_at(volume, self._plane, cursor_mm))
        return self._cut.image
