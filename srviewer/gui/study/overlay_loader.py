"""Loads masks, label maps and other volumes as overlays of the open scan."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject

from srviewer.core.comparison.belonging import check_belongs
from srviewer.core.comparison.grid_difference import grid_difference
from srviewer.core.regions.labels import Label, LabelName, named
from srviewer.core.slices.sampling import overlap
from srviewer.core.volumes.volume import Volume, is_segmentation
from srviewer.errors import UserError
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.study.label_listing import read_names, read_overlays
from srviewer.study.state.overlay import Overlay

KIND, NAMES = "overlay", "label names"


class Overlays(QObject):
    """Loads overlays into the study, or says why a volume does not belong to the scan."""

    def __init__(self, controller: StudyController, parent: QObject) -> None:
        super().__init__(parent)
        self.controller, self.study = controller, controller.study

    def load(self, path: Path) -> None:
        """Show a volume as an overlay in every pane, if it lies where the scan lies.

        Args:
            path: A file in one of the formats that can be opened.
        """
        scan = self.study.scan
        if scan is None:
            self.controller.failed.emit(
                tr("Laying over {name}", name=path.name), UserError(tr("Open a scan first."))
            )
            return

        def keep(overlays: tuple[Overlay, ...]) -> None:
            try:
                for overlay in overlays:
                    check_place(overlay.volume, path.name, scan)
            except UserError as error:
                self.controller.failed.emit(tr("Laying over {name}", name=path.name), error)
            else:
                self.study.set_overlays([*self.study.overlays, *overlays])

        self.controller.work.start(
            KIND,
            tr("Laying over {name}", name=path.name),
            read_overlays(path),
            keep,
            lambda: self.study.scan is scan,
        )

    def load_names(self, number: int, path: Path) -> None:
        """Give the labels of an overlay the names and colours of a table.

        Args:
            number: Its position in ``study.overlays``, from 0.
            path: A table as ``read_label_table`` reads it.
        """
        volume = self.study.overlays[number].volume

        def keep(names: tuple[LabelName, ...]) -> None:
            overlay = self.study.overlays[number]
            self.replace(number, replace(overlay, labels=named(overlay.labels, names)))

        def wanted() -> bool:
            overlays = self.study.overlays
            return number < len(overlays) and overlays[number].volume is volume

        title = tr("Reading {name}", name=path.name)
        self.controller.work.start(NAMES, title, read_names(path), keep, wanted)

    def go_to(self, number: int, label: Label) -> None:
        """Move the crosshair to the middle of a label.

        Args:
            number: The position of its overlay in ``study.overlays``, from 0.
            label: The label.
        """
        geometry = self.study.overlays[number].volume.geometry
        self.study.move_cursor(geometry.world(label.inside))

    def replace(self, number: int, overlay: Overlay | None) -> None:
        """Change an overlay, or take it away.

        Args:
            number: Its position in ``study.overlays``, from 0.
            overlay: Its new state; None to take it away.
        """
        overlays = list(self.study.overlays)
        overlays[number : number + 1] = [] if overlay is None else [overlay]
        self.study.set_overlays(overlays)


def check_place(volume: Volume, file: str, scan: Volume) -> None:
    """Check that a volume shares space with the scan, in RAS+ mm.

    Args:
        volume: The volume to lay over the scan.
        file: The name of its file, for the message.
        scan: The scan.

    Raises:
        UserError: The two share no space, or a segmentation is of another person.
    """
    if is_segmentation(volume.warnings):
        check_belongs(volume, scan)
    if overlap(scan.geometry, volume.geometry) > 0:
        return
    distance = float(np.linalg.norm(scan.geometry.centre - volume.geometry.centre))
    raise UserError(
        tr(
            "'{file}' does not lie over '{name}': their middles are {distance:.0f} mm apart "
            "and they share no space: {difference}. A mask must be in the scan's own "
            "millimetres; save it again with the scan's geometry.",
            file=file,
            name=scan.name,
            distance=distance,
            difference=grid_difference(volume.geometry, scan.geometry),
        )
    )
