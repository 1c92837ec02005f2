"""No series holds two people, two studies or two frames of reference, whatever its UID says."""

import json
import shutil
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

import phantoms
from srviewer.__main__ import main
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.dicom.export.writer import write_series
from srviewer.io.formats import scan
from srviewer.io.scans.series import Series
from srviewer.job import run

Writer = Callable[..., list[Path]]
Tags = dict[str, object]
HERS: Tags = {
    "PatientID": "A1",
    "PatientName": "One^Ann",
    "StudyInstanceUID": "1.2.10",
    "FrameOfReferenceUID": "1.2.11",
    "SeriesDescription": "AX T1",
    "SeriesNumber": 3,
}
HIS: Tags = {
    "PatientID": "B2",
    "PatientName": "Two^Bob",
    "StudyInstanceUID": "1.2.20",
    "FrameOfReferenceUID": "1.2.21",
    "SeriesDescription": "AX FLAIR",
    "SeriesNumber": 4,
}
SECRETS = ("A1", "B2", "Ann", "Bob", "19700101")


@pytest.fixture
def two(write_dicom: Writer, tmp_path: Path) -> Callable[..., Path]:
    """Write one stack of each of two kinds into one folder; ``his`` lies 30 mm above or as hers."""

    def write(hers: Tags, his: Tags, series: str = "1.2.3", above: float = 30.0) -> Path:
        for number, tags in enumerate((hers, his)):
            affine = phantoms.affine_of(np.eye(3), (1.8, 1.4, 5.0), (0, 0, number * above))
            volume = phantoms.numbered((5, 4, 6), affine)
            volume = volume.derived(volume.voxels + 1000 * number, volume.geometry, "")

            def edit(dataset: Dataset, k: int, n: int = number, tags: Tags = tags) -> None:
                dataset.SOPInstanceUID = f"1.2.9.{n}.{k}"
                dataset.SeriesInstanceUID = series
                for keyword, value in tags.items():
                    setattr(dataset, keyword, value)

            (tmp_path / "all").mkdir(exist_ok=True)
            write_dicom(volume, f"all/{number}", edit=edit)
        return tmp_path / "all"

    return write


def assert_apart(folder: Path) -> list[Series]:
    """Two series of six slices, each of the files of one of the two folders."""
    found = run(scan([folder]))
    assert found.problems == ()
    assert [one.geometry.shape for one in found.series] == [(5, 4, 6)] * 2
    for number, one in enumerate(found.series):
        assert {path.parent.name for path in one.sources} == {str(number)}
        assert one.frames == 1
        voxels = run(one.read(0)).voxels
        assert (voxels.min() // 1000, voxels.max() // 1000) == (number, number)
        assert "duplicate_positions" not in {w.code for w in one.warnings}
    assert len({one.name for one in found.series}) == 2
    return list(found.series)


def codes(series: Series) -> list[str]:
    return [warning.code for warning in series.warnings]


@pytest.mark.parametrize("above", [0.0, 30.0])
@pytest.mark.parametrize("uid", ["", "1.2.3"])
def test_two_people_of_one_series_uid(two: Callable[..., Path], uid: str, above: float) -> None:
    found = assert_apart(two(HERS, HIS, uid, above))
    assert [one.name for one in found] == ["AX T1 (3)", "AX FLAIR (4)"]
    assert [one.uid for one in found] == [uid, uid]
    assert found[0].patient != found[1].patient
    if uid:
        (message,) = {one.warnings[0].message for one in found}
        assert message == (
            "The images of this series UID do not all name the same patient, study and frame of "
            "reference; they are kept apart, in 2 parts."
        )
    else:
        assert [one.warnings for one in found] == [(), ()]


DIFFERENCES = [
    ({"PatientID": "A1"}, {"PatientID": "B2"}),
    ({"PatientID": "A1"}, {}),
    ({"PatientID": "A1"}, {"PatientID": ""}),
    ({"PatientID": "A1"}, {"PatientID": "A1", "IssuerOfPatientID": "ELSEWHERE"}),
    ({"PatientID": "A1", "PatientName": "One^Ann"}, {"PatientID": "A1", "PatientName": "Two^Bob"}),
    ({"PatientName": "One^Ann"}, {"PatientName": "Two^Bob"}),
    ({"PatientBirthDate": "19700101"}, {"PatientBirthDate": "19700102"}),
    ({"PatientSex": "F"}, {"PatientSex": "M"}),
    ({"StudyInstanceUID": "1.2.10"}, {"StudyInstanceUID": "1.2.20"}),
    ({"StudyInstanceUID": "1.2.10"}, {}),
    ({"StudyDate": "20200101"}, {"StudyDate": "20210101"}),
    ({"AccessionNumber": "1"}, {"AccessionNumber": "2"}),
    ({"PatientID": "ANON", "PatientAge": "030Y"}, {"PatientID": "ANON", "PatientAge": "070Y"}),
    ({"OtherPatientNames": "One^Ann"}, {"OtherPatientNames": "Two^Bob"}),
    # Some anonymisers give all studies one UID.
    (
        {"StudyInstanceUID": "1.2.10", "StudyDate": "20200101"},
        {"StudyInstanceUID": "1.2.10", "StudyDate": "20210101"},
    ),
    (
        {"StudyInstanceUID": "1.2.10", "StudyTime": "080000"},
        {"StudyInstanceUID": "1.2.10", "StudyTime": "160000"},
    ),
    (
        {"StudyInstanceUID": "1.2.10", "StudyID": "1", "AccessionNumber": "1"},
        {"StudyInstanceUID": "1.2.10", "StudyID": "2", "AccessionNumber": "2"},
    ),
    ({"FrameOfReferenceUID": "1.2.11"}, {"FrameOfReferenceUID": "1.2.21"}),
    ({"Modality": "MR"}, {"Modality": "CT"}),
]


@pytest.mark.parametrize(("hers", "his"), DIFFERENCES)
@pytest.mark.parametrize("uid", ["", "1.2.3"])
def test_any_difference_keeps_them_apart(
    two: Callable[..., Path], uid: str, hers: Tags, his: Tags
) -> None:
    for one in assert_apart(two(hers, his, uid, 0.0)):
        assert codes(one) == ["mixed_series"]


def test_names_that_ascii_cannot_tell_apart(two: Callable[..., Path]) -> None:
    latin = {"SpecificCharacterSet": "ISO_IR 100"}
    assert_apart(two({**latin, "PatientName": "Müller"}, {**latin, "PatientName": "Möller"}))


@pytest.mark.parametrize("same", ["A1 ", " A1"])
def test_spaces_and_capitals_make_no_second_person(two: Callable[..., Path], same: str) -> None:
    hers = {"PatientID": "A1", "PatientName": "One^Ann"}
    folder = two(hers, {"PatientID": same, "PatientName": "ONE^ANN^^"})
    (one,) = run(scan([folder])).series
    assert one.geometry.shape == (5, 4, 12)
    assert one.warnings == ()


def test_series_without_a_uid_go_by_number_and_description(two: Callable[..., Path]) -> None:
    assert_apart(two({"SeriesNumber": 3}, {"SeriesNumber": 4}, ""))
    assert_apart(two({"SeriesDescription": "T1"}, {"SeriesDescription": "T2"}, ""))
    assert len(run(scan([two({}, {}, "")])).series) == 1


@pytest.mark.parametrize("number", ["--5", "9" * 12, "1e3", "x"])
def test_series_numbers_that_are_none(two: Callable[..., Path], number: str) -> None:
    folder = two({"SeriesDescription": "T1"}, {"SeriesDescription": "T2"}, "")
    for path in (folder / "1").iterdir():
        before = path.read_bytes()
        assert b"IS\2\0007 " in before
        path.write_bytes(before.replace(b"IS\2\0007 ", _number(number)))
    assert {one.name.split(" (")[0] for one in run(scan([folder])).series} == {"T1", "T2"}


def _number(value: str) -> bytes:
    padded = value + " " * (len(value) % 2)
    return b"IS" + struct.pack("<H", len(padded)) + padded.encode()


def test_one_number_on_some_slices_only(write_dicom: Writer, thick: Volume) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        if k >= 4:
            dataset.PatientID = "A1"

    found = run(scan([write_dicom(thick, edit=edit)[0].parent]))
    assert [(one.name, one.geometry.shape[2]) for one in found.series] == [
        ("T2 test (7), part 1", 4),
        ("T2 test (7), part 2", 2),
    ]
    assert [one.patient != "" for one in found.series] == [False, True]


def test_an_anonymised_series_whose_slices_name_a_frame_each_is_one(
    write_dicom: Writer, thick: Volume
) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.FrameOfReferenceUID = f"1.2.7.{k}"

    files = write_dicom(thick, edit=edit)
    (series,) = run(scan([files[0].parent])).series
    assert series.geometry.shape == (5, 4, 6)
    assert "frame of reference of its own" in series.warnings[0].message
    # In a zip the same series is found again from its own files.
    archive = shutil.make_archive(str(files[0].parent.parent / "packed"), "zip", files[0].parent)
    (packed,) = run(scan([Path(archive)])).series
    assert run(packed.read(0)).geometry.matches(series.geometry, 1e-9)


def test_a_slice_of_another_frame_of_reference_is_left_out_and_told(
    write_dicom: Writer, thick: Volume
) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.FrameOfReferenceUID = "1.2.7.2" if k == 5 else "1.2.7.1"

    found = run(scan([write_dicom(thick, edit=edit)[0].parent]))
    assert [one.geometry.shape[2] for one in found.series] == [5]
    (problem,) = found.problems
    assert "is a single slice" in problem.text and "same frame of reference" in problem.text


def test_slices_that_name_no_frame_go_with_the_only_one(write_dicom: Writer, thick: Volume) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        if k > 2:
            dataset.FrameOfReferenceUID = "1.2.7.1"

    (series,) = run(scan([write_dicom(thick, edit=edit)[0].parent])).series
    assert series.geometry.shape[2] == 6


def test_a_patient_for_each_slice_is_one_message(write_dicom: Writer, thick: Volume) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.PatientID = f"P{k}"

    with pytest.raises(UserError) as caught:
        run(scan([write_dicom(thick, edit=edit)[0].parent]))
    assert str(caught.value).startswith("6 images of 'T2 test' make no volume. The images of this")
    assert "same patient" in str(caught.value)


def test_copies_are_no_other_patients_images(two: Callable[..., Path], tmp_path: Path) -> None:
    folder = two({"PatientID": "A1"}, {"PatientID": "B2"}, above=0.0)
    for path in folder.rglob("*.dcm"):
        dataset = dcmread(path)
        dataset.SOPInstanceUID = "1.2.9"
        dataset.save_as(path)
    assert_apart(folder)


def test_enhanced_files_of_two_people(
    write_enhanced: Callable[..., Path], thick: Volume, tmp_path: Path
) -> None:
    (tmp_path / "all").mkdir()
    for number in (0, 1):
        dataset = dcmread(write_enhanced(thick, range(6), [1.0 + number] * 6))
        dataset.PatientID, dataset.SOPInstanceUID = f"P{number}", f"1.2.9.{number}"
        dataset.save_as(tmp_path / "all" / f"{number}.dcm")
    found = run(scan([tmp_path / "all"])).series
    assert [one.name for one in found] == ["T2 test (7), part 1", "T2 test (7), part 2"]
    for number, one in enumerate(found):
        assert one.sources == (tmp_path / "all" / f"{number}.dcm",)
        np.testing.assert_array_equal(
            np.sort(run(one.read(0)).voxels, axis=None),
            np.sort(thick.voxels * (1 + number), axis=None),
        )


def test_a_zip_of_two_people(two: Callable[..., Path], tmp_path: Path) -> None:
    folder = two(HERS, HIS)
    path = tmp_path / "both.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*.dcm")):
            archive.write(file, file.relative_to(folder))
    found = run(scan([path])).series
    for number, one in enumerate(found):
        voxels = run(one.read(0)).voxels
        assert (voxels.min() // 1000, voxels.max() // 1000) == (number, number)
    assert [one.geometry.shape for one in found] == [(5, 4, 6)] * 2


def test_nothing_tells_who_it_is(
    two: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = two({**HERS, "PatientBirthDate": "19700101"}, HIS)
    assert main(["info", str(folder), "--json", "-"]) == 0
    said = capsys.readouterr()
    assert not [secret for secret in SECRETS if secret in said.out + said.err]
    assert [one["uid"] for one in json.loads(said.out)["series"]] == ["1.2.3", "1.2.3"]
    assert not [secret for secret in SECRETS if secret in repr(run(scan([folder])))]


def test_a_shared_uid_asks_for_a_number(
    two: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rebuild = ["reconstruct", str(two(HERS, HIS)), "--method", "linear", "--series"]
    assert main([*rebuild, "1.2.3", "-o", str(tmp_path / "a.nii.gz")]) == 1
    assert "Several series have the UID '1.2.3'. Give a number: 0, 1." in capsys.readouterr().err
    assert main([*rebuild, "1", "-o", str(tmp_path / "a.nii.gz")]) == 0


@pytest.fixture
def his(two: Callable[..., Path]) -> Iterator[Series]:
    yield run(scan([two(HERS, HIS, "")])).series[1]


def test_an_export_is_the_second_persons_own(his: Series, tmp_path: Path) -> None:
    volume = run(his.read(0))
    thin = volume.derived(
        np.repeat(volume.voxels, 2, axis=2), volume.geometry.refined(2, 2), "refined", "thin"
    )
    run(write_series(thin, tmp_path / "out", {"sources": []}))
    written = [dcmread(path) for path in sorted((tmp_path / "out").iterdir())]
    assert len(written) == 12
    for one in written:
        assert (one.PatientID, one.PatientName) == ("B2", "Two^Bob")
        assert (one.StudyInstanceUID, one.FrameOfReferenceUID) == ("1.2.20", "1.2.21")
        assert {item.ReferencedSOPInstanceUID for item in one.SourceImageSequence} == {
            f"1.2.9.1.{k}" for k in range(6)
        }


def test_a_file_that_became_another_persons_is_refused(his: Series) -> None:
    for path in his.sources:
        path.write_bytes(path.read_bytes().replace(b"B2", b"C3"))
    with pytest.raises(UserError, match="has changed since"):
        run(his.read(0))
