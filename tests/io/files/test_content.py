"""Files known by their content: identities, and images whose files change before they are read."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import nibabel as nib
import numpy as np
import pytest

from srviewer.core.volumes.source_files import (
    ScanSource,
    SourceFile,
    common_folder,
    name_below,
    source_of,
)
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import read, scan
from srviewer.io.header_view import rows_of_file
from srviewer.job import run

Writer = Callable[..., list[Path]]
AFFINE = np.diag((1.0, 1.0, 4.0, 1.0))


def save(path: Path, shift: int = 0, frames: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = (6, 5, 4, frames) if frames else (6, 5, 4)
    voxels = np.arange(np.prod(shape), dtype=np.int16).reshape(shape) + np.int16(shift)
    nib.save(nib.Nifti1Image(voxels, AFFINE), path)
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_volume_knows_the_content_of_its_file(tmp_path: Path) -> None:
    path = save(tmp_path / "anna" / "T2.nii.gz")
    source = run(read(path)).source
    assert source == ScanSource((SourceFile(path, sha256(path)),), sha256(path), path.parent)
    copy = tmp_path / "elsewhere.nii.gz"
    shutil.copy(path, copy)
    again = run(read(copy)).source
    assert again is not None and again.sha256 == source.sha256
    assert again.described()["sources"] == ["elsewhere.nii.gz"]


def test_a_folder_that_was_given_names_what_lies_in_it(tmp_path: Path) -> None:
    path = save(tmp_path / "study" / "anna" / "T2.nii")
    source = run(read(tmp_path / "study")).source
    assert source is not None
    assert source.described() == {
        "sources": ["anna/T2.nii"],
        "sources_sha256": [sha256(path)],
        "source_sha256": sha256(path),
    }


def test_images_of_one_file_have_identities_of_their_own(tmp_path: Path) -> None:
    path = save(tmp_path / "time.nii", frames=2)
    series = run(scan([path])).series[0]
    first, second = (run(series.read(n)).source for n in (0, 1))
    assert first is not None and second is not None
    assert len({first.sha256, second.sha256, sha256(path)}) == 3
    packed = tmp_path / "both.zip"
    with ZipFile(packed, "w") as archive:
        archive.write(save(tmp_path / "a.nii"), "a.nii")
        archive.write(save(tmp_path / "b.nii", shift=1), "b.nii")
    in_zip = [run(series.read(0)).source for series in run(scan([packed])).series]
    assert len({one.sha256 for one in in_zip if one is not None}) == 2


def test_an_identity_is_of_content_and_not_of_names_or_order() -> None:
    one, other = SourceFile(Path("a"), "1" * 64), SourceFile(Path("b"), "2" * 64)
    moved = SourceFile(Path("c"), "1" * 64)
    assert (
        source_of((one, other), "", Path()).sha256 == source_of((other, moved), "", Path()).sha256
    )
    assert source_of((one, other), "", Path()).sha256 != source_of((one, one), "", Path()).sha256


def test_what_lies_outside_is_told_by_its_last_name_alone(tmp_path: Path) -> None:
    assert name_below(tmp_path / "study", tmp_path / "study" / "a" / "b.nii") == "a/b.nii"
    assert name_below(tmp_path / "study", tmp_path / "other" / "b.nii") == "b.nii"
    assert name_below(tmp_path / "study", tmp_path / "study" / ".." / "other" / "b.nii") == "b.nii"


def test_the_folder_of_several_paths(tmp_path: Path) -> None:
    one, other = save(tmp_path / "a" / "x.nii"), save(tmp_path / "b" / "c" / "x.nii")
    assert common_folder([one]) == one.parent
    assert common_folder([one.parent]) == one.parent
    assert common_folder([one, other]) == tmp_path
    assert common_folder([tmp_path / "b" / "c", other]) == other.parent
    assert common_folder([tmp_path / "b" / ".." / "a" / "x.nii", other]) == tmp_path


def _copied(path: Path, other: Path) -> None:
    path.write_bytes(other.read_bytes())


def _moved(path: Path, other: Path) -> None:
    other.replace(path)


def _with_the_same_time(path: Path, other: Path) -> None:
    before = path.stat()
    path.write_bytes(other.read_bytes())
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("replaced", [_copied, _moved, _with_the_same_time])
def test_a_file_replaced_between_looking_and_reading_is_refused(
    tmp_path: Path, replaced: Callable[[Path, Path], None]
) -> None:
    """The same name, grid and size: nothing but the content differs."""
    path, other = save(tmp_path / "T2.nii"), save(tmp_path / "bert" / "T2.nii", shift=7)
    series = run(scan([path])).series[0]
    assert series.stream is not None
    replaced(path, other)
    with pytest.raises(UserError, match=r"'T2\.nii' has changed since it was looked at"):
        run(series.read(0))
    with pytest.raises(UserError, match="has changed since"):
        list(series.stream(0).planes())
    assert run(read(path)).voxels[0, 0, 0] == 7


def test_a_file_replaced_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path, other = save(tmp_path / "T2.nii.gz"), save(tmp_path / "other.nii.gz", shift=7)
    series = run(scan([path])).series[0]
    steps = sum(1 for _ in series.read(0))
    for moment in range(1, steps):
        save(path)
        job = run(scan([path])).series[0].read(0)
        for _ in range(moment):
            next(job)
        _copied(path, other)
        with pytest.raises(UserError, match="has changed since"):
            run(job)


def test_a_slice_of_another_scan_is_refused(
    write_dicom: Writer, thick: Volume, tmp_path: Path
) -> None:
    files = write_dicom(thick)
    series = run(scan([files[0].parent])).series[0]
    files[2].write_bytes(files[3].read_bytes())
    with pytest.raises(UserError, match=f"'{files[2].name}' has changed since"):
        run(series.read(0))


def test_the_header_of_a_file_that_was_replaced_is_not_shown(tmp_path: Path) -> None:
    path = save(tmp_path / "T2.nii")
    source = run(read(path)).source
    assert source is not None and run(rows_of_file(source.files[0]))
    save(path, shift=7)
    with pytest.raises(UserError, match="replaced or changed since it was opened"):
        run(rows_of_file(source.files[0]))
