"""DICOM series made on the spot: order, place, doubts, and what is kept apart."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

import phantoms
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import read, scan
from srviewer.io.scans.series import Series
from srviewer.job import run

Writer = Callable[..., list[Path]]
Same = Callable[[Volume, Volume], None]


def only(path: Path) -> Series:
    (series,) = run(scan([path])).series
    return series


def code_of(series: Series, code: str) -> tuple[str, tuple[float, ...]]:
    (warning,) = (one for one in series.warnings if one.code == code)
    return warning.message, warning.where_mm


@pytest.mark.parametrize("directions", phantoms.ORIENTATIONS)
def test_every_orientation_lies_where_it_was(
    write_dicom: Writer, same_in_patient: Same, directions: np.ndarray
) -> None:
    made = phantoms.numbered((5, 4, 6), phantoms.affine_of(directions, (1.8, 1.4, 5.0)))
    series = only(write_dicom(made)[0].parent)
    assert series.warnings == ()
    volume = run(series.read(0))
    same_in_patient(volume, made)
    assert volume.geometry.spacing == pytest.approx((1.8, 1.4, 5.0), abs=1e-6)
    assert volume.geometry.thick_axis == 2


def test_oblique_series(write_dicom: Writer, same_in_patient: Same, thick: Volume) -> None:
    series = only(write_dicom(thick)[0].parent)
    assert [warning.code for warning in series.warnings] == ["oblique"]
    assert f"{thick.geometry.obliquity:.1f} degrees" in series.warnings[0].message
    same_in_patient(run(series.read(0)), thick)


def test_names_are_the_series_own_and_never_the_patients(
    write_dicom: Writer, thick: Volume
) -> None:
    volume = run(read(write_dicom(thick)[0].parent))
    assert volume.name == "T2 test (7)"
    assert volume.modality == "MR"
    assert volume.stored_as == "int16"
    assert "Secret" not in repr((volume.name, volume.history, volume.warnings))


def test_rescaling_is_per_slice(write_dicom: Writer, thick: Volume) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.RescaleSlope, dataset.RescaleIntercept = str(k + 0.5), str(-k)

    volume = run(read(write_dicom(thick, edit=edit)[0].parent))
    k = np.arange(6)
    np.testing.assert_allclose(volume.voxels, thick.voxels * (k + 0.5) - k)
    assert volume.stored_as == "float32"


def test_hounsfield_units_keep_a_type_that_holds_them(write_dicom: Writer, thick: Volume) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.Modality, dataset.PixelRepresentation = "CT", 0
        dataset.RescaleSlope, dataset.RescaleIntercept = "1", "-1024"

    volume = run(read(write_dicom(thick, edit=edit)[0].parent))
    assert (volume.unit, volume.stored_as) == ("HU", "int16")
    np.testing.assert_array_equal(volume.voxels, thick.voxels - 1024)


def test_missing_slices_stay_empty_and_are_listed(
    write_dicom: Writer, same_in_patient: Same, thick: Volume
) -> None:
    files = write_dicom(thick)
    files[2].unlink()
    series = only(files[0].parent)
    message, where = code_of(series, "missing_slices")
    assert "1 slice is missing between 5 that are 5 mm apart" in message
    assert series.geometry.shape == (5, 4, 6)
    expected = thick.voxels.copy()
    expected[:, :, 2] = 0
    volume = run(series.read(0))
    same_in_patient(volume, thick.derived(expected, thick.geometry, "a slice removed"))
    plane = thick.geometry.world((0, 0, 2))
    normal = np.cross(*thick.geometry.directions[:, :2].T)
    assert where == (pytest.approx(plane @ normal, abs=1e-3),)


def test_uneven_gaps_give_a_volume_to_look_at(write_dicom: Writer, thick: Volume) -> None:
    series = only(write_dicom(thick, planes=(0, 1, 2, 3.4, 4.4, 5.4))[0].parent)
    message, where = code_of(series, "uneven_gaps")
    assert "5 to 7 mm apart" in message
    assert len(where) == 1
    assert series.geometry.spacing[2] == pytest.approx(5.0, abs=1e-4)
    np.testing.assert_array_equal(run(series.read(0)).voxels, thick.voxels)


def test_rounded_positions_are_no_uneven_gaps(write_dicom: Writer, thick: Volume) -> None:
    planes = np.arange(6) + np.array([0, 0.01, -0.012, 0.008, -0.01, 0])
    series = only(write_dicom(thick, planes=planes)[0].parent)
    assert [warning.code for warning in series.warnings] == ["oblique"]
    assert series.geometry.spacing[2] == pytest.approx(5.0, abs=1e-4)


def test_gantry_tilt_is_kept_as_shear(write_dicom: Writer, same_in_patient: Same) -> None:
    affine = phantoms.affine_of(np.eye(3), (1.8, 1.4, 5.0))
    affine[1, 2] = 5 * np.tan(np.radians(20))
    made = phantoms.numbered((5, 4, 6), affine)
    series = only(write_dicom(made)[0].parent)
    message, _ = code_of(series, "gantry_tilt")
    assert "20.0 degrees" in message
    np.testing.assert_allclose(series.geometry.affine, affine, atol=1e-5)
    same_in_patient(run(series.read(0)), made)


def test_a_wrong_spacing_tag_is_told_and_not_believed(write_dicom: Writer, thick: Volume) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.SpacingBetweenSlices = "2"

    series = only(write_dicom(thick, edit=edit)[0].parent)
    message, _ = code_of(series, "spacing_tag_wrong")
    assert "says 2 mm" in message
    assert "say 5 mm" in message
    assert series.geometry.spacing[2] == pytest.approx(5)


def test_a_right_spacing_tag_is_not_worth_a_word(write_dicom: Writer, thick: Volume) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.SpacingBetweenSlices = "5.01"

    assert {w.code for w in only(write_dicom(thick, edit=edit)[0].parent).warnings} == {"oblique"}


def test_unknown_pixel_spacing(write_dicom: Writer, thick: Volume) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        del dataset.PixelSpacing

    series = only(write_dicom(thick, edit=edit)[0].parent)
    assert "1 mm is assumed" in code_of(series, "spacing_unknown")[0]
    assert series.geometry.spacing == pytest.approx((1, 1, 5))


def test_unknown_orientation_falls_back_on_instance_numbers(
    write_dicom: Writer, thick: Volume
) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        del dataset.ImagePositionPatient, dataset.ImageOrientationPatient

    series = only(write_dicom(thick, edit=edit)[0].parent)
    code_of(series, "orientation_unknown")
    # The writer numbers its slices from the last plane to the first.
    np.testing.assert_array_equal(run(series.read(0)).voxels, thick.voxels[:, :, ::-1])
    assert series.geometry.spacing == pytest.approx((1.8, 1.4, 5.0))


def test_the_same_files_twice_are_used_once(write_dicom: Writer, thick: Volume) -> None:
    files = write_dicom(thick)
    write_dicom(thick, folder="series/copy")
    series = only(files[0].parent)
    assert "6 of 12 images are copies" in code_of(series, "duplicate_positions")[0]
    assert series.geometry.shape == (5, 4, 6)


def test_two_images_at_one_place_are_told(write_dicom: Writer, thick: Volume) -> None:
    series = only(write_dicom(thick, planes=(0, 1, 2, 2, 3, 4))[0].parent)
    _, where = code_of(series, "duplicate_positions")
    assert len(where) == 1
    assert series.geometry.shape == (5, 4, 5)
    assert series.geometry.spacing[2] == pytest.approx(5)


def test_echoes_are_kept_apart(write_dicom: Writer, thick: Volume) -> None:
    for echo in (20, 80):

        def edit(dataset: Dataset, k: int, echo: int = echo) -> None:
            dataset.EchoTime = str(echo)
            dataset.SOPInstanceUID += f".{echo}"
            dataset.PixelData = (
                bytes(dataset.PixelData[:2]) * 20 if echo == 80 else dataset.PixelData
            )

        folder = write_dicom(thick, folder=f"echo{echo}", edit=edit)[0].parent
    found = run(scan([folder.parent]))
    assert [one.name for one in found.series] == ["T2 test (7), TE 20 ms", "T2 test (7), TE 80 ms"]
    assert all("duplicate_positions" not in {w.code for w in one.warnings} for one in found.series)
    np.testing.assert_array_equal(run(found.series[0].read(0)).voxels, thick.voxels)
    assert (run(found.series[1].read(0)).voxels == thick.voxels[:1, :1]).all()


def test_orientations_are_never_stacked_together(write_dicom: Writer) -> None:
    for number, degrees in enumerate(((0, 0, 0), (90, 0, 0), (0, 90, 0))):
        affine = phantoms.affine_of(phantoms.rotation(degrees), (1.8, 1.4, 5.0))
        folder = write_dicom(
            phantoms.numbered((5, 4, 3), affine),
            folder=f"plane{number}",
            edit=lambda dataset, k, n=number: setattr(dataset, "SOPInstanceUID", f"1.9.{n}.{k}"),
        )[0].parent
    found = run(scan([folder.parent]))
    assert len(found.series) == 3
    for series in found.series:
        assert series.geometry.shape == (5, 4, 3)
        code_of(series, "mixed_orientation")


def test_series_are_kept_apart(write_dicom: Writer, thick: Volume) -> None:
    write_dicom(thick, folder="one", series="1.2.3")
    folder = write_dicom(thick, folder="two", series="1.2.4")[0].parent.parent
    found = run(scan([folder]))
    assert [(one.index, one.uid) for one in found.series] == [(0, "1.2.3"), (1, "1.2.4")]


def test_only_the_given_files_are_used(write_dicom: Writer, thick: Volume) -> None:
    files = write_dicom(thick)
    (series,) = run(scan(files[1:4])).series
    assert series.geometry.shape == (5, 4, 3)
    assert set(series.sources) == set(files[1:4])
    with pytest.raises(UserError, match="single slice"):
        run(scan(files[:1]))


def test_what_is_no_image_is_counted(write_dicom: Writer, thick: Volume) -> None:
    folder = write_dicom(thick)[0].parent
    report = Dataset()
    report.file_meta = dcmread(next(folder.iterdir())).file_meta
    report.SOPClassUID, report.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.88.11", "1.5"
    report.save_as(folder / "report.dcm", enforce_file_format=True)
    (folder / "README").write_text("nothing to see")
    (folder / "empty").touch()
    found = run(scan([folder]))
    assert (len(found.series), found.ignored, found.problems) == (1, 3, ())


def test_a_cut_slice_is_left_out_and_told(write_dicom: Writer, thick: Volume) -> None:
    files = write_dicom(thick)
    files[3].write_bytes(files[3].read_bytes()[:-5])
    series = only(files[0].parent)
    assert len(code_of(series, "truncated")[1]) == 1
    assert code_of(series, "truncated")[1] == pytest.approx(code_of(series, "missing_slices")[1])
    assert (run(series.read(0)).voxels == 0).sum() >= 20


def test_frames_of_a_file_that_is_cut_short_are_refused_with_the_reason(
    write_enhanced: Callable[..., Path], thick: Volume
) -> None:
    path = write_enhanced(thick, range(6), [1] * 6)
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(UserError, match="promises 6 frames, and it holds at most 5"):
        run(scan([path]))


def test_a_name_over_several_lines_becomes_one(write_dicom: Writer, thick: Volume) -> None:
    files = write_dicom(thick)
    for path in files:
        path.write_bytes(path.read_bytes().replace(b"T2 test", b"T2\ntest"))
    assert only(files[0].parent).name == "T2 test (7)"


def test_a_file_that_changed_since_is_refused(write_dicom: Writer, thick: Volume) -> None:
    files = write_dicom(thick)
    series = only(files[0].parent)
    files[2].write_bytes(files[2].read_bytes() + b"\0\0")
    with pytest.raises(UserError, match="has changed since"):
        run(series.read(0))


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4, 5), (3, 0, 5, 1, 4, 2)])
def test_enhanced_frames_in_any_order(
    write_enhanced: Callable[..., Path],
    thick: Volume,
    same_in_patient: Same,
    order: tuple[int, ...],
) -> None:
    slopes = [1.0 + k for k in order]
    volume = run(read(write_enhanced(thick, order, slopes)))
    scaled = thick.voxels * (1.0 + np.arange(6, dtype=np.float32))
    same_in_patient(volume, thick.derived(scaled, thick.geometry, "rescaled"))


@pytest.mark.parametrize(
    "syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]
)
def test_other_encodings(write_dicom: Writer, thick: Volume, syntax: str) -> None:
    files = write_dicom(thick)
    for file in files:
        dataset = dcmread(file)
        if syntax == ExplicitVRBigEndian:
            dataset.PixelData = np.frombuffer(dataset.PixelData, "<i2").astype(">i2").tobytes()
        dataset.file_meta.TransferSyntaxUID = syntax
        encoded = Dataset()
        encoded.update(dataset)
        encoded.file_meta = dataset.file_meta
        encoded.save_as(file, enforce_file_format=True)
    volume = run(read(files[0].parent))
    np.testing.assert_array_equal(np.sort(volume.voxels.ravel()), np.arange(120))
    assert {warning.code for warning in volume.warnings} == {"oblique"}


def test_files_without_a_preamble(write_dicom: Writer, thick: Volume) -> None:
    files = write_dicom(thick)
    for file in files:
        file.write_bytes(file.read_bytes()[132:])
    assert run(read(files[0].parent)).geometry.shape == (5, 4, 6)


def test_a_stack_that_is_not_straight_is_told(write_dicom: Writer, thick: Volume) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        row = np.array(dataset.ImageOrientationPatient[:3], float)
        moved = np.array(dataset.ImagePositionPatient, float) + (k == 3) * 2.0 * row
        dataset.ImagePositionPatient = [f"{value:.8f}" for value in moved]

    message, where = code_of(only(write_dicom(thick, edit=edit)[0].parent), "uneven_gaps")
    assert "shifted sideways against each other by up to 2 mm" in message
    assert len(where) == 1


def test_a_mosaic_that_does_not_say_what_it_holds_is_refused(
    write_dicom: Writer, thick: Volume
) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.ImageType = ["ORIGINAL", "PRIMARY", "M", "MOSAIC"]

    with pytest.raises(UserError, match="is a mosaic"):
        run(scan([write_dicom(thick, edit=edit)[0].parent]))


@pytest.mark.parametrize("described", [1, 4])
def test_frames_without_places(
    write_enhanced: Callable[..., Path], thick: Volume, described: int
) -> None:
    path = write_enhanced(thick, range(6), [1.0] * 6)
    dataset = dcmread(path)
    if described == 1:
        del dataset.PerFrameFunctionalGroupsSequence
    else:
        dataset.PerFrameFunctionalGroupsSequence = dataset.PerFrameFunctionalGroupsSequence[:4]
    dataset.save_as(path)
    if described == 1:
        series = only(path)
        code_of(series, "orientation_unknown")
        np.testing.assert_array_equal(run(series.read(0)).voxels, thick.voxels)
        dataset.Modality = "US"
        dataset.save_as(path)
    with pytest.raises(UserError, match="6 frames without saying where"):
        run(scan([path]))


def test_scanning_can_be_stopped_at_every_step(write_dicom: Writer, thick: Volume) -> None:
    files = write_dicom(thick)
    steps = [step.fraction for step in scan([files[0].parent])]
    assert all(one <= other for one, other in pairwise(steps))
    for count in range(len(steps)):
        job = scan([files[0].parent])
        for _ in range(count):
            next(job)
        job.close()
