"""AFNI images: the grid and the voxels that nibabel gives, for files that AFNI wrote."""

import gzip
import shutil
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from srviewer.errors import UserError
from srviewer.io.formats import read, scan
from srviewer.io.header_view import header_rows
from srviewer.job import run

DATA = Path(nib.__file__).parent / "tests" / "data"
SCALED = "scaled+tlrc.HEAD"

if not (DATA / SCALED).is_file():
    pytest.skip("this nibabel comes without its test files", allow_module_level=True)


def copied(folder: Path) -> Path:
    for suffix in (".HEAD", ".BRIK"):
        shutil.copy(DATA / f"scaled+tlrc{suffix}", folder)
    return folder / SCALED


@pytest.mark.parametrize("name", [SCALED, "example4d+orig.HEAD"])
def test_as_nibabel_reads_them(name: str) -> None:
    theirs = nib.load(DATA / name)
    (series,) = run(scan([DATA / name])).series
    values = theirs.get_fdata().reshape(*theirs.shape[:3], -1)
    assert series.frames == values.shape[3]
    assert len(series.sources) == 2
    for frame in range(series.frames):
        volume = run(series.read(frame))
        np.testing.assert_allclose(volume.voxels, values[..., frame], rtol=1e-6)
        np.testing.assert_array_equal(volume.geometry.affine, theirs.affine)
    assert volume.space.sform == (3 if name == SCALED else 1)
    assert series.interval_s == (None if name == SCALED else 3.0)


@pytest.mark.parametrize(
    ("unit", "seconds"), [(77001, 0.003), (77002, 3.0), (77003, None), (0, None)]
)
def test_seconds_between_volumes(tmp_path: Path, unit: int, seconds: float | None) -> None:
    for suffix in (".HEAD", ".BRIK.gz"):
        shutil.copy(DATA / f"example4d+orig{suffix}", tmp_path)
    path = tmp_path / "example4d+orig.HEAD"
    text = path.read_text("latin-1")
    assert "77002" in text
    path.write_text(text.replace("77002", str(unit)), "latin-1")
    assert run(scan([path])).series[0].interval_s == seconds


def test_either_file_is_enough_and_both_are_one_image(tmp_path: Path) -> None:
    path = copied(tmp_path)
    for given in (tmp_path, path, path.with_suffix(".BRIK")):
        listing = run(scan([given]))
        assert [series.name for series in listing.series] == ["scaled+tlrc"]
        assert listing.ignored == 0
    assert any(row.key == "IJK_TO_DICOM_REAL" for row in run(header_rows(path)))
    voxels = path.with_suffix(".BRIK")
    (tmp_path / "scaled+tlrc.BRIK.gz").write_bytes(gzip.compress(voxels.read_bytes()))
    plain = run(read(path)).voxels
    voxels.unlink()
    np.testing.assert_array_equal(run(read(path)).voxels, plain)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("47 54 43", "47 54 99", "cut short: its header promises"),
        ("47 54 43", "47 0 43", "0, 43"),
        ("IJK_TO_DICOM_REAL", "IJK_TO_DICOM_FAKE", "3dAFNItoNIFTI"),
        ("LSB_FIRST", "NONE", "wrong one"),
        ("name  = BRICK_TYPES", "name  = OTHER", "lacks a value"),
        ("type", "kind", "no AFNI header"),
    ],
)
def test_headers_that_lie_are_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = copied(tmp_path)
    text = path.read_text("latin-1")
    if old not in text:
        old, new = old.replace("  = ", " = "), new.replace("  = ", " = ")
    assert old in text
    path.write_text(text.replace(old, new), "latin-1")
    with pytest.raises(UserError, match=says):
        run(read(path))


def test_a_file_alone_says_what_is_missing(tmp_path: Path) -> None:
    path = copied(tmp_path)
    path.with_suffix(".BRIK").unlink()
    with pytest.raises(UserError, match="the other one is not beside it"):
        run(read(path))
