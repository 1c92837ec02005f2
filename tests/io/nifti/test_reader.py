"""NIfTI and FreeSurfer volumes: voxels, places, doubts, and what is refused."""

import gzip
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

import phantoms
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import read, scan
from srviewer.job import run

Writer = Callable[..., Path]
AFFINE = phantoms.affine_of(phantoms.rotation((0, 0, 0)), (1.9, 1.4, 3.0))


def codes(volume: Volume) -> set[str]:
    return {warning.code for warning in volume.warnings}


def counted(dtype: str = "int16") -> np.ndarray:
    return np.arange(60).reshape(3, 4, 5).astype(dtype)


@pytest.mark.parametrize("directions", phantoms.ORIENTATIONS)
def test_every_orientation_keeps_its_voxels_and_affine(
    tmp_path: Path, directions: np.ndarray
) -> None:
    affine = phantoms.affine_of(directions, (1.7, 1.4, 4.0))
    nib.save(nib.Nifti1Image(counted(), affine), path := tmp_path / "a.nii.gz")
    volume = run(read(path))
    np.testing.assert_array_equal(volume.voxels, counted())
    np.testing.assert_allclose(volume.geometry.affine, affine, atol=1e-5)
    assert volume.stored_as == "int16"
    assert volume.warnings == ()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"])
def test_every_data_type_and_byte_order(tmp_path: Path, kind: str, order: str) -> None:
    header = nib.Nifti1Header(endianness=order)
    header.set_data_dtype(np.dtype(kind).newbyteorder(order))
    nib.save(nib.Nifti1Image(counted(kind), AFFINE, header), path := tmp_path / "a.nii")
    volume = run(read(path))
    np.testing.assert_array_equal(volume.voxels, counted("float32"))
    assert volume.voxels.dtype == np.float32
    assert volume.stored_as == np.dtype(kind).name


def test_scaled_voxels_agree_with_nibabel(write_image: Writer) -> None:
    path = write_image(counted(), AFFINE, edit=lambda header: header.set_slope_inter(0.37, -1024.5))
    volume = run(read(path))
    expected = nib.load(path, mmap=False).get_fdata(dtype=np.float64)
    np.testing.assert_allclose(volume.voxels, expected, rtol=1e-6)
    assert volume.stored_as == "float32"


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_fourth_dimension_is_a_number_of_frames(tmp_path: Path, name: str) -> None:
    voxels = np.arange(3 * 4 * 5 * 6, dtype=np.int16).reshape(3, 4, 5, 6)
    nib.save(nib.Nifti1Image(voxels, AFFINE), path := tmp_path / name)
    (series,) = run(scan([path])).series
    assert series.frames == 6
    for frame in (0, 3, 5):
        volume = run(series.read(frame))
        np.testing.assert_array_equal(volume.voxels, voxels[..., frame])
        assert volume.name == f"a, volume {frame + 1}"
    with pytest.raises(UserError, match="no number 6"):
        run(series.read(6))


def test_freesurfer_volume(tmp_path: Path) -> None:
    nib.save(nib.MGHImage(counted("float32"), AFFINE), path := tmp_path / "brain.mgz")
    volume = run(read(path))
    np.testing.assert_array_equal(volume.voxels, counted())
    np.testing.assert_allclose(volume.geometry.affine, AFFINE, atol=1e-5)
    assert (volume.name, volume.stored_as) == ("brain", "float32")


def test_a_freesurfer_volume_that_says_not_where_it_lies_is_doubted(tmp_path: Path) -> None:
    nib.save(nib.MGHImage(counted("float32"), AFFINE), path := tmp_path / "brain.mgz")
    assert codes(run(read(path))) == set()
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[28:30] = b"\0\0"  # "goodRASFlag": its directions and voxel sizes do not count
    path.write_bytes(gzip.compress(content))
    volume = run(read(path))
    assert codes(volume) == {"orientation_unknown", "spacing_unknown", "implausible_size"}
    assert volume.geometry.spacing == (1.0, 1.0, 1.0)


def test_voxels_survive_their_file(write_image: Writer) -> None:
    path = write_image(counted(), AFFINE)
    volume = run(read(path))
    path.write_bytes(b"\xff" * path.stat().st_size)
    np.testing.assert_array_equal(volume.voxels, counted())
    assert not volume.voxels.flags.writeable


def test_sform_goes_before_qform_and_their_conflict_is_told(write_image: Writer) -> None:
    turned = phantoms.affine_of(phantoms.rotation((0, 0, 10)), (1.9, 1.4, 3.0))
    path = write_image(counted(), AFFINE, edit=lambda header: header.set_qform(turned, 1))
    volume = run(read(path))
    np.testing.assert_allclose(volume.geometry.affine, AFFINE, atol=1e-5)
    assert codes(volume) == {"qform_sform_conflict"}


def test_qform_is_taken_where_the_sform_has_no_code(write_image: Writer) -> None:
    turned = phantoms.affine_of(phantoms.rotation((0, 0, 10)), (1.9, 1.4, 3.0))

    def edit(header: nib.Nifti1Header) -> None:
        header.set_qform(turned, 1)
        header["sform_code"] = 0

    volume = run(read(write_image(counted(), AFFINE, edit=edit)))
    np.testing.assert_allclose(volume.geometry.affine, turned, atol=1e-5)
    (note,) = volume.warnings
    assert note.code == "oblique"
    assert "10.0 degrees" in note.message


def test_no_code_at_all_leaves_the_orientation_unknown(write_image: Writer) -> None:
    def edit(header: nib.Nifti1Header) -> None:
        header["qform_code"] = header["sform_code"] = 0

    volume = run(read(write_image(counted(), AFFINE, edit=edit)))
    assert codes(volume) == {"orientation_unknown"}
    np.testing.assert_allclose(volume.geometry.spacing, (1.9, 1.4, 3.0), rtol=1e-6)


@pytest.mark.parametrize(("unit", "scale"), [("meter", 1000.0), ("micron", 0.001), ("mm", 1.0)])
def test_units_are_honoured(write_image: Writer, unit: str, scale: float) -> None:
    affine = np.diag([1 / scale] * 3 + [1]) @ AFFINE

    def edit(header: nib.Nifti1Header) -> None:
        header.set_xyzt_units(unit)

    volume = run(read(write_image(counted(), affine, edit=edit)))
    np.testing.assert_allclose(volume.geometry.affine, AFFINE, rtol=1e-5)
    assert volume.warnings == ()


def test_an_unknown_unit_is_told_only_where_millimetres_are_implausible(
    write_image: Writer,
) -> None:
    def edit(header: nib.Nifti1Header) -> None:
        header["xyzt_units"] = 0

    assert run(read(write_image(counted(), AFFINE, edit=edit))).warnings == ()
    metres = np.diag([1e-3] * 3 + [1]) @ AFFINE
    assert codes(run(read(write_image(counted(), metres, edit=edit)))) == {
        "spacing_unknown",
        "implausible_size",
    }


def test_missing_voxel_size(write_image: Writer) -> None:
    def edit(header: nib.Nifti1Header) -> None:
        header["sform_code"] = 0
        header["pixdim"][1:4] = 0

    volume = run(read(write_image(counted(), AFFINE, edit=edit)))
    assert "spacing_unknown" in codes(volume)
    np.testing.assert_allclose(volume.geometry.spacing, (1, 1, 1))


def test_numbers_that_are_none_become_zero_and_are_counted(write_image: Writer) -> None:
    voxels = counted("float32")
    voxels[1, 2, 3], voxels[0, 0, 1], voxels[2, 3, 4] = np.nan, np.inf, -np.inf
    volume = run(read(write_image(voxels, AFFINE)))
    (note,) = volume.warnings
    assert note.code == "non_finite"
    assert note.message.startswith("3 of 60 voxels")
    assert np.count_nonzero(volume.voxels != counted()) == 3
    assert volume.voxels[1, 2, 3] == volume.voxels[0, 0, 1] == volume.voxels[2, 3, 4] == 0


def test_doubles_too_large_for_float32_are_no_numbers(write_image: Writer) -> None:
    voxels = counted("float64")
    voxels[0, 0, 0] = 1e300
    assert codes(run(read(write_image(voxels, AFFINE)))) == {"non_finite"}


def test_a_label_map_is_told_from_a_scan(write_image: Writer, head: Volume) -> None:
    labels = np.digitize(head.voxels, [100, 400, 700]).astype(np.uint8) * 10
    assert codes(run(read(write_image(labels, AFFINE)))) == {"label_like"}
    scan_of_whole_numbers = np.rint(head.voxels / 10).astype(np.uint8)
    assert run(read(write_image(scan_of_whole_numbers, AFFINE))).warnings == ()


def singular(header: nib.Nifti1Header) -> None:
    header["qform_code"] = 0
    header["srow_x"] = header["srow_y"]


def not_a_number(header: nib.Nifti1Header) -> None:
    header["qform_code"] = 0
    header["srow_x"][0] = np.nan


def no_rotation(header: nib.Nifti1Header) -> None:
    header["sform_code"] = 0
    header["quatern_b"] = 5.0


def huge(header: nib.Nifti1Header) -> None:
    header["dim"][1:4] = 30000


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (singular, "affine is singular"),
        (not_a_number, "affine is singular"),
        (no_rotation, "cannot be"),
        (huge, "cut short"),
    ],
)
@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_headers_that_are_refused(
    write_image: Writer, name: str, edit: Callable[..., None], words: str
) -> None:
    with pytest.raises(UserError, match=words):
        run(read(write_image(counted(), AFFINE, name, edit)))


@pytest.mark.parametrize(
    ("voxels", "words"),
    [
        (np.zeros((4, 4, 4), [("R", "u1"), ("G", "u1"), ("B", "u1")]), "colours"),
        (np.zeros((4, 4, 4), np.complex64), "complex numbers"),
        (np.zeros((4, 4), np.int16), "is no volume"),
        (np.zeros((4, 4, 1), np.int16), "is no volume"),
    ],
)
def test_images_that_are_no_grey_volumes(tmp_path: Path, voxels: np.ndarray, words: str) -> None:
    nib.save(nib.Nifti1Image(voxels, AFFINE), path := tmp_path / "a.nii")
    with pytest.raises(UserError, match=words):
        run(read(path))


@pytest.mark.parametrize("kept", [0, 100, 348, 360, 400, 471])
def test_a_cut_file_is_refused(write_image: Writer, kept: int) -> None:
    path = write_image(counted(), AFFINE)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(UserError, match="cut short"):
        run(read(path))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.99])
def test_a_cut_gzip_file_is_refused(tmp_path: Path, head: Volume, share: float) -> None:
    nib.save(nib.Nifti1Image(head.voxels, AFFINE), path := tmp_path / "a.nii.gz")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(UserError, match="cut short"):
        run(read(path))


def test_gzip_holding_less_than_its_header_promises(write_image: Writer) -> None:
    path = write_image(counted(), AFFINE, "a.nii.gz")
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:-1]))
    with pytest.raises(UserError, match="promises 472 bytes and it holds 471"):
        run(read(path))


def test_a_wrong_checksum_at_the_end_of_gzip_is_found(tmp_path: Path, head: Volume) -> None:
    nib.save(nib.Nifti1Image(head.voxels, AFFINE), path := tmp_path / "a.nii.gz")
    content = bytearray(path.read_bytes())
    content[-8] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match="damaged"):
        run(read(path))


def test_a_text_file_with_this_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.nii"
    path.write_text("not an image" * 100)
    with pytest.raises(UserError, match=r"'a\.nii' cannot be opened"):
        run(read(path))


def test_real_thick_scans(shared_data: Path) -> None:
    found = run(scan([shared_data / "mri" / "thick"]))
    assert len(found.series) == 8
    assert found.ignored == 0
    for series in found.series:
        image = nib.load(series.sources[0])
        assert series.geometry.thick_axis == 2
        np.testing.assert_array_equal(series.geometry.affine, image.affine)
        np.testing.assert_array_equal(run(series.read(0)).voxels, np.asarray(image.dataobj))
