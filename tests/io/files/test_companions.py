"""Files that macOS puts beside others: counted as what they are, never taken for images."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.files.companions import COMPANIONS
from srviewer.io.formats import scan
from srviewer.job import run
from srviewer.sr.batch.items import select

APPLE_DOUBLE = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        " + bytes(4000)
VOXELS = np.random.default_rng(5).integers(0, 900, (6, 5, 4)).astype(np.int16)


def save(path: Path) -> Path:
    nib.save(nib.Nifti1Image(VOXELS, np.diag([2, 2, 5, 1])), path)
    return path


def test_in_every_folder_and_archive(
    tmp_path: Path, write_dicom: Callable[..., list[Path]], thick: Volume
) -> None:
    files = write_dicom(thick, "all")
    folder = files[0].parent
    files.append(save(folder / "a.nii"))
    nib.save(nib.Nifti1Pair(VOXELS, np.diag([2, 2, 5, 1])), folder / "b.img")
    files += [folder / "b.img", folder / "b.hdr"]
    for file in files:
        file.with_name(f"._{file.name}").write_bytes(APPLE_DOUBLE)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"__MACOSX/{file.name}")
    for place in (folder, tmp_path / "all.zip"):
        found = run(scan([place]))
        assert len(found.series) == 3
        assert found.skipped == ((COMPANIONS, len(files)),)
        assert (found.ignored, found.problems) == (len(files), ())


def test_an_image_of_such_a_name_is_an_image(tmp_path: Path) -> None:
    (series,) = run(scan([save(tmp_path / "._a.nii")])).series
    np.testing.assert_array_equal(run(series.read(0)).voxels, VOXELS)


def test_one_that_is_named_alone(tmp_path: Path) -> None:
    path = tmp_path / "._a.nii"
    path.write_bytes(APPLE_DOUBLE)
    with pytest.raises(UserError, match="companion files of macOS"):
        run(scan([path]))


def test_a_batch_leaves_them_out_and_does_not_fail(tmp_path: Path) -> None:
    save(tmp_path / "a.nii")
    (tmp_path / "._a.nii").write_bytes(APPLE_DOUBLE)
    found = run(select([tmp_path / "*.nii"], False))
    assert [item.name for item in found.items] == ["a"]
    assert [(one.name, one.broken, one.kind) for one in found.left_out] == [
        ("._a.nii", False, COMPANIONS)
    ]
    assert run(select([tmp_path], False)).left_out == ()
