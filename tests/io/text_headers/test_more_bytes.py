"""Files whose content holds more bytes than the header promises, packed or not, are told of."""

import bz2
import gzip
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from srviewer.io.formats import scan
from srviewer.job import run

SHAPE = (5, 4, 6)
VOXELS = np.arange(120, dtype="<i2")
NRRD = (
    "NRRD0004\ntype: short\ndimension: 3\nsizes: 5 4 6\nendian: little\nspace: LPS\n"
    "space directions: (1,0,0) (0,1,0) (0,0,4)\nspace origin: (0,0,0)\n"
)
META = (
    "ObjectType = Image\nNDims = 3\nBinaryData = True\nDimSize = 5 4 6\nElementType = MET_SHORT\n"
    "TransformMatrix = 1 0 0 0 1 0 0 0 1\nElementSpacing = 1 1 4\n"
)
Pack = Callable[[bytes], bytes]


def nrrd(folder: Path, fields: str, content: bytes) -> Path:
    (folder / "a.nrrd").write_bytes(f"{NRRD}{fields}\n\n".encode() + content)
    return folder / "a.nrrd"


def detached(folder: Path, fields: str, content: bytes) -> Path:
    (folder / "a.raw").write_bytes(content)
    (folder / "a.nhdr").write_text(f"{NRRD}data file: a.raw\n{fields}\n")
    return folder / "a.nhdr"


def meta(folder: Path, fields: str, content: bytes) -> Path:
    (folder / "a.mha").write_bytes(f"{META}{fields}ElementDataFile = LOCAL\n".encode() + content)
    return folder / "a.mha"


def nifti(folder: Path, name: str, content: bytes) -> Path:
    image = nib.Nifti1Image(VOXELS.reshape(SHAPE, order="F"), np.diag([1, 1, 4, 1]))
    head = image.to_bytes()[: -VOXELS.nbytes] + content
    (folder / name).write_bytes(gzip.compress(head) if name.endswith(".gz") else head)
    return folder / name


CASES = {
    "nrrd": (nrrd, "encoding: raw", bytes),
    "nrrd, gzip": (nrrd, "encoding: gzip", gzip.compress),
    "nrrd, bzip2": (nrrd, "encoding: bzip2", bz2.compress),
    "nhdr": (detached, "encoding: raw", bytes),
    "nhdr, byte skip": (detached, "encoding: raw\nbyte skip: 9", lambda c: bytes(9) + c),
    "nhdr, byte skip, gzip": (
        detached,
        "encoding: gzip\nbyte skip: 9",
        lambda content: gzip.compress(bytes(9) + content),
    ),
    "mha": (meta, "", bytes),
    "mha, zlib": (meta, "CompressedData = True\n", zlib.compress),
    "nii": (nifti, "a.nii", bytes),
    "nii.gz": (nifti, "a.nii.gz", bytes),
}


@pytest.mark.parametrize("more", [b"", b"\x01", bytes(2 * 20)])
@pytest.mark.parametrize("case", CASES)
def test_more_bytes_than_promised_are_told(tmp_path: Path, case: str, more: bytes) -> None:
    make, stated, pack = CASES[case]
    content = VOXELS.tobytes() + more
    path = make(tmp_path, stated, pack(content))
    (series,) = run(scan([path])).series
    told = ["trailing_bytes"] if more else []
    volume = run(series.read(0))
    assert [w.code for w in volume.warnings if w.code == "trailing_bytes"] == told
    packed = "zip" in case or case.endswith(("zlib", ".gz"))
    at_once = [w.code for w in series.warnings if w.code == "trailing_bytes"]
    assert at_once == ([] if packed else told)  # what is packed is known once it was read
    np.testing.assert_array_equal(volume.voxels, VOXELS.reshape(SHAPE, order="F"))
    source = series.stream(0)
    for _ in range(2):
        assert len(list(source.planes())) == SHAPE[2]
        assert [warning.code for warning in source.noted()] == (told if packed else [])
    if more:
        (message,) = {w.message for w in volume.warnings if w.code == "trailing_bytes"}
        assert f"240 bytes of voxels, and {len(more)} more" in message


def test_voxels_at_the_end_of_a_file_and_what_freesurfer_adds_are_no_more_bytes(
    tmp_path: Path,
) -> None:
    at_end = detached(tmp_path, "encoding: raw\nbyte skip: -1", bytes(13) + VOXELS.tobytes())
    image = nib.MGHImage(VOXELS.reshape(SHAPE, order="F").astype(np.int32), np.eye(4))
    for name in ("b.mgh", "b.mgz"):
        nib.save(image, tmp_path / name)
    for path in (at_end, tmp_path / "b.mgh", tmp_path / "b.mgz"):
        (series,) = run(scan([path])).series
        assert "trailing_bytes" not in {w.code for w in run(series.read(0)).warnings}


def test_a_segmentation_and_afni_tell_it_too(tmp_path: Path) -> None:
    named = "encoding: gzip\nSegment0_Name:=Brain\nSegment0_LabelValue:=3\nSegment0_Layer:=0"
    path = nrrd(tmp_path, named, gzip.compress(VOXELS.tobytes() + b"\1\2"))
    (series,) = run(scan([path])).series
    assert series.segments is not None
    assert "trailing_bytes" in {warning.code for warning in run(series.read(0)).warnings}
    data = Path(nib.__file__).parent / "tests" / "data"
    if not (data / "scaled+tlrc.HEAD").is_file():
        pytest.skip("this nibabel comes without its test files")
    for ending in (".HEAD", ".BRIK"):
        shutil.copy(data / f"scaled+tlrc{ending}", tmp_path)
    with (tmp_path / "scaled+tlrc.BRIK").open("ab") as file:
        file.write(b"\0")
    (series,) = run(scan([tmp_path / "scaled+tlrc.HEAD"])).series
    assert "trailing_bytes" in {warning.code for warning in series.warnings}
