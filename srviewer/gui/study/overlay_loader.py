"""Loads masks, label maps and other volumes as overlays of the open scan."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject

from srviewer.core.comparison.grid_difference import grid_difference
from srviewer.core.slices.sampling import overlap
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.io import formats
from srviewer.study.state.held_file import held_in
from srviewer.study.state.overlay import Overlay, overlay_of

KIND = "overlay"


class Overlays(QObject):
    """Loads overlays into the session, or says why a volume does not belong to the scan."""

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

        def keep(volume: Volume) -> None:
            try:
                check_place(volume, path.name, scan)
            except UserError as error:
                self.controller.failed.emit(tr("Laying over {name}", name=path.name), error)
            else:
                overlay = overlay_of(held_in(path, volume))
                self.study.set_overlays([*self.study.overlays, overlay])

        self.controller.work.start(
            KIND,
            tr("Laying over {name}", name=path.name),
            formats.read(path),
            keep,
            lambda: self.study.scan is scan,
        )

    def replace(self, number: int, overlay: Overlay | None) -> None:
        """Change an overlay, or take it away.

        Args:
            number: Its position in ``study.layers``, from 0.
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
        UserError: The two share no space.
    """
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
