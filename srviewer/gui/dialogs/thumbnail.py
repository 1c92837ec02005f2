"""Thumbnails: the middle slice of a scan as a small image."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap

from srviewer.core.geometry.grid import Axis, Geometry
from srviewer.core.intensity.window import automatic_window
from srviewer.core.slices.planes import Plane, slice_at
from srviewer.core.volumes.volume import Volume
from srviewer.gui.appearance import theme

THUMBNAIL = 96  # px


def thumbnail(volume: Volume) -> QPixmap:
    """The middle slice of the acquisition plane, in true proportions.

    Args:
        volume: A volume of a series.

    Returns:
        At most 96 pixels on a side, in the convention that the window starts with.
    """
    image = slice_at(volume, sharp_plane(volume.geometry), volume.geometry.centre)
    window = automatic_window(volume)
    # The convention that the window starts with: R, or A in a sagittal slice, on the left.
    pixels = image.pixels[::-1, ::-1]
    grey = ((pixels - window.low) * (255 / window.width)).clip(0, 255).astype("uint8")
    rows, columns = grey.shape
    picture = QImage(grey.tobytes(), columns, rows, columns, QImage.Format.Format_Grayscale8)
    _, _, width, height = image.extent_mm
    scale = THUMBNAIL / max(width, height)
    size = QSize(max(1, round(width * scale)), max(1, round(height * scale)))
    smooth = Qt.TransformationMode.SmoothTransformation
    return QPixmap.fromImage(picture.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth))


def sharp_plane(geometry: Geometry) -> Plane:
    """The acquisition plane of a scan.

    Args:
        geometry: Of the scan.

    Returns:
        The plane across the thick axis; without one, across the axis with the fewest voxels.
    """
    axis = slice_axis(geometry)
    return next(plane for plane in Plane if plane.normal_axis(geometry) == axis)


def slice_axis(geometry: Geometry) -> Axis:
    """The axis across the slices of a scan.

    Args:
        geometry: Of the scan.

    Returns:
        The thick axis; of cubes and of a single slice the axis with the fewest voxels.
    """
    if geometry.thick_axis is not None and min(geometry.shape) > 1:
        return geometry.thick_axis
    return min(range(3), key=lambda axis: geometry.shape[axis])


def thumbnail_icon(picture: QPixmap | None) -> QIcon:
    """An icon with the same image in a chosen row, which Qt would tint.

    Args:
        picture: The thumbnail; None for an empty one.

    Returns:
        A new icon, square, with the image in its middle.
    """
    square = QPixmap(THUMBNAIL, THUMBNAIL)
    square.fill(theme.IMAGE)
    if picture is not None:
        painter = QPainter(square)
        painter.drawPixmap(
            (THUMBNAIL - picture.width()) // 2, (THUMBNAIL - picture.height()) // 2, picture
        )
        painter.end()
    icon = QIcon(square)
    icon.addPixmap(square, QIcon.Mode.Selected)
    return icon
