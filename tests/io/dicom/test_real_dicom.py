"""Real DICOM series, and pydicom's own odd files."""

import warnings
from pathlib import Path

import numpy as np
import pydicom.data
import pytest
import SimpleITK as sitk
from pydicom import dcmread

from srviewer.errors import UserError
from srviewer.io.formats import read, scan
from srviewer.io.scans.series import Series
from srviewer.job import run

ODD_FILES = Path(pydicom.data.__file__).parent / "test_files"
LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


@pytest.fixture
def dicom(shared_data: Path) -> Path:
    return shared_data / "dicom"


def only(path: Path) -> Series:
    (series,) = run(scan([path])).series
    return series


def codes(series: Series) -> set[str]:
    return {warning.code for warning in series.warnings}


def itk_image(folder: Path) -> sitk.Image:
    """What SimpleITK makes of a regular series, which is where it can be trusted."""
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    return reader.Execute()


def test_a_regular_series_agrees_with_simpleitk(dicom: Path) -> None:
    folder = dicom / "siemens_liver_haste_8p75mm"
    volume = run(read(folder))
    image = itk_image(folder)
    affine = np.eye(4)
    affine[:3, :3] = np.reshape(image.GetDirection(), (3, 3)) * image.GetSpacing()
    affine[:3, 3] = image.GetOrigin()
    np.testing.assert_allclose(volume.geometry.affine, LPS @ affine, atol=2e-3)
    np.testing.assert_array_equal(volume.voxels, sitk.GetArrayFromImage(image).transpose(2, 1, 0))
    assert volume.geometry.spacing[2] == pytest.approx(8.75, abs=1e-3)


def test_the_wrong_spacing_tag(dicom: Path) -> None:
    series = only(dicom / "ge_pd_oblique_5mm_gap2mm_wrong_tag")
    assert codes(series) == {"spacing_tag_wrong", "oblique"}
    assert series.geometry.spacing[2] == pytest.approx(7.0, abs=0.05)
    assert series.geometry.thick_axis == 2


def test_tilt_and_variable_spacing_in_one_series(dicom: Path) -> None:
    series = only(dicom / "ge_ct_gantry_tilt_variable_spacing")
    messages = {warning.code: warning.message for warning in series.warnings}
    assert set(messages) == {"uneven_gaps", "gantry_tilt"}
    assert "18.5 degrees" in messages["gantry_tilt"]
    volume = run(series.read(0))
    assert (volume.unit, volume.modality, volume.stored_as) == ("HU", "CT", "int16")
    assert np.median(volume.voxels[200:300, 200:300]) == pytest.approx(30, abs=60)  # brain


def test_two_positions_are_two_series(dicom: Path) -> None:
    found = run(scan([dicom / "siemens_t1_sagittal_4p8mm_two_positions"]))
    assert [series.name for series in found.series] == ["t1_fl2d_sag (2)", "t1_fl2d_sag (3)"]
    for series in found.series:
        assert series.geometry.shape == (256, 256, 35)
        assert series.geometry.spacing[2] == pytest.approx(4.8, abs=1e-3)
        assert series.geometry.world_axes[0] == 2


def test_enhanced_multi_frame(dicom: Path) -> None:
    found = run(scan([dicom / "siemens_enhanced_t1_2mm"]))
    assert [series.geometry.shape for series in found.series] == [(128, 128, 96)] * 2
    for series in found.series:
        assert series.geometry.spacing == pytest.approx((2, 2, 2), abs=1e-3)
        volume = run(series.read(0))
        dataset = dcmread(series.sources[0])
        stored = dataset.pixel_array
        for frame, values in enumerate(dataset.PerFrameFunctionalGroupsSequence):
            x, y, z = values.PlanePositionSequence[0].ImagePositionPatient
            i, j, k = volume.geometry.index((-x, -y, z))
            assert (i, j, k) == pytest.approx((0, 0, round(k)), abs=1e-3)
            np.testing.assert_array_equal(volume.voxels[:, :, round(k)], stored[frame].T)


def test_every_transfer_syntax_gives_the_same_voxels(dicom: Path) -> None:
    folder = dicom / "edge_cases_many_vendors" / "generic"
    names = ("compressed", "compressed_j2k", "compressed_jpeg", "compressed_jpegls")
    plain = run(read(folder / "compressed_rle" / "001")).voxels
    assert plain.std() > 1
    for name in names:
        np.testing.assert_array_equal(run(read(folder / name / "001")).voxels, plain, err_msg=name)


def test_every_transfer_syntax_of_a_multi_frame_file(dicom: Path) -> None:
    files = sorted((dicom / "enhanced_small_compressed").rglob("*.dcm"))
    volumes = [run(read(file)) for file in files]
    assert len(volumes) == 6
    for volume in volumes:
        np.testing.assert_array_equal(volume.voxels, volumes[0].voxels)
        assert {w.code for w in volume.warnings} == {"orientation_unknown", "spacing_unknown"}


def test_many_vendors_are_all_read(dicom: Path) -> None:
    found = run(scan([dicom / "edge_cases_many_vendors"]))
    assert len(found.series) >= 18
    for series in found.series:
        volume = run(series.read(0))
        assert volume.voxels.shape == series.geometry.shape
        assert np.isfinite(volume.voxels).all()
        assert np.ptp(volume.voxels) > 0


@pytest.mark.parametrize(
    "name",
    [
        "MR_small.dcm",
        "MR_small_RLE.dcm",
        "MR_small_bigendian.dcm",
        "MR_small_implicit.dcm",
        "MR_small_jp2klossless.dcm",
        "MR_small_jpeg_ls_lossless.dcm",
    ],
)
def test_two_slices_of_one_syntax(tmp_path: Path, name: str) -> None:
    expected = dcmread(ODD_FILES / "MR_small.dcm").pixel_array.T
    for number in range(2):
        dataset = dcmread(ODD_FILES / name)
        dataset.ImagePositionPatient[2] += 4 * number
        dataset.SOPInstanceUID += f".{number}"
        dataset.save_as(tmp_path / f"{number}.dcm")
    volume = run(read(tmp_path))
    np.testing.assert_array_equal(volume.voxels, np.stack([expected, expected], axis=-1))


def test_jpeg_extended_with_twelve_bits_goes_through_simpleitk(tmp_path: Path) -> None:
    for number in range(2):
        dataset = dcmread(ODD_FILES / "JPGExtended.dcm")
        dataset.InstanceNumber = number
        dataset.SOPInstanceUID += f".{number}"
        dataset.save_as(tmp_path / f"{number}.dcm")
    volume = run(read(tmp_path))
    image = sitk.GetArrayFromImage(sitk.ReadImage(str(ODD_FILES / "JPGExtended.dcm")))[0]
    np.testing.assert_array_equal(volume.voxels[:, :, 1], image.T)
    assert volume.voxels.max() > 255


def test_a_cut_compressed_slice_is_an_error_for_people(tmp_path: Path) -> None:
    for number in range(2):
        dataset = dcmread(ODD_FILES / "MR_small_RLE.dcm")
        dataset.ImagePositionPatient[2] += 4 * number
        dataset.SOPInstanceUID += f".{number}"
        dataset.save_as(tmp_path / f"{number}.dcm")
    file = tmp_path / "1.dcm"
    file.write_bytes(file.read_bytes()[:-3000])
    (series,) = run(scan([tmp_path])).series
    with pytest.raises(UserError, match=r"1\.dcm.*cannot be decoded"):
        run(series.read(0))


def test_no_odd_file_of_pydicom_is_a_bug() -> None:
    files = sorted(path for path in ODD_FILES.rglob("*") if path.is_file())
    assert len(files) > 80
    for path in files:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                volume = run(read(path))
            except UserError as error:
                assert len(str(error)) > 20
            else:
                assert volume.voxels.size


def test_a_folder_of_everything() -> None:
    found = run(scan([ODD_FILES]))
    assert found.series
    assert found.ignored > 50
    for series in found.series:
        assert series.geometry.shape[2] >= 2
