"""The list of overlays, with opacity and threshold of each."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from srviewer.core.slices.sampling import overlap
from srviewer.gui.appearance import theme
from srviewer.gui.panels.look.label_list import LabelList
from srviewer.gui.study.overlay_loader import Overlays
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import percent
from srviewer.gui.widgets.form import ElidedLabel, button, describe, label
from srviewer.gui.widgets.intensity_box import IntensityBox, decimals_of
from srviewer.io.formats import open_filter
from srviewer.study.state.overlay import Overlay


class OverlayBox(QWidget):
    """A row for each overlay of the study, and a button that adds an overlay."""

    def __init__(self, overlays: Overlays) -> None:
        super().__init__()
        self._overlays, self._study = overlays, overlays.study
        self._shown: list[OverlayRow] = []
        self.add = button(
            tr("Add overlay\u2026"),
            tr("Draw a mask, a label map or a map of values over every pane"),
        )
        self.add.clicked.connect(self.choose)
        self._rows = QVBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(label(tr("OVERLAYS"), "heading"))
        layout.addWidget(self.add)  # above the rows, so that it does not move with them
        layout.addLayout(self._rows)
        self._study.follow(self._show, "overlays", "scan")
        self._show()

    def choose(self) -> None:
        """Ask for a file and add it as an overlay."""
        sources = self._study.sources
        folder = str(sources[0].parent) if sources else str(Path.home())
        name, _ = QFileDialog.getOpenFileName(self, tr("Add an overlay"), folder, tr(open_filter()))
        if name:
            self._overlays.load(Path(name))

    def _show(self) -> None:
        overlays = self._study.overlays
        self.add.setEnabled(self._study.scan is not None)
        if len(overlays) == len(self._shown):
            for row, overlay in zip(self._shown, overlays, strict=True):
                row.show_overlay(overlay)
            return
        for row in self._shown:
            self._rows.removeWidget(row)
            row.deleteLater()
        self._shown = [OverlayRow(self._overlays, number) for number in range(len(overlays))]
        for row, overlay in zip(self._shown, overlays, strict=True):
            self._rows.addWidget(row)
            row.show_overlay(overlay)


class OverlayRow(QWidget):
    """Name, opacity, threshold, labels and removal of an overlay."""

    def __init__(self, overlays: Overlays, number: int) -> None:
        super().__init__()
        self._overlays, self._number = overlays, number
        self._overlay: Overlay | None = None
        self._name = ElidedLabel("value")
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        describe(self.opacity, tr("Opacity"), tr("Opacity of the overlay, 0 to 100 %"))
        self.threshold = IntensityBox(
            0.0, tr("Threshold"), tr("Weaker values than this are not drawn")
        )
        self.threshold.setPrefix(tr("from "))
        self.labels = LabelList()
        remove = QToolButton()
        remove.setIcon(theme.icon("close"))
        describe(remove, tr("Remove"), tr("Remove this overlay"))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 4)
        grid.addWidget(self._name, 0, 0, 1, 2)
        grid.addWidget(remove, 0, 2)
        grid.addWidget(self.opacity, 1, 0)
        grid.addWidget(self.threshold, 1, 1, 1, 2)
        grid.addWidget(self.labels, 2, 0, 1, 3)
        self.labels.changed.connect(self._replace)
        self.labels.wanted.connect(partial(overlays.go_to, number))
        self.labels.names_chosen.connect(partial(overlays.load_names, number))
        self.opacity.valueChanged.connect(self._set_opacity)
        self.threshold.valueChanged.connect(self._set_threshold)
        remove.clicked.connect(self._remove)

    def show_overlay(self, overlay: Overlay) -> None:
        """Show the name and the settings of an overlay.

        Args:
            overlay: The overlay; without a window it has no threshold.
        """
        self._overlay = overlay
        self._name.show_text(f"{overlay.volume.name}{self._cover(overlay)}")
        for widget in (self.opacity, self.threshold):
            widget.blockSignals(True)
        self.opacity.setValue(round(100 * overlay.opacity))
        self.threshold.setVisible(overlay.window is not None)
        if overlay.window is not None:
            width = overlay.window.width
            self.threshold.scale_to(width, max(2, decimals_of(width)), width / 50)
            self.threshold.setValue(overlay.threshold)
        for widget in (self.opacity, self.threshold):
            widget.blockSignals(False)
        self.labels.setVisible(bool(overlay.labels))
        self.labels.show_overlay(overlay)

    def _cover(self, overlay: Overlay) -> str:
        """A note on an overlay that covers only part of the scan; "" for all of it."""
        scan = self._overlays.study.scan
        share = 1.0 if scan is None else overlap(scan.geometry, overlay.volume.geometry)
        if share > 0.995:
            return ""
        return tr(" (covers {share} of the scan)", share=percent(round(share, 2)))

    def _replace(self, overlay: Overlay) -> None:
        self._overlays.replace(self._number, overlay)

    def _set_opacity(self, value: int) -> None:
        if self._overlay is not None:
            self._overlays.replace(self._number, self._overlay.seen_at(value / 100))

    def _set_threshold(self, value: float) -> None:
        if self._overlay is not None and not self._overlay.labelled:
            self._overlays.replace(self._number, replace(self._overlay, threshold=value))

    def _remove(self) -> None:
        self._overlays.replace(self._number, None)
