"""The table of targets that a result can be exported to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from srviewer.atomic import write_text
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.bids.derivative import DataSetLink
from srviewer.io.bids.names import OF_RESULTS, BidsName, name_of
from srviewer.io.dicom.export.form import CLASSIC, DicomForm
from srviewer.io.export.bids import (
    PIPELINE,
    check_data_set,
    check_derivative,
    derivative_path,
    write_derivative,
    write_described,
)
from srviewer.io.export.image import DataType, write_image
from srviewer.io.sidecars.provenance import as_text, sidecar, story
from srviewer.job import Job
from srviewer.table import find_row
from srviewer.unwritable import check_new_folder

Place = Literal["file", "folder", "data set"]


@dataclass(frozen=True, eq=False)
class Export:
    """A result with the settings of its export.

    Attributes:
        volume: The result.
        path: A file, a new folder or a data set, as ``Target.place`` says.
        provenance: The source, request and model of the result.
        stored_as: One of the target's ``stores``.
        source: The file or folder that the scan was opened from.
        scan: The scan of which ``volume`` is a result, None where it is not at hand.
        name: The scan's name in a data set.
        overwrite: Replace also the result of another scan.
        form: The objects and transfer syntax of DICOM.
        link: The BIDS data set of the scan, of which a NIfTI file is a derivative then; else None.
    """

    volume: Volume
    path: Path
    provenance: Mapping[str, object]
    stored_as: DataType
    source: Path
    scan: Volume | None = None
    name: BidsName | None = None
    overwrite: bool = False
    form: DicomForm = CLASSIC
    link: DataSetLink | None = None


@dataclass(frozen=True)
class Written:
    """The outcome of an export.

    Attributes:
        path: The file or folder that was written.
        pixels: The relation of a DICOM series' pixels to values, as ``StoredScale.described``; else
            empty.
        remark: A sentence on the sidecar; "" for none.
    """

    path: Path
    pixels: Mapping[str, object] = field(default_factory=dict)
    remark: str = ""

    @property
    def note(self) -> str:
        """The sentence on the pixels, or on the sidecar, that a user must read; "" for none."""
        return str(self.pixels.get("note") or self.remark)


@dataclass(frozen=True)
class Target:
    """A kind of file, folder or data set to export to.

    Attributes:
        id: The row's name.
        noun: The name of the output, for people.
        option: Its option on the command line.
        metavar: The name of the option's value in help.
        one: The help of the option for one result.
        many: The help of the option for many results.
        title: The text of the window's action.
        tip: The tooltip of the action.
        question: The title of the action's dialog.
        place: The kind of path that the user names.
        ending: The ending of one result's name, with its dot; "" for a folder.
        stores: The data types that values can be stored as, the usual first, each with its text in
            a dialog.
        streams: Whether a result can be written plane by plane; then it is an image file.
        check: Raises UserError unless the result of a scan can be written.
        write: Writes one result.
        draft: Writes one result of a batch to exactly this path, with its sidecar; gives a remark
            for the user, "" for none.
    """

    id: str
    noun: str
    option: tuple[str, ...]
    metavar: str
    one: str
    many: str
    title: str
    tip: str
    question: str
    place: Place
    ending: str
    stores: Mapping[DataType, str]
    streams: bool
    check: Callable[[Path, BidsName | None], None]
    write: Callable[[Export], Job[Written]]
    draft: Callable[[Export, Path], Job[str]]

    @property
    def keyword(self) -> str:
        """The name of its option's value."""
        return self.option[-1].removeprefix("--").replace("-", "_")

    def stored_as(self, asked: DataType | None) -> DataType:
        """Select the data type of an export.

        Args:
            asked: The data type in the request, None for the usual one.

        Returns:
            ``asked`` where the target has it, else the target's usual one.
        """
        usual = next(iter(self.stores))
        return usual if asked is None or asked not in self.stores else asked

    def image(self, path: Path, name: BidsName | None) -> Path | None:
        """The image that a result is written to.

        Args:
            path: The path that the user named.
            name: The scan's name in a data set.

        Returns:
            The path of the image; None for other kinds of output.
        """
        if self.place == "data set" and name is not None:
            return derivative_path(path, name)
        return path if self.streams else None

    def home(self, path: Path) -> Path:
        """The folder of the results of a batch.

        Args:
            path: The path that the user named.

        Returns:
            ``path``, or derivatives/srviewer below a data set.

        Raises:
            UserError: The data set cannot take results.
        """
        if self.place != "data set":
            return path
        check_data_set(path)
        return path / PIPELINE

    def given(self, home: Path) -> Path:
        """The path that the user named, from the folder of the results.

        Args:
            home: The folder, as ``home`` returns it.

        Returns:
            The folder itself, or its data set.
        """
        return home.parents[len(PIPELINE.parts) - 1] if self.place == "data set" else home

    def result_name(
        self, usual: PurePosixPath, source: Path, entities: Mapping[str, str] = OF_RESULTS
    ) -> PurePosixPath | None:
        """The name of a batch's result below its folder.

        Args:
            usual: The name by the usual rules, without an ending.
            source: The first file of the scan.
            entities: Those of BIDS that the names of results have.

        Returns:
            The name; None where a data set is named and the source's name does not follow BIDS.
        """
        if self.place != "data set":
            return usual.with_name(usual.name + self.ending)
        name = name_of(source)
        if name is None:
            return None
        derived_name = name.naming(entities).derived()
        return PurePosixPath(derived_name.folder.as_posix(), f"{derived_name.stem}{self.ending}")


def target(id: str) -> Target:
    """Select a target by its id.

    Args:
        id: The row's name.

    Returns:
        The row.

    Raises:
        UserError: There is no such row; the message lists the ids.
    """
    return find_row(TARGETS, id, "export target")


def _anything(path: Path, name: BidsName | None) -> None:
    """Accept any path: an image is checked together with all other files that are written."""


def _write_image(export: Export) -> Job[Written]:
    remark = yield from _draft_image(export, export.path)
    return Written(export.path, remark=remark)


def _draft_image(export: Export, path: Path) -> Job[str]:
    if export.link is not None:
        return (yield from _draft_derivative(export, path))
    yield from write_image(
        export.volume, path, export.provenance, export.stored_as, overwrite=export.overwrite
    )
    return ""


def _check_series(path: Path, name: BidsName | None) -> None:
    check_new_folder(path.absolute())


def _write_series(export: Export) -> Job[Written]:
    return Written(export.path, (yield from _series(export, export.path)))


def _series(export: Export, path: Path) -> Job[Mapping[str, object]]:
    from srviewer.io.dicom.export.writer import write_series  # lazy: pydicom

    scale = yield from write_series(
        export.volume, path, export.provenance, export.stored_as, export.scan, export.form
    )
    return scale.described()


def _draft_series(export: Export, path: Path) -> Job[str]:
    yield from _series(export, path)
    file = {"name": path.name}
    text = as_text({"file": file, **story(export.volume, export.provenance)})
    write_text(sidecar(path), text)
    return ""


def _check_derivative(path: Path, name: BidsName | None) -> None:
    if name is None:
        raise UserError("A BIDS data set needs to know whose scan it is and which contrast.")
    check_derivative(path, name)


def _write_derivative(export: Export) -> Job[Written]:
    _check_derivative(export.path, export.name)
    assert export.name is not None
    path, remark = yield from write_derivative(
        export.volume,
        export.path,
        export.name,
        export.source,
        export.provenance,
        export.scan,
        export.overwrite,
    )
    return Written(path, remark=remark)


def _draft_derivative(export: Export, path: Path) -> Job[str]:
    return (
        yield from write_described(
            export.volume,
            path,
            export.link or DataSetLink(export.path),
            export.source,
            export.provenance,
            export.scan,
            export.stored_as,
            export.overwrite,
        )
    )


NIFTI = Target(
    id="nifti",
    noun="NIfTI file",
    option=("-o", "--output"),
    metavar="OUT.nii.gz",
    one="an image: its ending (.nii.gz, .nii, .nrrd, .mha, .mgz) decides the format",
    many="a folder for NIfTI files",
    title="Export\u2026",
    tip="Write the result as NIfTI, NRRD, MetaImage or FreeSurfer image",
    question="Export the result",
    place="file",
    ending=".nii.gz",
    stores={
        "float32": "NIfTI, float32 (*.nii.gz *.nii)",
        "original": "NIfTI, the scan's own data type, rounded (*.nii.gz *.nii)",
    },
    streams=True,
    check=_anything,
    write=_write_image,
    draft=_draft_image,
)
BIDS = Target(
    id="bids",
    noun="BIDS derivative",
    option=("--bids",),
    metavar="DATASET",
    one="derivatives/srviewer of this BIDS data set",
    many="derivatives/srviewer of this BIDS data set, of scans that are named by its rules",
    title="Export into a BIDS data set\u2026",
    tip="The result with its sidecar, below derivatives/srviewer",
    question="Export into this BIDS data set",
    place="data set",
    ending=".nii.gz",
    stores={"float32": ""},
    streams=False,
    check=_check_derivative,
    write=_write_derivative,
    draft=_draft_derivative,
)
TARGETS: tuple[Target, ...] = (
    NIFTI,
    Target(
        id="dicom",
        noun="DICOM series",
        option=("--dicom",),
        metavar="FOLDER",
        one="a new folder for a DICOM series",
        many="a folder for DICOM series, each in a new folder of its own",
        title="Export as DICOM series\u2026",
        tip="A new series of the same patient and study, in a new folder",
        question="Export as a DICOM series: name of a new folder",
        place="folder",
        ending="",
        stores={
            "original": "DICOM series, whole numbers where the scan holds them (*)",
            "float32": "DICOM series, finer values with a rescale slope (*)",
        },
        streams=False,
        check=_check_series,
        write=_write_series,
        draft=_draft_series,
    ),
    BIDS,
)
