"""Writes the current result, with its provenance beside it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from srviewer.core.resampling.rigid_grid import refused_by_itk
from srviewer.core.volumes.volume import Volume, blocking_warnings
from srviewer.errors import UserError
from srviewer.gui.jobs.running_jobs import RunningJobs
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.translation import mark, tr
from srviewer.io.export.image import DataType, write_image
from srviewer.io.export.image_layout import IMAGE_FORMATS, IMAGE_SUFFIXES
from srviewer.io.export.replacing import WouldReplace
from srviewer.io.sidecars.provenance import sidecar
from srviewer.job import Job, Progress
from srviewer.sr.stacks.result import Result
from srviewer.study.state.held_file import held_in

R = TypeVar("R")

EXPORT = "export"


class Claims:
    """The files that jobs in several threads are writing at the moment."""

    def __init__(self) -> None:
        self._lock, self._claimed = Lock(), set[Path]()

    def holding(self, path: Path, job: Job[R]) -> Job[R]:
        """Run a job that writes a file while no other job writes it.

        Two images with one JSON file, "a.nii" and "a.nii.gz", are not written together either.

        Args:
            path: The file.
            job: The job that writes it.

        Returns:
            A job with the result of ``job``.

        Raises:
            UserError: Another job writes the file at the moment.
        """
        claimed = sidecar(path.resolve())
        with self._lock:
            if claimed in self._claimed:
                raise UserError(
                    tr(
                        "'{name}' is being written at the moment. Wait until it is done, or "
                        "choose another name.",
                        name=path.name,
                    )
                )
            self._claimed.add(claimed)
        try:
            return (yield from job)
        finally:
            job.close()
            self._claimed.discard(claimed)


class Exporting(QObject):
    """Exports what ``study`` shows, as jobs of ``work``.

    Attributes:
        claims: The files that are being written.
        remarks: A note for the user on a file that was written, by its path.
    """

    exported = Signal(object)  # the path of the file that was written
    refused_elsewhere = Signal(object)  # the path of one that programs built on ITK do not open
    in_the_way = Signal(object, object)  # WouldReplace, what to call to replace it all the same

    def __init__(self, study: ShownStudy, work: RunningJobs, parent: QObject) -> None:
        super().__init__(parent)
        self._study, self._work = study, work
        self.claims = Claims()
        self.remarks: dict[Path, str] = {}  # set by jobs

    def export(self, path: Path, stored_as: DataType) -> None:
        """Write the result as an image, with its provenance beside it.

        Args:
            path: The file to write.
            stored_as: The number type of the stored voxels.
        """
        result = self._study.result
        if result is not None:
            provenance = self.provenance(result)

            def make(overwrite: bool) -> Job[Path]:
                return _export(result.volume, path, provenance, stored_as, overwrite)

            self._write(make, path, self._exported(result, stored_as))

    def export_by(self, make: Callable[[bool], Job[Path]], target: Path) -> None:
        """Run a job that writes the result to an export target.

        Args:
            make: Gives the job that writes; its argument: whether to replace files that came from
                another scan.
            target: The file or folder that is written, claimed meanwhile.
        """
        self._write(make, target, self.exported.emit)

    def provenance(self, result: Result) -> dict[str, Any]:
        """Describe a result for the JSON file beside it.

        Args:
            result: The current result.

        Returns:
            Its settings, the codes of the warnings that were acknowledged, and its scores, None
            where it has none.
        """
        scores = self._study.scores
        return {
            **result.provenance(),
            **self.beforehand(),
            "scores": scores and {"against": scores.candidate.meaning, **scores.candidate.whole},
        }

    def beforehand(self) -> dict[str, Any]:
        """The provenance that is known before a reconstruction starts.

        Returns:
            The codes of the warnings that were acknowledged.
        """
        study = self._study
        warnings = () if study.scan is None else study.scan.warnings
        acknowledged = [warning.code for warning in blocking_warnings(warnings)]
        return {"acknowledged": acknowledged if study.acknowledged else []}

    def _write(
        self,
        make: Callable[[bool], Job[Path]],
        target: Path,
        done: Callable[[Path], None],
        overwrite: bool = False,
    ) -> None:
        def end(written: Path | WouldReplace) -> None:
            if isinstance(written, WouldReplace):
                self.in_the_way.emit(written, lambda: self._write(make, target, done, True))
            else:
                done(written)

        held = self.claims.holding(target, _or_in_the_way(make(overwrite)))
        title = tr("Exporting {name}", name=target.name)
        # Another export that is still being written is wanted as well.
        self._work.start(EXPORT, title, held, end, lambda: True, beside=True)

    def _exported(self, result: Result, stored_as: DataType) -> Callable[[Path], None]:
        def tell(path: Path) -> None:
            if stored_as == "float32":  # nothing was rounded
                held_in(path, result.volume)
            self.exported.emit(path)
            if refused_by_itk(result.volume.geometry):
                self.refused_elsewhere.emit(path)

        return tell


def _export(
    volume: Volume,
    path: Path,
    provenance: Mapping[str, Any],
    stored_as: DataType,
    overwrite: bool,
) -> Job[Path]:
    yield Progress(0.0, mark("Writing"))
    yield from write_image(volume, path, provenance, stored_as, overwrite=overwrite)
    return path


def _or_in_the_way(job: Job[Path]) -> Job[Path | WouldReplace]:
    """Run ``job``; what lies in its way is an answer here, since somebody can be asked."""
    try:
        return (yield from job)
    except WouldReplace as error:
        return error


def image_kinds() -> tuple[str, ...]:
    """The kinds of images for a file dialog.

    Returns:
        A text for each format, in Qt's notation, translated.
    """
    return tuple(
        f"{tr(row.title)} ({' '.join(f'*{suffix}' for suffix in row.suffixes)})"
        for row in IMAGE_FORMATS
    )


def with_image_suffix(path: Path, kind: str = "", proposal: Path | None = None) -> Path:
    """Give a path the ending of an image where it has none.

    Args:
        path: The file that the user chose.
        kind: The kind of file that was chosen, in Qt's notation; "" where the desktop does not say.
        proposal: The path that the dialog proposed.

    Returns:
        ``path`` as it is where it ends as an image, or where the longer name is that of a file that
        exists; else with the ending of the kind after it. The proposal gets the ending of the kind
        in the place of its own.
    """
    endings = [word.strip("*()") for word in kind.split() if word.strip("(").startswith("*.")]
    endings = [ending for ending in endings if ending in IMAGE_SUFFIXES] or [IMAGE_SUFFIXES[0]]
    name = path.name.lower()
    own = next((ending for ending in IMAGE_SUFFIXES if name.endswith(ending)), "")
    if path == proposal and own and own not in endings:
        other = path.with_name(path.name[: -len(own)] + endings[0])
        return path if other.exists() else other
    full = path.with_name(f"{path.name}{endings[0]}")
    return path if own or full.exists() else full


def file_name(name: str) -> str:
    """Make a file name from the name of a volume.

    Args:
        name: Any text.

    Returns:
        ``name`` with letters, digits, "-", "_" and "." alone, which every file system takes;
        "result" where nothing is left.
    """
    kept = "".join(c if c.isalnum() or c in "-_." else "_" for c in name)
    while "__" in kept:
        kept = kept.replace("__", "_")
    return kept.strip("_.") or "result"
