"""NIfTI headers as other programs write them, changed byte by byte: nibabel would repair them."""

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk

import phantoms
from srviewer.core.volumes.volume import Volume, blocking_warnings
from srviewer.errors import UserError
from srviewer.io.formats import read, scan
from srviewer.io.header_view import header_rows
from srviewer.job import run
from srviewer.sr.requests.request import suggested_request
from srviewer.sr.slabs.choice import choose_slabs

NAN, INF = float("nan"), float("inf")
AFFINE = phantoms.affine_of(phantoms.rotation((0, 0, 0)), (2.0, 3.0, 5.0))
VOXELS = np.random.default_rng(5).integers(0, 900, (6, 5, 4)).astype(np.int16)
# Byte and format of a field of NIfTI-1.
DIM0, DIM4, DIM5 = (40, "h"), (48, "h"), (50, "h")
PIXDIM0, PIXDIM1, PIXDIM3 = (76, "f"), (80, "f"), (88, "f")
OFFSET, SLOPE, INTER, UNITS = (108, "f"), (112, "f"), (116, "f"), (123, "B")
QFORM_CODE, SFORM_CODE, QUATERN_B, SROW = (252, "h"), (254, "h"), (256, "f"), (280, "12f")
Patch = tuple[tuple[int, str], object]
Maker = Callable[..., Path]


@pytest.fixture
def patched(tmp_path: Path) -> Maker:
    """Write VOXELS at AFFINE, by qform and sform of code 1, with fields overwritten."""

    def make(*patches: Patch, name: str = "a.nii", affine: np.ndarray = AFFINE) -> Path:
        image = nib.Nifti1Image(VOXELS, affine)
        image.set_qform(affine, 1)
        image.set_sform(affine, 1)
        image.header.set_xyzt_units("mm")
        content = bytearray(image.to_bytes())
        for (place, kind), value in patches:
            values = value if isinstance(value, tuple) else (value,)
            struct.pack_into(f"<{kind}", content, place, *values)
        path = tmp_path / name
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return make


def codes(volume: Volume) -> list[str]:
    return [warning.code for warning in volume.warnings]


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
@pytest.mark.parametrize("size", [0, -1])
def test_a_fourth_size_of_0_is_one_volume(patched: Maker, size: int, name: str) -> None:
    path = patched((DIM0, 4), (DIM4, size), name=name)
    (series,) = run(scan([path])).series
    assert series.frames == 1
    volume = run(series.read(0))
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    assert codes(volume) == ["header_assumed"]
    assert "dimension 4" in volume.warnings[0].message
    assert not blocking_warnings(volume.warnings)


def test_a_fifth_size_of_0_keeps_the_frames(patched: Maker) -> None:
    path = patched((DIM0, 5), (DIM4, 1), (DIM5, 0))
    assert codes(run(read(path))) == ["header_assumed"]


@pytest.mark.parametrize("count", [0, 8, -3])
def test_an_impossible_number_of_dimensions_is_refused(patched: Maker, count: int) -> None:
    with pytest.raises(UserError, match="dim"):
        run(read(patched((DIM0, count))))


@pytest.mark.parametrize(
    ("slope", "inter", "noted"),
    [
        (1.0, NAN, True),
        (2.0, INF, True),
        (NAN, NAN, True),
        (NAN, 7.0, True),
        (INF, 0.0, True),
        (0.0, 0.0, False),
        (0.0, 7.0, True),
        (0.0, NAN, False),
        (2.0, 7.0, False),
        (-0.5, 3.0, False),
    ],
)
def test_a_scale_is_read_as_itk_reads_it(
    patched: Maker, slope: float, inter: float, noted: bool
) -> None:
    path = patched((SLOPE, slope), (INTER, inter))
    volume = run(read(path))
    expected = sitk.GetArrayFromImage(sitk.ReadImage(str(path))).T
    if slope == 0 or not np.isfinite(slope):  # by the standard there is no scale then
        expected = VOXELS
    np.testing.assert_allclose(volume.voxels, expected, rtol=1e-6)
    assert codes(volume) == (["header_assumed"] if noted else [])


@pytest.mark.parametrize(
    "rows",
    [
        (0.0,) * 12,
        (2.0, 0, 0, 0, 2.0, 0, 0, 0, 0, 0, 5.0, 0),
        (NAN,) * 12,
        (INF, 0, 0, 0, 0, 3.0, 0, 0, 0, 0, 5.0, 0),
        (2.0, 3.0, 0, 0, 2.0, 3.0001, 0, 0, 0, 0, 5.0, 0),
    ],
)
def test_a_damaged_sform_leaves_the_qform(patched: Maker, rows: tuple[float, ...]) -> None:
    volume = run(read(patched((SROW, rows))))
    np.testing.assert_allclose(volume.geometry.affine, AFFINE, atol=1e-5)
    assert codes(volume) == ["qform_sform_conflict"]
    assert "its sform is damaged" in volume.warnings[0].message
    assert "The qform is used" in volume.warnings[0].message


@pytest.mark.parametrize(
    "patch", [(QUATERN_B, 5.0), (QUATERN_B, NAN), (PIXDIM1, NAN), (PIXDIM3, INF)]
)
def test_a_damaged_qform_leaves_the_sform(patched: Maker, patch: Patch) -> None:
    volume = run(read(patched(patch)))
    np.testing.assert_allclose(volume.geometry.affine, AFFINE, atol=1e-5)
    assert codes(volume) == ["qform_sform_conflict"]
    assert "its qform is damaged" in volume.warnings[0].message


def test_without_a_form_that_is_a_grid_it_is_refused(patched: Maker) -> None:
    zeros = (SROW, (0.0,) * 12)
    for patches in ((zeros, (QFORM_CODE, 0)), (zeros, (QUATERN_B, 5.0))):
        with pytest.raises(UserError, match="affine is singular"):
            run(read(patched(*patches)))


def test_a_damaged_form_that_is_not_set_does_not_matter(patched: Maker) -> None:
    assert codes(run(read(patched((SROW, (0.0,) * 12), (SFORM_CODE, 0))))) == []
    assert codes(run(read(patched((QUATERN_B, 5.0), (QFORM_CODE, 0))))) == []


def test_a_negative_voxel_size_is_told(patched: Maker) -> None:
    with_sform = run(read(patched((PIXDIM1, -2.0))))
    np.testing.assert_allclose(with_sform.geometry.affine, AFFINE, atol=1e-5)
    assert codes(with_sform) == ["negative_spacing"]
    by_qform = run(read(patched((PIXDIM1, -2.0), (SFORM_CODE, 0))))
    assert codes(by_qform) == ["negative_spacing", "orientation_unknown"]
    np.testing.assert_allclose(by_qform.geometry.affine, AFFINE, atol=1e-5)
    neither = run(read(patched((PIXDIM3, -5.0), (SFORM_CODE, 0), (QFORM_CODE, 0))))
    assert codes(neither) == ["orientation_unknown", "negative_spacing"]


@pytest.mark.parametrize(
    ("unit", "words"), [(1, "12 m x 15 m x 20 m"), (3, "0.012 mm x 0.015 mm x 0.02 mm")]
)
def test_a_head_of_metres_or_microns_is_implausible(patched: Maker, unit: int, words: str) -> None:
    path = patched((UNITS, unit))
    (series,) = run(scan([path])).series
    assert [warning.code for warning in series.warnings] == ["implausible_size"]
    assert words in series.warnings[0].message
    assert not blocking_warnings(series.warnings)
    assert codes(run(series.read(0))) == ["implausible_size"]
    source = choose_slabs(series, 0, "always", suggested_request, 0.0).source
    assert source is not None
    assert codes(source.header) == ["implausible_size"]


@pytest.mark.parametrize("qfac", [1.0, -1.0, 0.0, -0.5, 2.0])
def test_only_the_sign_of_qfac_counts(patched: Maker, qfac: float) -> None:
    path = patched((PIXDIM0, qfac), (SFORM_CODE, 0))
    third = run(read(path)).geometry.affine[2, 2]
    assert third == pytest.approx(sitk.ReadImage(str(path)).GetDirection()[8] * 5)


def test_one_extent_alone_is_implausible(patched: Maker) -> None:
    for mm in (1.0, 251.0):
        affine = phantoms.affine_of(np.eye(3), (2.0, 3.0, mm))
        assert codes(run(read(patched(affine=affine)))) == ["implausible_size"]
    for mm in (1.25, 250.0):
        affine = phantoms.affine_of(np.eye(3), (2.0, 3.0, mm))
        assert codes(run(read(patched(affine=affine)))) == []


def test_voxels_without_a_stated_place_follow_the_header(patched: Maker) -> None:
    volume = run(read(patched((OFFSET, 0.0))))
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    assert codes(volume) == ["header_assumed"]
    for offset in (NAN, -8.0, 16.0, 1e30):
        with pytest.raises(UserError, match=r"'a\.nii'"):
            run(read(patched((OFFSET, offset))))


@pytest.mark.parametrize(
    "sizes", [(2**21, 2**21, 2**22, 1), (2**62, 4, 4, 1), (4, 4, 4, 2**60), (2**32, 2**32, 2, 1)]
)
def test_more_voxels_than_any_file_holds(tmp_path: Path, sizes: tuple[int, ...]) -> None:
    content = bytearray(nib.Nifti2Image(VOXELS, AFFINE).to_bytes())
    struct.pack_into("<8q", content, 16, 4, *sizes, 1, 1, 1)
    path = tmp_path / "big.nii"
    path.write_bytes(content)
    with pytest.raises(UserError, match="more than any file can") as caught:
        run(read(path))
    assert str(sizes[0]) in str(caught.value)


def test_nifti_2_keeps_a_double_affine(tmp_path: Path) -> None:
    affine = phantoms.affine_of(phantoms.rotation((11, 5, -8)), (2.1, 2.2, 5.3))
    image = nib.Nifti2Image(VOXELS, affine)
    image.set_qform(affine, 1)
    nib.save(image, path := tmp_path / "a.nii")
    volume = run(read(path))
    np.testing.assert_array_equal(volume.geometry.affine, affine)
    assert codes(volume) == ["oblique"]


@pytest.mark.parametrize("trailing", [b"X", b"\x1f", b"\0\0\0end", b"<html>" * 9000])
def test_bytes_after_the_compressed_image_are_told(patched: Maker, trailing: bytes) -> None:
    path = patched(name="a.nii.gz")
    path.write_bytes(path.read_bytes() + trailing)
    (series,) = run(scan([path])).series
    volume = run(series.read(0))
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    assert codes(volume) == ["trailing_bytes"]
    assert series.stream is not None
    source = series.stream(0)
    assert source.noted() == ()
    planes = [plane for plane, _ in source.planes()]
    np.testing.assert_array_equal(np.stack(planes, axis=2), VOXELS)
    assert [warning.code for warning in source.noted()] == ["trailing_bytes"]


def test_zeros_or_an_empty_member_after_it_are_no_trailing_bytes(patched: Maker) -> None:
    path = patched(name="a.nii.gz")
    content = path.read_bytes()
    for more in (bytes(600_000), gzip.compress(b""), b"\0" + gzip.compress(b"")):
        path.write_bytes(content + more)
        assert codes(run(read(path))) == []
    path.write_bytes(content + b"\0" + gzip.compress(b"more"))  # which is content
    assert codes(run(read(path))) == ["trailing_bytes"]


def test_the_header_is_shown_as_it_is_stored(patched: Maker) -> None:
    rows = {
        row.key: row.value for row in run(header_rows(patched((INTER, NAN), (DIM0, 4), (DIM4, 0))))
    }
    assert rows["scl_inter"] == "nan"
    assert rows["dim"] == "4 6 5 4 0 1 1 1"
