"""Content packed by bzip2 and zlib: read whole and in parts, checked to its end, bounded."""

import bz2
import zlib
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

import phantoms
from srviewer.errors import UserError
from srviewer.io.files.packing import Packing
from srviewer.io.files.streams import GzipEnd, read_range
from srviewer.io.formats import read
from srviewer.job import run

CONTENT = np.random.default_rng(0).integers(0, 4, 3_000_000, np.uint8).tobytes() + bytes(9_000_000)


@pytest.mark.parametrize("kind", ["bzip2", "zlib"])
def test_parts_of_packed_content(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    pack = bz2.compress if kind == "bzip2" else zlib.compress
    packed = b"header" + pack(CONTENT)
    packing = Packing(kind, 6)  # type: ignore[arg-type]
    path.write_bytes(packed)
    for start, count in ((0, 10), (2_999_990, 20), (len(CONTENT) - 7, 7)):
        part = run(read_range(path, start, count, packing=packing))
        assert part == CONTENT[start : start + count]
    with pytest.raises(UserError, match="cut short"):
        run(read_range(path, 0, len(CONTENT) + 1, packing=packing))
    with pytest.raises(UserError, match="cut short"):
        run(read_range(path, 0, 1 << 50, packing=packing))
    for damaged in (
        packed[:-5],
        packed[: len(packed) // 2],
        packed[:400] + b"\xff\0" + packed[402:],
    ):
        path.write_bytes(damaged)
        with pytest.raises(UserError, match="damaged or cut short"):
            run(read_range(path, 0, len(CONTENT), packing=packing))
    path.write_bytes(packed + b"more")
    run(read_range(path, 0, 10, end := GzipEnd(), packing))
    assert end.trailing


def test_streams_that_follow_each_other(tmp_path: Path) -> None:
    """As pbzip2 writes them."""
    parts = (CONTENT[:2_000_000], CONTENT[2_000_000:])
    (tmp_path / "a.bz2").write_bytes(b"".join(map(bz2.compress, parts)))
    assert run(read_range(tmp_path / "a.bz2", 0, len(CONTENT))) == CONTENT


def test_nifti_packed_by_bzip2(tmp_path: Path) -> None:
    volume = phantoms.numbered((5, 4, 6), phantoms.affine_of(np.eye(3), (2, 2, 5)))
    path = tmp_path / "a.nii.bz2"
    nib.save(nib.Nifti1Image(volume.voxels, volume.geometry.affine), path)
    again = run(read(path))
    np.testing.assert_array_equal(again.voxels, volume.voxels)
    np.testing.assert_allclose(again.geometry.affine, volume.geometry.affine)
    path.rename(tmp_path / "b.nii")
    with pytest.raises(UserError, match="compressed with bzip2 although"):
        run(read(tmp_path / "b.nii"))
