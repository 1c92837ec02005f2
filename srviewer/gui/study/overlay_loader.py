"""Loads masks, label maps and other volumes as overlays of the open scan."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject

from srviewer.core.comparison.grid_difference import grid_difference
from srviewer.core.slices.sampling import overlap
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.gui.study.study_actions import StudyActions
from srviewer.gui.texts.translation import tr
from srviewer.io import formats
from srviewer.study.state.held_file import held_in
from srviewer.study.state.overlay import Overlay, overlay_of

KIND = "overlay"


class Overlays(QObject):
    """Loads overlays into the session, or says why a volume does not belong to the scan."""

    def __init__(self, study: StudyActions, parent: QObject) -> None:
        super().__init__(parent)
        self.study, self.session = study, study.session

    def load(self, path: Path) -> None:
        """Show a volume as an overlay in every pane, if it lies where the scan lies.

        Args:
            path: A file in one of the formats that can be opened.
        """
        original = self.session.original
        if original is None:
            self.study.failed.emit(
                tr("Laying over {name}", name=path.name), UserError(tr("Open a scan first."))
            )
            return

        def keep(volume: Volume) -> None:
            try:
                check_place(volume, path.name, original)
            except UserError as error:
                self.study.failed.emit(tr("Laying over {name}", name=path.name), error)
            else:
                overlay = overlay_of(held_in(path, volume))
                self.session.set_layers([*self.session.layers, overlay])

        self.study.work.start(
            KIND,
            tr("Laying over {name}", name=path.name),
            formats.read(path),
            keep,
            lambda: self.session.original is original,
        )

    def replace(self, number: int, overlay: Overlay | None) -> None:
        """Change an overlay, or take it away.

        Args:
            number: Its position in ``session.layers``, from 0.
            overlay: Its new state; None to take it away.
        """
        layers = list(self.session.layers)
        layers[number : number + 1] = [] if overlay is None else [overlay]
        self.session.set_layers(layers)


def check_place(volume: Volume, file: str, original: Volume) -> None:
    """Check that a volume shares space with the scan, in RAS+ mm.

    Args:
        volume: The volume to lay over the scan.
        file: The name of its file, for the message.
        original: The scan.

    Raises:
        UserError: The two share no space.
    """
    if overlap(original.geometry, volume.geometry) > 0:
        return
    distance = float(np.linalg.norm(original.geometry.centre - volume.geometry.centre))
    raise UserError(
        tr(
            "'{file}' does not lie over '{name}': their middles are {distance:.0f} mm apart "
            "and they share no space: {difference}. A mask must be in the scan's own "
            "millimetres; save it again with the scan's geometry.",
            file=file,
            name=original.name,
            distance=distance,
            difference=grid_difference(volume.geometry, original.geometry),
        )
    )
