"""Files that may not be read, or are gone before: named in the message, never passed over."""

from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import read, scan
from srviewer.job import run

Close = Callable[[Path], Path]
Writer = Callable[..., Path]
DicomWriter = Callable[..., list[Path]]
VOXELS = np.arange(60, dtype=np.int16).reshape(3, 4, 5)
DENIED = "Permission denied"


@pytest.fixture
def nifti(write_image: Writer, tmp_path: Path) -> Path:
    return write_image(VOXELS, np.diag((1.0, 1, 4, 1)))


def test_a_file_that_may_not_be_read_is_not_called_damaged(nifti: Path, closed: Close) -> None:
    with pytest.raises(UserError, match=rf"'scan\.nii' cannot be read: {DENIED}"):
        run(read(closed(nifti)))


def test_an_archive_that_may_not_be_read(nifti: Path, tmp_path: Path, closed: Close) -> None:
    path = tmp_path / "scan.zip"
    with ZipFile(path, "w") as archive:
        archive.write(nifti, nifti.name)
    with pytest.raises(UserError, match=DENIED) as told:
        run(read(closed(path)))
    assert str(tmp_path) not in str(told.value)


def test_slices_that_may_not_be_read_are_named_and_missing(
    write_dicom: DicomWriter, thick: Volume, closed: Close
) -> None:
    files = write_dicom(thick)
    for file in files[2:4]:
        closed(file)
    found = run(scan([files[0].parent]))
    assert [code.code for code in found.series[0].warnings if code.code == "missing_slices"]
    (problem,) = found.problems
    first = min(files[2:4])
    assert problem.text.startswith(f"'{first.name}' and 1 more files cannot be read: {DENIED}.")
    assert found.skipped == (("files that cannot be read", 2),)


def test_pixels_that_may_no_longer_be_read(
    write_dicom: DicomWriter, thick: Volume, closed: Close
) -> None:
    files = write_dicom(thick)
    (series,) = run(scan([files[0].parent])).series
    closed(files[3])
    with pytest.raises(UserError, match=rf"'{files[3].name}' cannot be read: {DENIED}"):
        run(series.read(0))


def test_a_closed_folder_beside_a_scan_is_named(nifti: Path, tmp_path: Path, closed: Close) -> None:
    for name in ("private", "secret"):
        (tmp_path / name).mkdir()
        closed(tmp_path / name)
    found = run(scan([tmp_path]))
    assert len(found.series) == 1
    (problem,) = found.problems
    assert problem.text.startswith("'private' and 1 more folders cannot be looked into")


@pytest.mark.parametrize("mode", [0o000, 0o444, 0o111], ids=["nothing", "list", "enter"])
def test_a_closed_folder_is_no_empty_one(
    mode: int, nifti: Path, tmp_path: Path, closed: Close
) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    nifti.rename(folder / nifti.name)
    closed(folder).chmod(mode)
    with pytest.raises(UserError, match="'study' cannot be looked into"):
        run(scan([folder]))


def test_what_lies_in_a_closed_folder_cannot_be_reached(
    nifti: Path, tmp_path: Path, closed: Close
) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    nifti.rename(folder / nifti.name)
    with pytest.raises(UserError, match=f"cannot be reached: {DENIED}"):
        run(scan([closed(folder) / nifti.name]))


@pytest.mark.parametrize("kind", ["scan.nii", "scan.nii.gz", "series", "scan.zip"])
def test_a_file_that_is_removed_at_any_moment(
    kind: str, write_image: Writer, write_dicom: DicomWriter, thick: Volume, tmp_path: Path
) -> None:
    """Whatever had been read by then: a whole volume, or a sentence that names the file."""

    def make() -> tuple[Path, Path]:
        if kind == "series":
            files = write_dicom(thick)
            return files[0].parent, files[2]
        path = write_image(VOXELS, np.diag((1.0, 1, 4, 1)), kind.replace("zip", "nii"))
        if kind == "scan.zip":
            packed = tmp_path / kind
            with ZipFile(packed, "w") as archive:
                archive.write(path, path.name)
            path.unlink()
            path = packed
        return path, path

    outcomes = set()
    for moment in range(1000):
        path, victim = make()
        job, steps = read(path), 0
        try:
            while steps < moment:
                next(job)
                steps += 1
            victim.unlink()
            volume = run(job)
        except StopIteration:
            break
        except UserError as error:
            assert str(error).startswith("'") and victim.name in str(error), str(error)
            outcomes.add("refused")
        else:
            gone = [w for w in volume.warnings if w.code == "missing_slices"]
            assert volume.geometry.shape[2] == (6 if kind == "series" else 5) or gone
            outcomes.add("opened")
    # How many moments are left in which all was read depends on the thread that takes the digest.
    assert "refused" in outcomes and moment < 999
