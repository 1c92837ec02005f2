"""MINC 1 images: the grid and the voxels that nibabel gives, for real files."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from srviewer.errors import UserError
from srviewer.io.formats import read, scan
from srviewer.io.header_view import header_rows
from srviewer.job import run

DATA = Path(nib.__file__).parent / "tests" / "data"

if not (DATA / "minc1_4d.mnc").is_file():
    pytest.skip("this nibabel comes without its test files", allow_module_level=True)


@pytest.mark.parametrize("name", ["minc1_1_scale.mnc", "minc1_4d.mnc", "minc1-no-att.mnc"])
def test_as_nibabel_reads_them(name: str) -> None:
    theirs = nib.load(DATA / name)
    (series,) = run(scan([DATA / name])).series
    values = theirs.get_fdata().reshape(-1, *theirs.shape[-3:])
    assert series.frames == len(values)
    for frame in range(series.frames):
        volume = run(series.read(frame))
        np.testing.assert_array_equal(volume.voxels, values[frame].astype(np.float32))
        np.testing.assert_array_equal(volume.geometry.affine, theirs.affine)
    assert any(row.key.startswith("xspace") for row in run(header_rows(DATA / name)))


def test_what_is_no_minc_1_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"MINC 2, which srviewer does not read\. Use mnc2nii"):
        run(scan([DATA / "minc2_1_scale.mnc"]))
    content = (DATA / "minc1_1_scale.mnc").read_bytes()
    path = tmp_path / "a.mnc"
    random = np.random.default_rng(0)
    opened = 0
    for number in range(200):
        damaged = bytearray(content[: len(content) // 2] if number == 0 else content)
        for place in random.integers(0, len(damaged), 4):
            damaged[place] = random.integers(256)
        path.write_bytes(damaged)
        try:
            volume = run(read(path))
        except UserError as error:
            assert "'a.mnc'" in str(error)
        else:
            opened += 1
            assert np.isfinite(volume.voxels).all()
            assert number
    assert 0 < opened < 200
