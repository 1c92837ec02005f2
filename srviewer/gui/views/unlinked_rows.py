"""Panes of volumes that are not linked to the crosshair of the scan."""

from dataclasses import replace

from PySide6.QtCore import QObject

from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.offered import Comparable
from srviewer.gui.views.ortho_view import OrthoView
from srviewer.study.state.view import View


class LooseRows(QObject):
    """A row of panes for each volume that is not linked, with a crosshair and a zoom of its own.

    Grey levels, interpolation, side of the patient's right, the plane shown and the large one
    follow the scan's.
    """

    def __init__(self, study: ShownStudy, parent: QObject) -> None:
        super().__init__(parent)
        self._study = study
        self._rows: dict[str, tuple[ShownStudy, OrthoView]] = {}
        study.follow(self._follow, "view")
        study.follow(self._forget, "scan")

    def row(self, entry: Comparable) -> OrthoView:
        """The panes of a volume that is not linked.

        Args:
            entry: With a volume.

        Returns:
            The same row for the same entry until another scan is shown.
        """
        if entry.key not in self._rows:
            assert entry.volume is not None
            row_session = ShownStudy(self)
            row_session.open(entry.volume, (), None)
            self._rows[entry.key] = row_session, OrthoView(row_session)
            self._follow()
        return self._rows[entry.key][1]

    def _follow(self) -> None:
        for row_session, _ in self._rows.values():
            shared = replace(self._study.view, main=self._study.main_plane)
            row_session.look(_looked_at(row_session.view, shared))

    def _forget(self) -> None:
        for row_session, row in self._rows.values():
            row.deleteLater()
            row_session.deleteLater()
        self._rows.clear()


def _looked_at(own: View, shared: View) -> View:
    return replace(
        shared,
        cursor_mm=own.cursor_mm,
        centre_mm=own.centre_mm,
        zoom=own.zoom,
        rotation=own.rotation,
    )
