"""The dialog that asks which of several series to open."""

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from srviewer.core.geometry.grid import Axis, Geometry
from srviewer.core.intensity.window import robust_window
from srviewer.core.slices.planes import Plane, slice_at
from srviewer.core.visible_text import visible_line
from srviewer.core.volumes.volume import Volume, blocking_warnings, is_segmentation
from srviewer.gui.appearance import theme
from srviewer.gui.jobs.running_jobs import RunningJobs
from srviewer.gui.study.skipped_files import skipped
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import grid_words
from srviewer.gui.widgets.form import describe, label
from srviewer.gui.widgets.plain_text import PlainLabel, list_item, set_tip
from srviewer.io.scans.series import ScanListing, Series

THUMBNAIL = 96  # px
KIND = "thumbnail"


class SeriesPicker(QDialog):
    """Lists the series with a thumbnail each; arrow keys and Return are enough to choose."""

    def __init__(self, listing: ScanListing, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Several images were found"))
        self.resize(660, 520)
        self._series = listing.series
        self._without_picture = iter(range(len(listing.series)))
        self._work = RunningJobs(self)
        self._work.failed.connect(self._skip_thumbnail)
        self.list = QListWidget()
        self.list.setIconSize(QSize(THUMBNAIL, THUMBNAIL))
        self.list.setSpacing(2)
        describe(
            self.list,
            tr("Series"),
            tr("The images that were found; Return opens the chosen ones, Ctrl and Shift add more"),
        )
        for series in listing.series:
            self.list.addItem(_entry(series))
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.list.setCurrentRow(_likeliest(listing.series))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setWordWrap(True)
        self.frame = QSpinBox()
        describe(self.frame, tr("Frame"), tr("Which volume of a series of volumes, counted from 1"))
        self._frame_label = PlainLabel(tr("Volume"))
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel
        )
        choose = self._buttons.button(QDialogButtonBox.StandardButton.Open)
        choose.setProperty("primary", "true")
        describe(choose, tr("Open"), tr("Open the chosen series (Return)"))
        cancel = self._buttons.button(QDialogButtonBox.StandardButton.Cancel)
        describe(cancel, tr("Cancel"), tr("Open none of them; what is open stays (Escape)"))
        self._lay_out(listing)
        self.list.itemSelectionChanged.connect(self._show_frames)
        self.list.itemActivated.connect(self.accept)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self.finished.connect(self._work.stop)
        self._show_frames()

    def showEvent(self, event: QShowEvent) -> None:
        """Called by Qt."""
        super().showEvent(event)
        self._load_next()

    def choices(self) -> list[tuple[Series, int]]:
        """The chosen series, in the order of the list, each with its frame (from 0)."""
        rows = sorted(self.list.row(item) for item in self.list.selectedItems())
        if len(rows) == 1:
            return [(self._series[rows[0]], self.frame.value() - 1)]
        return [(self._series[row], 0) for row in rows]

    def _lay_out(self, listing: ScanListing) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(10)
        question = tr("{count} images. Which should be opened?", count=len(self._series))
        layout.addWidget(label(question, "value"))
        layout.addWidget(self.list, 1)
        if listing.ignored:
            others = label(skipped(listing), "muted")
            set_tip(others, "\n".join(tr(problem.text) for problem in listing.problems))
            layout.addWidget(others)
        bottom = QHBoxLayout()
        bottom.addWidget(self._frame_label)
        bottom.addWidget(self.frame)
        bottom.addStretch(1)
        bottom.addWidget(self._buttons)
        layout.addLayout(bottom)
        self.list.setFocus()

    def _show_frames(self) -> None:
        choices = self.list.selectedItems()
        self._buttons.button(QDialogButtonBox.StandardButton.Open).setEnabled(bool(choices))
        frames = self._series[self.list.row(choices[0])].frames if len(choices) == 1 else 1
        self.frame.setRange(1, frames)
        self.frame.setValue(1)
        self.frame.setSuffix(tr(" of {frames}", frames=frames))
        self.frame.setVisible(frames > 1)
        self._frame_label.setVisible(frames > 1)

    def _load_next(self) -> None:
        """Read one series after the other, so that the first thumbnails appear soon."""
        row = next(self._without_picture, None)
        if row is not None:
            show = partial(self._show_thumbnail, row)
            self._work.start(KIND, tr("Reading"), self._series[row].read(0), show, self.isVisible)

    def _show_thumbnail(self, row: int, volume: Volume) -> None:
        self.list.item(row).setIcon(_icon(thumbnail(volume)))
        self._load_next()

    def _skip_thumbnail(self, title: str, error: Exception) -> None:
        """Leave a series that cannot be read without a thumbnail; opening it reports the error."""
        self._load_next()


def thumbnail(volume: Volume) -> QPixmap:
    """The middle slice of the acquisition plane, in true proportions.

    Args:
        volume: A volume of a series.

    Returns:
        At most 96 pixels on a side, in the convention that the window starts with.
    """
    image = slice_at(volume, sharp_plane(volume.geometry), volume.geometry.centre)
    window = robust_window(volume.voxels, volume.padding)
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
    axis = _slice_axis(geometry)
    return next(plane for plane in Plane if plane.normal_axis(geometry) == axis)


def _slice_axis(geometry: Geometry) -> Axis:
    """The thick axis; among cubes the axis with the fewest voxels."""
    if geometry.thick_axis is not None:
        return geometry.thick_axis
    return min(range(3), key=lambda axis: geometry.shape[axis])


def _entry(series: Series) -> QListWidgetItem:
    geometry = series.geometry
    volumes = tr(", {count} volumes", count=series.frames) if series.frames > 1 else ""
    plane = tr(sharp_plane(geometry).title).lower()
    modality = series.modality or tr("unknown modality")
    lines = [
        series.name or tr("without a name"),
        f"{modality}, {plane}{volumes}",
        grid_words(geometry),
    ]
    first = blocking_warnings(series.warnings)
    warnings = [tr(warning.message) for warning in dict.fromkeys((*first, *series.warnings))]
    lines += [f"\u26a0 {warning}" for warning in warnings[:1]]
    item = list_item("\n".join(map(visible_line, lines)), "\n".join((series.uid, *warnings)))
    blank = QPixmap(THUMBNAIL, THUMBNAIL)
    blank.fill(theme.IMAGE)
    item.setIcon(_icon(blank))
    return item


def _icon(picture: QPixmap) -> QIcon:
    """An icon with the same image in a chosen row, which Qt would tint."""
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)
    return icon


def _likeliest(series: tuple[Series, ...]) -> int:
    """The row of the scan with the most slices: a localizer has few."""

    def likelihood(candidate: Series) -> tuple[bool, int]:
        slices = candidate.geometry.shape[_slice_axis(candidate.geometry)]
        return not is_segmentation(candidate.warnings), slices

    return max(range(len(series)), key=lambda row: likelihood(series[row]))
