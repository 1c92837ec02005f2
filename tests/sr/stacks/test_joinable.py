"""What can be joined is found by headers and names alone; never the scans of two people."""

import json
import shutil
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

from srviewer.io.formats import scan
from srviewer.io.scans.series import Series
from srviewer.job import run
from srviewer.sr.stacks.joinable.facts import stack_facts
from srviewer.sr.stacks.joinable.fit import fit
from srviewer.sr.stacks.joinable.groups import joinable_groups

STUDY, FRAME = "1.2.840.1.77", "1.2.840.1.78"
PLANES = {"tra": [1, 0, 0, 0, 1, 0], "sag": [0, 1, 0, 0, 0, -1], "cor": [1, 0, 0, 0, 0, -1]}
CORNERS = {"tra": (-20, -20, -18), "sag": (-18, -20, 20), "cor": (-20, -18, 20)}


def _series(folder: Path, plane: str, number: int = 1, **values: object) -> None:
    """A DICOM series of ten slices of 40 x 40 x 4 mm about the middle of the magnet."""
    folder.mkdir(parents=True, exist_ok=True)
    uid = generate_uid()
    cosines = PLANES[plane]
    normal = np.cross(cosines[:3], cosines[3:])
    step = 4 if normal.sum() > 0 else -4
    for k in range(10):
        image = Dataset()
        image.file_meta = FileMetaDataset()
        image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        image.SOPClassUID = MRImageStorage
        image.SOPInstanceUID = generate_uid()
        image.SeriesInstanceUID, image.StudyInstanceUID = uid, STUDY
        image.FrameOfReferenceUID = FRAME
        image.Modality, image.ImageType = "MR", ["ORIGINAL", "PRIMARY", "M"]
        image.PatientID, image.PatientName, image.PatientBirthDate = "4711", "Doe^Jane", "19500101"
        image.SeriesDescription, image.SeriesNumber = f"t2_tse_{plane}", number
        image.RepetitionTime, image.EchoTime, image.ScanningSequence = 4000, 100, "SE"
        image.InstanceNumber = k + 1
        image.ImageOrientationPatient = cosines
        place = np.array(CORNERS[plane], float) + normal * step * k
        image.ImagePositionPatient = [float(mm) for mm in place]
        image.PixelSpacing, image.SliceThickness = [2, 2], 4
        image.Rows = image.Columns = 20
        image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
        image.BitsAllocated = image.BitsStored = 16
        image.HighBit, image.PixelRepresentation = 15, 0
        image.PixelData = np.full((20, 20), k, np.uint16).tobytes()
        for keyword, value in values.items():
            setattr(image, keyword, value)
        image.save_as(folder / f"{plane}{number}_{k}.dcm", enforce_file_format=True)


def _nifti(path: Path, plane: str, sidecar: dict[str, object] | None = None) -> None:
    """The same as a NIfTI file, with a sidecar as dcm2niix writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    axis = {"sag": 0, "cor": 1, "tra": 2}[plane]
    spacing, shape = [2.0] * 3, [20] * 3
    spacing[axis], shape[axis] = 4.0, 10
    affine = np.diag([*spacing, 1.0])
    affine[:3, 3] = -(np.array(shape) - 1) / 2 * spacing
    nib.save(nib.Nifti1Image(np.ones(shape, np.int16), affine), path)
    if sidecar is not None:
        path.with_name(path.name.split(".")[0] + ".json").write_text(json.dumps(sidecar))


def _listed(folder: Path) -> tuple[Series, ...]:
    return run(scan([folder])).series


def _code(folder: Path) -> tuple[str, bool, str]:
    """The finding of the only two series of a folder."""
    one, other = (run(stack_facts(series)) for series in _listed(folder))
    found = fit(one, other)
    assert fit(other, one).code == found.code
    return found.code, found.needs_acknowledgement, found.reason


@pytest.mark.parametrize(
    ("values", "code", "acknowledge", "said"),
    [
        ({}, "fits", False, ""),
        ({"RepetitionTime": 5200, "EchoTime": 94}, "fits", False, ""),
        ({"SeriesDescription": "T2 axial 4mm"}, "fits", False, ""),
        ({"PatientName": "DOE^JANE^"}, "fits", False, ""),
        ({"PatientName": "Doe^Jane=Jane^D"}, "unknown_person", True, "less fully"),
        ({"EchoTime": 20}, "other_contrast", True, "the echo times are 100 and 20 ms"),
        ({"ScanningSequence": "GR"}, "other_contrast", True, "SE and GR"),
        ({"SeriesDescription": "t2_tse_fs_tra"}, "other_contrast", True, "fat is suppressed"),
        ({"ContrastBolusAgent": "Gd"}, "other_contrast", True, "contrast agent"),
        ({"PatientID": "4712"}, "another_person", False, "differ in the patient number"),
        ({"PatientName": "Doe^John"}, "another_person", False, "the patient's name"),
        ({"PatientBirthDate": "19500102"}, "another_person", False, "the birth date"),
        ({"PatientID": ""}, "unknown_person", True, "less fully"),
        ({"StudyInstanceUID": "1.2.9"}, "other_study", True, "two examinations"),
        ({"FrameOfReferenceUID": "1.2.9"}, "fits", False, "is a guess until registration"),
        ({"ImageType": ["DERIVED", "SECONDARY", "MPR"]}, "no_stack", False, "computed"),
        ({"ManufacturerModelName": "srviewer"}, "no_stack", False, "a result of srviewer"),
        ({"SeriesDescription": "survey tra"}, "no_stack", False, "localizer"),
    ],
)
def test_a_second_series(
    tmp_path: Path, values: dict[str, object], code: str, acknowledge: bool, said: str
) -> None:
    _series(tmp_path, "sag")
    _series(tmp_path, "tra", 2, **values)
    assert _code(tmp_path)[:2] == (code, acknowledge)
    assert said in _code(tmp_path)[2]
    offered = run(joinable_groups(_listed(tmp_path)))
    # A place that is a guess is said when somebody asks, and never offered.
    assert bool(offered) == (code == "fits" and not said)


def test_placeholders_of_anonymisers_name_nobody(tmp_path: Path) -> None:
    nobody = {"PatientID": "ANON", "PatientName": "Anonymous^", "PatientBirthDate": ""}
    _series(tmp_path, "sag", **nobody)
    _series(tmp_path, "tra", 2, **nobody, StudyInstanceUID="1.2.9")
    assert _code(tmp_path)[:2] == ("other_study", True)
    assert "of one person" in _code(tmp_path)[2]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "fits"),
        ({"EchoTime": 20}, "other_contrast"),
        ({"PatientID": "4712"}, "another_person"),
        ({"StudyDate": "20260102"}, "other_study"),
    ],
)
def test_series_in_archives(tmp_path: Path, values: dict[str, object], code: str) -> None:
    """Their headers are gone with the folder that they were unpacked to."""
    for number, (plane, own) in enumerate((("sag", {}), ("tra", values))):
        _series(tmp_path / plane, plane, **{"StudyDate": "20260101"} | own)
        shutil.make_archive(str(tmp_path / f"{number}"), "zip", tmp_path / plane)
    zips = [_listed(tmp_path / f"{number}.zip")[0] for number in (0, 1)]
    facts = [run(stack_facts(series)) for series in zips]
    assert fit(*facts).code == code


def test_one_study_uid_for_everybody_is_no_evidence(tmp_path: Path) -> None:
    nobody = {"PatientID": "", "PatientName": "", "PatientBirthDate": ""}
    _series(tmp_path, "sag", **nobody)
    _series(tmp_path, "tra", 2, **nobody, FrameOfReferenceUID="1.2.9")
    assert _code(tmp_path)[:2] == ("unknown_person", True)


@pytest.mark.parametrize(
    ("names", "code", "acknowledge"),
    [
        (("sub-01_acq-sag_T2w", "sub-01_acq-ax_T2w"), "fits", False),
        (("sub-01_acq-sag_T2w", "sub-02_acq-ax_T2w"), "another_person", False),
        (("sub-01_acq-sag_T2w", "SUB-02_acq-ax_T2w"), "another_person", False),
        (("sub-01/ses-1/anat/sub-01_T2w", "sub-01/ses-2/anat/sub-01_T2w"), "other_study", True),
        (("sub-01_acq-sag_T2w", "sub-01_acq-ax_T1w"), "other_contrast", True),
        (("sag_pdfs", "ax_pdfs"), "fits", False),
        (("sag_pdfs", "ax_pd"), "other_contrast", True),
        (("t2_sag", "dwi_ax"), "other_contrast", True),
        (("3_T2Sag", "5_T2Ax"), "fits", False),
        (("patient1_t2_sag", "patient2_t2_ax"), "unknown_person", True),
        (("a/t2_sag", "b/t2_ax"), "unknown_person", True),
        (("one", "two"), "unknown_person", False),
        (("sag", "ax_brainmask"), "no_stack", False),
    ],
)
def test_names_of_files(
    tmp_path: Path, names: tuple[str, str], code: str, acknowledge: bool
) -> None:
    for name, plane in zip(names, ("sag", "tra"), strict=True):
        _nifti(tmp_path / f"{name}.nii.gz", plane)
    assert _code(tmp_path)[:2] == (code, acknowledge)


@pytest.mark.parametrize(
    ("sidecar", "code"),
    [
        ({"EchoTime": 0.098, "RepetitionTime": 4.4, "PatientID": "4711"}, "fits"),
        ({"EchoTime": 0.02, "RepetitionTime": 4.0, "PatientID": "4711"}, "other_contrast"),
        ({"EchoTime": 0.1, "RepetitionTime": 4.0, "PatientID": "12"}, "another_person"),
    ],
)
def test_sidecars_say_as_much_as_dicom(
    tmp_path: Path, sidecar: dict[str, object], code: str
) -> None:
    first = {"EchoTime": 0.1, "RepetitionTime": 4.0, "PatientID": "4711"}
    _nifti(tmp_path / "one.nii.gz", "sag", first)
    _nifti(tmp_path / "two.nii.gz", "tra", sidecar)
    assert _code(tmp_path)[0] == code


@pytest.mark.parametrize(
    ("other", "code"), [("sub-01_acq-sag_T2w", "fits"), ("../sub-02/sub-02_T2w", "another_person")]
)
def test_a_path_from_the_working_folder_names_the_same_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str, code: str
) -> None:
    _nifti(tmp_path / "sub-01" / "sub-01_acq-tra_T2w.nii.gz", "tra")
    _nifti(tmp_path / "sub-01" / f"{other}.nii.gz", "sag")
    monkeypatch.chdir(tmp_path / "sub-01")
    paths = Path("sub-01_acq-tra_T2w.nii.gz"), (tmp_path / "sub-01" / f"{other}.nii.gz").resolve()
    one, second = (run(stack_facts(run(scan([path])).series[0])) for path in paths)
    assert fit(one, second).code == code


def test_a_folder_is_searched(tmp_path: Path) -> None:
    for number, plane in enumerate(("sag", "cor", "tra"), 1):
        _series(tmp_path, plane, number)
    _series(tmp_path, "tra", 4, SeriesDescription="t1_tse_tra", RepetitionTime=500, EchoTime=10)
    _series(tmp_path, "cor", 5, PatientID="12", StudyInstanceUID="1.2.9")
    (group,) = run(joinable_groups(_listed(tmp_path)))
    assert group.title == "3 stacks of one contrast"
    assert [series.name.split(" ")[0] for series in group.stacks] == [
        "t2_tse_sag", "t2_tse_cor", "t2_tse_tra",
    ]  # fmt: skip
    assert group.notes == ()


def test_real_sets_of_stacks(shared_data: Path) -> None:
    found = {}
    for folder in ("knee_pdfs", "prostate_t2", "fetal_t2", "lspine_t2_blocks"):
        groups = run(joinable_groups(_listed(shared_data / "stacks" / folder)))
        found[folder] = [[series.name for series in group.stacks] for group in groups]
        assert all("Make sure" in group.notes[0] for group in groups)
    assert found["knee_pdfs"] == [["ax_pdfs", "cor_pdfs", "sag_pdfs"]]
    assert found["prostate_t2"] == [["cor", "sag", "tra", "tra_repeat"]]
    assert found["fetal_t2"] == [[f"run-{n}" for n in range(1, 7)]]
    assert [len(group) for group in found["lspine_t2_blocks"]] == [6]
    assert run(joinable_groups(_listed(shared_data / "mri"))) == ()
