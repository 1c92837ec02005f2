"""Writes the current result, with how it was made beside it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from srviewer.core.volume import Volume, blocking_warnings
from srviewer.gui.session import Session
from srviewer.gui.translation import mark, tr
from srviewer.gui.whereabouts import Whereabouts
from srviewer.gui.work import Work
from srviewer.io.export import DataType, write
from srviewer.job import Job, Progress
from srviewer.sr.reconstruction import Reconstruction

EXPORT = "export"


class Exporting(QObject):
    """Exports what ``session`` shows, as jobs of ``work``."""

    exported = Signal(object)  # the path of the file that was written

    def __init__(
        self, session: Session, work: Work, whereabouts: Whereabouts, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._work, self._whereabouts = session, work, whereabouts

    def export(self, path: Path, stored_as: DataType) -> None:
        """Write the result as NIfTI, with how it was made beside it."""
        result = self._session.result
        if result is not None:
            job = _export(result.volume, path, self.provenance(result), stored_as)
            self._start(job, path.name, self._exported(result, stored_as))

    def export_by(self, job: Job[Path], name: str) -> None:
        """Run a job that writes the result elsewhere than to a file of its own."""
        self._start(job, name, self.exported.emit)

    def provenance(self, result: Reconstruction) -> dict[str, Any]:
        """How the result was made, what was acknowledged before, how it scored."""
        session = self._session
        warnings = () if session.original is None else session.original.warnings
        acknowledged = [warning.code for warning in blocking_warnings(warnings)]
        scores = session.scores
        return {
            **result.provenance(),
            "acknowledged": acknowledged if session.acknowledged else [],
            "scores": scores and {"against": scores.candidate.meaning, **scores.candidate.whole},
            "sources": [str(source) for source in session.sources],
        }

    def _start(self, job: Job[Path], name: str, done: Callable[[Path], None]) -> None:
        # One that is still being written is wanted as well.
        self._work.start(
            EXPORT, tr("Exporting {name}", name=name), job, done, lambda: True, beside=True
        )

    def _exported(self, result: Reconstruction, stored_as: DataType) -> Callable[[Path], None]:
        def tell(path: Path) -> None:
            if stored_as == "float32":  # nothing was rounded
                self._whereabouts.files[result.volume] = path
            self.exported.emit(path)

        return tell


def _export(
    volume: Volume, path: Path, provenance: Mapping[str, Any], stored_as: DataType
) -> Job[Path]:
    yield Progress(0.0, mark("Writing"))
    yield from write(volume, path, provenance, stored_as)
    return path
