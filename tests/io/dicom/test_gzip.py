"""DICOM files that are packed with gzip as a whole (.dcm.gz)."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom.data
import pytest

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import read, scan
from srviewer.job import run

Writer = Callable[..., list[Path]]


def packed(files: list[Path], folder: Path) -> list[Path]:
    folder.mkdir()
    paths = [folder / f"{file.name}.gz" for file in files]
    for file, path in zip(files, paths, strict=True):
        path.write_bytes(gzip.compress(file.read_bytes(), mtime=0))
    return paths


def test_a_series_of_packed_files(write_dicom: Writer, thick: Volume, tmp_path: Path) -> None:
    files = write_dicom(thick)
    paths = packed(files, tmp_path / "packed")
    plain, again = run(read(files[0].parent)), run(read(tmp_path / "packed"))
    np.testing.assert_array_equal(again.voxels, plain.voxels)
    assert again.geometry.matches(plain.geometry)
    assert again.origin is not None
    assert plain.origin is not None
    assert again.origin.header == plain.origin.header
    content = bytearray(paths[2].read_bytes())
    for damaged in (content[:-4], content[:-7]):
        paths[2].write_bytes(damaged)
        with pytest.raises(UserError, match="cannot be decoded"):
            run(read(tmp_path / "packed"))
    content[-6] ^= 1  # in the checksum
    paths[2].write_bytes(content)
    assert run(scan([tmp_path / "packed"])).ignored == 1
    (tmp_path / "other.gz").write_bytes(gzip.compress(bytes(50_000_000)))
    with pytest.raises(UserError, match="no DICOM"):
        run(scan([tmp_path / "other.gz"]))


def test_compressed_pixels_inside_gzip_are_refused_in_words(tmp_path: Path) -> None:
    file = Path(str(pydicom.data.get_testdata_file("MR_small_RLE.dcm")))
    (path,) = packed([file], tmp_path / "packed")
    with pytest.raises(UserError, match="Unpack it with gunzip"):
        run(scan([path], to_view=True))
